"""Texts that name persons: types of activity, stages, roles, sources, and levels of attributes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import ibis
import ibis.expr.types as ir

from scoring.cells.words import direction_of
from scoring.persons.cells import without_control
from scoring.persons.more_column_names import names_company
from scoring.persons.names_in_text import is_full_name, names_person, without_name
from scoring.persons.written import HIDDEN, HIDDEN_ADDRESS, PLAIN_ADDRESS, hidden

#: The most different texts of a column that are looked at; the commonest come first.
MOST_TEXTS = 5_000
#: The most types of activity that are kept apart once the persons are left out of them.
MOST_TYPES = 50
#: A column with more different texts, and with more than a quarter of its cells, is no attribute.
LEVELS = 50
#: Where more of the filled cells are names of persons, the leak guard holds the column back, and says why.
NEARLY_ALL = 0.9
#: Columns that say where a lead comes from, in words of people: a single level may name a person.
_ORIGINS = re.compile(
    r"(?:.*_)?(?:source|campaign|channel|referr(?:al|er|ed_by)|utm_\w+)(?:_(?:detail|details|name|text))?"
)
#: Regions are those of sales: hardly one is called like a person, and some after who works it.
_REGIONS = re.compile(r"(?:.+_)?region(?:_.*)?")
#: Columns of the contract whose levels mean something without the person that they name.
RENAMED = ("stage", "role")
#: Texts of a column, and how many cells have each.
Texts = Sequence[tuple[str, int]]
#: A type of activity of which nothing may be told but that we acted: any word that says so.
_OURS = f"{HIDDEN} task"


def named_levels(texts: Texts, name: str, filled: int, *, of_accounts: bool) -> dict[str, int]:
    """The texts of a column that name a person, and how many cells have each; they are read as empty.

    Parameters
    ----------
    texts : sequence of tuple
        The commonest `MOST_TEXTS` of its texts that have two words, and how many cells have each.
    name : str
        Of the column.
    filled : int
        How many cells have any.
    of_accounts : bool
        Whether it is one of accounts, where a name may be that of a company: `Arthur Andersen`.
    """
    if _ORIGINS.fullmatch(name):
        return _wanted(texts, names_person)
    if of_accounts and names_company(name) and not _REGIONS.fullmatch(name):
        return {}
    found = _wanted(texts, is_full_name, most=max(LEVELS, filled // 4))
    return found if sum(found.values()) <= NEARLY_ALL * filled else {}


def has_words(cell: ir.StringValue) -> ir.BooleanValue:
    """Whether a text has two words or more, as a full name has."""
    return cell.re_search("[ _]")


def renamed_levels(texts: Texts) -> dict[str, int]:
    """The texts of one of the columns `RENAMED` that name a person, and how many cells have each."""
    return _wanted(texts, names_person)


def without_names(cell: ir.StringValue, levels: Sequence[str]) -> ir.StringValue:
    """A cell with a word in place of the name of a person: `Waiting for (name)`.

    Parameters
    ----------
    cell : ibis.StringValue
    levels : sequence of str
        The texts that name one.
    """
    of_each: dict[str, list[str]] = {}
    for level in levels:
        of_each.setdefault(without_name(level), []).append(level)
    return ibis.cases(*((cell.isin(texts), text) for text, texts in of_each.items()), else_=cell)


def _wanted(texts: Texts, wanted: Callable[[str], bool], most: int = MOST_TEXTS) -> dict[str, int]:
    """The wanted texts of a column; none if it has more than `most`, of which no attribute is made."""
    return {text: n for text, n in texts if wanted(text)} if len(texts) <= most else {}


def types_without_persons(kind: ir.StringValue, raw: ibis.Table) -> tuple[ir.StringValue, list[str]]:
    """The types of activity without what is somebody's, and notes; a touch counts, whatever is written of it.

    Patterns on each row would double the time of the fold, so each different type is looked at once, and of so many
    types that they must be subjects the rarer ones not at all: only who acted is kept of them. Types that differ only
    in the person are one type: whoever meets many people of one account has not met it in many ways.

    Parameters
    ----------
    kind : ibis.StringValue
        The column of `raw`.
    raw : Table
    """
    left = _without_addresses(kind)
    written = raw.select(kind=kind).filter(ibis._.kind.notnull()).group_by("kind").agg(n=ibis._.count())
    types = written.mutate(kind=_without_addresses(written.kind)).group_by("kind").agg(n=ibis._.n.sum())
    rows = types.order_by(ibis.desc("n"), "kind").limit(MOST_TEXTS + 1).to_pyarrow().to_pylist()
    looked_at = rows[:MOST_TEXTS]
    meant: dict[str, list[str]] = {}
    cells = 0
    for row in looked_at:
        if (without := hidden(without_name(row["kind"]))) != row["kind"]:
            meant.setdefault(without, []).append(row["kind"])
            cells += row["n"]
    notes, kept = [], left
    if meant:
        listed = sorted(meant, key=lambda text: (-len(meant[text]), text))
        branches = [(left.isin(meant[text]), ibis.literal(text)) for text in listed[:MOST_TYPES]]
        if rest := [text for other in listed[MOST_TYPES:] for text in meant[other]]:
            branches.append((left.isin(rest), _who_acted(left)))
        kept = ibis.cases(*branches, else_=left)
        notes.append(f"activities: {cells:,} cells of activity_type name persons, whose names and numbers are left out")
    if len(rows) > MOST_TEXTS:
        kept = ibis.ifelse(left.isin([row["kind"] for row in looked_at]), kept, _who_acted(left))
        notes.append(
            f"activities: more than {MOST_TEXTS:,} different texts of activity_type, as subjects have: of the rarer "
            "ones only the direction is used"
        )
    return kept, notes


def _without_addresses(kind: ir.StringValue) -> ir.StringValue:
    bare = without_control(kind).re_replace(PLAIN_ADDRESS, HIDDEN_ADDRESS)
    return ibis.ifelse(kind.contains("@") | kind.contains("\x1b"), bare, kind)


def _who_acted(kind: ir.StringValue) -> ir.StringValue:
    """A type that tells nothing but whose act it is."""
    return ibis.ifelse((direction_of(kind) == "outbound").fill_null(False), _OURS, HIDDEN)
