"""What the name of a column says that it holds, where that is nothing to learn from: an id, a count of touches.

Only whole words count: `employees`, `ownership` and `name_of_erp` stay attributes. Words are those of CRMs in English,
and the commonest of German, French, Spanish, Portuguese and Italian. What fits a role and something else too is in
doubt, and its values decide (`scoring.columns.behaviour`): `downloads` may be ours or those of the company's own app.
"""

import re
from dataclasses import dataclass

from scoring.cells.currencies import names_currency
from scoring.columns import role_patterns as patterns
from scoring.columns import score_patterns
from scoring.contracts.column_names import parted, plain_name
from scoring.persons import column_names as of_persons
from scoring.persons import more_column_names as more_names

__all__ = ["Role", "may_name_person", "names_an_id", "of_person", "role_in_doubt", "role_of"]


@dataclass(frozen=True)
class Role:
    """What a column holds, and why that is not learned from.

    Attributes
    ----------
    name : str
        One word for it, as in the rule of a suspicion.
    words : str
        What the column holds, in words, as in `left out visits: a count of touches`.
    reason : str
        Why it is not learned from.
    leaks : bool
        Whether it is held back, since its value follows from deals or touches, rather than left out.
    """

    name: str
    words: str
    reason: str
    leaks: bool = False

    @property
    def why(self) -> str:
        """What it holds and why it is not learned from."""
        return f"{self.words}: {self.reason}"


TOUCHES = Role(
    "counts_touches",
    "by its name a count of touches",
    "touches are counted by nobody here, and today's count was not known in the past",
    leaks=True,
)
LAST_TOUCH = Role(
    "dates_touches", "by its name the time of a touch", "today's value was not known in the past", leaks=True
)
SCORE = Role("is_a_score", "by its name a ready-made score", "it was made from what is scored here", leaks=True)
STAGE = Role(
    "is_a_stage", "by its name a stage or status", "it follows the deals, and today's was not known in the past",
    leaks=True,
)  # fmt: skip
DEALS = Role("tells_of_deals", "by its name made from the deals", "today's value was not known in the past", leaks=True)
OWNER = Role("owner", "whose it is", "a role that is carried and shown, but never learned from")
CURRENCY = Role("currency", "the currency", "a role that is carried and shown, but never learned from")
RECORD = Role("record", "an id of a record", "it names one record and says nothing of others")
PERSON = Role("person", "the name of a person", "it says who somebody is, not what an account needs")
IDENTITY = Role("identity", "what identifies a person", "it says who somebody is, not what an account needs")
TRAIT = Role("trait", "a protected trait of a person", "nobody is scored by who they were born")
EXPORTER = Role("exporter", "written by an exporter or the CRM itself", "it says when and how a row was written")

#: The role of each pattern, and whether it is of numbers only: `notes` in words are no count. The first that fits wins.
_SURE = tuple(
    (role, re.compile(pattern), numbers)
    for role, pattern, numbers in (
        (EXPORTER, patterns.EXPORTER, False),
        (OWNER, patterns.OWNER, False),
        (TRAIT, of_persons.TRAIT, False),
        (TRAIT, more_names.TRAIT, False),
        (PERSON, of_persons.PERSON, False),
        (PERSON, more_names.PERSON, False),
        (IDENTITY, more_names.IDENTITY, False),
        (IDENTITY, of_persons.IDENTITY, False),
        (DEALS, patterns.DEALS, False),
        (DEALS, patterns.DEAL_COUNTS, True),
        (LAST_TOUCH, patterns.LAST_TOUCH, False),
        (TOUCHES, patterns.TOUCHES, True),
        (SCORE, score_patterns.SCORE, False),
        (STAGE, patterns.STAGE, False),
        (RECORD, patterns.RECORDS, False),
    )
)
#: The same of what is in doubt.
_DOUBTFUL = tuple(
    (role, re.compile(pattern), numbers)
    for role, pattern, numbers in (
        (TOUCHES, patterns.DOUBTFUL_TOUCHES, True),
        (DEALS, patterns.DOUBTFUL_DEALS, True),
        (STAGE, patterns.DOUBTFUL_STAGES, False),
        (SCORE, score_patterns.DOUBTFUL_SCORES, False),
        (TRAIT, of_persons.DOUBTFUL_TRAITS, True),
        (PERSON, of_persons.DOUBTFUL_PERSON, False),
    )
)
_OF_A_PERSON = tuple(known for known in _SURE if known[0] in (TRAIT, PERSON, IDENTITY))
#: What is of somebody in a table of people, and may be of a company or a product in one of accounts.
_OF_PEOPLE = re.compile(more_names.OF_PEOPLE)
_UNDERSCORED = re.compile(patterns.UNDERSCORED)
#: Other names that end like an id.
_ID = re.compile(
    r"(?:.*_)?(?:ids?|guid|uuid|gid)|(?:.*_)?(?:account|customer|client|contact|record)_?(?:number|no|nr|key)"
)


