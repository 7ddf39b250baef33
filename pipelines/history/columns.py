"""Which columns are kept: attributes that a scorecard may learn from, owners, and what is planned of open deals.

What the leak guard and the door for persons leave out by names and by values is not kept either: who somebody is, what
nobody may be scored by, ids, free text, counts of touches. Of owners only ids are kept. What outcomes change is kept,
for that is what a history is for. All is looked at every night: a column may be filled with something else by then.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import ibis

from pipelines.history.owners import are_ids
from pipelines.history.record import KEYS
from scoring.column_behaviour import MOST_TEXTS, told_by_words
from scoring.column_roles import IDENTITY, OWNER, PERSON, RECORD, TOUCHES, TRAIT, names_an_id, role_in_doubt, role_of
from scoring.persons.cells import without_control
from scoring.persons.more_column_names import names_company
from scoring.persons.names_in_text import names_person, without_name
from scoring.persons.written import hidden, look_of

#: Columns of each table that are no attributes, or are not of the record itself.
NOT_KEPT = ("account_id", "lead_id", "opportunity_id", "domain", "created_at", "known_at", "title")
#: More different texts than this, or than a quarter of the filled cells, are ids or free text: as in `candidates`.
FEW_TEXTS, FEW_CODES, SHARE_OF_TEXTS = 50, 20, 4
#: Numbers of people from here on of which hardly two are the same are phone numbers or ids.
LONG_NUMBERS, UNIQUE = 10_000_000, 0.9
#: What of a person is not kept, even where the configuration trusts a column.
OF_PERSONS = (PERSON, IDENTITY, TRAIT)


@dataclass(frozen=True)
class Chosen:
    """The columns of a table to keep tonight.

    Attributes
    ----------
    kinds : dict of str
        The kind of each, by name.
    left_out : dict of str
        Why the others are not kept.
    unsaid : dict of dict
        By column, the texts that name a person, and what is kept instead: nothing, or a stage without the name.
    """

    kinds: dict[str, str]
    left_out: dict[str, str]
    unsaid: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def cells(self, current: ibis.Table, name: str) -> ibis.Value:
        """A column as it is kept.

        Parameters
        ----------
        current : Table
        name : str
        """
        cell = _plain(current, name)
        branches = (
            [(cell == text, ibis.literal(said, type="string")) for text, said in self.unsaid[name].items()]
            if name in self.unsaid
            else []
        )
        return (ibis.cases(*branches, else_=cell) if branches else cell).name(name)


@dataclass(frozen=True)
class _Texts:
    """The commonest texts of a column with their numbers, how many differ, and how many cells are filled."""

    cells: dict[str, int]
    distinct: int
    filled: int


def chosen_columns(
    current: ibis.Table, table: str, *, trusted: Collection[str] = (), dropped: Collection[str] = ()
) -> Chosen:
    """The columns of a table to keep.

    Parameters
    ----------
    current : Table
        Tonight's rows.
    table : {"accounts", "leads", "opportunities"}
    trusted, dropped : collection of str
        Columns that the configuration trusts, or drops. Of a person nothing is kept, trusted or not.
    """
    kinds = {name: kind for name, kind in _kinds(current).items() if name not in dropped}
    left_out: dict[str, str] = {}
    unsaid: dict[str, dict[str, str | None]] = {}
    for name, kind in kinds.items():
        if why := _by_name(name, kind, table, trusted=name in trusted):
            left_out[name] = why
    numbers = [name for name, kind in kinds.items() if kind != "string" and name not in left_out]
    left_out |= _of_numbers(current, numbers, table)
    for name in [name for name, kind in kinds.items() if kind == "string" and name not in left_out]:
        texts = _texts(current, name)
        if why := _of_texts(name, texts, table):
            left_out[name] = why
        elif found := _unsaid(name, texts, table):
            unsaid[name] = found
    return Chosen({name: kind for name, kind in kinds.items() if name not in left_out}, left_out, unsaid)


def _kinds(current: ibis.Table) -> dict[str, str]:
    """The kind of each column that may be kept."""
    found = {}
    for name, kind in current.schema().items():
        if name in NOT_KEPT or name.lower() in KEYS.values():
            continue
        if kind.is_floating() or kind.is_boolean() or kind.is_string() or kind.is_timestamp():
            found[name] = "float64" if kind.is_floating() else "boolean" if kind.is_boolean() else "string"
            found[name] = "timestamp" if kind.is_timestamp() else found[name]
    return found


def _is_owner(name: str) -> bool:
    return role_of(name, numeric=False) is OWNER


def _by_name(name: str, kind: str, table: str, *, trusted: bool) -> str:
    """Why a column is not kept, by its name; empty where it may be."""
    if table == "opportunities":
        return ""
    numeric, of_accounts = kind == "float64", table == "accounts"
    role = role_of(name, numeric=numeric, of_accounts=of_accounts)
    if role is not None and role is not OWNER and (role in OF_PERSONS or not trusted):
        return role.words
    doubt = role_in_doubt(name, numeric=numeric)
    # What the values of numbers say is told by the touches, which no night compares.
    return doubt.words if numeric and doubt in (TOUCHES, TRAIT) and not trusted else ""


def _of_numbers(current: ibis.Table, names: list[str], table: str) -> dict[str, str]:
    """Why columns without texts are not kept, by name."""
    if not names:
        return {}
    asked = {}
    for i, name in enumerate(names):
        column = current[name]
        asked[f"filled_{i}"] = column.count()
        if column.type().is_floating():
            asked[f"distinct_{i}"] = column.nunique()
            asked[f"long_{i}"] = ((column >= LONG_NUMBERS) & (column == column.floor())).sum()
    row = current.aggregate(**asked).to_pyarrow().to_pylist()[0]
    found = {}
    for i, name in enumerate(names):
        filled, distinct = row[f"filled_{i}"] or 0, row.get(f"distinct_{i}") or 0
        alone = distinct >= UNIQUE * filled and 2 * (row.get(f"long_{i}") or 0) > filled
        if not filled:
            found[name] = "empty"
        elif table != "opportunities" and not _is_owner(name) and _are_codes(name, distinct, filled):
            found[name] = RECORD.words
        elif table == "leads" and alone and not _is_owner(name):
            found[name] = "long numbers of single people"
    return found


def _are_codes(name: str, distinct: int, filled: int) -> bool:
    """Whether a column that is named like an id holds ids, and not a few codes."""
    return names_an_id(name) and distinct > max(FEW_CODES, filled // SHARE_OF_TEXTS)


def _plain(current: ibis.Table, name: str) -> ibis.Value:
    """A column as it is looked at: nobody has looked at what deals say yet."""
    cell = current[name]
    return without_control(cell) if "opportunity_id" in current.columns and cell.type().is_string() else cell


def _texts(current: ibis.Table, name: str) -> _Texts:
    counts = current.select(cell=_plain(current, name)).filter(ibis._.cell.notnull())
    counts = (
        counts.group_by("cell")
        .agg(n=ibis._.count())
        .mutate(distinct=ibis._.count().over(ibis.window()), filled=ibis._.n.sum().over(ibis.window()))
    )
    rows = counts.order_by(ibis.desc("n"), "cell").limit(MOST_TEXTS).to_pyarrow().to_pylist()
    cells = {row["cell"]: int(row["n"]) for row in rows}
    return _Texts(cells, int(rows[0]["distinct"]), int(rows[0]["filled"])) if rows else _Texts({}, 0, 0)


def _of_texts(name: str, texts: _Texts, table: str) -> str:
    """Why a column with texts is not kept; empty where it is."""
    if not texts.filled:
        return "empty"
    if _is_owner(name):
        return "" if texts.distinct <= MOST_TEXTS and are_ids(texts.cells) else "names of persons"
    if texts.distinct > min(MOST_TEXTS, max(FEW_TEXTS, texts.filled // SHARE_OF_TEXTS)):
        return "an identifier or free text"
    if table != "opportunities" and _are_codes(name, texts.distinct, texts.filled):
        return RECORD.words
    role = role_in_doubt(name, numeric=False)
    suspicion = told_by_words(name, texts.cells, role, of_accounts=table == "accounts")
    return "" if suspicion is None else suspicion.reason


def _unsaid(name: str, texts: _Texts, table: str) -> dict[str, str | None]:
    """The texts of a column that name a person or hold what is somebody's, and what is kept instead."""
    if _is_owner(name) or (table == "accounts" and names_company(name)):
        return {}
    found = [text for text in texts.cells if names_person(text) or look_of(text) is not None]
    return {text: hidden(without_name(text)) if table == "opportunities" else None for text in found}
