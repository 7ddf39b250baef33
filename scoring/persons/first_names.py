"""Common first names in the countries that CRMs are used in, in lower case without accents.

They tell a column of persons from one of companies: half of its cells must have one. Names that are words or places as
well (May, Grace, Victoria, Jordan) count, so a single cell tells nothing.
"""

_NAMES = """
aaron ada adam adrian agnes ahmed aisha alan albert alessandro alex alexander alexandra alexis alfred ali alice alicia
alina amanda amelie amina amir amy ana anders andre andrea andreas andrei andrew andrzej angela anita anja ann anna
anne annette annika anthony antoine anton antonio arjun arne arthur astrid barbara beatriz ben benjamin bernd bernhard
beth bianca birgit bjorn bob brian brigitte bruno camille carina carla carlos carmen carol caroline catherine cecilia
charles charlotte chen chiara chloe chris christian christiane christina christine christoph christopher claire clara
claudia clemens cristina daniel daniela dariusz david deborah deepak dennis diana diego dieter dirk dmitri dominik
donald dorota dorothea edith eduardo edward elena elisabeth elizabeth ella ellen emil emilia emily emma eric erik
erika ernst eva ewa fabian fatima felix fernando filip florian frances francesca francesco francis francisco franck
frank franz fred frederic frederik fritz gabriel gabriela gary georg george gerhard gianni gilles giovanni giulia
giuseppe gonzalo grace greg gregor guido guillaume gunter gustav guy hannah hannes hans harald harry hassan heather
heidi heike heinrich heinz helen helena helga helmut hendrik henri henrik henry herbert holger hugo ian ibrahim ida
ines inga inge ingrid irene irina isabel isabelle ivan jaap jack jacob jakob jakub james jan jana jane janet janina
jason javier jean jeff jennifer jens jeremy jerome jessica jill jim joachim joan joanna joao joe johan johanna
johannes john johnny jonas jonathan jorg jorge jose josef joseph joshua juan judith juha julia julian julie julien
jurgen justin karen karin karl karla karsten kaspar kate katharina katherine kathrin katja kelly ken kerstin kevin
khaled kim klara klaus konrad kristin krzysztof kumar kurt lars laura lauren laurent lea leah leila lena leo leon
leonardo leonie li liam lidia linda lisa liu lorenzo lotte louis louise luc luca lucas lucia lucie ludwig luis luisa
luiz lukas lydia maarten maciej magdalena magnus malgorzata manfred manuel manuela marc marcel marcin marco marcos
marcus margaret maria mariana marie mario marion mark marko markus marlene marta martha martin martina mary mathias
mathieu matt matteo matthew matthias maurice max maximilian maya megan mehmet meike melanie mia michael michaela
michal michel michelle miguel mikael mike milan mohamed mohammed monica monika moritz murat mustafa nadia nadine nancy
natalia natalie natasha nathan nicholas nick nicola nicolas nicole nikolai nils nina noah nora norbert olaf ole oleg
olga oliver olivia olivier oscar otto pablo paolo pascal patricia patrick patrik paul paula pauline pavel pedro peter
petra philip philipp philippe pia pierre piotr priya rachel rafael rahul rainer raj ralf ralph raphael raul rebecca
regina reinhard renate rene ricardo richard rob robert roberta roberto robin roger roland rolf roman ronald rosa rose
roxana rudolf russell ruth ryan sabine sally sam samantha samir samuel sandra sandrine sara sarah scott sean sebastian
sergei sergio shanti sharon silke silvia simon simone sofia sofie sonia sonja sophia sophie stefan stefanie stephan
stephanie stephen steve steven sue susan susanne sven sylvie takashi tanja tatiana teresa thea theo theresa thierry
thomas tiago tim timo timothy tina tobias tom tomas tomasz toni tony torsten tracy tristan udo ulf uli ulrich ulrike
ursula ute uwe valentin valentina vanessa vera veronika victor victoria viktor vincent virginie vladimir volker walter
wang wei werner wilhelm will william wolfgang xavier yan yannick yasmin yuki yusuf yves yvonne zhang zoe zofia
"""
FIRST_NAMES = frozenset(_NAMES.split())
_ALONE = """
alan alexandria ali bill carol chad charles charlotte chen clemens donald ella eve faith felix fernando flora
florence francisco frank george georgia grace guy holger hope hugo ida jack jordan kim lea leo liam lima lincoln
linda liu ludwig luna magnus marie mario marion mark martin max maya mia mike milan minerva nora olaf otto paris
pascal paula pia raj reading regina rene robin rose ruth sage salvador santiago scott sharon sofia sophia stella sue
sydney tony tracy valentina vera victor victoria vincent virginia virginie wang wei will zhang zoe
"""
#: Those that are words, places or companies too: alone they tell nothing, where not as many others stand beside them.
AMBIGUOUS = frozenset(_ALONE.split())
