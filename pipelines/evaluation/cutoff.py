"""One past cut-off: what an export of that day taught, what was foretold from it, and what then came true."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ibis
import pandas as pd

from models.outcome import TooFewWins
from pipelines.config import Config
from pipelines.disk import written_whole
from pipelines.evaluation.baseline_forecasts import forecasts
from pipelines.intake.point_in_time import PastTables, scorecard_features
from pipelines.sources.duckdb import connect
from pipelines.training.fitting import fit_scorecard
from scoring import entities
from scoring.entities import Entity
from scoring.features.snapshots import snapshots
from scoring.knowledge import upto
from scoring.leaks import Suspicion
from scoring.outcomes import outcomes
from scoring.scorecard import Scorecard
from scoring.tables import Tables
from scoring.timeline import Grid, Horizon, calendar_date


@dataclass(frozen=True)
class CutOff:
    """The order to judge one past day. All of it can travel to another process.

    Attributes
    ----------
    day, today : int
        The past day, and the day up to which it is known what came true.
    tables : Path
        Folder of the validated tables as Parquet, as known before `today`.
    place : Path
        Folder that the result is written to, as `<date>.parquet` and `<date>.json`.
    later : sequence of Suspicion
        What the leak guard holds back today.
    """

    entity: Entity
    day: int
    today: int
    config: Config
    tables: Path
    place: Path
    later: Sequence[Suspicion] = ()

    @property
    def date(self) -> str:
        """The day in ISO format, which the files are called by."""
        return calendar_date(self.day).isoformat()

    @property
    def horizon(self) -> Horizon:
        """The days in which a win counts."""
        return Horizon(self.config.training.horizon_days, self.config.training.periods)

    def summary(self) -> dict[str, Any] | None:
        """What `backtest_cut_off` wrote, or None if it never ended."""
        file = self.place / f"{self.date}.json"
        found: dict[str, Any] | None = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
        return found

    def forecast(self) -> pd.DataFrame:
        """The forecast frame that `backtest_cut_off` wrote."""
        return pd.read_parquet(self.place / f"{self.date}.parquet")


def backtest_cut_off(order: CutOff) -> dict[str, Any]:
    """Learn as of a past day, let every contender foretell from there, and write down what came true.

    Returns
    -------
    dict
        `as_of`, `card` (the scorecard, as JSON), and `refused` in words where there were too few wins to learn from by
        then. It is written last, so that its file says that the forecasts are whole.
    """
    past = upto_day(order)
    # Which reasons survive resampling is asked of what is shown to people, and nobody is shown these.
    config = replace(order.config, training=replace(order.config.training, resamples=0))
    summary: dict[str, Any] = {"as_of": order.date}
    try:
        fitted = fit_scorecard(past.tables, order.entity, order.day, config, keep=past.keep, later=order.later)
    except TooFewWins as error:
        summary["refused"] = str(error)
    else:
        told = forecasts(fitted, past.tables, order.entity, order.day, order.config, keep=past.keep)
        write(order.place / f"{order.date}.parquet", with_outcomes(told, order))
        summary |= {"card": fitted.scorecard.to_json()}
    write(order.place / f"{order.date}.json", summary)
    return summary


def scores_of_each(order: CutOff, scorecards: Mapping[str, Scorecard]) -> pd.DataFrame:
    """The expected revenue and probability by each of some scorecards as they are, at a past day.

    Returns
    -------
    DataFrame
        `unit`, and for each name `value_<name>` and `p_<name>`.
    """
    past = upto_day(order)
    told = pd.DataFrame({"unit": pd.Series(dtype="str")})
    for name, scorecard in scorecards.items():
        scores = scores_of(scorecard, past)
        columns = {f"value_{name}": scores["expected_revenue"], f"p_{name}": scores["win_probability"]}
        told = told.merge(pd.DataFrame({"unit": scores["unit"], **columns}), on="unit", how="outer")
    return told.sort_values("unit", ignore_index=True)


def scores_of(scorecard: Scorecard, past: PastTables) -> pd.DataFrame:
    """What a scorecard says of each `unit` that is open at the day of `past`."""
    features, facts, _ = scorecard_features(scorecard, past)
    grid = Grid((past.day,))
    frame = past.feature_arrays.assemble(features, facts, snapshots(facts.own, grid), grid).to_pandas()
    return pd.DataFrame({"unit": frame["unit"], **scorecard.lookup.score(frame)})


def upto_day(order: CutOff) -> PastTables:
    """The tables as known before the past day: no more is handed on, and what asks for more is refused."""
    connection, tables = opened(order.tables)
    return PastTables(connection, calendar_date(order.day), upto(tables, order.day))


def opened(folder: Path) -> tuple[Any, Tables]:
    """Open the Parquet files that `saved` wrote, on one thread: the processes are as many as the cores."""
    connection = connect()
    connection.con.execute("SET threads = 1")
    tables = {file.stem: connection.read_parquet(file) for file in sorted(folder.glob("*.parquet"))}
    return connection, Tables(**tables)


def saved(tables: Tables, folder: Path) -> Path:
    """Write validated tables as Parquet, once for all cut-offs."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.present():
        table.to_parquet(folder / f"{name}.parquet")
    return folder


def with_outcomes(told: pd.DataFrame, order: CutOff) -> pd.DataFrame:
    """The forecasts beside what came true: `won`, `won_period` and `amount`, by unit."""
    _, tables = opened(order.tables)
    crowd = entities.people(tables)
    looks = ibis.memtable(told[["unit"]].assign(as_of=order.day))
    deals = entities.deals(tables, crowd, order.entity)
    came = outcomes(looks, deals, order.horizon, order.today).execute().set_index("unit")
    by_unit = came.reindex(told["unit"])
    won = by_unit["won_period"].notna().to_numpy()
    return told.assign(
        as_of=order.day,
        won=won.astype("int8"),
        won_period=by_unit["won_period"].to_numpy(dtype="float64", na_value=float("nan")),
        amount=by_unit["amount"].fillna(0.0).to_numpy(dtype="float64"),
    )


def write(file: Path, content: pd.DataFrame | dict[str, Any]) -> None:
    """Write a file so that it is whole or not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(file) as temporary:
        if isinstance(content, pd.DataFrame):
            content.to_parquet(temporary, index=False)
        else:
            temporary.write_text(json.dumps(content, allow_nan=False), encoding="utf-8")
