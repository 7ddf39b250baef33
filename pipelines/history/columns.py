"""Which columns are kept: attributes that a scorecard may learn from, owners, and what is planned of open deals.

What the leak guard and the removal of data of persons leave out is not kept either: who somebody is, what nobody may be
scored by, ids, free text, counts of touches. Of owners only ids are kept. What outcomes change is kept,
for that is what a history is for. All is looked at every night: a column may be filled with something else by then.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis

from pipelines.history.owners import are_ids
from pipelines.history.record import KEYS
from scoring.columns.behaviour import MOST_TEXTS, suspected_by_words
from scoring.columns.roles import IDENTITY, OWNER, PERSON, RECORD, TOUCHES, TRAIT, names_an_id, role_in_doubt, role_of
from scoring.persons.more_column_names import names_company
from scoring.persons.names_in_text import names_person, without_name
from scoring.persons.written import hidden, look_of
from scoring.sql_text import literal, quoted

#: Columns of each table that are no attributes, or are not of the record itself.
NOT_KEPT = ("account_id", "lead_id", "opportunity_id", "domain", "created_at", "known_at", "title")
#: More different texts than this, or than a quarter of the filled cells, are ids or free text: as in `candidates`.
FEW_TEXTS, FEW_CODES, SHARE_OF_TEXTS = 50, 20, 4
#: Numbers of people from here on of which hardly two are the same are phone numbers or ids.
LONG_NUMBERS, UNIQUE = 10_000_000, 0.9
#: Columns whose texts are looked at in one scan.
AT_ONCE = 50
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

    def cell(self, name: str) -> str:
        """What is kept of a column, in SQL."""
        cases = [
            f"WHEN {literal(cell)} THEN {'NULL' if other is None else literal(other)}"
            for cell, other in self.unsaid.get(name, {}).items()
        ]
        return f"CASE {quoted(name)} {' '.join(cases)} ELSE {quoted(name)} END" if cases else quoted(name)


@dataclass(frozen=True)
class _Numbers:
    """How many cells of a column are filled, about how many differ, and how many are long whole numbers."""

    of_texts: bool
    filled: int
    distinct: int
    long: int


def possible_columns(
    current: ibis.Table, table: str, *, trusted: Collection[str] = (), dropped: Collection[str] = ()
) -> Chosen:
    """The columns of a table that may be kept by their types and names.

    Parameters
    ----------
    current : Table
    table : {"accounts", "leads", "opportunities"}
    trusted, dropped : collection of str
        Columns that the configuration trusts, or drops. Of a person nothing is kept, trusted or not.
    """
    kinds = {name: kind for name, kind in _kinds(current).items() if name not in dropped}
    why = {name: _by_name(name, kind, table, trusted=name in trusted) for name, kind in kinds.items()}
    return Chosen(
        {name: kind for name, kind in kinds.items() if not why[name]},
        {name: words for name, words in why.items() if words},
    )


def chosen_columns(connection: Any, now: str, table: str, possible: Chosen) -> Chosen:
    """The columns of a table to keep, by their values tonight.

    Parameters
    ----------
    connection : ibis DuckDB backend
    now : str
        A table with tonight's rows.
    table : {"accounts", "leads", "opportunities"}
    possible : Chosen
        As `possible_columns` gives them.
    """
    left_out, unsaid = dict(possible.left_out), dict[str, dict[str, str | None]]()
    numbers = _counted(connection, now, possible.kinds)
    left_out |= {name: why for name, found in numbers.items() if (why := _by_values(found, name, table))}
    texts = [name for name, found in numbers.items() if found.of_texts and name not in left_out]
    for name, cells in _cells(connection, now, texts).items():
        if why := _of_texts(name, cells, table):
            left_out[name] = why
        elif found := _unsaid(name, cells, table):
            unsaid[name] = found
    return Chosen({name: kind for name, kind in possible.kinds.items() if name not in left_out}, left_out, unsaid)


def _kinds(current: ibis.Table) -> dict[str, str]:
    """The kind of each column that may be kept."""
    found = {}
    for name, kind in current.schema().items():
        if name in NOT_KEPT or name.lower() in KEYS.values():
            continue
        if kind.is_floating():
            found[name] = "float64"
        elif kind.is_boolean():
            found[name] = "boolean"
        elif kind.is_timestamp():
            found[name] = "timestamp"
        elif kind.is_string():
            found[name] = "string"
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


def _counted(connection: Any, now: str, kinds: Mapping[str, str]) -> dict[str, _Numbers]:
    """The numbers of each column. About how many cells differ is found in a part of the time of how many do."""
    if not kinds:
        return {}
    asked = []
    for name, kind in kinds.items():
        cell = quoted(name)
        long = f"count(*) FILTER ({cell} >= {LONG_NUMBERS} AND {cell} = floor({cell}))" if kind == "float64" else "0"
        asked += [f"count({cell})", f"approx_count_distinct({cell})", long]
    row = connection.con.execute(f"SELECT {', '.join(asked)} FROM {now}").fetchall()[0]
    return {
        name: _Numbers(kinds[name] == "string", *(int(count) for count in row[3 * i : 3 * i + 3]))
        for i, name in enumerate(kinds)
    }


def _cells(connection: Any, now: str, names: list[str]) -> dict[str, dict[str, int]]:
    """How many cells of each column have each text, the commonest first; one more than `MOST_TEXTS` at most."""
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    for first in range(0, len(names), AT_ONCE):
        parts = [
            f"(SELECT {i} AS i, {quoted(name)} AS cell, count(*) AS n FROM {now} WHERE {quoted(name)} IS NOT NULL "
            f"GROUP BY ALL ORDER BY n DESC, cell LIMIT {MOST_TEXTS + 1})"
            for i, name in enumerate(names[first : first + AT_ONCE])
        ]
        rows = connection.con.execute(f"{' UNION ALL '.join(parts)} ORDER BY i, n DESC, cell").fetchall()
        for i, cell, n in rows:
            found[names[first + i]][cell] = n
    return found


def _by_values(number: _Numbers, name: str, table: str) -> str:
    """Why a column is not kept, by how many of its cells are filled and differ; empty where it may be."""
    if not number.filled:
        return "empty"
    if _is_owner(name):
        return ""
    few = number.filled // SHARE_OF_TEXTS
    if table != "opportunities" and names_an_id(name) and number.distinct > max(FEW_CODES, few):
        return RECORD.words
    if number.of_texts and number.distinct > min(MOST_TEXTS, max(FEW_TEXTS, few)):
        return "an identifier or free text"
    alone = number.distinct >= UNIQUE * number.filled and 2 * number.long > number.filled
    return "long numbers of single people" if table == "leads" and alone else ""


def _of_texts(name: str, cells: Mapping[str, int], table: str) -> str:
    """Why a column with texts is not kept, by what they say; empty where it is."""
    if _is_owner(name):
        return "" if len(cells) <= MOST_TEXTS and are_ids(cells) else "names of persons"
    suspicion = suspected_by_words(name, cells, role_in_doubt(name, numeric=False), of_accounts=table == "accounts")
    return "" if suspicion is None else suspicion.reason


def _unsaid(name: str, cells: Mapping[str, int], table: str) -> dict[str, str | None]:
    """The texts of a column that name a person or hold what is somebody's, and what is kept instead."""
    if _is_owner(name) or (table == "accounts" and names_company(name)):
        return {}
    found = [text for text in cells if names_person(text) or look_of(text) is not None]
    return {text: hidden(without_name(text)) if table == "opportunities" else None for text in found}
