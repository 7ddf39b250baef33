"""`closedwon gap`: why the revenue of a period is not what was planned on its first day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.errors import UsageError, require_amount, require_before
from pipelines.intake.point_in_time import Export, entities
from pipelines.planning.sources.cohorts import HALF_LIFE
from pipelines.planning.sources.companies import Companies, companies
from pipelines.planning.sources.period import PeriodFacts, at_risk, usual_chances
from pipelines.planning.sources.values import scorecard_before
from pipelines.planning.stale_export import stale_notes
from pipelines.progress import Say
from scoring.cells.cells import column_key
from scoring.planning.arrivals import arrivals
from scoring.planning.largest_parts import largest_parts
from scoring.planning.life_table import life_table
from scoring.planning.sources.gap import CAUSES, IN_WORDS, Gap, intervals, split
from scoring.planning.sources.review import planned
from scoring.timeline import calendar_date, day_number, day_of

#: The names of columns of accounts that are taken for the team of the owner, best first.
TEAMS = ("owner_team", "sales_team", "team", "territory")
#: Teams beyond the largest so many are one.
MOST_TEAMS = 5
NO_TEAM, OTHER_TEAMS = "no team", "other teams"
#: The share of the draws within an interval.
LEVEL = 0.8


@dataclass(frozen=True)
class Review:
    """A period looked back at.

    Attributes
    ----------
    begin, end : date
        The plan is of the first; what was known before the second is the outcome.
    groups : DataFrame
        By group its `source` and `team`.
    gap : Gap
    low, high : ndarray of shape (n_groups + 1, 6)
        Intervals of the parts, the last row of all together.
    factors : DataFrame
        By cause, the factor as planned and as it was (`actual`), of all together.
    target : float, optional
        What somebody set as a target.
    notes : tuple of str
    """

    begin: date
    end: date
    groups: pd.DataFrame
    gap: Gap
    low: np.ndarray
    high: np.ndarray
    factors: pd.DataFrame
    target: float | None
    notes: tuple[str, ...]

    def by(self, column: str) -> pd.DataFrame:
        """Plan, outcome and parts in cents, by `source` or `team`."""
        cells = np.column_stack([self.gap.planned, self.gap.actual, self.gap.parts])
        frame = pd.DataFrame(cells, columns=["planned", "booked", *CAUSES]).assign(of=self.groups[column].to_numpy())
        return frame.groupby("of").sum().sort_values("planned", ascending=False)

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it; money in whole units with two decimals."""
        total = {
            cause: {"part": int(cents) / 100, "interval_80": [float(self.low[-1, i]), float(self.high[-1, i])]}
            for i, (cause, cents) in enumerate(zip(CAUSES, self.gap.total, strict=True))
        }
        return {
            "from": self.begin.isoformat(),
            "as_of": self.end.isoformat(),
            "planned": int(self.gap.planned.sum()) / 100,
            "booked": int(self.gap.actual.sum()) / 100,
            "target": self.target,
            "causes": total,
            "largest": self.gap.largest,
            "factors": self.factors.reset_index().to_dict("records"),
            "by_source": _in_units(self.by("source")),
            "by_team": _in_units(self.by("team")),
            "notes": list(self.notes),
        }


