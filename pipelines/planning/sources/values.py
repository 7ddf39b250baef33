"""What arrivals are worth as a scorecard sees them that was trained before they came."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from models.outcome import TooFewWins
from pipelines.config import Config
from pipelines.intake.leak_guard import guard_attributes
from pipelines.intake.point_in_time import PastTables
from pipelines.planning.sources.arrival_values import KEPT, arrival_values, look_days
from pipelines.progress import Say
from pipelines.training.fitting import fit_scorecard
from pipelines.training.neglect import NothingWorked
from scoring.entity import Entity
from scoring.features.facts import market
from scoring.knowledge import upto
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import calendar_date


@dataclass(frozen=True)
class SourceValues:
    """The scores of arrivals, soon after they came.

    Attributes
    ----------
    frame : DataFrame
        By company, of those who were looked at: `looked_on` (day number) and the columns of `arrival_values`.
    scorecard : Scorecard, optional
        None where there was too little to learn from; then `frame` is empty.
    why : str
        Why there is none; else empty.
    """

    frame: pd.DataFrame
    scorecard: Scorecard | None
    why: str = ""


def scorecard_before(
    export: PastTables, entity: Entity, day: int, config: Config, say: Say
) -> tuple[Scorecard | None, str]:
    """Train a scorecard on what was known before a day; it is used here and registered nowhere.

    A scorecard that was trained later would know what became of the arrivals, and would see those of long ago better
    than the newest: a fall that is none.

    Parameters
    ----------
    export : PastTables
    entity : {"account", "lead"}
    day : int
        Day number.
    config : Config
    say : callable
        Takes each line of progress.

    Returns
    -------
    tuple
        The scorecard, and an empty text; or None, and why.
    """
    # Nobody is shown reasons here, so none are resampled.
    config = replace(config, training=replace(config.training, resamples=0))
    say(f"Training a scorecard on what was known before {calendar_date(day)}: it values those who came since")
    later = guard_attributes(market(export.tables, entity, keep=export.keep), export.day, config, export.keep)
    try:
        fitted = fit_scorecard(
            upto(export.tables, day), entity, day, config, keep=export.keep, suspected_today=later.suspected_before
        )
    except (TooFewWins, NothingWorked) as error:
        return None, str(error)
    return fitted.scorecard, ""


def source_values(
    export: PastTables, entity: Entity, arrived: pd.Series, begin: int, config: Config, say: Say
) -> SourceValues:
    """Value those who came from a day on, each soon after it came.

    Parameters
    ----------
    export : PastTables
    entity : {"account", "lead"}
    arrived : Series of int
        By company, the day on which it came.
    begin : int
        Day number: the scorecard is trained on what was known before, and those who came before have no values.
    config : Config
        Its sections ``training`` and ``sources`` are used.
    say : callable
        Takes each line of progress.
    """
    scorecard, why = scorecard_before(export, entity, begin, config, say)
    empty = pd.DataFrame({name: np.empty(0) for name in ("looked_on", *KEPT)}, index=pd.Index([], dtype="str"))
    if scorecard is None:
        return SourceValues(empty, None, why)
    new = arrived[arrived >= begin]
    units = units_of(export, entity, new.index)
    day = new.loc[units.index].to_numpy()
    looked_on = look_days(day, config.sources.look_days, begin)
    # Known before the day of the look, which must not be after the export's.
    read = looked_on <= export.day
    if not read.any():
        return SourceValues(empty, scorecard)
    values = arrival_values(export, scorecard, units[read].tolist(), looked_on[read]).set_index("unit")
    company = pd.Series(units.index[read], index=units[read].to_numpy())
    days = pd.Series(looked_on[read], index=units[read].to_numpy())
    frame = values.assign(looked_on=days.loc[values.index].to_numpy())
    frame.index = pd.Index(company.loc[values.index].to_numpy())
    return SourceValues(frame, scorecard)


def units_of(export: PastTables, entity: Entity, company: pd.Index) -> pd.Series:
    """Who is scored for each company: the account, or the first of its leads; those without one are left out."""
    if entity == "account":
        accounts = export.tables.accounts
        assert accounts is not None
        ids = accounts.select("account_id").to_pandas()["account_id"].astype(str)
        found = company[company.isin(ids)]
        return pd.Series(found, index=found)
    from scoring.entities import people

    rows = people(export.tables)
    assert rows is not None
    leads = rows.select("account_key", "known_day", "lead_id").to_pandas()
    first = leads.sort_values(["known_day", "lead_id"], na_position="first").drop_duplicates("account_key")
    of_company = first.set_index("account_key")["lead_id"].astype(str)
    return of_company.reindex(company).dropna()
