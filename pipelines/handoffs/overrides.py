"""Scores that sales set aside, beside the scores of the ledger and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.evaluation.past_scores import Scorecards
from pipelines.handoffs.grades import UNGRADED, PastGrades
from pipelines.handoffs.records import Records
from pipelines.handoffs.touches import touches
from pipelines.store.ledger import Night
from pipelines.store.store import Store
from scoring.entity import ENTITIES, Entity
from scoring.handoffs.overrides import (
    DIRECTIONS,
    LOWERED,
    RAISED,
    UNCHANGED,
    Compared,
    compare_overrides,
    directions,
    overrides_in_force,
)
from scoring.handoffs.reasons import NO_REASON, known_reason
from scoring.timeline import day_number

COLUMNS = ("lead_id", "account_id", "set_at", "score", "grade", "reason", "expires_at")
#: What came of an override by today: the first that is so.
OUTCOMES = ("won", "in an open deal", "lost a deal", "in a conversation", "nothing yet")


@dataclass(frozen=True)
class OverrideInForce:
    """An override that holds on the day of the export.

    Attributes
    ----------
    entity, id : str
        ``account`` or ``lead``, and its id.
    set_on : str
        A day such as ``2026-06-01``.
    expires_on : str or None
        The day; None without an end.
    override_grade : str or None
    override_score : float or None
        A probability. One of the two is there.
    grade : str
        Of the newest night, which it is shown beside.
    reason : str
        As it may be shown.
    """

    entity: str
    id: str
    set_on: str
    expires_on: str | None
    override_grade: str | None
    override_score: float | None
    grade: str
    reason: str


@dataclass(frozen=True)
class Overrides:
    """What is said of overrides.

    Attributes
    ----------
    rows : int
        Known before the day of the export, each record and moment once.
    without_score : int
        Of them, those whose record had no score when they were set, or had won already.
    compared : tuple of Compared
        By direction.
    outcomes : mapping of mapping of int
        By direction, how many have each of `OUTCOMES` today.
    reasons : mapping of int
        By reason, as it may be shown.
    holding : tuple of OverrideInForce
    """

    rows: int
    without_score: int
    compared: tuple[Compared, ...]
    outcomes: Mapping[str, Mapping[str, int]]
    reasons: Mapping[str, int]
    holding: tuple[OverrideInForce, ...]

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "rows": self.rows,
            "without_score": self.without_score,
            "compared": [one.to_json() for one in self.compared],
            "outcomes": {direction: dict(counts) for direction, counts in self.outcomes.items()},
            "reasons": dict(self.reasons),
            "in_force": [vars(one) for one in self.holding],
        }


def overrides(records: Records, store: Store, grades: PastGrades, config: Config) -> Overrides | None:
    """Compare the overrides of an export with the scores; None if it has no table of them.

    Parameters
    ----------
    records : Records
    store : Store
        Its registry says for how many days each score spoke.
    grades : PastGrades
    config : Config
    """
    export = records.export
    table = export.tables.overrides
    if table is None:
        return None
    every = table.select(*COLUMNS).to_pandas()
    # 35 and 0.35 are the same chance; a column holds the one or the other.
    whole = 100.0 if (every["score"] > 1).any() else 1.0
    rows = _read(records, every, whole)
    met = rows.join(grades.of(rows).rename(columns={"grade": "was", "win_probability": "scored"}))
    met["scored"] = met["scored"].astype("float64")
    met["override"] = _override_chances(met, grades)
    met["direction"] = _directions(met)
    after = touches(records, met.assign(handed_at=met["set_at"]), config).frame
    met = met.join(after)
    horizon = _horizons(met, store, grades, config)
    begin = met["night"].map({night.name: pd.Timestamp(night.as_of) for night in grades.past}).astype("datetime64[us]")
    over = begin + pd.to_timedelta(pd.Series(horizon, index=met.index), unit="D")
    met["matured"] = over <= pd.Timestamp(export.as_of)
    met["won"] = (met["won_day"] < over).astype("int64")
    comparable = met["night"].notna() & met["override"].notna() & ~_won_before(records, met)
    met.loc[~comparable, "direction"] = ""
    met["outcome"] = _outcomes(records, met)
    known = met[comparable]
    return Overrides(
        rows=len(met),
        without_score=int((~comparable).sum()),
        compared=tuple(compare_overrides(known, replicates=config.backtest.replicates, seed=config.training.seed)),
        outcomes={
            direction: {
                word: int(((known["direction"] == direction) & (known["outcome"] == word)).sum()) for word in OUTCOMES
            }
            for direction in DIRECTIONS
        },
        reasons={str(word): int(n) for word, n in met["shown"].value_counts().items()},
        holding=_holding(records, grades, whole),
    )


def _read(records: Records, rows: pd.DataFrame, whole: float) -> pd.DataFrame:
    """The overrides with who they are of, each record and moment once; a score, of `whole`, as a probability."""
    rows = rows[rows["lead_id"].notna() | rows["account_id"].notna()]
    of_lead = rows["lead_id"].notna()
    unit = rows["lead_id"].fillna(rows["account_id"])
    rows = rows.assign(entity=np.where(of_lead, "lead", "account"), unit=unit)
    account = rows["lead_id"].map(records.companies).fillna(rows["account_id"]).fillna("lead:" + unit)
    rows = rows.assign(account=account, day=rows["set_at"].dt.date)
    rows["score"] = rows["score"] / whole
    rows["shown"] = [known_reason(text) if isinstance(text, str) else NO_REASON for text in rows["reason"]]
    order = ["entity", "unit", "set_at", "grade", "score", "expires_at"]
    return rows.sort_values(order).drop_duplicates(["entity", "unit", "set_at"]).reset_index(drop=True)


def _override_chances(met: pd.DataFrame, grades: PastGrades) -> pd.Series:
    """The chance that each override gave: its score, else the mean of those who had its grade in that night."""
    means: dict[tuple[str, str], Mapping[str, float]] = {}
    for name, entity in met[["night", "scored_as"]].dropna().drop_duplicates().itertuples(index=False):
        scores = pd.read_parquet(grades.named(name).scores(entity), columns=["grade", "win_probability"])
        of_grades = scores.groupby("grade")["win_probability"].mean()
        means[name, entity] = {str(grade): float(mean) for grade, mean in of_grades.items()}
    of_grade = [
        means.get((night, entity), {}).get(grade, np.nan)
        for night, entity, grade in zip(met["night"], met["scored_as"], met["grade"], strict=True)
    ]
    return met["score"].fillna(pd.Series(of_grade, index=met.index, dtype="float64"))


def _directions(met: pd.DataFrame) -> np.ndarray:
    """Raised or lowered: by the score, or, where only a grade was given, by the grade."""
    by_score = directions(met["override"], met["scored"])
    # Within its grade a score may be below the mean of it: to be given the same grade again changes nothing.
    by_grade = np.select(
        [met["grade"] < met["was"], met["grade"] > met["was"], met["grade"] == met["was"]],
        [RAISED, LOWERED, UNCHANGED],
        default="",
    )
    return np.where(met["score"].notna() | met["grade"].isna() | (met["was"] == UNGRADED), by_score, by_grade)


def _horizons(met: pd.DataFrame, store: Store, grades: PastGrades, config: Config) -> np.ndarray:
    """The days for which each score spoke; where the registry has lost its model, those of the configuration."""
    scorecards = {entity: Scorecards(store, entity) for entity in ENTITIES}
    days: dict[tuple[str, Entity], int] = {}
    for name, entity in met[["night", "scored_as"]].dropna().drop_duplicates().itertuples(index=False):
        night: Night = grades.named(name)
        there = scorecards[entity].has(night)
        days[name, entity] = scorecards[entity].horizon(night).days if there else config.training.horizon_days
    asked = zip(met["night"], met["scored_as"], strict=True)
    return np.array([days.get(key, config.training.horizon_days) for key in asked], dtype="float64")


def _won_before(records: Records, met: pd.DataFrame) -> pd.Series:
    """Which overrides are of somebody who had won before: nothing was left to say then."""
    found = pd.Series(False, index=met.index)
    for entity, won in records.deals("won", met).items():
        mine = met["entity"] == entity
        first = won.groupby("unit")["day"].min()
        found |= mine & (met["unit"].map(first) < met["set_at"].map(lambda at: day_number(at.date())))
    return found


def _outcomes(records: Records, met: pd.DataFrame) -> np.ndarray:
    """What came of each override by today, one of `OUTCOMES`."""
    is_open, lost = pd.Series(False, index=met.index), pd.Series(False, index=met.index)
    set_day = met["set_at"].map(lambda at: day_number(at.date()))
    for entity, deals in records.deals("open", met).items():
        is_open |= (met["entity"] == entity) & met["unit"].isin(deals["unit"])
    for entity, deals in records.deals("lost", met).items():
        last = met["unit"].map(deals.groupby("unit")["day"].max())
        lost |= (met["entity"] == entity) & (last >= set_day)
    conditions = [met["won_day"].notna(), is_open, lost, met["talked_at"].notna()]
    return np.select(conditions, OUTCOMES[:-1], default=OUTCOMES[-1])


def _holding(records: Records, grades: PastGrades, whole: float) -> tuple[OverrideInForce, ...]:
    """The overrides that hold today, with the grade of the newest night."""
    export = records.export
    table = export.tables.overrides
    assert table is not None, "there are overrides"
    rows = overrides_in_force(table, export.day).select(*COLUMNS).to_pandas()
    if rows.empty:
        return ()
    rows = _read(records, rows, whole)
    now = grades.of(rows.assign(day=export.as_of))
    found: list[dict[str, Any]] = rows.assign(now=now["grade"]).to_dict("records")  # type: ignore[assignment]
    return tuple(
        OverrideInForce(
            entity=row["entity"],
            id=row["unit"],
            set_on=row["set_at"].date().isoformat(),
            expires_on=None if pd.isna(row["expires_at"]) else row["expires_at"].date().isoformat(),
            override_grade=row["grade"] if isinstance(row["grade"], str) else None,
            override_score=None if pd.isna(row["score"]) else float(row["score"]),
            grade=row["now"],
            reason=row["shown"],
        )
        for row in found
    )
