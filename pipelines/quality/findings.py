"""The findings of `closedwon check` on an export: by table, by entity, and what is most worth mending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.matching.findings import MatchFindings
from pipelines.quality.attribute_drift import AttributeFill
from pipelines.quality.coverage import Coverage
from pipelines.quality.histories import ColumnHistory
from pipelines.quality.joins import Join
from pipelines.quality.rungs import Rung
from pipelines.quality.sudden_changes import SuddenChange
from scoring.entity import Entity
from scoring.leaks.guard import Suspicion
from scoring.outcomes.wins import WinCounts

#: The format of the file that `check --json` writes.
FORMAT = "closedwon-check/1"


@dataclass(frozen=True)
class TableFindings:
    """What was found in one table.

    Attributes
    ----------
    rows : int
        All rows, also those that were set aside.
    read_from : tuple of str
        The files with its rows.
    set_aside : mapping of int
        The rows that broke a rule, by rule.
    last_known : date, optional
        The last day on which anything in the table became known; None for a table without dates.
    lines : int
        The ids whose rows are probably the lines of one deal.
    left_out : int
        The rows that do not count, and break no rule: deleted, copies, older versions.
    """

    rows: int
    read_from: tuple[str, ...]
    set_aside: Mapping[str, int]
    last_known: date | None
    lines: int = 0
    left_out: int = 0

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "rows": self.rows,
            "read_from": list(self.read_from),
            "set_aside": dict(self.set_aside),
            "left_out": self.left_out,
            "last_known": self.last_known.isoformat() if self.last_known else None,
        }


@dataclass(frozen=True)
class EntityFindings:
    """What was found of accounts or of leads.

    Attributes
    ----------
    wins : WinCounts
        As a training as of the same day counts them.
    customers, open : int
        Those that are customers, and those that would be scored: those that are not customers and may not be, or with
        `[question] win = "any"` all.
    attributes : tuple of str
        The attributes that a training may use.
    left_out : mapping of str
        Why each other attribute is not used.
    quarantined : tuple of Suspicion
        What looks like a leak.
    notes : tuple of str
        What else the leak guard says.
    rung : Rung, optional
        What the wins buy.
    """

    wins: WinCounts
    customers: int
    open: int
    attributes: tuple[str, ...]
    left_out: Mapping[str, str]
    quarantined: tuple[Suspicion, ...]
    notes: tuple[str, ...] = ()
    rung: Rung | None = None

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "wins": self.wins.to_learn,
            "wins_outside": self.wins.outside,
            "repeat_wins": self.wins.repeat,
            "customers": self.customers,
            "customers_without_new_business": self.wins.other_type,
            "customers_by_rows_set_aside": self.wins.set_aside,
            "perhaps_customers": self.wins.unclear,
            "open": self.open,
            "attributes": list(self.attributes),
            "left_out": dict(self.left_out),
            "quarantined": {s.attribute: {"rule": s.rule, "reason": s.why} for s in self.quarantined},
            "notes": list(self.notes),
            "rung": self.rung.to_json() if self.rung else None,
        }


@dataclass(frozen=True)
class Advice:
    """One thing that is worth mending: what was found, what to do, and how much of the export it concerns.

    ``weight`` is the share of what the model learns from that is concerned, from 0 to 1. It orders the advice.
    """

    found: str
    mend: str
    weight: float


@dataclass(frozen=True)
class ExportFindings:
    """All findings on an export.

    Attributes
    ----------
    as_of : date
        Only what was known before this day was looked at.
    tables : mapping of TableFindings
        By table, in the order in which they are read.
    missing : mapping of str
        What cannot be done without each table that the export lacks.
    notes : tuple of str
        What was read differently from how it was written, and what was not read.
    entities : mapping of EntityFindings
        By entity.
    advice : tuple of Advice
        What is most worth mending, the weightiest first.
    coverage : tuple of Coverage
        The rows of each month, by table and by type of activity.
    changes : tuple of SuddenChange
        What stops, begins or jumps.
    joins : tuple of Join
        The references, and how many of them name nobody known.
    fills : tuple of AttributeFill
        How attributes are filled, and which drift.
    matching : MatchFindings, optional
        How leads find their accounts, and what is there twice; None on another engine.
    histories : tuple of ColumnHistory
        Since when each column has a history.
    """

    as_of: date
    tables: Mapping[str, TableFindings]
    missing: Mapping[str, str]
    notes: tuple[str, ...]
    entities: Mapping[Entity, EntityFindings]
    advice: Sequence[Advice] = ()
    coverage: tuple[Coverage, ...] = ()
    changes: tuple[SuddenChange, ...] = ()
    joins: tuple[Join, ...] = ()
    fills: tuple[AttributeFill, ...] = ()
    matching: MatchFindings | None = None
    histories: tuple[ColumnHistory, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "format": FORMAT,
            "as_of": self.as_of.isoformat(),
            "tables": {name: table.to_json() for name, table in self.tables.items()},
            "missing_tables": dict(self.missing),
            "notes": list(self.notes),
            "entities": {name: entity.to_json() for name, entity in self.entities.items()},
            "mend_first": [{"found": advice.found, "mend": advice.mend} for advice in self.advice],
            "coverage": [found.to_json() for found in self.coverage],
            "sudden_changes": [change.to_json() for change in self.changes],
            "references": [join.to_json() for join in self.joins],
            "attributes": [fill.to_json() for fill in self.fills],
            "matching": self.matching.to_json() if self.matching else None,
            "histories": [one.to_json() for one in self.histories],
        }
