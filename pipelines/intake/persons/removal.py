"""What is somebody's leaves the tables here, before anything is learned, kept, logged or shown.

A column most of whose cells look like addresses, phone numbers or ids of persons is left out. In the others, such a
cell is read as empty, however few there are. An id that is an e-mail address becomes `HIDDEN_ADDRESS`, for which the
contract has a rule. Control characters are blanks. All of it is said.

Most cells are looked at only for what no cell of a person lacks (`GLANCE`), and of the others each different text once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from pipelines.intake.persons.named import (
    MOST_TEXTS,
    RENAMED,
    has_words,
    named_levels,
    renamed_levels,
    types_without_persons,
    without_names,
)
from pipelines.sources.files import Source
from pipelines.sources.text_cells import AT_ONCE, commonest_texts, text_cells
from pipelines.validation.column_types import HISTORIES
from scoring.cells.ids import NAMED_TABLE
from scoring.contracts.contract import Contract
from scoring.contracts.crm import CONTRACTS
from scoring.contracts.mappings import ADDRESSES as ADDRESS_COLUMNS
from scoring.persons.cells import holds_address, looks_like, perhaps_personal, with_control, without_control
from scoring.persons.check_digits import checked_digits
from scoring.persons.column_names import names_contact
from scoring.persons.more_column_names import looks_for
from scoring.persons.written import (
    ADDRESSES,
    HALF,
    HIDDEN_ADDRESS,
    LOOKS,
    PHONES,
    Look,
    look_of,
)

#: Columns of the contracts that hold words of people, and may be learned from or shown.
DESCRIBED = {
    "leads": ("title", "source", "campaign"),
    "opportunity_history": ("stage",),
    "contact_roles": ("role",),
    "spend": ("source", "campaign"),
}
#: The tables whose columns are of accounts.
OF_ACCOUNTS = ("accounts", "account_history")
#: What is counted of each column: see `_counted`.
COUNTED = ("filled", "perhaps", "control", "words")
#: Columns that are looked at in one scan of another engine than DuckDB.
ON_ENGINE = 50
#: Whole numbers from here on may be those of cards or national ids.
LONG_NUMBERS = 10_000_000


@dataclass(frozen=True)
class PersonalColumn:
    """What a column holds of persons.

    Attributes
    ----------
    words : str
        Of what most of it is, in the plural.
    forms : tuple of Look
        What single cells hold for sure.
    cells : int
        How many cells hold something.
    whole : bool
        Whether the column is left out.
    """

    words: str
    forms: tuple[Look, ...] = ()
    cells: int = 0
    whole: bool = False


@dataclass(frozen=True)
class _Scan:
    """The columns of one table, as `_scanned` found them."""

    held: dict[str, PersonalColumn] = field(default_factory=dict)
    control: dict[str, int] = field(default_factory=dict)
    named: dict[str, dict[str, int]] = field(default_factory=dict)
    renamed: dict[str, dict[str, int]] = field(default_factory=dict)


def without_persons(connection: Any, sources: Mapping[str, Source], trusted: Collection[str] = ()) -> dict[str, Source]:
    """The tables without what is somebody's, and a note on all that was left out.

    Parameters
    ----------
    connection : ibis backend
        Of DuckDB or of another engine.
    sources : mapping of Source
        By table.
    trusted : collection of str
        Columns that the configuration trusts: they stay, but for cells with an e-mail address.
    """
    contracts = {contract.table: contract for contract in CONTRACTS}
    scans = {table: _scanned(connection, source, contracts[table], trusted) for table, source in sources.items()}
    for table, history in HISTORIES.items():
        for one, other in ((table, history), (history, table)):
            if one in scans and other in scans:
                _share_left_out(scans[one], scans[other], sources[other])
    return {table: _cleaned(source, contracts[table], scans[table]) for table, source in sources.items()}


def _share_left_out(of: _Scan, to: _Scan, source: Source) -> None:
    """A table and its history describe the same attributes: what one leaves out, the other does."""
    for column, held in of.held.items():
        if held.whole and column in source.columns and not (column in to.held and to.held[column].whole):
            to.held[column] = PersonalColumn(held.words, whole=True)


def _looked_at(source: Source, contract: Contract) -> list[str]:
    """The columns that may be learned from or shown."""
    described = DESCRIBED.get(source.table, ())
    others = [c for c in source.columns if c not in contract.fields and c not in ADDRESS_COLUMNS]
    return [c for c in source.columns if c in described or (contract.attributes and c in others)]


def _scanned(connection: Any, source: Source, contract: Contract, trusted: Collection[str]) -> _Scan:
    scan = _Scan()
    raw, columns = source.raw, _looked_at(source, contract)
    types = raw.schema()
    texts = [c for c in columns if types[c].is_string()]
    whole_numbers = [c for c in columns if types[c].is_integer()]
    counted = _counted(connection, raw, texts)
    perhaps = [name for name in texts if counted[name]["perhaps"]]
    personal = commonest_texts(connection, raw, perhaps, MOST_TEXTS, perhaps_personal)
    for name, counts in counted.items():
        if counts["control"]:
            scan.control[name] = counts["control"]
        if not counts["perhaps"]:
            continue
        held = _held(source, name, personal[name], counts, name in trusted)
        if held is not None:
            scan.held[name] = held if name not in contract.fields else replace(held, whole=False)
    of_words = [
        name
        for name in texts
        if name not in trusted
        and name != "title"
        and counted[name]["words"]
        and ((name in RENAMED and name in contract.fields) or name not in scan.held or not scan.held[name].whole)
    ]
    for name, found in commonest_texts(connection, raw, of_words, MOST_TEXTS, has_words).items():
        if name in RENAMED and name in contract.fields:
            scan.renamed[name] = renamed_levels(found)
        else:
            of_accounts = source.table in OF_ACCOUNTS
            scan.named[name] = named_levels(found, name, counted[name]["filled"], of_accounts=of_accounts)
    for name in whole_numbers:
        if name not in trusted and (words := _of_numbers(raw, name)):
            scan.held[name] = PersonalColumn(words, whole=True)
    return scan


def _counted(connection: Any, raw: ibis.Table, texts: list[str]) -> dict[str, dict[str, int]]:
    """How many cells of each column are filled, may be of a person, hold control characters, and have two words."""
    found = {name: dict.fromkeys(COUNTED, 0) for name in texts}
    at_once, counted = (AT_ONCE, _in_duckdb) if connection.name == "duckdb" else (ON_ENGINE, _on_engine)
    for start in range(0, len(texts), at_once):
        for row in counted(connection, raw, texts[start : start + at_once]):
            found[row["name"]] = {what: int(row[what] or 0) for what in COUNTED}
    return found


def _in_duckdb(connection: Any, raw: ibis.Table, part: list[str]) -> list[dict[str, Any]]:
    # Different texts are few in most columns, and found in a tenth of the time that their patterns take.
    with text_cells(connection, raw, part) as long:
        some = long.group_by("nth", "cell").agg(n=ibis._.count())
        counts = some.group_by("nth").agg(
            filled=some.n.sum(where=some.cell.strip() != ""),
            perhaps=some.n.sum(where=perhaps_personal(some.cell)),
            control=some.n.sum(where=with_control(some.cell)),
            words=some.n.sum(where=has_words(some.cell)),
        )
        return [{"name": part[row["nth"]], **row} for row in counts.to_pyarrow().to_pylist()]


def _on_engine(connection: Any, raw: ibis.Table, part: list[str]) -> list[dict[str, Any]]:
    counts: dict[str, ir.IntegerScalar] = {}
    for i, name in enumerate(part):
        counts[f"filled_{i}"] = (raw[name].strip() != "").sum()
        counts[f"perhaps_{i}"] = perhaps_personal(raw[name]).sum()
        counts[f"control_{i}"] = with_control(raw[name]).sum()
        counts[f"words_{i}"] = has_words(raw[name]).sum()
    wide = raw.aggregate(**counts).to_pyarrow().to_pylist()[0]
    return [{"name": name, **{what: wide[f"{what}_{i}"] for what in COUNTED}} for i, name in enumerate(part)]


def _held(
    source: Source, name: str, texts: list[tuple[str, int]], counts: Mapping[str, int], trusted: bool
) -> PersonalColumn | None:
    """What the cells of a column hold, of which some may hold something: these are its texts."""
    perhaps, filled = counts["perhaps"], counts["filled"]
    possible = looks_for(name, of_accounts=source.table in OF_ACCOUNTS)
    found: dict[Look, int] = {}
    for text, n in texts:
        if (look := look_of(text, possible)) is not None:
            found[look] = found.get(look, 0) + n
    counted = sum(n for _, n in texts)
    personal = sum(found.values()) * perhaps // counted
    checked = checked_digits(text.strip() for text, _ in texts)
    if trusted:
        return PersonalColumn(ADDRESSES.words, (ADDRESSES,), found[ADDRESSES]) if found.get(ADDRESSES) else None
    if checked is not None and perhaps >= HALF * filled:
        return PersonalColumn(checked, whole=True)
    if not found:
        return None
    words = max(found, key=lambda look: (found[look], look.words)).words
    sure = tuple(look for look in LOOKS if look.sure and look in found)
    contact = names_contact(name) and any(look in (ADDRESSES, PHONES) for look in found)
    if contact or personal >= HALF * filled:
        return PersonalColumn(words, sure, personal, whole=True)
    return PersonalColumn(words, sure, sum(found[look] for look in sure) * perhaps // counted) if sure else None


def _of_numbers(raw: ibis.Table, name: str) -> str | None:
    """What the whole numbers of a column are, if their last digits are computed from the others."""
    if int(raw.aggregate(most=raw[name].cast("float64").max()).to_pyarrow().to_pylist()[0]["most"] or 0) < LONG_NUMBERS:
        return None
    numbers = raw.select(cell=raw[name].cast("string")).filter(ibis._.cell.notnull()).distinct()
    return checked_digits(row["cell"] for row in numbers.order_by("cell").limit(MOST_TEXTS).to_pyarrow().to_pylist())


def _cleaned(source: Source, contract: Contract, scan: _Scan) -> Source:
    raw, notes = source.raw, []
    changed: dict[str, ir.Value] = {}
    for name, count in sorted(scan.control.items()):
        changed[name] = without_control(raw[name])
        notes.append(f"{source.table}: {count:,} cells of {name} hold control characters, which are left out")
    for name, held in sorted(scan.held.items()):
        if held.whole:
            changed.pop(name, None)
            notes.append(
                f"{source.table}: left out {name}: it holds {held.words}; nothing of a person is learned or kept "
                f'([attributes] trust = ["{name}"] keeps it, but no e-mail address)'
            )
        elif held.forms:
            cell = changed.get(name, raw[name])
            personal = perhaps_personal(raw[name]) & looks_like(raw[name], held.forms)
            changed[name] = ibis.ifelse(personal, ibis.null("string"), cell)
            what = " or ".join(dict.fromkeys(look.words for look in held.forms))
            notes.append(f"{source.table}: {held.cells:,} cells of {name} hold {what}, and are read as empty")
    for name, levels in sorted(scan.renamed.items()):
        if levels:
            changed[name] = without_names(changed.get(name, raw[name]), list(levels))
            count = sum(levels.values())
            notes.append(f"{source.table}: {count:,} cells of {name} name persons, whose names are left out")
    for name, levels in sorted(scan.named.items()):
        if not levels or (name in scan.held and scan.held[name].whole):
            continue
        changed[name] = ibis.ifelse(raw[name].isin(list(levels)), ibis.null("string"), changed.get(name, raw[name]))
        count = sum(levels.values())
        notes.append(f"{source.table}: {count:,} cells of {name} hold names of persons, and are read as empty")
    named = [c for c in NAMED_TABLE if c in contract.fields and c in source.columns and raw[c].type().is_string()]
    # A log has many rows, and is not read only for that.
    if source.table == "activities":
        changed |= {c: ibis.ifelse(raw[c].contains("@"), ibis.literal(HIDDEN_ADDRESS), raw[c]) for c in named}
    elif named:
        counts = source.raw.aggregate(**{c: holds_address(raw[c]).sum() for c in named}).to_pyarrow().to_pylist()[0]
        held_by = [c for c in named if counts[c]]
        changed |= {c: ibis.ifelse(holds_address(raw[c]), ibis.literal(HIDDEN_ADDRESS), raw[c]) for c in held_by}
    if source.table == "activities" and "activity_type" in source.columns and raw.activity_type.type().is_string():
        changed["activity_type"], more = types_without_persons(raw.activity_type, raw)
        notes += more
    left_out = [name for name, held in scan.held.items() if held.whole]
    if not (changed or left_out):
        return source
    if changed:
        raw = raw.mutate(**changed)
    if left_out:
        raw = raw.drop(*left_out)
    return replace(source, raw=raw, notes=(*source.notes, *notes))
