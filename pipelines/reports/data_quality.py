"""`closedwon check --report`: the findings on an export as one HTML page, in the style of the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.disk import write_text
from pipelines.errors import not_written
from pipelines.quality.attribute_drift import AttributeFill
from pipelines.quality.coverage import Coverage
from pipelines.quality.findings import EntityFindings, ExportFindings
from pipelines.quality.histories import first_days_in_words
from pipelines.redaction import redacted
from pipelines.reports.page import Navigation, rendered
from scoring.entity import Entity
from scoring.leaks.guard import Suspicion

#: So many of the newest months are drawn.
MOST_MONTHS = 60


@dataclass(frozen=True)
class HeldBackColumn:
    """A column that is held back: whose it is, and why."""

    entity: Entity
    suspicion: Suspicion


@dataclass(frozen=True)
class DataQualityPage:
    """The content of the page: the findings, in the order and the parts in which the page shows them.

    Attributes
    ----------
    found : ExportFindings
    months : tuple of str
        Those that are drawn, without a gap.
    """

    found: ExportFindings
    months: tuple[str, ...]

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return sum(table.rows for table in self.found.tables.values())

    @property
    def set_aside(self) -> int:
        """The rows that broke a rule."""
        return sum(sum(table.set_aside.values()) for table in self.found.tables.values())

    @property
    def entities(self) -> Sequence[tuple[Entity, EntityFindings]]:
        """The findings by entity."""
        return list(self.found.entities.items())

    @property
    def tables(self) -> Sequence[Coverage]:
        """The coverage of tables and of deals by what became of them."""
        return [one for one in self.found.coverage if one.table != "activities" or not one.part]

    @property
    def types(self) -> Sequence[Coverage]:
        """The coverage of the types of activity, the commonest first."""
        return [one for one in self.found.coverage if one.table == "activities" and one.part]

    @property
    def fills(self) -> Sequence[AttributeFill]:
        """The attributes, those with a fault first."""
        return sorted(self.found.fills, key=lambda fill: (not fill.fault, -(fill.shift or 0.0), fill.table, fill.name))

    @property
    def histories(self) -> Sequence[str]:
        """Since when each column has a history."""
        return [redacted(line) for line in first_days_in_words(self.found.histories)]

    @property
    def held(self) -> Sequence[HeldBackColumn]:
        """What looks like a leak."""
        return [HeldBackColumn(entity, suspicion) for entity, its in self.entities for suspicion in its.quarantined]

    @property
    def unjoined(self) -> int:
        """The references that name nobody known."""
        return sum(join.unknown for join in self.found.joins)

    @property
    def notes(self) -> Sequence[str]:
        """What was read differently or not at all, without examples of rows."""
        return [redacted(note) for note in self.found.notes]

    def counts(self, one: Coverage) -> list[int]:
        """The rows of each month that is drawn."""
        return [one.months.get(month, 0) for month in self.months]

    def changed(self, one: Coverage) -> str:
        """The kinds of sudden changes of a coverage, in a word each, the newest first."""
        kinds = [c.kind for c in self.found.changes if (c.table, c.part) == (one.table, one.part)]
        return ", ".join(dict.fromkeys(kinds))

    def use(self, fill: AttributeFill) -> str:
        """Whether an attribute is learned from, or why it is not."""
        entity: Entity = "account" if fill.table == "accounts" else "lead"
        its = self.found.entities.get(entity)
        if its is None:
            return ""
        if fill.name in its.attributes:
            return "learned from"
        if any(s.attribute == fill.name and s.table in ("", fill.table) for s in its.quarantined):
            return "held back"
        if fill.name == "title" and {"seniority", "department"} & set(its.attributes):
            return "learned from, as seniority and department"
        return redacted(its.left_out.get(fill.name, ""))


def page_of(found: ExportFindings) -> DataQualityPage:
    """The content of the page on findings."""
    with_day = [one for one in found.coverage if one.first is not None]
    first = min((month for one in with_day for month in one.months), default=f"{found.as_of:%Y-%m}")
    return DataQualityPage(found, tuple(_months(first, found.as_of))[-MOST_MONTHS:])


def _months(first: str, as_of: date) -> list[str]:
    # The day before the check is the last that is known.
    last = date.fromordinal(as_of.toordinal() - 1)
    begin, end = int(first[:4]) * 12 + int(first[5:]) - 1, last.year * 12 + last.month - 1
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(min(begin, end), end + 1)]


def html_of(found: ExportFindings, site: Navigation | None = None) -> str:
    """The page as HTML, alone or in a site. Whatever comes from a CRM is escaped."""
    return rendered("data_quality.html.j2", page_of(found), site)


def write_data_quality(found: ExportFindings, out: Path) -> Path:
    """Write the page. The file is replaced as a whole or not at all.

    Parameters
    ----------
    found : ExportFindings
    out : Path
        Its folder is made.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_text(out, html_of(found))
    except OSError as error:
        message = f"--report {out} cannot be written: {error.strerror}; name another file"
        raise not_written(error, message) from None
    return out
