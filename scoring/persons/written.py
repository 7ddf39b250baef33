r"""What is written in a cell or a message, where it is somebody's: addresses, phone numbers, ids.

Patterns are of text in lower case. They mean the same to the regular expressions of all engines: they have no
look-around, no ``\b`` and no ``\d``. A *sure* pattern tells of one cell what it is. The others may be a code of a
product too, and tell of a column: most of its cells must be so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scoring.persons.first_names import AMBIGUOUS, FIRST_NAMES

#: What an e-mail address is replaced by in a text.
HIDDEN_ADDRESS = "(e-mail)"
#: What all else that is somebody's is replaced by.
HIDDEN = "(personal)"

_AT_LETTERS = "@\uff20\ufe6b"
_AT = f"[{_AT_LETTERS}]"
#: Brackets and a plus as wide as the signs of Chinese. Not every engine knows them by their numbers.
_WIDE, _PLUS = "\uff08\uff09", "[+\uff0b]"
_ENCODED_AT = r"(?:%(?:25)*40|=40|\\u0040|\\x40|&#0*64;|&#x0*40;|&commat;|&lbrack;at&rbrack;)"
_NAME = r"[^\s<>;,@\"'`()\[\]{}|]+"
_DOT_WORD = "(?:dot|punkt|point|punto|ponto|piste|kropka|punt)"
_AT_WORD = "(?:at|ät|a|arroba|chez|chiocciola|snabel-?a|klammeraffe|malpa)"
_TLD = r"[a-z]{2,24}"
_HOST = r"[a-z0-9-]+(?:\.[a-z0-9-]+)*"
_DOT = rf"(?: ?\. ?|[ _-]?[\[({{<]? ?{_DOT_WORD} ?[\])}}>]?[ _-]?)"

#: An e-mail address as it is usually written.
PLAIN_ADDRESS = rf"[^\s<>;,{_AT_LETTERS}]+{_AT}[^\s<>;,{_AT_LETTERS}]+"
#: An e-mail address, also one that is written so that a program should not find it.
_ADDRESS = (
    PLAIN_ADDRESS,
    rf"[a-z0-9._+-]+{_ENCODED_AT}[a-z0-9-]+(?:\.[a-z0-9-]+)*",
    rf"{_NAME}(?: {_AT} ?| ?{_AT} ){_HOST}\.{_TLD}",
    rf"{_NAME} ?[\[({{<] ?(?:{_AT_WORD}|{_AT}) ?[\])}}>] ?[a-z0-9-]+(?:{_DOT}[a-z0-9-]+)*{_DOT}{_TLD}",
    rf"{_NAME}[ _-](?:at|ät|arroba)[ _-][a-z0-9-]+[ _-]{_DOT_WORD}[ _-]{_TLD}",
    rf"[a-z0-9_+-]+\.[a-z0-9._+-]+ at {_HOST}\.{_TLD}",
    rf"[a-z0-9.+-]+_at_{_HOST}\.{_TLD}",
    # A first name and no word such as `webinar`, which is held at a company too.
    rf"(?:{'|'.join(sorted(FIRST_NAMES - AMBIGUOUS))}) at {_HOST}\.{_TLD}",
    rf"{_NAME} ?-+ ?{_AT_WORD} ?-+ ?[a-z0-9-]+(?: ?-+ ?{_DOT_WORD} ?-+ ?[a-z0-9]+)+",
    rf"{_NAME} ?{_WIDE[0]} ?(?:{_AT_WORD}|{_AT}) ?{_WIDE[1]} ?[a-z0-9-]+(?:{_DOT}[a-z0-9-]+)*",
)
_PHONE = (
    # International; no more signs than three stand between two digits.
    # One that ends in many zeros is an amount: +100 000 000.
    *(
        rf"{_PLUS} ?\(?[1-9](?:[ ./()-]{{0,3}}[0-9]){{{6 - zeros},{13 - zeros}}}"
        rf"[ ./()-]{{0,3}}[1-9](?:[ ./()-]{{0,3}}0){{{zeros}}}"
        for zeros in range(5)
    ),
    r"00[1-9][0-9]{0,2}[ ./-]+[0-9](?:[ ./()-]{0,2}[0-9]){5,12}",
    # With an area: (030) 1234567, 030/1234567, 212-555-0187, 01 23 45 67 89, 03-1234-5678.
    r"\((?:0[1-9][0-9]{1,4}|[1-9][0-9]{1,2})\) ?[0-9](?:[ ./-]?[0-9]){4,10}",
    r"(?:1[ .-])?[2-9][0-9]{2}[. -][1-9][0-9]{2}[. -][0-9]{4}",
    r"0[1-9](?:[ .-][0-9]{2}){4}",
    r"0[1-9][0-9]{1,4}(?: ?[/-] ?| )[0-9](?:[ -]?[0-9]){5,9}",
    r"0[1-9][0-9]{0,2}-[0-9]{3,4}-[0-9]{4}",
    # Germany, the Netherlands and their like without a blank; Russia; Indian mobiles.
    r"01(?:5[0-9]|6[023]|7[0-9])[0-9]{7,8}",
    r"06[ -]?[1-9][0-9]{7}",
    r"8 \(?[3489][0-9]{2}\)? [0-9]{3} [0-9]{2} [0-9]{2}",
    r"[6-9][0-9]{4} [0-9]{5}",
    r"(?:tel|telefon|telephone|phone|mobile|mobil|handy|cell|fax|whatsapp|calls?|anruf|rufnummer|sms)"
    r"[.:]* \+?[0-9]{9,13}",
    r"(?:tel|telefon|telephone|phone|ph|mobile?|mobil|handy|cell|fax|whatsapp)(?:[.:]|\.:) ?"
    r"\+?\(?[0-9](?:[ ./()-]{0,2}[0-9]){5,14}",
)
_IBAN_COUNTRY = (
    "ad|ae|al|at|az|ba|be|bg|bh|br|by|ch|cr|cy|cz|de|dk|do|ee|eg|es|fi|fo|fr|gb|ge|gi|gl|gr|gt|hr|hu|ie|il|iq|is|it|jo|"
    "kw|kz|lb|lc|li|lt|lu|lv|ly|mc|md|me|mk|mr|mt|mu|nl|no|pk|pl|ps|pt|qa|ro|rs|sa|sc|se|si|sk|sm|st|sv|tl|tn|tr|ua|va|vg|xk"
)
_BANK = (
    rf"(?:{_IBAN_COUNTRY})[0-9]{{2}} ?[a-z0-9]{{4}} ?[0-9]{{4}} ?[0-9][0-9a-z]{{2}}[0-9a-z ]{{0,22}}",
    r"[3-6][0-9]{3}[ -](?:[013-9][0-9]{3}|2[1-9][0-9]{2})[ -][0-9]{4}[ -][0-9]{1,4}",
    r"3[47][0-9]{2}[ -][0-9]{6}[ -][0-9]{5}",
)
_MONTH, _DAY = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
_NATIONAL = (
    # United States, United Kingdom, Italy, Brazil, Switzerland, France, Belgium, Mexico, Russia, Korea, Hong Kong
    r"(?:00[1-9]|0[1-9][0-9]|[1-578][0-9]{2}|6[0-57-9][0-9]|66[0-57-9])-[0-9]{2}-[0-9]{4}",
    r"[a-ceghj-tw-z][a-ceghj-nprstw-zq] [0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]",
    r"[a-z]{6}[0-9]{2}[a-ehlmprst][0-9]{2}[a-z][0-9]{3}[a-z]",
    r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}",
    r"756[. ][0-9]{4}[. ][0-9]{4}[. ][0-9]{2}",
    rf"[12] [0-9]{{2}} {_MONTH} (?:2[ab]|[0-9]{{2}}) [0-9]{{3}} [0-9]{{3}}(?: [0-9]{{2}})?",
    rf"[0-9]{{2}}\.{_MONTH}\.{_DAY}-[0-9]{{3}}\.[0-9]{{2}}",
    r"[a-z]{4}[0-9]{6}[hm][a-z]{5}[a-z0-9][0-9]",
    # Austria, Germany, and the American one with its name or with blanks.
    rf"[1-9][0-9]{{3}} {_DAY}{_MONTH}[0-9]{{2}}",
    rf"[0-9]{{2}} {_DAY}{_MONTH}[0-9]{{2}} [a-z] [0-9]{{3}}",
    r"(?:ssn|social security(?: number| no)?)[.: #]* ?[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{4}",
    r"(?:00[1-9]|0[1-9][0-9]|[1-578][0-9]{2}|6[0-57-9][0-9]|66[0-57-9]) [0-9]{2} [0-9]{4}",
    r"[0-9]{3}-[0-9]{3}-[0-9]{3} [0-9]{2}",
    rf"[0-9]{{2}}{_MONTH}{_DAY}-[1-4][0-9]{{6}}",
)
#: Sweden, Denmark, Finland, Czechia, China, India, Spain, Canada, Singapore: codes of products look like these too.
_NATIONAL_PERHAPS = (
    rf"(?:19|20)?[0-9]{{2}}{_MONTH}{_DAY}[+-][0-9]{{4}}",
    rf"{_DAY}{_MONTH}[0-9]{{2}}-[0-9]{{4}}",
    rf"{_DAY}{_MONTH}[0-9]{{2}}[a+-][0-9]{{3}}[0-9a-y]",
    rf"[0-9]{{2}}[0156][0-9]{_DAY}/[0-9]{{3,4}}",
    rf"[1-9][0-9]{{5}}(?:19|20)[0-9]{{2}}{_MONTH}{_DAY}[0-9]{{3}}[0-9x]",
    r"[2-9][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}",
    r"[a-z]{3}p[a-z][0-9]{4}[a-z]",
    r"[0-9]{8}-?[a-hj-np-tv-z]",
    r"[xyz]-?[0-9]{7}-?[a-hj-np-tv-z]",
    r"[0-9]{3}-[0-9]{3}-[0-9]{3}",
    r"[stfg][0-9]{7}[a-z]",
    r"[a-ceghj-tw-z][a-ceghj-nprstw-zq][0-9]{6}[a-d]",
    r"[a-z]{1,2}[0-9]{6}\([0-9a]\)",
)
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_MACHINE = (
    rf"(?:{_OCTET}\.){{3}}{_OCTET}(?:[:/][0-9]{{1,5}})?",
    r"(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}",
    r"(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){2,5}",
    r"(?:[0-9a-f]{1,4}:){2,6}:[0-9a-f]{1,4}",
    r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}",
)
_PROFILE = (
    r"(?:[a-z]{2,3}\.)?linkedin\.com/(?:in|pub|sales/(?:people|lead))/[^\s]+",
    r"(?:www\.)?xing\.com/(?:profile|people)/[^\s]+",
    r"(?:wa|t)\.me/\+?[a-z0-9_]{3,}",
)
_PROFILE_PERHAPS = (
    r"(?:https?://)?(?:[a-z]{1,3}\.)?(?:facebook|fb|instagram|twitter|x|tiktok|threads|github|bsky|vk)\.(?:com|net|app)/"
    r"(?:profile/)?@?[a-z0-9_.-]+/?",
)


#: From this share of the filled cells on, a whole column is of persons.
HALF = 0.5


@dataclass(frozen=True)
class Look:
    """Something that a cell may look like.

    Attributes
    ----------
    words : str
        What it is, in the plural, as messages say it.
    patterns : tuple of str
    sure : bool
        Whether one cell is enough to tell. If not, most cells of a column must look so.
    whole : bool
        Whether the whole cell must be so, and nothing stand beside it.
    hidden : bool
        Whether it is left out of messages too, which may name the address of a machine.
    """

    words: str
    patterns: tuple[str, ...]
    sure: bool = True
    whole: bool = False
    hidden: bool = True

    @property
    def pattern(self) -> str:
        """The patterns as one, for any engine."""
        either = f"(?:{'|'.join(self.patterns)})"
        return f"^{either}$" if self.whole else f"(?:^|[^a-z0-9]){either}(?:[^a-z0-9]|$)"


ADDRESSES = Look("e-mail addresses", _ADDRESS)
PHONES = Look("phone numbers", _PHONE)
BANK = Look("numbers of bank accounts or cards", _BANK)
NATIONAL = Look("national ids", _NATIONAL)
MACHINES = Look("addresses of computers", _MACHINE, hidden=False)
PROFILES = Look("profiles of persons", _PROFILE)
HANDLES = Look("user names", (r"@[a-z0-9_.-]{2,30}", r"[a-z0-9_.]{2,32}#[0-9]{4}"), whole=True, hidden=False)
#: What tells of a column, if most of its cells look so.
PERHAPS = (
    Look("national ids", _NATIONAL_PERHAPS, sure=False, whole=True),
    Look("profiles of persons", _PROFILE_PERHAPS, sure=False, whole=True),
    Look(
        "phone numbers",
        (r"\+?0[1-9][0-9]{0,4}[ /]?[0-9 ().-]{5,14}", r"\+[1-9][0-9 ()/.-]{6,12}[1-9][0-9 ]{0,3}"),
        sure=False,
        whole=True,
    ),
)
#: What tells of a cell; the first that fits is what it is.
SURE = (ADDRESSES, PROFILES, BANK, NATIONAL, PHONES, MACHINES, HANDLES)
LOOKS = (*SURE, *PERHAPS)

#: What most cells lack and is found at a glance: without it no sure pattern fits.
GLANCE = (
    rf"{_AT}|%(?:25)*40|=40|u0040|x40|{_WIDE[0]}|&#|"
    rf"&commat|&lbrack|(?:[0-9][^0-9]*){{6}}|\.com/|\.me/|[\[({{<] ?{_AT_WORD} ?[\])}}>]|"
    rf"- ?{_AT_WORD} ?-|"
    r"[ _-](?:at|ät|arroba)[ _-]|[0-9]\.[0-9]{1,3}\.[0-9]|[0-9a-f:]:[0-9a-f]{0,4}:|#[0-9]{4}|"
    r"[0-9a-f]{2}[-:][0-9a-f]{2}[-:][0-9a-f]{2}[-:]"
)

_COMPILED = {look: re.compile(look.pattern) for look in LOOKS}


def look_of(text: str, patterns: Iterable[Look] = SURE) -> Look | None:
    """What a text looks like or holds; None for nothing of a person.

    Parameters
    ----------
    text : str
    patterns : iterable of Look
        In this order.

    Examples
    --------
    >>> look_of("Referred by: ada (at) example.org").words
    'e-mail addresses'
    >>> look_of("500-1000 employees, ZIP 12345-6789") is None
    True
    """
    lower = text.strip().lower()
    return next((look for look in patterns if _COMPILED[look].search(lower)), None)


#: In messages, the aliases of a model in its registry look like addresses: ``models:/closedwon-account@champion``.
_ALIAS = r"(?!champion\b|challenger\b)"
#: Without six digits or a word for @ there is nothing else than plain addresses.
_DIGITS = re.compile(r"(?:[0-9][^0-9]*){6}")
_AT_SIGNS = re.compile(
    rf"{_AT}|{_ENCODED_AT}|[\[({{<{_WIDE[0]}] ?{_AT_WORD} ?[\])}}>{_WIDE[1]}]|[ _-]{_AT_WORD}[ _-]", re.IGNORECASE
)
_BETWEEN = r"[^\s<>;,'\"`()]"
#: From the beginning of a word, so that long words cost no more than they are long.
_PLAIN = re.compile(rf"(?<!{_BETWEEN})(?:(?!{_AT}){_BETWEEN})++{_AT}{_ALIAS}{_BETWEEN}+", re.IGNORECASE)
_DISGUISED = re.compile(f"(?<![a-z0-9])(?:{'|'.join(_ADDRESS[1:])})", re.IGNORECASE)
_OTHERS = re.compile(
    rf"(?<![a-z0-9])(?:{'|'.join(p for look in SURE[1:] if look.hidden for p in look.patterns)})(?![a-z0-9])",
    re.IGNORECASE,
)


#: Columns of a table stand apart, and an interval of decimals ends in a parenthesis.
_FIGURES = re.compile(r"[0-9]  |[0-9]\)  |[0-9]\.[0-9]+\)")


def _unless_path(found: re.Match[str]) -> str:
    """The word for an address, or the text itself where it is a path with an @: `C:/data/crm@2024/accounts.csv`."""
    before, _, after = found[0].partition("@")
    folder = re.split(r"[/\\]", after)[0]
    if re.fullmatch(r"[a-z+]+://[^/]+", before) and "." not in folder:
        return found[0]  # a form of an address of a server: postgresql://user@host/database
    is_path = re.search(r"[/\\]", before) and re.search(r"[/\\]", after) and "." not in folder
    return found[0] if is_path else HIDDEN_ADDRESS


def _unless_figures(found: re.Match[str]) -> str:
    """The word for what is personal, or the text itself where it is figures of a table: `+58.0)  0.712`."""
    return found[0] if _FIGURES.search(found[0]) else HIDDEN


def hidden(text: str) -> str:
    """A message without what is somebody's.

    Examples
    --------
    >>> hidden("no answer for ada@x.example or +49 30 1234567, a lead")
    'no answer for (e-mail) or (personal), a lead'
    """
    text = _PLAIN.sub(_unless_path, text)
    if not _DIGITS.search(text) and not _AT_SIGNS.search(text):
        return text  # nearly every message
    return _OTHERS.sub(_unless_figures, _DISGUISED.sub(HIDDEN_ADDRESS, text))