def review(export: Export, begin: date | None, target: float | None, config: Config, say: Say) -> Review:
    """Look back at the period from a day to the day of an export.

    Parameters
    ----------
    export : Export
    begin : date, optional
        Default: the first day of the quarter that the last known day is in.
    target : float, optional
        What somebody set for the period, to be compared with what was to be expected.
    config : Config
    say : callable
        Takes each line of progress.

    Raises
    ------
    UsageError
        If the period is not before the day of the export, nothing was recorded as long before it, or the target is no
        amount.
    """
    require_amount("--target", target)
    begin = begin or quarter_of(export.as_of - timedelta(days=1))
    require_before("--from", begin, export.as_of)
    first, end = day_number(begin), export.day
    entity = entities(export.tables, None)[0]
    found = companies(export, entity, "source", config)
    if first - (end - first) < found.known.since:
        raise UsageError(
            f"--from {begin} asks about the days up to {export.as_of}, and for the plan about as many days before; "
            f"the first deal was closed on {calendar_date(found.known.since)}: give a later --from, or an "
            "earlier --as-of"
        )
    scorecard, why = scorecard_before(export, entity, first, config, say)
    notes = stale_notes(export)
    notes += [] if scorecard is not None else [f"fit is not told apart, for want of a scorecard: {why}"]
    lives = found.known.lives
    table = life_table(lives, first, since=found.known.since, half_life=HALF_LIFE)
    team, note = _teams(export, found)
    notes += [note] if note else []
    teams = sorted(set(team))
    group = lives.source * len(teams) + np.searchsorted(teams, team)
    market = PeriodFacts(export, found, group, table, scorecard, config)
    now, before = at_risk(market, first, end), at_risk(market, first - (end - first), first)
    if now.followed.all():
        notes.append("follow-up is not told apart: no outbound call, meeting or visit is in the export")
    notes += _not_counted(export, first, end, float(now.won.sum()), float(now.revenue.sum()))
    n = len(lives.sources) * len(teams)
    amount = _amount(found, first)
    plan = planned(now, before, _arriving(market, first, end, n), amount)
    actual = now.sums(n)
    used = (plan.sum(axis=1) > 0) | (actual.sum(axis=1) > 0)
    position = np.cumsum(used) - 1
    seed = config.training.seed
    low, high = intervals(plan[used], now.rows(), position[now.group], seed=seed, level=LEVEL)
    groups = pd.DataFrame({"source": np.repeat(lives.sources, len(teams)), "team": np.tile(teams, len(lives.sources))})
    return Review(
        begin,
        export.as_of,
        groups[used].reset_index(drop=True),
        split(plan[used], actual[used]),
        low,
        high,
        _factors(plan.sum(axis=0), actual.sum(axis=0)),
        target,
        tuple(notes),
    )


