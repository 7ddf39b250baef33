"""Names of companies: what two ways to write one have in common, and the legal form that may stand beside it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

#: Legal forms by how they are written, in lower case, without accents and signs, parts joined by a blank.
LEGAL_FORMS = {
    "inc": "inc", "incorporated": "inc", "corp": "inc", "corporation": "inc", "llc": "llc", "l l c": "llc",
    "llp": "llp", "lp": "lp", "ltd": "ltd", "limited": "ltd", "pty": "ltd", "pty ltd": "ltd", "pvt": "ltd",
    "pvt ltd": "ltd", "private limited": "ltd", "pte": "ltd", "pte ltd": "ltd", "co": "co", "company": "co",
    "co ltd": "ltd", "plc": "plc", "p l c": "plc", "gmbh": "gmbh", "g m b h": "gmbh", "ggmbh": "gmbh", "mbh": "gmbh",
    "gesellschaft mit beschrankter haftung": "gmbh", "gmbh co kg": "kg", "gmbh und co kg": "kg", "ag co kg": "kg",
    "kg": "kg", "co kg": "kg", "ag": "ag", "aktiengesellschaft": "ag", "se": "se", "ohg": "ohg", "ug": "ug",
    "ug haftungsbeschrankt": "ug", "e v": "ev", "ev": "ev", "eg": "eg", "e k": "ek", "sa": "sa", "s a": "sa",
    "societe anonyme": "sa", "sas": "sas", "s a s": "sas", "sasu": "sas", "sarl": "sarl", "s a r l": "sarl",
    "eurl": "sarl", "sl": "sl", "s l": "sl", "slu": "sl", "s l u": "sl", "srl": "srl", "s r l": "srl", "spa": "spa",
    "s p a": "spa", "bv": "bv", "b v": "bv", "nv": "nv", "n v": "nv", "bvba": "bv", "ab": "ab", "publ": "ab",
    "a s": "as", "as": "as", "aps": "aps", "oy": "oy", "oyj": "oy", "lda": "lda", "ltda": "ltda", "s a de c v": "sa",
    "sa de cv": "sa", "de cv": "sa", "kk": "kk", "k k": "kk", "sp z o o": "spzoo", "sp zoo": "spzoo", "kft": "kft",
    "sro": "sro", "s r o": "sro", "doo": "doo", "d o o": "doo", "ooo": "ooo", "bhd": "bhd", "sdn bhd": "bhd",
}  # fmt: skip
#: The most words of a legal form.
_LONGEST = max(form.count(" ") + 1 for form in LEGAL_FORMS)
#: Letters that have no plain one beneath their accent.
_PLAIN = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "œ": "oe", "þ": "th", "&": " and "})
_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_WORDS = re.compile(r"[^\W_]+")
#: Words that stand between others and tell no companies apart.
_AND = frozenset(("and", "und", "et", "y", "e", "the", "der", "die", "das"))


@dataclass(frozen=True)
class CompanyName:
    """A name of a company.

    Attributes
    ----------
    core : str
        In lower case, without accents, signs, what stands in brackets, and the legal form; empty for a cell without a
        name.
    form : str
        The legal form; empty where none is written.
    """

    core: str
    form: str = ""


@lru_cache(maxsize=1 << 16)
def company_name(written: str) -> CompanyName:
    """Read a name of a company.

    Parameters
    ----------
    written : str

    Examples
    --------
    >>> company_name("ACME Société, S.A.")
    CompanyName(core='acme societe', form='sa')
    >>> company_name("Müller & Söhne GmbH & Co. KG") == company_name("Muller und Sohne gmbh & co kg")
    True
    """
    plain = unicodedata.normalize("NFKD", written.lower().translate(_PLAIN))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).replace("'", "").replace("\u2019", "")
    words = _WORDS.findall(_BRACKETS.sub(" ", plain) if _BRACKETS.search(plain) else plain)
    words = words or _WORDS.findall(plain)
    words = [word for word in words if word not in _AND] or words
    form = ""
    # The form may stand before or after the name, and twice: `Acme Holding Inc., Ltd`.
    while len(words) > 1 and (cut := _form_at_end(words)) is not None:
        form, words = form or cut[0], words[: -cut[1]]
    if not form and len(words) > 1 and words[0] in ("sa", "sarl", "ooo", "pt", "oy", "ab", "srl", "sas"):
        form, words = LEGAL_FORMS.get(words[0], words[0]), words[1:]
    return CompanyName(" ".join(words), form)


def _form_at_end(words: list[str]) -> tuple[str, int] | None:
    """The legal form at the end of some words, and how many it takes; a name keeps one word at least."""
    for count in range(min(_LONGEST, len(words) - 1), 0, -1):
        if (form := LEGAL_FORMS.get(" ".join(words[-count:]))) is not None:
            return form, count
    return None
