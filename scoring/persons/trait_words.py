"""The words of protected traits, as the levels of a column have them: in lower case, without blanks and signs."""

from __future__ import annotations

from collections.abc import Mapping

_WITHOUT_TRAIT = (
    "unknown other others na none notspecified undisclosed prefernottosay prefernottoanswer unbekannt keineangabe "
    "sonstige andere autre inconnu otro desconocido altro x notstated declined declinetostate"
)
UNSAID = frozenset(_WITHOUT_TRAIT.split())
#: Words that say a trait wherever they stand, and those that say it only beside one of the former.
TRAITS: Mapping[str, tuple[str, str]] = {
    "gender": (
        "female mann mannlich maennlich weiblich femme homme mujer hombre donna uomo feminin masculin femenino "
        "feminino femminile masculino maschile man woman men women nonbinary genderqueer transgender kobieta mezczyzna "
        "vrouw kvinna kvinne kvinde mulher homem männer maenner frauen hommes femmes mujeres hombres donne uomini "
        "hehim hehimhis shehersher sheher shehers hehimhis theythem theythemtheirs malehehim femalesheher hethey "
        "shethey muž žena mężczyzna mies nainen erkek kad\u0131n férfi femeie bărbat žensko muško "
        "мужской женский мужчина "
        "женщина чоловік жінка άνδρας γυναίκα "
        "ذكر أنثى זכר נקבה 男 女 男性 女性 남 여 남성 여성 transwoman transman cisgender",
        "male m f w d divers diverse frau herr weibl mannl fem masc k h v boy girl boys girls lady gentleman ladies "
        "gentlemen herren damen fille garçon ž м ж муж жен he she they мужч",
    ),
    "salutation": (
        "mr mrs ms miss mrsmr frau herr madame monsieur mme mlle senor senora senorita signor signora signore herrn "
        "herrfrau mevrouw meneer senhor senhora pani pan herra rouva fru bay bayan господин госпожа pán paní mistress",
        "dr prof drmed mx m sr sra srta sig dra dhr mevr hr fr sir",
    ),
    "religion": (
        "christian catholic romancatholic protestant evangelical lutheran orthodox muslim islam islamic jewish judaism "
        "hindu hinduism buddhist buddhism sikh atheist agnostic christianity mormon evangelisch katholisch "
        "romischkatholisch muslimisch judisch konfessionslos catholique musulman juif catolico musulmano cattolico "
        "römkath evluth romkatholisch evlutherisch evangelischlutherisch römischkath evref sunni shia shiite sunnite "
        "schiit sunnit jehovaswitness methodist baptist presbyterian anglican православный мусульманин katolik",
        "jain shinto bahai none secular rk ev vd kath evang",
    ),
    "ethnicity": (
        "caucasian hispanic latino latina latinx africanamerican blackorafricanamerican hispanicorlatino "
        "asianorpacificislander pacificislander nativehawaiian nativeamerican americanindian alaskanative mixedrace "
        "multiracial biracial southasian eastasian blackafrican blackcaribbean whitebritish arab blackafricanamerican "
        "whitecaucasian asianpacificislander hispaniclatino hispaniclatinx aapi bipoc personofcolor personofcolour",
        "white black asian african mixed native twoormoreraces indigenous middleeastern indian",
    ),
    "marital status": (
        "married divorced widowed separated verheiratet ledig geschieden verwitwet marie mariee divorce divorcee "
        "celibataire veuf veuve casado casada soltero soltera divorciado viudo sposato celibe nubile gehuwd "
        "domesticpartnership civilpartnership verh gift ogift żonaty zamężna svobodný ženatý женат замужем",
        "single engaged partnered partnership led gesch verw",
    ),
    "sexual orientation": (
        "heterosexual homosexual bisexual lesbian pansexual asexual heterosexuell schwul lgbt lgbtq lgbtqia lgbtqi",
        "gay straight queer nonlgbt notlgbt nonlgbtq hetero",
    ),
    "health": (
        "disabled handicapped pregnant schwerbehindert ablebodied notdisabled deaf hardofhearing autistic "
        "wheelchairuser "
        "hivpositive hivnegative gehörlos taub",
        "abled chronicillness blind visuallyimpaired hearingimpaired diabetic diabetes sighted",
    ),
    "politics": (
        "republican democrat socialdemocrat libertarian labourparty conservativeparty cdu csu spd afd fdp diegrunen "
        "republicanparty democraticparty tory tories libdem liberaldemocrat liberaldemocrats",
        "independent conservative labour green liberal labor",
    ),
}  # fmt: skip
#: Those that say it of people only: accounts have an origin, a union and customers of an age, too.
OF_PEOPLE: Mapping[str, tuple[str, str]] = {
    "nationality": (
        "american british scottish irish canadian mexican brazilian argentinian argentine colombian chilean peruvian "
        "austrian swiss belgian luxembourgish russian ukrainian belarusian polish czech slovak hungarian romanian "
        "bulgarian serbian croatian bosnian albanian turkish syrian iraqi iranian afghan israeli lebanese egyptian "
        "moroccan tunisian algerian nigerian ghanaian kenyan ethiopian southafrican chinese japanese korean "
        "southkorean taiwanese vietnamese thai filipino indonesian malaysian singaporean indian pakistani bangladeshi "
        "australian newzealander danish swedish norwegian finnish icelandic deutsch österreichisch schweizerisch "
        "türkisch polnisch russisch syrisch chinesisch amerikanisch französisch italienisch spanisch",
        "german french italian spanish dutch portuguese greek arabic englisch",
    ),
    "trade union": ("nonunion nonunionmember unionmember notunionmember", "union member nonmember"),
    "age": (
        "genx genz geny babyboomer babyboomers boomer boomers millennial millennials generationx generationz "
        "generationy silentgeneration zoomer genalpha",
        "silent greatestgeneration",
    ),
}  # fmt: skip
#: Languages have these words too; a column that has one of these is one of languages.
_LANGUAGES = "english englisch mandarin cantonese anglais ingles inglese anglicky hindi"
LANGUAGES = frozenset(_LANGUAGES.split())
#: Letters that say a gender only beside one of the other; of accounts they are sizes and codes.
_HE = "m h male he boy boys garcon gentleman gentlemen herren hr м муж мужч"
HE = frozenset(_HE.split())
_SHE = "f w k v female she girl girls fille lady ladies damen z ж жен"
SHE = frozenset(_SHE.split())
