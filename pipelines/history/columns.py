"""Which columns are kept: attributes that a scorecard may learn from, owners, and what is planned of open deals.

Nothing that says who somebody is, is kept: no column that by its name or its values is of a person, and of owners only
those that are no names. What changes with every touch, and what no scorecard learns from, would only fill the disk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import ibis

from pipelines.history.record import KEYS, KeptColumn
from scoring.column_roles import OWNER, may_name_person, role_in_doubt, role_of
from scoring.persons.words import ends_in_name
from scoring.persons.written import look_of

#: Columns of each table that are no attributes, or are not of the record itself.
NOT_KEPT = ("account_id", "lead_id", "opportunity_id", "domain", "created_at", "known_at", "title")
#: More different texts than this, or than a quarter of the filled cells, are ids or free text: as in `candidates`.
FEW_TEXTS, SHARE_OF_TEXTS = 50, 4
#: So many of the commonest texts of a column are looked at for names of persons, and the share that makes them names.
LOOKED_AT, NAMES = 2_000, 0.2


@dataclass(frozen=True)
class Chosen:
    """The columns of a table to keep tonight: their kinds by name, and why the others are not."""

    kinds: dict[str, str]
    left_out: dict[str, str]


def chosen_columns(
    current: ibis.Table,
    table: str,
    kept: Mapping[str, KeptColumn],
    *,
    trusted: Collection[str] = (),
    dropped: Collection[str] = (),
) -> Chosen:
    """The columns of a table to keep.

    Parameters
    ----------
    current : Table
        Tonight's rows.
    table : {"accounts", "leads", "opportunities"}
        Of deals all columns are kept that are not of a person.
    kept : mapping of KeptColumn
        Those kept before. Of the same kind, they are not looked at again.
    trusted, dropped : collection of str
        Columns that the configuration trusts, or drops.
    """
    kinds = {name: kind for name, kind in _kinds(current).items() if name not in dropped}
    left_out: dict[str, str] = {}
    for name, kind in list(kinds.items()):
        why = _by_name(name, kind, table, name in trusted)
        if why:
            left_out[name] = why
            del kinds[name]
    counts = _counted(current, list(kinds), [n for n, k in kinds.items() if k == "string" and not _same(kept, n, k)])
    for name, kind in list(kinds.items()):
        filled, distinct = counts[name]
        if not filled:
            left_out[name] = "empty"
        elif distinct is None:
            continue
        elif distinct > max(FEW_TEXTS, filled // SHARE_OF_TEXTS) and not _is_owner(name, kind):
            left_out[name] = "an identifier or free text"
        elif _names_persons(current, name, strictly=_is_owner(name, kind)):
            left_out[name] = "names of persons"
        else:
            continue
        del kinds[name]
    return Chosen(kinds, left_out)


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


def _is_owner(name: str, kind: str) -> bool:
    return role_of(name, numeric=kind == "float64") is OWNER


def _by_name(name: str, kind: str, table: str, trusted: bool) -> str:
    """Why a column is not kept, by its name; empty where it is."""
    if table == "opportunities":
        return ""
    role = role_of(name, numeric=kind == "float64", of_accounts=table == "accounts")
    if role is OWNER or trusted:
        return ""
    if role is not None:
        return role.words
    doubt = role_in_doubt(name, numeric=kind == "float64")
    if table == "leads" and may_name_person(name) and doubt is not None:
        return doubt.words
    return ""


def _same(kept: Mapping[str, KeptColumn], name: str, kind: str) -> bool:
    return name in kept and kept[name].kind == kind


def _counted(current: ibis.Table, names: list[str], texts: list[str]) -> dict[str, tuple[int, int | None]]:
    """How many cells of each column are filled, and of some with how many different texts."""
    if not names:
        return {}
    asked = {f"filled_{i}": current[name].count() for i, name in enumerate(names)}
    asked |= {f"texts_{i}": current[name].nunique() for i, name in enumerate(names) if name in texts}
    row = current.aggregate(**asked).to_pyarrow().to_pylist()[0]
    return {name: (row[f"filled_{i}"] or 0, row.get(f"texts_{i}")) for i, name in enumerate(names)}


def _names_persons(current: ibis.Table, name: str, *, strictly: bool) -> bool:
    """Whether the commonest texts of a column are names of persons, or anything else of one."""
    texts = current.filter(current[name].notnull()).group_by(cell=current[name]).agg(n=ibis._.count())
    cells = texts.order_by(ibis.desc("n"), "cell").limit(LOOKED_AT).to_pyarrow()["cell"].to_pylist()
    found = sum(ends_in_name(cell) or look_of(cell) is not None for cell in cells)
    return found > 0 if strictly else found > NAMES * len(cells)
