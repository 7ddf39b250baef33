"""Sources by cohort, on an export: what each brought, to date and completed, what that cost, and the alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.errors import require_before
from pipelines.intake.point_in_time import Export
from pipelines.planning.retention.value import LaterRevenue, later_revenue
from pipelines.planning.sources.alarm import Watch, watched
from pipelines.planning.sources.arrival_values import chances_within
from pipelines.planning.sources.companies import By, Companies, companies
from pipelines.planning.sources.spending import Spending, spending
from pipelines.planning.sources.values import SourceValues, source_values
from pipelines.planning.stale_export import stale_notes
from pipelines.progress import Say
from scoring.entity import Entity
from scoring.planning.sources.cohorts import OTHERS, STEPS, Arrived, Cohorts, cohorts
from scoring.timeline import day_number

#: What somebody did so many days ago counts for half in the rates.
HALF_LIFE = 365.0


@dataclass(frozen=True)
class SourceReport:
    """What is said of sources.

    Attributes
    ----------
    as_of, since : date
    by : {"source", "campaign", "segment"}
    named_by : str
        What says the source.
    sources : DataFrame
        A row a source, all months together.
    months : DataFrame
        A row a source and month of arrival.
    watch : Watch
    definitions : mapping of str
        What each column counts.
    notes : tuple of str
        What could not be told, and why.
    """

    as_of: date
    since: date
    by: By
    named_by: str
    sources: pd.DataFrame
    months: pd.DataFrame
    watch: Watch
    definitions: dict[str, str]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it: what is not known is null."""
        watch = self.watch
        return {
            "as_of": self.as_of.isoformat(),
            "since": self.since.isoformat(),
            "by": self.by,
            "named_by": self.named_by,
            "definitions": self.definitions,
            "sources": self.sources.to_dict("records"),
            "months": self.months.to_dict("records"),
            "alarm": {
                "watched": watch.sources,
                "weeks": watch.weeks,
                "chance_of_false_alarm_each": watch.chance,
                "named": [one.to_json() for one in watch.named],
                "falling": [one.to_json() for one in watch.falling],
            },
            "notes": list(self.notes),
        }


def source_report(export: Export, entity: Entity, by: By, since: date | None, config: Config, say: Say) -> SourceReport:
    """Follow and watch the sources of an export.

    Parameters
    ----------
    export : Export
    entity : {"account", "lead"}
        Whether companies are the accounts, or what leads share.
    by : {"source", "campaign", "segment"}
    since : date, optional
        The first day of the first month that is shown. Default: 1 January of the year before.
    config : Config
    say : callable
        Takes each line of progress.

    Raises
    ------
    UsageError
        If `since` is not before the day of the export.
    """
    first = first_shown(export, since)
    require_before("--since", first, export.as_of)
    found = companies(export, entity, by, config)
    values = source_values(export, entity, found.frame["day"], day_number(first), config, say)
    return followed(export, found, values, by, first, config)


def first_shown(export: Export, since: date | None) -> date:
    """The first day of the first month that is shown: the one asked for, or 1 January of the year before."""
    return since or date(export.as_of.year - 1, 1, 1)


def followed(
    export: Export, found: Companies, values: SourceValues, by: By, first: date, config: Config
) -> SourceReport:
    """The same from companies and values that are known: both are alike for sources, campaigns and segments.

    Parameters
    ----------
    export : Export
    found : Companies
        Named by `by`.
    values : SourceValues
        Since `first`.
    by : {"source", "campaign", "segment"}
    first : date
        The first day of the first month that is shown.
    config : Config
    """
    begin = day_number(first)
    target = _in_target(found, values, config)
    arrived = found.arrived(target, config.sources.fewest, begin)
    new = arrived.day >= begin
    shown = set(zip(arrived.source[new].tolist(), arrived.month[new].tolist(), strict=True))
    cost = spending(export, by, _index(found, arrived, by), begin, shown=shown)
    name_of = pd.Series(np.array(arrived.sources, dtype=object)[arrived.source], index=found.frame.index)
    frames = []
    later: LaterRevenue | None = None
    for whole in (True, False):
        grouped = cohorts(
            arrived,
            export.day,
            since=begin,
            first_day=found.known.since,
            days=config.sources.cohort_days,
            half_life=HALF_LIFE,
            seed=config.training.seed,
            whole=whole,
        )
        compared = _expected_and_booked(found, values, arrived, export.day, whole)
        if whole:
            of_source = pd.Series(arrived.source, index=found.frame.index)
            later = later_revenue(export, of_source, arrived.sources, grouped.amount)
        frames.append(_frame(grouped, arrived, cost, compared, later))
    return SourceReport(
        export.as_of,
        first,
        by,
        found.named_by,
        frames[0].drop(columns="month"),
        frames[1],
        watched(values, name_of, begin, export.day, config),
        column_meanings(config, values, later),
        (*stale_notes(export), *_notes(found, values, cost, begin)),
    )


def _index(found: Companies, arrived: Arrived, by: By) -> dict[str, int]:
    """By name, also of those that are pooled, the index of the source."""
    names = found.frame["name"].to_numpy(dtype=object)
    index = dict(zip(names, arrived.source.tolist(), strict=True))
    if by == "source" and OTHERS in index:
        index = dict.fromkeys(found.known.small, index[OTHERS]) | index
    return index


def _in_target(found: Companies, values: SourceValues, config: Config) -> np.ndarray:
    """Who is in target: by the fit score soon after arrival; whoever bought before that certainly is."""
    index = found.frame.index
    if values.scorecard is None or config.sources.target_fit <= 0:
        return np.ones(len(index), dtype=bool)
    fit = values.frame["fit_score"].reindex(index).to_numpy()
    unscored_win = np.isnan(fit) & np.isfinite(found.frame["won"].to_numpy())
    return np.asarray((fit >= config.sources.target_fit) | unscored_win)