def role_of(name: str, *, numeric: bool, of_accounts: bool = False) -> Role | None:
    """What a column holds by its name, if that is nothing to learn from.

    Parameters
    ----------
    name : str
        As the export writes it, or as a canonical column.
    numeric : bool
        Whether it holds numbers. A count has them; `notes` in words are no count.
    of_accounts : bool
        Whether it is a column of accounts, where `photo` and `faith` are nothing of a person.

    Examples
    --------
    >>> role_of("hs_analytics_num_page_views", numeric=True).name
    'counts_touches'
    >>> role_of("number_of_employees", numeric=True) is None
    True
    """
    written = re.sub("^_+", "_", name.strip().lower())
    if _UNDERSCORED.fullmatch(written):
        return EXPORTER
    if role_in_doubt(name, numeric=numeric) is not None:
        return None
    if names_currency(name):
        return CURRENCY
    if of_accounts and _OF_PEOPLE.fullmatch(plain_name(name)):
        return None
    return _first(name, numeric, _SURE) or _first_of_person(name)


def role_in_doubt(name: str, *, numeric: bool) -> Role | None:
    """What a column may hold by its name, where its values must tell.

    Parameters
    ----------
    name : str
    numeric : bool
        Whether it holds numbers.
    """
    return _first(name, numeric, _DOUBTFUL)


def _first_of_person(name: str) -> Role | None:
    """What a column holds of a person, whose is said before or after it: `Kontakt_Geschlecht`, `muslim_contact`."""
    for spelling in more_names.without_whose(plain_name(name)):
        for role, pattern, _ in _OF_A_PERSON:
            if pattern.fullmatch(spelling):
                return role
    return None


def _first(name: str, numeric: bool, known: tuple[tuple[Role, re.Pattern[str], bool], ...]) -> Role | None:
    spellings = dict.fromkeys((plain_name(name), parted(name)))
    for role, pattern, numbers in known:
        if (numeric or not numbers) and any(pattern.fullmatch(spelling) for spelling in spellings):
            return role
    return None


def names_an_id(name: str) -> bool:
    """Whether a name says that the column holds ids. Few different ones may still be a code, as of an industry."""
    return _ID.fullmatch(plain_name(name)) is not None


def of_person(name: str) -> Role | None:
    """What a column holds of a person by its name; None for another column.

    >>> of_person("Gender").name, of_person("industry")
    ('trait', None)
    """
    role = role_of(name, numeric=False)
    return role if role in (TRAIT, PERSON, IDENTITY) else None


def may_name_person(name: str) -> bool:
    """Whether a column holds who somebody is by its name, or may: it is not kept where nobody looks at its values.

    >>> [name for name in ("Last Name", "email_2", "referred_by", "Account Owner", "industry") if may_name_person(name)]
    ['Last Name', 'email_2', 'referred_by', 'Account Owner']
    """
    held = (role_of(name, numeric=False), role_in_doubt(name, numeric=False))
    return of_persons.names_contact(name) or any(role in (OWNER, TRAIT, PERSON, IDENTITY) for role in held)