def quarter_of(day: date) -> date:
    """The first day of the quarter of a year that a day is in."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _arriving(market: PeriodFacts, first: int, end: int, n: int) -> np.ndarray:
    """The usual chances of those who were expected to come, by group: of a source, by the teams of the year before."""
    lives = market.companies.known.lives
    actual = arrivals(lives.source, lives.arrived, lives.sources, first, window=end - first, half_life=HALF_LIFE / 4)
    days = np.arange(first, end)
    chances = np.stack(
        [usual_chances(market, np.full(len(days), i), days, first, end) for i in range(len(lives.sources))]
    )
    of_source = (actual.daily(first, end) * chances).sum(axis=1)
    lately = (lives.arrived >= first - 365) & (lives.arrived < first)
    teams = n // len(lives.sources)
    counts = np.bincount(market.group[lately], minlength=n).reshape(-1, teams).astype(np.float64)
    every = counts.sum(axis=0) / max(counts.sum(), 1.0)
    whole = counts.sum(axis=1, keepdims=True)
    shares = np.where(whole > 0, counts / np.maximum(whole, 1.0), every)
    return np.asarray((of_source[:, None] * shares).ravel())


def _not_counted(export: Export, begin: int, end: int, wins: float, revenue: float) -> list[str]:
    """What the CRM has of won deals of the period, and the review has not; and whether there are amounts at all."""
    deals = export.tables.opportunities
    closed = day_of(deals.closed_at)
    won = deals.filter((deals.status == "won") & (closed >= begin) & (closed < end))
    row = won.aggregate(deals=won.count(), booked=won.amount.sum()).to_pyarrow().to_pylist()[0]
    booked = float(row["booked"] or 0.0)
    if wins and not revenue:
        return [f"nobody says what the {wins:,.0f} wins of these days brought, so there is no revenue to explain"]
    if booked - revenue < 0.005:
        return []
    return [
        f"the {row['deals']:,} deals won in these days brought {booked:,.2f}; {booked - revenue:,.2f} of it is not "
        "looked at: a company counts with its first win of the kind that is predicted, and deals of no company do not"
    ]


def _amount(found: Companies, first: int) -> float:
    """Mean revenue of the first wins before a day."""
    won = found.frame["won"].to_numpy() < first
    return float(found.frame["revenue"].to_numpy()[won].mean()) if won.any() else 0.0


def _teams(export: Export, found: Companies) -> tuple[np.ndarray, str]:
    """The team of each company, and what is to be said of that."""
    accounts, index = export.tables.accounts, found.frame.index
    columns = {} if accounts is None else {column_key(name): name for name in accounts.columns}
    column = next((columns[name] for name in TEAMS if name in columns), None)
    if accounts is None or column is None:
        return np.full(len(index), NO_TEAM, dtype=object), f"no teams: accounts have no column {', '.join(TEAMS)}"
    rows = accounts.select("account_id", team=accounts[column].cast("string")).to_pandas().set_index("account_id")
    team = rows["team"].reindex(index).fillna(NO_TEAM).astype(str)
    return largest_parts(team, MOST_TEAMS, OTHER_TEAMS).to_numpy(dtype=object), ""


def _factors(plan: np.ndarray, actual: np.ndarray) -> pd.DataFrame:
    def ratios(sums: np.ndarray) -> np.ndarray:
        before = np.append(1.0, sums[:-1])
        return np.divide(sums, before, out=np.zeros(len(sums)), where=before > 0)

    return pd.DataFrame({"planned": ratios(plan), "actual": ratios(actual)}, index=pd.Index(CAUSES, name="cause"))


def _in_units(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.reset_index().to_dict("records")
    return [{str(key): value if key == "of" else int(value) / 100 for key, value in row.items()} for row in rows]


def lines(found: Review) -> Iterator[str]:
    """The review in lines for a person.

    Parameters
    ----------
    found : Review
    """
    gap = found.gap
    planned_cents, actual_cents = int(gap.planned.sum()), int(gap.actual.sum())
    less = planned_cents - actual_cents
    yield f"\nRevenue from {found.begin} to {found.end}"
    if found.target is not None:
        yield f"  {'target':<34}{found.target:>16,.2f}"
    yield f"  {'to be expected on ' + str(found.begin):<34}{planned_cents / 100:>16,.2f}"
    yield f"  {'booked':<34}{actual_cents / 100:>16,.2f}"
    yield f"  {'less than expected' if less >= 0 else 'more than expected':<34}{abs(less) / 100:>16,.2f}"
    yield f"\nWhat {'was missing' if less >= 0 else 'came on top'}, by cause (minus: the other way round)"
    sign = 1 if less >= 0 else -1
    for i, cause in enumerate(CAUSES):
        ends = sorted((sign * found.low[-1, i], sign * found.high[-1, i]))
        part = sign * int(gap.total[i]) / 100
        ends = [end + 0.0 if abs(end) >= 0.5 else 0.0 for end in ends]  # no -0
        yield f"  {IN_WORDS[cause]:<34}{part:>16,.2f}   80 % from {ends[0]:,.0f} to {ends[1]:,.0f}"
    if found.target is not None:
        beyond = found.target - planned_cents / 100
        yield f"  {'target beyond what was expected':<34}{beyond:>16,.2f}   a matter of the target, not of the period"
    for column in ("source", "team"):
        rows = found.by(column)
        if len(rows) > 1:
            width = max([21, *(len(str(name)) for name in rows.index)])
            yield f"\n  {'by ' + column:<{width}}" + "".join(f" {name:>13}" for name in ("planned", "booked", *CAUSES))
            for name, row in rows.iterrows():
                cells = [row["planned"], row["booked"], *(sign * row[cause] for cause in CAUSES)]
                yield f"  {name!s:<{width}}" + "".join(f" {int(cell) / 100:>13,.0f}" for cell in cells)
    for note in found.notes:
        yield f"Note: {note}"
