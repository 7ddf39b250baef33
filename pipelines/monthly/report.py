"""A month as sales and marketing look back at it together: its product, its pipeline, its credit, its alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipelines.alignment.agreed import Agreed, agreements
from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.handoffs.followed import FollowedHandoffs
from pipelines.intake.point_in_time import Export
from pipelines.monthly.alarms import MonthAlarm, Watched
from pipelines.monthly.deals import all_deals, by_credit, by_grade, by_source, of_month, with_credit, with_grades
from pipelines.monthly.products import by_month, history, products
from pipelines.monthly.service import MonthService, month_service
from pipelines.monthly.watches import month_watched
from pipelines.planning.known_lives import NOT_KNOWN
from pipelines.planning.sources.cohorts import SourceReport
from pipelines.planning.sources.companies import By, Companies
from pipelines.store.ledger import Night, nights
from pipelines.store.store import Store
from scoring.alignment.differences import Difference, differences
from scoring.entity import Entity
from scoring.monthly.credit import CREDITS
from scoring.monthly.month import CalendarMonth


@dataclass(frozen=True)
class Changed:
    """An agreement that began or was agreed in the month, and what it changed against the one before.

    Attributes
    ----------
    agreed : Agreed
    before : str
        The name of the one before; empty where there was none.
    changes : tuple of Difference
    """

    agreed: Agreed
    before: str
    changes: tuple[Difference, ...]


@dataclass(frozen=True)
class MonthReport:
    """What is said of a month.

    Attributes
    ----------
    month : CalendarMonth
    as_of : date
        What is known before this day is in it.
    chains : DataFrame
        The product by `by` (`cohort`, `source`, `segment`) and `of`, with the counts to date and completed, the
        factors of the completed ones, and `product`.
    grades : DataFrame
        Deals opened and won in the month, by the grade before they were opened.
    credit, credit_by_source : DataFrame
        The same by credit, and by source and credit.
    months : DataFrame
        The last 12 months: touches, qualified people, who came, targets, deals opened and won.
    service : MonthService
    watched : Watched
    changed : tuple of Changed
    notes : tuple of str
    """

    month: CalendarMonth
    as_of: date
    chains: pd.DataFrame
    grades: pd.DataFrame
    credit: pd.DataFrame
    credit_by_source: pd.DataFrame
    months: pd.DataFrame
    service: MonthService
    watched: Watched
    changed: tuple[Changed, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def row(self) -> Mapping[str, Any]:
        """The month's own row of `months`, with the deals opened without an amount, and what is expected of those."""
        expected = self.grades["expected_of_those"].sum(min_count=1)
        return dict(self.months.iloc[-1]) | {
            "without_amount": int(self.grades["without_amount"].sum()),
            "expected_of_those": None if pd.isna(expected) else float(expected),
        }

    @property
    def new(self) -> list[MonthAlarm]:
        """The alarms that were named in the month."""
        return [one for one in self.watched.alarms if CalendarMonth.of(one.named_on) == self.month]

    @property
    def earlier(self) -> list[MonthAlarm]:
        """Those that were named before it, the newest first."""
        return [one for one in self.watched.alarms if CalendarMonth.of(one.named_on) < self.month]

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name, without empty ones."""
        alarms = pd.DataFrame([vars(alarm) for alarm in self.watched.alarms])
        rows = [
            {"agreement": one.agreed.name, "before": one.before, "key": change.key, "was": str(change.before)}
            | {"is": str(change.after)}
            for one in self.changed
            for change in one.changes
        ]
        found = {
            "month_total": pd.DataFrame([{**self.row, "alarms": len(self.new)}]),
            "month_product": self.chains,
            "month_grades": self.grades,
            "month_credit": self.credit,
            "month_credit_by_source": self.credit_by_source,
            "month_service": self.service.rows,
            "month_history": self.months,
            "month_alarms": alarms,
            "month_agreement": pd.DataFrame(rows),
        }
        return {name: table for name, table in found.items() if len(table)}

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it: what is not known is null."""
        return {
            "month": str(self.month),
            "as_of": self.as_of.isoformat(),
            **{name.removeprefix("month_"): table.to_dict("records") for name, table in self.tables().items()},
            "chance_of_false_alarm": dict(self.watched.chances),
            "notes": [*self.watched.notes, *self.notes],
        }


def month_report(
    export: Export,
    store: Store,
    entity: Entity,
    month: CalendarMonth,
    sources: SourceReport,
    segments: SourceReport | None,
    companies: Mapping[By, Companies],
    handoffs: FollowedHandoffs,
    config: Config,
) -> MonthReport:
    """Look back at a month.

    Parameters
    ----------
    export : Export
    store : Store
        Its nights say grades, its agreements what was agreed.
    entity : {"account", "lead"}
        Whose nights say which bands were served.
    month : CalendarMonth
    sources : SourceReport
        By source.
    segments : SourceReport, optional
        By segment; None where the export has none.
    companies : mapping of Companies
        Those of `sources`, and of `segments` where there are any.
    handoffs : FollowedHandoffs
        From a week before the first day of `sources` on.
    config : Config

    Raises
    ------
    UsageError
        If the month is not over at the day of the export.
    """
    if month.end > export.as_of:
        raise UsageError(
            f"--month {month} is not over on {export.as_of}, the day before which all is known: give "
            f"{CalendarMonth.whole_before(export.as_of)} or earlier, or a later export"
        )
    past = nights(store)
    every = all_deals(export)
    deals = with_grades(with_credit(of_month(every, month), export), past)
    deals = deals.assign(source=_sources(deals, companies["source"]))
    chains = [products("cohort", by_month(sources, month)), products("source", sources.sources)]
    chains += [] if segments is None else [products("segment", segments.sources)]
    return MonthReport(
        month,
        export.as_of,
        pd.concat(chains, ignore_index=True),
        by_grade(deals, month),
        by_credit(deals, month, CREDITS),
        by_source(deals, month),
        history(export, config, every, sources, month),
        month_service(handoffs, month),
        month_watched(export, store, entity, past, sources, companies, handoffs, every, config),
        _changed(store, month),
        tuple(_notes(deals, past, segments)),
    )


def _sources(deals: pd.DataFrame, companies: Companies) -> np.ndarray:
    """The source of each deal: that of its company, also of one without a day of arrival."""
    known = companies.known.by_unit
    return deals["unit"].astype(str).map(known.astype(object)).fillna(NOT_KNOWN).to_numpy(dtype=object)


def _changed(store: Store, month: CalendarMonth) -> tuple[Changed, ...]:
    """The agreements that began or were agreed in the month, each beside the one before."""
    kept, found = agreements(store.path), []
    for i, agreed in enumerate(kept):
        if month in (CalendarMonth.of(agreed.first_day), CalendarMonth.of(agreed.agreed_on)):
            before = kept[i - 1] if i else None
            changes = () if before is None else tuple(differences(before.content, agreed.content))
            found.append(Changed(agreed, "" if before is None else before.name, changes))
    return tuple(found)


def _notes(deals: pd.DataFrame, past: Sequence[Night], segments: SourceReport | None) -> list[str]:
    found = []
    if not past:
        found.append("no night was published yet, so no grade is known: `closedwon score` publishes one")
    if segments is None:
        found.append("there is no product by segment: the export has no column for it; [sources] segment names one")
    without = int(((deals["won"] != "") & (deals["amount"] <= 0)).sum())
    if without:
        found.append(f"{without:,} deals won have no amount above 0: they count, and bring nothing")
    return found
