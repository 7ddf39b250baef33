"""Those who could be won in a period of an export, and how the period went for each of them."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.intake.point_in_time import Export
from pipelines.planning.sources.arrival_values import arrival_values, chances_within, look_days
from pipelines.planning.sources.companies import Companies
from pipelines.planning.sources.values import units_of
from scoring import entities
from scoring.outcomes.worked import Worked, kinds_of_work, outbound_kinds
from scoring.planning.life_table import LifeTable
from scoring.planning.sources.review import AtRisk
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import day_of

#: The least chance to be won in a period: with less, one surprise would be a factor of thousands.
LEAST = 1e-3


@dataclass(frozen=True)
class PeriodFacts:
    """What a period is looked at with.

    Attributes
    ----------
    export : Export
    companies : Companies
    group : ndarray of int, shape (n,)
        Of each company.
    table : LifeTable
        As known on the first day of the period that is reviewed.
    scorecard : Scorecard, optional
        Trained on what was known before that day.
    config : Config
    """

    export: Export
    companies: Companies
    group: np.ndarray
    table: LifeTable
    scorecard: Scorecard | None
    config: Config


def at_risk(market: PeriodFacts, begin: int, end: int) -> AtRisk:
    """Those who could be won in `[begin, end)`.

    Parameters
    ----------
    market : PeriodFacts
    begin, end : int
        Day numbers.
    """
    frame = market.companies.frame
    day, won, ended = (frame[name].to_numpy(dtype=np.float64) for name in ("day", "won", "ended"))
    there = (day < end) & ~(won < begin) & ~(ended < begin)
    frame, day, won = frame[there], day[there], won[there]
    usual = usual_chances(market, market.companies.known.lives.source[there], day, begin, end)
    new = day >= begin
    scored = _scored(market, frame, new, usual, begin, end)
    deals = _deals(market.export, end)
    wins = (won >= begin) & (won < end)
    still = np.isin(frame.index.to_numpy(dtype=object), list(deals)) & ~wins
    rate = _win_rate(market.export, end)
    followed = _followed(market, frame.index, begin, end)
    return AtRisk(
        group=market.group[there],
        new=new,
        usual=usual,
        scored=scored,
        followed=np.ones(len(frame), dtype=bool) if followed is None else followed | wins | still,
        open_deals=np.where(still, rate, 0.0),
        won=wins,
        revenue=np.where(wins, frame["revenue"].to_numpy(), 0.0),
    )


def usual_chances(market: PeriodFacts, source: np.ndarray, day: np.ndarray, begin: int, end: int) -> np.ndarray:
    """The usual chance of each to be won in a period, by its source and age; never 0, since everybody can be won."""
    chances = market.table.won_between(np.maximum(begin - day, 0.0), end - day)
    return np.maximum(chances[source, np.arange(len(day))], LEAST)


def _scored(
    market: PeriodFacts, frame: pd.DataFrame, new: np.ndarray, usual: np.ndarray, begin: int, end: int
) -> np.ndarray:
    """The chance of each by its score, as far as the period lets it; the usual chance where nobody scored it."""
    scorecard = market.scorecard
    if scorecard is None:
        return usual
    entity = scorecard.entity
    units = units_of(market.export, entity, frame.index)
    position = frame.index.get_indexer(units.index)
    day = frame["day"].to_numpy(dtype=np.int64)[position]
    looked_on = np.where(new[position], look_days(day, market.config.sources.look_days, begin), begin)
    read = looked_on < end
    if not read.any():
        return usual
    values = arrival_values(market.export, scorecard, units[read].tolist(), looked_on[read]).set_index("unit")
    chance = chances_within(scorecard, end - np.maximum(day[read], begin), values.reindex(units[read]))
    found = np.full(len(frame), np.nan)
    found[position[read]] = np.maximum(chance, LEAST)
    return np.where(np.isnan(found), usual, found)


def _followed(market: PeriodFacts, company: pd.Index, begin: int, end: int) -> np.ndarray | None:
    """Who was worked in the period; None where the export does not say which work sales did."""
    export = market.export
    kinds = kinds_of_work(outbound_kinds(export.tables), market.config.training.worked_by)
    if not kinds:
        return None
    people = entities.people(export.tables)
    rows_wanted = export.keep(ibis.memtable(pd.DataFrame({"account_key": company.astype(str), "as_of": end})))
    people = None if people is None else export.keep(people)
    rows = Worked(kinds, end - begin).of(export.tables, people, rows_wanted)
    return np.asarray(company.isin(rows.select("account_key").to_pandas()["account_key"].astype(str)))


def _deals(export: Export, end: int) -> set[str]:
    """The companies with a deal that is open at the end of the period."""
    people = entities.people(export.tables)
    deals = entities.deals(export.tables, people, "account")
    open_then = deals.filter((deals.opened_day < end) & (deals.closed_day.isnull() | (deals.closed_day >= end)))
    return {str(unit) for unit in open_then.select("unit").distinct().to_pandas()["unit"]}


def _win_rate(export: Export, end: int) -> float:
    """The share of deals closed by the end of the period that were won."""
    deals = export.tables.opportunities
    closed = deals.filter((deals.status != "open") & (day_of(deals.closed_at) < end))
    rate = closed.aggregate(rate=(closed.status == "won").cast("float64").mean()).to_pyarrow()["rate"][0].as_py()
    return float(rate or 0.0)
