"""The grade and the score that each record had on a day, as the ledger has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from pipelines.store.ledger import Night, at
from pipelines.store.upkeep.damaged_nights import fault_of
from scoring.entity import ID_COLUMN

#: Who had no score then: not open, not known, or before the first night.
UNGRADED = "no grade"
GRADES = ("A", "B", "C", "D", UNGRADED)
#: An arrival is not in the night before it: so many days later it is in one, where there is one a day or a week.
WITHIN = 7
READ = ("grade", "win_probability", "log_odds")


@dataclass(frozen=True)
class PastGrades:
    """The nights of a ledger, to look up what was said of somebody on a day.

    Attributes
    ----------
    past : sequence of Night
        Those with an `as_of` up to the day of the export, oldest first.
    """

    past: Sequence[Night]

    @property
    def first(self) -> date | None:
        """The day of the first night."""
        return min((night.as_of for night in self.past), default=None)

    def of(self, asked: pd.DataFrame, *, arrived: bool = False) -> pd.DataFrame:
        """What held for each record on its day.

        Parameters
        ----------
        asked : DataFrame
            `entity`, `unit`, `account` and `day` (a date), by row.
        arrived : bool
            Whether they came on that day: then the first night within `WITHIN` days after it counts.

        Returns
        -------
        DataFrame
            By row: `grade`, `win_probability`, `log_odds`, `night` (its name) and `scored_as` (the entity whose score
            it is: of a lead that is not scored, its account).
        """
        columns = {name: pd.Series(dtype=object) for name in (*READ, "night", "scored_as")}
        found = pd.DataFrame(columns, index=asked.index)
        for entity in ("lead", "account"):
            left = found["night"].isna() & ((asked["entity"] == entity) | (entity == "account"))
            by_day: Any = asked[left].groupby("day")
            for day, rows in by_day:
                night = self._after(entity, day) if arrived else at(self.past, entity, day)
                if night is None or fault_of(night.scores(entity), READ):
                    continue
                unit = rows["unit"].where(rows["entity"] == entity, rows["account"])
                scores = pd.read_parquet(
                    night.scores(entity),
                    columns=[ID_COLUMN[entity], *READ],
                    filters=[(ID_COLUMN[entity], "in", list(unit.unique()))],
                ).set_index(ID_COLUMN[entity])
                there = unit[unit.isin(scores.index)]
                for name in READ:
                    found.loc[there.index, name] = scores[name].reindex(there).to_numpy()
                found.loc[there.index, "night"] = night.name
                found.loc[there.index, "scored_as"] = entity
        return found.assign(grade=found["grade"].fillna(UNGRADED))

    def age(self, day: pd.Series, night: pd.Series) -> pd.Series:
        """The days from each night to the day on which its grade was used; NaN for no night.

        Parameters
        ----------
        day : Series of date
        night : Series of str
            Names of nights.
        """
        as_of = night.map({one.name: pd.Timestamp(one.as_of) for one in self.past}).astype("datetime64[us]")
        return (pd.to_datetime(day) - as_of).dt.days.astype("float64")

    def _after(self, entity: str, day: date) -> Night | None:
        later = [n for n in self.past if n.has(entity) and day < n.as_of <= day + timedelta(days=WITHIN)]
        return min(later, key=lambda night: (night.as_of, -night.sequence), default=None)

    def named(self, name: str) -> Night:
        """A night by its name."""
        return next(night for night in self.past if night.name == name)