def _expected_and_booked(
    found: Companies, values: SourceValues, arrived: Arrived, as_of: int, whole: bool
) -> pd.DataFrame:
    """By source and month: what was expected of those looked at, as far as the days are over, and what they booked."""
    frame, scorecard = values.frame, values.scorecard
    position = found.frame.index.get_indexer(frame.index)
    keys = pd.DataFrame({"source": arrived.source[position], "month": -1 if whole else arrived.month[position]})
    if scorecard is None or frame.empty:
        return keys.assign(expected=np.nan, booked=np.nan).groupby(["source", "month"]).sum()
    looked_on = frame["looked_on"].to_numpy(dtype=np.int64)
    elapsed = np.clip(as_of - looked_on, 0, scorecard.horizon_days)
    expected = chances_within(scorecard, elapsed, frame) * frame["expected_amount"].to_numpy()
    won = found.frame["won"].to_numpy()[position]
    counts = (won >= looked_on) & (won < looked_on + elapsed)
    booked = np.where(counts, found.frame["revenue"].to_numpy()[position], 0.0)
    return keys.assign(expected=expected, booked=booked).groupby(["source", "month"]).sum()


def _frame(
    grouped: Cohorts, arrived: Arrived, cost: Spending, compared: pd.DataFrame, later: LaterRevenue | None
) -> pd.DataFrame:
    """A row a cohort."""
    keys = list(zip(grouped.source.tolist(), grouped.month.tolist(), strict=True))
    rows: dict[str, Any] = {
        "source": [arrived.sources[source] for source, _ in keys],
        "month": ["" if month < 0 else f"{month // 12}-{month % 12 + 1:02d}" for _, month in keys],
        "arrived": grouped.n_arrived,
        "targets": grouped.targets,
    }
    for name in (*STEPS, "revenue"):
        estimate = grouped.revenue if name == "revenue" else grouped.steps[name]
        rows[name] = estimate.to_date
        rows |= {f"{name}_completed": estimate.completed, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    matched = compared.reindex(pd.MultiIndex.from_tuples(keys or [(0, 0)], names=["source", "month"]))[: len(keys)]
    rows |= {"expected_so_far": matched["expected"].to_numpy(), "booked_so_far": matched["booked"].to_numpy()}
    spent = np.array([cost.of(source, month) for source, month in keys], dtype="float64")
    wins = grouped.steps["won"].completed
    with np.errstate(divide="ignore", invalid="ignore"):
        rows["cost"] = spent
        rows["cost_per_target"] = np.where(grouped.targets > 0, spent / grouped.targets, np.nan)
        rows["cost_per_win"] = np.where(wins > 0, spent / wins, np.nan)
    rows["payback_days"] = [grouped.payback(row, one) if one > 0 else np.nan for row, one in enumerate(spent)]
    return pd.DataFrame(rows | _with_staying(grouped, spent, later))


def _with_staying(grouped: Cohorts, spent: np.ndarray, later: LaterRevenue | None) -> dict[str, Any]:
    """What a win of each cohort is worth while it stays, beside its cost; nothing where no export says who stays."""
    if later is None:
        return {}
    value = grouped.amount + later.by_age[grouped.source, -1]
    days = [
        grouped.payback(row, one, later.by_age[grouped.source[row]]) if one > 0 else np.nan
        for row, one in enumerate(spent)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(spent > 0, grouped.steps["won"].completed * value / spent, np.nan)
    return {"lifetime_value": value, "value_to_cost": ratio, "payback_days_staying": days}


def column_meanings(config: Config, values: SourceValues, later: LaterRevenue | None = None) -> dict[str, str]:
    """What each column counts, in words."""
    staying = {} if later is None else {"lifetime_value": f"of a win: {later.words}"}
    sources = config.sources
    talks = (
        ", ".join(sources.conversation_types) or "replies, meetings, calls and visits that took place, by their names"
    )
    fit = f"fit score of {sources.target_fit:g} or more, "
    fit += f"{sources.look_days} to {sources.look_days + 6} days after arrival"
    everybody = values.scorecard is None or sources.target_fit <= 0
    return {
        "arrived": "companies, by the month in which they arrived",
        "targets": "all of them" if everybody else f"of them with a {fit}",
        "reached": "targets with any touch, of theirs or of ours",
        "engaged": "targets who did something themselves (inbound)",
        "conversation": f"targets with a conversation ({talks}) within {sources.conversation_days} days of arriving or "
        "of another engagement",
        "in_deal": "targets with a deal",
        "won": f"targets with a first won deal; each step within {sources.cohort_days} days of arriving",
        "completed": f"to date and still expected within {sources.cohort_days} days of arriving; low and high: 80 %",
        "expected_so_far": "revenue that the scores soon after arrival expected by today",
        "booked_so_far": "revenue that the same companies brought by today",
        "cost_per_win": "cost of the months shown, for each completed win",
        "payback_days": "days from arriving by which expected revenue has paid the cost",
        **staying,
    }


def _notes(found: Companies, values: SourceValues, cost: Spending, begin: int) -> list[str]:
    notes = []
    if values.scorecard is None:
        notes.append(
            f"no scorecard could be trained, so everybody is in target and there is no alarm; a later "
            f"--since leaves more to learn from: {values.why}"
        )
    else:
        shown = found.frame.index[(found.frame["day"] >= begin).to_numpy()]
        without = len(shown) - int(shown.isin(values.frame.index).sum())
        if without:
            notes.append(
                f"{without:,} of {len(shown):,} companies have no score: they came too lately, are no account, or "
                "bought at once"
            )
    return [*notes, *cost.notes]
