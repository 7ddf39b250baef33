"""Scores that sales set aside: which of them hold, and who was right.

An override changes no score and is never learned from. It is shown beside the score, and compared with it once the days
for which the score spoke are over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd

from scoring.evidence.comparison_result import Measure
from scoring.evidence.measures.resampling import resamples, with_interval
from scoring.timeline import calendar_date

RAISED, LOWERED, UNCHANGED = "raised", "lowered", "unchanged"
DIRECTIONS = (RAISED, LOWERED, UNCHANGED)
#: With fewer, one of them more or less would change who was right.
FEWEST = 10


def overrides_in_force(overrides: ibis.Table, as_of: int) -> ibis.Table:
    """The overrides that hold on a day: of each record the newest, unless it has expired.

    Parameters
    ----------
    overrides : Table
        The table `overrides`, as known on that day.
    as_of : int
        Day number: an override that expires on this day or before does not hold any more.
    """
    alone = overrides.lead_id.isnull()
    key = {
        "for_lead": overrides.lead_id.fill_null(""),
        "for_account": ibis.ifelse(alone, overrides.account_id.fill_null(""), ibis.literal("")),
    }
    order = ibis.window(group_by=list(key), order_by=[ibis.desc("set_at"), "grade", "score", "expires_at"])
    ranked = overrides.mutate(**key)
    ranked = ranked.mutate(nth=ibis.row_number().over(order))
    midnight = ibis.literal(f"{calendar_date(as_of)} 00:00:00").cast("timestamp")
    newest = ranked.filter(ranked.nth == 0)
    holds = newest.filter(newest.expires_at.isnull() | (newest.expires_at > midnight))
    return holds.select(*overrides.columns)


def override_words(row: Mapping[str, Any]) -> str:
    """An override that holds, in a sentence without the reason, which may name somebody.

    Parameters
    ----------
    row : mapping
        `grade`, `score`, `set_at` and `expires_at`.
    """
    words = [f"grade {row['grade']}"] if row["grade"] else []
    words += [f"score {row['score']:g}"] if row["score"] is not None else []
    until = f" until {row['expires_at'].date()}" if row["expires_at"] else ""
    return f"override of {row['set_at'].date()}{until}: {' and '.join(words)}; it changes no score"


def directions(override: pd.Series, score: pd.Series) -> np.ndarray:
    """Whether each override raised or lowered a score.

    Parameters
    ----------
    override, score : Series of float
        The probability of the override and of the score; NaN where nobody knows.
    """
    found = np.select([override > score, override < score, override == score], [RAISED, LOWERED, UNCHANGED], default="")
    return np.asarray(found.astype(object))


@dataclass(frozen=True)
class Compared:
    """Overrides of one direction beside the scores that they set aside.

    Attributes
    ----------
    direction : str
    overrides : int
        All of them that have a score.
    pending : int
        Those whose days are not over.
    matured, won : int
        The others, and how many of them won within the days for which the score spoke.
    score, override : float or None
        The mean probability of the matured ones by their scores, and by their overrides.
    difference : Measure
        The Brier score of the scores less that of the overrides: above 0, the overrides were nearer to what came. With
        an interval where `FEWEST` or more have matured.
    """

    direction: str
    overrides: int
    pending: int
    matured: int
    won: int
    score: float | None
    override: float | None
    difference: Measure

    @property
    def words(self) -> str:
        """Who was right."""
        low, high = self.difference.low, self.difference.high
        if not self.matured:
            return "nothing to compare yet"
        if self.matured < FEWEST or low is None or high is None:
            return f"too few to say: {FEWEST} are needed"
        if low > 0:
            return "the overrides were nearer to what came"
        return "the scores were nearer to what came" if high < 0 else "no difference beyond chance"

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        figures = {
            name: getattr(self, name)
            for name in ("direction", "overrides", "pending", "matured", "won", "score", "override")
        }
        brier = {"difference": self.difference.value, "low": self.difference.low, "high": self.difference.high}
        return {**figures, "brier": brier, "finding": self.words}


def compare_overrides(overrides: pd.DataFrame, *, replicates: int, seed: int) -> list[Compared]:
    """Compare overrides with scores, by direction.

    Parameters
    ----------
    overrides : DataFrame
        `direction`, `account` (overrides of one account are drawn together), `scored` and `override` (probabilities),
        `won` (0 or 1), and `matured`: whether the days for which the score spoke are over.
    replicates, seed : int
        Of the bootstrap of accounts, see `resampling`.

    Notes
    -----
    The Brier score (1950) is the mean squared difference between a probability and what came. Unlike log loss it is
    finite for the 0 and the 1 that people give.
    """
    found = []
    for direction in DIRECTIONS:
        rows = overrides[overrides["direction"] == direction]
        over = rows[rows["matured"]]
        loss = (over["won"] - over["scored"]) ** 2 - (over["won"] - over["override"]) ** 2
        found.append(
            Compared(
                direction,
                len(rows),
                len(rows) - len(over),
                len(over),
                int(over["won"].sum()),
                float(over["scored"].mean()) if len(over) else None,
                float(over["override"].mean()) if len(over) else None,
                _mean(loss, over["account"], replicates, seed),
            )
        )
    return found


def _mean(loss: pd.Series, account: pd.Series, replicates: int, seed: int) -> Measure:
    if not len(loss):
        return Measure(None)
    if len(loss) < FEWEST:
        return Measure(float(loss.mean()))
    values = loss.to_numpy(dtype=np.float64)
    drawn = [(values @ weights) / weights.sum(axis=0) for weights in resamples(account, replicates, seed)]
    return with_interval(np.concatenate(drawn))
