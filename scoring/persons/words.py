"""The words of a column, and what they say of persons: protected traits by their levels, and names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from scoring.persons.first_names import AMBIGUOUS, FIRST_NAMES
from scoring.persons.trait_words import HE, LANGUAGES, OF_PEOPLE, SHE, TRAITS, UNSAID

#: The share of the filled cells that must be words of one trait.
MOST = 0.8
#: The share of the filled cells that must be names of persons, and where the name of the column says that they may.
NAMES, NAMES_IN_DOUBT = 0.5, 0.2
#: So many different names at least make a column one of persons.
LEAST_NAMES = 3

#: Ages in the bands that people are sorted into; numbers of employees have other bands.
_AGE_EDGE = re.compile(
    r"(?:under|below|unter|<) ?(?:18|20|21|25|30)|(?:in (?:the|their) )?[2-9]0s|"
    r"(?:5[05]|6[0-9]|7[0-9]|8[0-9]) ?(?:\+|plus|and over|und alter|or older|and older|years and over)"
)
_AGE_BAND = re.compile(r"([1-9][0-9]) ?(?:-|\u2013|to|bis|a) ?([1-9][0-9])(?: ?(?:years?|jahre|ans|y))?")
#: The youngest of an age band, and how many years a band has.
_YOUNGEST, _BAND_YEARS = 16, range(4, 16)
#: A word of a company, after which a first name says nothing.
COMPANY = re.compile(
    r"\b(?:inc|llc|ltd|gmbh|ag|kg|se|sa|sas|sarl|spa|srl|bv|nv|ab|as|oy|plc|corp|co|company|group|holding|partners|"
    r"consulting|services|solutions|systems|software|bank|university|institute|team|department|sales|marketing|street|"
    r"park|day|days|week|award|prize|capital|fair|expo|show|event|webinar|campaign|conference|summit|forum|medical|"
    r"foundation|stiftung|school|college|hospital|clinic|hotel|airport|center|centre|club|records|bakery|gold|period|"
    r"media|digital|energy|tech|labs|foods|motors|industries|international|logistics)\b"
)
_TITLE = re.compile(
    r"^(?:(?:(?:dr|prof|herrn?|frau|mr|mrs|ms|mme|mlle|monsieur|madame|signora?|mevrouw|dhr)\.?\s+)|"
    r"(?:miss|sra?|srta|sig|dott|mevr|pan|pani|ing|dipl|mag|hr|fr|lic|avv|med|rer|nat|phil|dr|prof|mr|ms)[.]-?\s*)+"
)
_WORD = r"[^\W\d_][\w'\u2019.-]*"
_NAME = re.compile(rf"{_WORD}(?:,? {_WORD}){{1,3}}")


#: A first name at the beginning of a text or before another word: for texts of which there are too few to tell.
NAME_FIRST = (
    rf"^(?:{'|'.join(sorted(FIRST_NAMES))})(?:[ ,.-]|$)|, ?(?:{'|'.join(sorted(FIRST_NAMES))})(?:[ .-]|$)"
    rf"|[^a-z](?:{'|'.join(sorted(FIRST_NAMES - AMBIGUOUS))})[ ._-]+[a-z]"
)


def plain_text(text: str) -> str:
    """A text in small letters without accents."""
    folded = unicodedata.normalize("NFKD", text.strip().lower().replace("ß", "ss").replace("\u0131", "i"))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def _letters(text: str) -> str:
    return "".join(sign for sign in plain_text(text) if sign.isalpha())


_Words = Mapping[str, tuple[frozenset[str], frozenset[str]]]


def _folded(words: str) -> frozenset[str]:
    return frozenset(_letters(word) for word in words.split())


_OF_ALL: _Words = {trait: (_folded(sure), _folded(beside)) for trait, (sure, beside) in TRAITS.items()}
_OF_PEOPLE: _Words = {trait: (_folded(sure), _folded(beside)) for trait, (sure, beside) in OF_PEOPLE.items()}
#: As they are written, and without accents.
TRAIT_WORDS = tuple(sorted({form for sure, _ in TRAITS.values() for w in sure.split() for form in (w, _letters(w))}))


def trait_of(cells: Mapping[str, int], *, of_accounts: bool = False) -> str | None:
    """The protected trait whose words a column holds: gender, religion and so on; None for another column.

    Parameters
    ----------
    cells : mapping of int
        How many cells have each text.
    of_accounts : bool
        Whether the column is one of accounts, which have sizes and customers in bands of numbers, sizes M and F, and
        a country: what says a trait of people only is none of theirs.

    Examples
    --------
    >>> trait_of({"M": 40, "F": 38, "unknown": 2})
    'gender'
    >>> trait_of({"S": 10, "M": 40, "L": 12}) is None
    True
    """
    bare = _counted(cells, _letters)
    for trait, (sure, beside) in (_OF_ALL if of_accounts else {**_OF_ALL, **_OF_PEOPLE}).items():
        known = {word: count for word, count in bare.items() if word in sure or word in beside}
        if _most(known, bare) and _tells(trait, frozenset(known), sure, of_accounts=of_accounts):
            return None if trait == "nationality" and LANGUAGES & bare.keys() else trait
    if of_accounts:
        return None
    meaningful = {
        text: count for text, count in _counted(cells, plain_text).items() if _letters(text) not in UNSAID or text == ""
    }
    bands = {text: count for text, count in meaningful.items() if _is_age_band(text)}
    return "age" if len(bands) >= 2 and sum(bands.values()) >= MOST * sum(meaningful.values()) else None


def _is_age_band(text: str) -> bool:
    if _AGE_EDGE.fullmatch(text):
        return True
    ends = _AGE_BAND.fullmatch(text)
    return ends is not None and int(ends[1]) >= _YOUNGEST and int(ends[2]) - int(ends[1]) in _BAND_YEARS


def _most(known: Mapping[str, int], all_words: Mapping[str, int]) -> bool:
    """Whether at least two levels are known words, or one and all others say nothing, and hardly any are others."""
    meaningful = sum(count for word, count in all_words.items() if word not in UNSAID)
    most = sum(known[word] for word in known if word not in UNSAID)
    return bool(known) and len(known.keys() | (all_words.keys() & UNSAID)) >= 2 and most >= MOST * meaningful


def _tells(trait: str, known: frozenset[str], sure: frozenset[str], *, of_accounts: bool) -> bool:
    """Whether the words leave no doubt: `black` and `white` are colours, M and F beside each other are genders."""
    if known & sure:
        return True
    if trait == "gender":
        return bool(known & HE and known & SHE) and (not of_accounts or any(len(word) > 1 for word in known))
    pairs = {"religion": {"rk", "ev"}, "salutation": {"hr", "fr"}, "health": {"blind", "sighted"}}
    if trait == "salutation" and not of_accounts and {"sr", "sra"} <= known:
        return True
    return trait in pairs and not of_accounts and pairs[trait] <= known


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
    clear = [text for text in named if plain_text(text) not in AMBIGUOUS]
    if len(named) < least or not filled or 2 * len(clear) < len(named):
        return 0.0
    return sum(named.values()) / filled


def is_name(text: str) -> bool:
    """Whether a text may be the name of a person: it has a common first name, and nothing of a company.

    >>> is_name("Prof. Dr. Anna Schmidt"), is_name("Robert Bosch GmbH")
    (True, False)
    """
    plain = plain_text(text)
    if title := _TITLE.match(plain):
        # After a title it is one whatever the first name: `Frau Özdemir`.
        rest = plain[title.end() :]
        return 1 <= len(rest.split()) <= 4 and not COMPANY.search(rest) and not re.search(r"[0-9@/&]", rest)
    words = [word for word in re.split(r"[\s,.-]+", plain) if word]
    if not words or len(words) > 5 or COMPANY.search(plain):
        return False
    if len(words) == 1:
        return words[0] in FIRST_NAMES
    return _NAME.fullmatch(text.strip()) is not None and (words[0] in FIRST_NAMES or _last_first(text, words))


def _last_first(text: str, words: list[str]) -> bool:
    return "," in text and any(word in FIRST_NAMES for word in words[1:])


def _counted(cells: Mapping[str, int], key: Callable[[str], str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for text, count in cells.items():
        word = key(text)
        found[word] = found.get(word, 0) + count
    return found
