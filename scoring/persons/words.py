"""The words of a column, and what they say of persons: protected traits by their levels, and names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from scoring.persons.first_names import FIRST_NAMES

#: The share of the filled cells that must be words of one trait.
MOST = 0.8
#: The share of the filled cells that must be names of persons, and where the name of the column says that they may.
NAMES, NAMES_IN_DOUBT = 0.5, 0.2
#: So many different names at least make a column one of persons.
LEAST_NAMES = 3

_NOTHING_SAID = (
    "unknown other others na none notspecified undisclosed prefernottosay prefernottoanswer unbekannt keineangabe "
    "sonstige andere autre inconnu otro desconocido altro x notstated declined declinetostate"
)
_UNSAID = frozenset(_NOTHING_SAID.split())
#: Words that say a trait wherever they stand, and those that say it only beside one of the former.
_TRAITS: Mapping[str, tuple[str, str]] = {
    "gender": (
        "female mann mannlich maennlich weiblich femme homme mujer hombre donna uomo feminin masculin femenino "
        "feminino femminile masculino maschile man woman men women nonbinary genderqueer transgender kobieta mezczyzna "
        "vrouw kvinna kvinne kvinde mulher homem",
        "male m f w d divers diverse frau herr weibl mannl fem masc k h",
    ),
    "salutation": (
        "mr mrs ms miss mrsmr frau herr madame monsieur mme mlle senor senora senorita signor signora signore herrn "
        "herrfrau mevrouw meneer senhor senhora pani pan",
        "dr prof drmed mx m sr sra srta sig dra dhr mevr",
    ),
    "religion": (
        "christian catholic romancatholic protestant evangelical lutheran orthodox muslim islam islamic jewish judaism "
        "hindu hinduism buddhist buddhism sikh atheist agnostic christianity mormon evangelisch katholisch "
        "romischkatholisch muslimisch judisch konfessionslos catholique musulman juif catolico musulmano cattolico",
        "jain shinto bahai none secular",
    ),
    "ethnicity": (
        "caucasian hispanic latino latina latinx africanamerican blackorafricanamerican hispanicorlatino "
        "asianorpacificislander pacificislander nativehawaiian nativeamerican americanindian alaskanative mixedrace "
        "multiracial biracial southasian eastasian blackafrican blackcaribbean whitebritish arab",
        "white black asian african mixed native twoormoreraces indigenous middleeastern indian",
    ),
    "marital status": (
        "married divorced widowed separated verheiratet ledig geschieden verwitwet marie mariee divorce divorcee "
        "celibataire veuf veuve casado casada soltero soltera divorciado viudo sposato celibe nubile gehuwd "
        "domesticpartnership civilpartnership",
        "single engaged partnered partnership",
    ),
    "sexual orientation": (
        "heterosexual homosexual bisexual lesbian pansexual asexual heterosexuell schwul",
        "gay straight queer",
    ),
    "health": ("disabled handicapped pregnant schwerbehindert ablebodied notdisabled", "abled chronicillness"),
    "politics": (
        "republican democrat socialdemocrat libertarian labourparty conservativeparty cdu csu spd afd fdp diegrunen "
        "republicanparty democraticparty",
        "independent conservative labour green liberal labor",
    ),
}  # fmt: skip
_WORDS = {trait: tuple(frozenset(words.split()) for words in both) for trait, both in _TRAITS.items()}
#: Ages in the bands that people are sorted into; numbers of employees have other bands.
_AGE_BAND = re.compile(
    r"(?:under|below|unter|<) ?(?:18|25)|"
    r"(?:18|25|30|35|40|45|50|55|65) ?(?:-|\u2013|to|bis) ?(?:24|29|34|39|44|49|54|59|64|74)|"
    r"(?:55|60|65|75) ?(?:\+|plus|and over|und alter|or older|years and over)"
)
#: A word of a company, after which a first name says nothing.
_COMPANY = re.compile(
    r"\b(?:inc|llc|ltd|gmbh|ag|kg|se|sa|sas|sarl|spa|srl|bv|nv|ab|as|oy|plc|corp|co|company|group|holding|partners|"
    r"consulting|services|solutions|systems|software|bank|university|institute|team|department|sales|marketing|street)\b"
)
_NAME = re.compile(r"[^\W\d_][\w'\u2019.-]*(?:,? [^\W\d_][\w'\u2019.-]*){1,3}")


#: A first name at the beginning of a text, and the words of traits: for texts of which there are too few to judge.
NAME_FIRST = rf"^(?:{'|'.join(sorted(FIRST_NAMES))})(?:[ ,.-]|$)|, ?(?:{'|'.join(sorted(FIRST_NAMES))})(?:[ .-]|$)"
TRAIT_WORDS = tuple(sorted({word for sure, _ in _WORDS.values() for word in sure}))


def trait_of(cells: Mapping[str, int]) -> str | None:
    """The protected trait whose words a column holds: gender, religion and so on; None for another column.

    Parameters
    ----------
    cells : mapping of int
        How many cells have each text.

    Examples
    --------
    >>> trait_of({"M": 40, "F": 38, "unknown": 2})
    'gender'
    >>> trait_of({"S": 10, "M": 40, "L": 12}) is None
    True
    """
    bare = _counted(cells, _letters)
    for trait, (sure, beside) in _WORDS.items():
        known = {word: count for word, count in bare.items() if word in sure or word in beside}
        if _most(known, bare) and _tells(trait, frozenset(known), sure):
            return trait
    bands = {text: count for text, count in _counted(cells, _plain).items() if _AGE_BAND.fullmatch(text)}
    said = {text: count for text, count in _counted(cells, _plain).items() if text not in _UNSAID}
    return "age" if len(bands) >= 2 and sum(bands.values()) >= MOST * sum(said.values()) else None


def _most(known: Mapping[str, int], all_words: Mapping[str, int]) -> bool:
    said = sum(count for word, count in all_words.items() if word not in _UNSAID)
    return len(known) >= 2 and sum(known[word] for word in known if word not in _UNSAID) >= MOST * said


def _tells(trait: str, known: frozenset[str], sure: frozenset[str]) -> bool:
    """Whether the words leave no doubt: `black` and `white` are colours, M and F without others are genders."""
    if trait == "gender" and "m" in known:
        return bool(known & {"f", "w", "k"}) or bool(known & sure)
    return bool(known & sure)


def share_of_names(cells: Mapping[str, int], least: int = LEAST_NAMES) -> float:
    """The share of the cells that are names of persons: `Ada Lovelace`, `Lovelace, Ada`, or a first name alone.

    Parameters
    ----------
    cells : mapping of int
        How many cells have each text.
    least : int
        With fewer different names, none counts.

    Examples
    --------
    >>> share_of_names({"Anna Schmidt": 2, "Tom Jones": 1, "Karl-Heinz Maier": 1, "Software": 1})
    0.8
    """
    named = {text: count for text, count in cells.items() if is_name(text)}
    filled = sum(count for text, count in cells.items() if text.strip())
    if len(named) < least or not filled:
        return 0.0
    return sum(named.values()) / filled


def is_name(text: str) -> bool:
    """Whether a text may be the name of a person: it has a common first name, and nothing of a company."""
    plain = _plain(text)
    words = [word for word in re.split(r"[\s,.-]+", plain) if word]
    if not words or len(words) > 5 or _COMPANY.search(plain):
        return False
    if len(words) == 1:
        return words[0] in FIRST_NAMES
    return _NAME.fullmatch(text.strip()) is not None and (words[0] in FIRST_NAMES or _last_first(text, words))


def _last_first(text: str, words: list[str]) -> bool:
    return "," in text and any(word in FIRST_NAMES for word in words[1:])


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.strip().lower().replace("ß", "ss"))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", _plain(text))


def _counted(cells: Mapping[str, int], key: Callable[[str], str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for text, count in cells.items():
        word = key(text)
        found[word] = found.get(word, 0) + count
    return found
