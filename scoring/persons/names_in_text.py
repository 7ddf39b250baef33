"""Names of persons inside a text: a type of activity, a stage, a role, an unknown word, the name of a column."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scoring.persons.first_names import AMBIGUOUS, FIRST_NAMES
from scoring.persons.words import COMPANY, plain_text

#: What a text has in place of the name of a person.
HIDDEN_NAME = "(name)"
_TOKEN = re.compile(r"[^\W\d_](?:[^\W_]|['\u2019-](?=[^\W\d_]))*")
#: What stands between two words of one name, and between a title or a family name and what follows.
_BLANK, _DOT, _COMMA = re.compile(r"[ _]{1,2}"), re.compile(r"[. _]{1,3}"), re.compile(r", ?")
_AFTER = re.compile(r"[/. _]{1,3}")
_PARTICLES = frozenset(
    ("von", "van", "de", "di", "da", "la", "del", "der", "den", "zu", "mc", "al", "el", "bin", "ben")
)
_WORDS_BEFORE = """
with w mit avec con com by von an to for fur fuer pour per par from met med till til av af via cc host hosted visited
visits meets calls ruft
"""
#: After these stands who took part.
_WITH = frozenset(_WORDS_BEFORE.split())
_TITLE_WORDS = """
mr mrs dr prof herr herrn frau mme mlle madame monsieur signor signora sra srta senora mevrouw dhr doktor professor
"""
_TITLES = frozenset(_TITLE_WORDS.split())
#: Those that mean something else without a point.
_TITLES_WITH_POINT = frozenset(("ms", "hr", "fr", "sig"))
_WORDS_BESIDE = """
task tasks call calls called mail mails email emails meeting meetings meet visit visits visited demo demos webinar
event events form forms page pages newsletter letter reply replies note notes message chat sms lunch dinner
breakfast coffee trip tour talk talks session sessions follow followup up intro introduction request requests
download downloads click clicks open opened view views signup trial survey poll video post posts ad ads list lists
link links office team about at in on of the and or und et y e off to for from with by via re is was im am um zu bei
wegen nach before after during inbound outbound incoming outgoing sent received completed done score scores rank
ranking rating status stage state type kind id ids number no nr count total sum amount value date day days time
month year name code key flag level tier group segment source region city country zone index grade class category
product version integration app user users account accounts lead leads deal deals c pc field custom size plan budget
revenue cost price margin percent pct share rate data info text url site web blog channel campaign partner vendor
customer client company brand store shop model
"""
#: Words that stand beside the name of a person or of a product and are no family names.
_COMMON = frozenset(_WORDS_BESIDE.split())
_INITIAL = re.compile(r"[^\W\d_]\.?")


def _spans(text: str) -> list[tuple[int, int]]:
    tokens = list(_TOKEN.finditer(text))
    plain = [plain_text(token[0]) for token in tokens]
    # Where all letters are small or large, but for the first of a sentence, they tell no names.
    even = text in (text.lower(), text.upper()) or text[1:] == text[1:].lower()
    found: list[tuple[int, int]] = []
    index = 0
    while index < len(tokens):
        last = _name_from(text, tokens, plain, index, even=even)
        if last is None:
            index += 1
            continue
        start = index
        if index and last == index and _COMMA.fullmatch(_between(text, tokens, index - 1)):
            start = index - 1  # `Lovelace, Ada`
        found.append((tokens[start].start(), tokens[last].end()))
        index = last + 1
    return found


def _between(text: str, tokens: Sequence[re.Match[str]], index: int) -> str:
    return text[tokens[index].end() : tokens[index + 1].start()]


def _name_from(
    text: str, tokens: Sequence[re.Match[str]], plain: Sequence[str], index: int, *, even: bool
) -> int | None:
    """The place of the last word of a name that begins at a place; None for no name."""

    def part(at: int) -> bool:
        """Whether a word may be part of a name by its first letter, and by what it means."""
        large = even or tokens[at][0][:1].isupper()
        return large and plain[at] not in _COMMON and not COMPANY.fullmatch(plain[at]) and len(plain[at]) > 1

    def of_company(at: int) -> bool:
        return at < len(tokens) and COMPANY.fullmatch(plain[at]) is not None

    def joined(at: int, by: re.Pattern[str] = _BLANK) -> bool:
        return at + 1 < len(tokens) and by.fullmatch(_between(text, tokens, at)) is not None

    word = tokens[index][0]
    if plain[index] in _TITLES | _TITLES_WITH_POINT and joined(index, _DOT) and part(index + 1):
        point = "." in _between(text, tokens, index)
        if point or (plain[index] in _TITLES and (even or word.istitle()) and not (word.isupper())):
            last = index + 1
            more = plain[last].split("-")[0] in FIRST_NAMES or plain[last] in _TITLES or not even
            while joined(last, _DOT) and last - index < 3 and part(last + 1) and more:
                last += 1
            return None if of_company(last + 1) else last
    first = plain[index].split("-")[0]
    if first not in FIRST_NAMES or not (even or word[:1].isupper()):
        return None
    if text[tokens[index].end() :][:1] == "@":
        return None  # an address
    after = index > 0 and plain[index - 1] in _WITH and joined(index - 1, _AFTER)
    clear = first not in AMBIGUOUS
    if not clear and not after:
        return None
    last = index
    while joined(last, _DOT) and last - index < 3:
        middle = _INITIAL.fullmatch(tokens[last + 1][0]) or plain[last + 1] in _PARTICLES
        if not middle or last + 2 >= len(tokens):
            break
        last += 1
    if joined(last, _DOT if last > index else _BLANK) and part(last + 1):
        return None if of_company(last + 2) and joined(last + 1) else last + 1
    if clear and index and tokens[index - 1][0][:1].isupper() and _COMMA.fullmatch(_between(text, tokens, index - 1)):
        return index if len(tokens) == 2 or index == len(tokens) - 1 else None
    # A first name alone, of whom something is done: `Call with Anna`.
    return index if clear and after and not of_company(index + 1) else None


def names_person(text: str) -> bool:
    """Whether a text is or holds the name of a person, as no company or place has it.

    >>> [names_person(said) for said in ("Call with Anna Markowitz", "Web", "Fair in Victoria", "Robert Bosch GmbH")]
    [True, False, False, False]
    """
    return bool(_spans(text))


def is_full_name(text: str) -> bool:
    """Whether a text is a first name and a family name, and nothing else.

    >>> [is_full_name(said) for said in ("Anna Markowitz", "Team Anna Markowitz", "Anna", "anna markowitz")]
    [True, False, False, False]
    """
    bare = text.strip()
    words = bare.replace(",", " ").split()
    large = len(words) > 1 and words[0][0].isupper() and words[-1][0].isupper()
    return large and _spans(bare) == [(0, len(bare))]


def without_name(text: str) -> str:
    """A text with a word for each name of a person in it.

    >>> [without_name(said) for said in ("Call with Anna Markowitz (CFO)", "call with anna markowitz task", "Call")]
    ['Call with (name) (CFO)', 'call with (name) task', 'Call']
    """
    for start, end in reversed(_spans(text)):
        text = f"{text[:start]}{HIDDEN_NAME}{text[end:]}"
    return text
