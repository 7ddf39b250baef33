"""One past cut-off: what was known on that day, the forecasts made from it, and the outcomes that followed."""

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
from pipelines.evaluation.opportunities.deal_forecasts import deal_forecasts
from pipelines.intake.point_in_time import PastTables, scorecard_features
from pipelines.sources.duckdb import connect
from pipelines.training.amounts import usual_amounts
from pipelines.training.fitting import fit_scorecard
from pipelines.training.neglect import LEFT_ALONE, NothingWorked
from pipelines.training.opportunities.losses import NoneLost
from scoring import entities
from scoring.entity import OPPORTUNITY, Entity
from scoring.evidence.finished_cut_off import FinishedCutOff
from scoring.evidence.promotion.without_value import WithoutValue, at_cut_off
from scoring.features.snapshots import snapshots
from scoring.knowledge import upto
from scoring.leaks.guard import Suspicion
from scoring.outcomes.customers import won_deals
from scoring.outcomes.deal_shares import Sharing
from scoring.outcomes.outcomes import outcomes
from scoring.question import Win
from scoring.scorecard.scorecard import Scorecard
from scoring.tables import Tables
from scoring.timeline import Grid, Horizon, calendar_date


@dataclass(frozen=True)
class CutOff:
    """A past day to backtest, with all that this takes. It can travel to another process.

    Attributes
    ----------
    entity : {"account", "lead"}
    day, today : int
        Day numbers: the past day, and the day up to which outcomes are known.
    config : Config
    tables : Path
        Folder of the validated tables as Parquet, as known before `today`.
    folder : Path
        Where the result is written to, as `<date>.parquet` and `<date>.json`.
    later : sequence of Suspicion
        What the leak guard holds back today.
    """

    entity: Entity
    day: int
    today: int
    config: Config
    tables: Path
    folder: Path
    later: Sequence[Suspicion] = ()

    @property
    def date(self) -> str:
        """The past day in ISO format, which is also the name of its files."""
        return calendar_date(self.day).isoformat()

    @property
    def horizon(self) -> Horizon:
        """The days in which a win counts."""
        return Horizon(self.config.training.horizon_days, self.config.training.periods)

    def finished(self) -> FinishedCutOff | None:
        """What `backtest_cut_off` wrote, or None if it did not finish."""
        file = self.folder / f"{self.date}.json"
        return FinishedCutOff.from_json(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None

    @property
    def without_value(self) -> tuple[WithoutValue, ...]:
        """What `backtest_cut_off` counted of those without a value of an attribute."""
        finished = self.finished()
        return () if finished is None else finished.without_value

    def forecast(self) -> pd.DataFrame:
        """The forecast frame that `backtest_cut_off` wrote."""
        return pd.read_parquet(self.folder / f"{self.date}.parquet")


def backtest_cut_off(cut_off: CutOff) -> FinishedCutOff:
    """Backtest one cut-off: fit as of its day, forecast with closedwon and every baseline, and add the outcomes.

    Parameters
    ----------
    cut_off : CutOff

    Returns
    -------
    FinishedCutOff
        Its file is written last: if it is there, the forecasts are complete.
    """
    past = upto_day(cut_off)
    # Resampling finds which reasons are chance. Nobody is shown reasons here, so it is not needed.
    config = replace(cut_off.config, training=replace(cut_off.config.training, resamples=0))
    try:
        fitted = fit_scorecard(
            past.tables, cut_off.entity, cut_off.day, config, keep=past.keep, suspected_today=cut_off.later
        )
    except (TooFewWins, NothingWorked, NoneLost) as error:
        finished = FinishedCutOff(cut_off.date, refused=str(error))
    else:
        forecast_of = deal_forecasts if cut_off.entity == OPPORTUNITY else forecasts
        forecast = forecast_of(fitted, past.tables, cut_off.entity, cut_off.day, cut_off.config, keep=past.keep)
        known = with_outcomes(_with_known_outcomes(forecast, fitted.today), cut_off)
        write_whole(cut_off.folder / f"{cut_off.date}.parquet", known)
        today = fitted.today.set_index("unit").reindex(known["unit"])
        columns = (known[name].to_numpy(dtype="float64") for name in ("p_closedwon", "won"))
        without = at_cut_off(fitted.scorecard.features, today, *columns)
        finished = FinishedCutOff(cut_off.date, fitted.scorecard, tuple(without))
    write_whole(cut_off.folder / f"{cut_off.date}.json", finished.to_json())
    return finished


def _with_known_outcomes(forecast: pd.DataFrame, today: pd.DataFrame) -> pd.DataFrame:
    """The forecasts that outcomes can be compared with.

    A scorecard that learned from what sales worked says what wins if worked. Of those whom sales leaves alone, nothing
    that came shows whether it is right.
    """
    if LEFT_ALONE not in today:
        return forecast
    alone = today.loc[today[LEFT_ALONE].to_numpy(dtype=bool), "unit"].astype(str)
    return forecast[~forecast["unit"].isin(alone)].reset_index(drop=True)


def scores_of_each(cut_off: CutOff, scorecards: Mapping[str, Scorecard]) -> pd.DataFrame:
    """The forecasts of some scorecards as they are, at a past day.

    Parameters
    ----------
    cut_off : CutOff
    scorecards : mapping of str to Scorecard
        Scorecards by name.

    Returns
    -------
    DataFrame
        A row for each open unit: `unit`, and for each name `value_<name>`, the expected revenue, and `p_<name>`, the
        probability of a win.
    """
    past = upto_day(cut_off)
    found = pd.DataFrame({"unit": pd.Series(dtype="str")})
    for name, scorecard in scorecards.items():
        scores = scores_of(scorecard, past)
        columns = {f"value_{name}": scores["expected_revenue"], f"p_{name}": scores["win_probability"]}
        found = found.merge(pd.DataFrame({"unit": scores["unit"], **columns}), on="unit", how="outer")
    return found.sort_values("unit", ignore_index=True)


def scores_of(scorecard: Scorecard, past: PastTables) -> pd.DataFrame:
    """The scores that a scorecard gives to each `unit` that is open at the day of `past`."""
    features, facts, _ = scorecard_features(scorecard, past)
    grid = Grid((past.day,))
    frame = past.feature_arrays.assemble(features, facts, snapshots(facts.own, grid), grid).to_pandas()
    return pd.DataFrame({"unit": frame["unit"], **scorecard.lookup.score(frame)})


def upto_day(cut_off: CutOff) -> PastTables:
    """The tables as known before the past day."""
    connection, tables = open_saved(cut_off.tables, cut_off.config.question.win)
    return PastTables(connection, calendar_date(cut_off.day), upto(tables, cut_off.day))


def open_saved(folder: Path, win: Win) -> tuple[Any, Tables]:
    """Open the Parquet files that `saved` wrote for a question, on one thread: there are as many processes as cores."""
    connection = connect()
    connection.con.execute("SET threads = 1")
    tables = {file.stem: connection.read_parquet(file) for file in sorted(folder.glob("*.parquet"))}
    return connection, Tables(**tables, win=win)


def saved(tables: Tables, folder: Path) -> Path:
    """Write validated tables as Parquet, once for all cut-offs, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.present():
        table.to_parquet(folder / f"{name}.parquet")
    return folder


def with_outcomes(forecast: pd.DataFrame, cut_off: CutOff) -> pd.DataFrame:
    """The forecasts with the outcomes that followed.

    Parameters
    ----------
    forecast : DataFrame of n rows
        With `unit`.
    cut_off : CutOff

    Returns
    -------
    DataFrame of n rows
        The forecast with `as_of` (day number), `won` (0 or 1), `won_period` (from 0, NaN if not won) and `amount`
        (booked, or a lead's share of what its account brings; else 0).
    """
    connection, tables = open_saved(cut_off.tables, cut_off.config.question.win)
    people, sharing = entities.people(tables), None
    won = usual_amounts(won_deals(tables, people, cut_off.entity), tables)
    if cut_off.entity == "lead":

        def keep(table: ibis.Table) -> ibis.Table:
            """Kept, since the outcomes read it several times."""
            return connection.create_table(ibis.util.gen_name("shares"), table, temp=True)

        sharing = Sharing.of(tables, people, keep, lambda won: usual_amounts(won, tables))
    snapshot = ibis.memtable(forecast[["unit"]].assign(as_of=cut_off.day))
    found = outcomes(snapshot, won, cut_off.horizon, cut_off.today, sharing, tables.win).execute()
    by_unit = found.set_index("unit").reindex(forecast["unit"])
    won = by_unit["won_period"].notna().to_numpy()
    return forecast.assign(
        as_of=cut_off.day,
        won=won.astype("int8"),
        won_period=by_unit["won_period"].to_numpy(dtype="float64", na_value=float("nan")),
        amount=by_unit["amount"].fillna(0.0).to_numpy(dtype="float64"),
    )


def write_whole(file: Path, content: pd.DataFrame | dict[str, Any]) -> None:
    """Write a table as Parquet or plain data as JSON, so that the file is complete or not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(file) as temporary:
        if isinstance(content, pd.DataFrame):
            content.to_parquet(temporary, index=False)
        else:
            temporary.write_text(json.dumps(content, allow_nan=False), encoding="utf-8")
