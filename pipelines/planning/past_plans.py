"""The plans that would have been made on past days, by scores that had not seen what came, beside what came.

Two kinds of scores were made on a past day from what was known before it: those of finished cut-offs of backtests,
whose scorecards were learned at that day, and those that past nights served.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import ibis
import numpy as np
import pandas as pd

from pipelines.evaluation.past_scores import Scorecards, nights_to_compare
from pipelines.intake.point_in_time import Export
from pipelines.planning.known_lives import KnownLives
from pipelines.planning.period import aged, period
from pipelines.store.ledger import nights
from pipelines.store.store import Store
from pipelines.store.upkeep.damaged_nights import fault_of
from pipelines.training.amounts import usual_amounts
from scoring import entities
from scoring.entity import ID_COLUMN
from scoring.evidence.monitoring.hindsight import expected_by
from scoring.outcomes.customers import won_deals
from scoring.outcomes.deal_shares import Sharing
from scoring.outcomes.outcomes import outcomes
from scoring.planning.adaptive import PastForecast, corrected, past_forecast
from scoring.planning.past_level import PastTotal, with_past
from scoring.planning.plan import PastDays
from scoring.planning.pooling import Floats
from scoring.scorecard.lookup import horizon_probability
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import Horizon, day_number

#: The newest past days that are looked at, and how many totals are drawn for each.
MOST_DAYS, DRAWS = 18, 4_000
#: What is read of the scores that a night served.
SERVED = ("win_probability", "expected_amount", "log_odds")
#: The log-odds between which a probability is traced back.
_TRACED = np.linspace(-25.0, 15.0, 4_001)


@dataclass(frozen=True)
class PastDayScores:
    """Scores of a past day; `origin` says whose they are."""

    day: int
    unit: np.ndarray
    probability: Floats
    amount: Floats
    scorecard: Scorecard
    origin: str


def past_days(
    export: Export, store: Store, scorecard: Scorecard, known: KnownLives, until: int, *, capacity: float
) -> PastDays:
    """The plans of past days with a period of the same length, and how they correct today's.

    Parameters
    ----------
    export : Export
    store : Store
    scorecard : Scorecard
        The champion.
    known : KnownLives
    until : int
        Day number of the end of today's period.
    capacity : float
        How many of those who come can be worked in a period.
    """
    window = until - export.day
    newest = export.day - window
    found = (*_cut_offs(store, scorecard, newest), *_nights(store, scorecard, newest))
    each = {one.day: one for one in found if window <= one.scorecard.horizon_days}
    days = sorted(each)
    wins, revenue, totals = list[PastForecast](), list[PastForecast](), list[PastTotal]()
    counted = _Outcomes(export, scorecard, known)
    ages = tuple(sorted({0, 1, *range(7, window, 7), window}))
    for day in days[-MOST_DAYS:]:
        past = each[day]
        error = aged(past.scorecard, day)
        if error is None:
            continue
        error = with_past(error, [one for one in totals if one.day + window <= day], window)
        probability = _by(past, window)
        made = period(
            known,
            probability,
            past.amount,
            error,
            day,
            day + window,
            half_life=float(past.scorecard.horizon_days),
            capacity=capacity,
            with_amounts=past.scorecard.amount_rung != "none",
            draws=DRAWS,
            ages=ages,
        )
        won, booked = counted.of(past, window)
        total, later = made.total, float(made.wins.sum())
        totals.append(PastTotal(day, made.groups.wins + later, made.groups.chance + later, won))
        wins.append(past_forecast(day, made.groups.wins + later, won, total.wins, whole=True))
        expected = made.groups.revenue + float(made.revenue.sum())
        revenue.append(past_forecast(day, expected, booked, total.revenue))
    origins = list(dict.fromkeys(each[one.day].origin for one in wins))
    held = corrected(wins, window), corrected(revenue, window)
    return PastDays(tuple(wins), tuple(revenue), *held, " and ".join(origins), tuple(totals))


def _by(past: PastDayScores, window: int) -> Floats:
    """The probability of a win within the first days of the horizon, by the log-odds that lead to that of the whole."""
    card = past.scorecard
    offsets, knots = card.period_offsets, card.calibration
    whole = horizon_probability(_TRACED, offsets)
    calibrated = np.interp(whole, knots.x, knots.y) if knots.x else whole
    log_odds = np.interp(past.probability, calibrated, _TRACED)
    horizon = Horizon(card.horizon_days, len(offsets))
    return expected_by(window, horizon, log_odds=log_odds, probability=past.probability, offsets=offsets)


def _cut_offs(store: Store, scorecard: Scorecard, newest: int) -> Iterator[PastDayScores]:
    """The scores of finished cut-offs for the same question, up to a day; of one day those that were made last."""
    files = (store.backtests / scorecard.entity).glob("*/????-??-??.json")
    done = set[str]()
    for file in sorted(files, key=lambda file: (file.stat().st_mtime, file.as_posix()), reverse=True):
        try:
            if file.stem in done or day_number(date.fromisoformat(file.stem)) > newest:
                continue
            card = Scorecard.from_json(json.loads(file.read_text(encoding="utf-8"))["card"])
            columns = ["unit", "p_closedwon", "expected_amount"]
            frame = pd.read_parquet(file.with_suffix(".parquet"), columns=columns)
        except (OSError, ValueError, KeyError, TypeError):
            continue  # a file that was cut short, refused, or is of another release is no evidence
        if card.win == scorecard.win and card.entity == scorecard.entity:
            done.add(file.stem)
            yield _past(card, frame, "p_closedwon", "past cut-offs of backtests")


def _nights(store: Store, scorecard: Scorecard, newest: int) -> Iterator[PastDayScores]:
    """The scores that past nights served up to a day, one night a month, by models that the registry still has."""
    entity, scorecards = scorecard.entity, Scorecards(store, scorecard.entity)
    old = [night for night in nights(store) if night.has(entity) and day_number(night.as_of) <= newest]
    for night in nights_to_compare(old, entity):
        if fault_of(night.scores(entity), SERVED) or not scorecards.has(night):
            continue
        card = scorecards.scorecard(night)
        if card.win == scorecard.win and card.as_of <= night.as_of:
            key = ID_COLUMN[entity]
            frame = pd.read_parquet(night.scores(entity), columns=[key, "win_probability", "expected_amount"])
            past = _past(card, frame.rename(columns={key: "unit"}), "win_probability", "past nights")
            yield replace(past, day=day_number(night.as_of))


def _past(card: Scorecard, frame: pd.DataFrame, probability: str, origin: str) -> PastDayScores:
    p, amount = (frame[name].to_numpy(dtype=np.float64) for name in (probability, "expected_amount"))
    return PastDayScores(day_number(card.as_of), frame["unit"].to_numpy(dtype=object), p, amount, card, origin)


class _Outcomes:
    """What came of past days: of those who were open, and of those who came later and won before the period ended."""

    def __init__(self, export: Export, scorecard: Scorecard, known: KnownLives) -> None:
        self.export, self.scorecard, self.known = export, scorecard, known
        tables = replace(export.tables, win=scorecard.win)
        people = entities.people(tables)
        self.won = export.keep(usual_amounts(won_deals(tables, people, scorecard.entity), tables))
        self.sharing = None
        if scorecard.entity == "lead":
            self.sharing = Sharing.of(tables, people, export.keep, lambda won: usual_amounts(won, tables))

    def of(self, past: PastDayScores, window: int) -> tuple[float, float]:
        """The wins and the revenue of a period that began on a past day."""
        frame = pd.DataFrame({"unit": past.unit, "as_of": past.day})
        looked_at = outcomes(
            ibis.memtable(frame), self.won, Horizon(window, 1), self.export.day, self.sharing, self.scorecard.win
        )
        row = looked_at.aggregate(won=looked_at.won_period.count(), booked=looked_at.amount.sum()).to_pyarrow()
        opened = float(row["won"][0].as_py() or 0), float(row["booked"][0].as_py() or 0.0)
        lives, end = self.known.lives, past.day + window
        within = (lives.arrived >= past.day) & (lives.arrived < end)
        won = within & (np.maximum(lives.won, lives.arrived) < end)
        with_amounts = past.scorecard.amount_rung != "none"
        booked = float(np.nansum(self.known.amount[won])) if with_amounts else float(won.sum())
        return opened[0] + float(won.sum()), (opened[1] if with_amounts else opened[0]) + booked
