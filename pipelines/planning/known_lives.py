"""Everybody who was ever known, each with its source, the day it came, and its first win: what a life table is from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import ibis
import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.intake.point_in_time import PastTables
from pipelines.training.amounts import usual_amounts
from scoring import entities
from scoring.cells.cells import column_key
from scoring.entity import Entity
from scoring.outcomes.customers import ALWAYS, first_wins, won_deals
from scoring.persons.written import hidden
from scoring.planning.life_table import Ints, Lives
from scoring.planning.pooling import Floats
from scoring.question import Win
from scoring.tables import Tables
from scoring.timeline import day_of

#: Attributes that say where somebody came from: the last word of their names, or the whole of it.
SOURCE_WORDS = ("source", "channel", "origin")
#: Sources beyond so many are one, "others", and so are those of fewer than so many.
MOST_SOURCES, FEWEST = 20, 5
NOT_KNOWN, OTHERS = "not known", "others"


@dataclass(frozen=True)
class KnownLives:
    """Those who were ever known.

    Attributes
    ----------
    lives : Lives
        Of those with a day on which they came, in the order of `unit`.
    unit : ndarray of str, shape (n,)
    amount : ndarray of shape (n,)
        What the first win of each brought; NaN without a win, or where nobody says.
    by_unit : Series of str
        The source of every unit, also of those without a day.
    since : int
        Day number of the first deal that was closed: before it no wins were recorded.
    column : str
        What says the source.
    small : tuple of str
        The sources that are among the others, because they brought few.
    """

    lives: Lives
    unit: np.ndarray
    amount: Floats
    by_unit: pd.Series
    since: int
    column: str
    small: tuple[str, ...] = ()


def known_lives(
    export: PastTables, entity: Entity, win: Win, config: Config, *, held_back: Collection[str] = ()
) -> KnownLives:
    """Read them from an export.

    Of leads they are companies, by the first lead of each: a later lead of a company that is known brings it nothing
    that its leads are not expected to bring already.

    Parameters
    ----------
    export : PastTables
    entity : {"account", "lead"}
    win : {"new_business", "any"}
        The question of the scorecard.
    config : Config
        Its section ``plan`` is used.
    held_back : collection of str
        Attributes that the leak guard holds back: none of them says a source.
    """
    tables = replace(export.tables, win=win)
    people = entities.people(tables)
    people = None if people is None else export.keep(people)
    column, sourced = _sourced(tables, people, entity, config, held_back)
    won = usual_amounts(won_deals(tables, people, "account"), tables)
    first = first_wins(won).select("won_day", "asked", "amount", winner="unit")
    joined = sourced.left_join(first, sourced.unit == first.winner)
    found = joined.select("unit", "created_day", "source", "won_day", "asked", "amount").order_by("unit").to_pandas()
    closed = tables.opportunities.filter(tables.opportunities.status != "open")
    since = closed.aggregate(day=day_of(closed.closed_at).min()).to_pyarrow()["day"][0].as_py()
    day, arrived_day = (found[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("won_day", "created_day"))
    is_win = found["asked"].fillna(value=False).to_numpy(dtype=bool)
    names, codes, small = _codes(found["source"])
    dated = np.isfinite(arrived_day)
    day = np.where(day == ALWAYS, -1e6, day)  # who won on a day that nobody knows was never at risk
    lives = Lives(
        names,
        codes[dated],
        arrived_day[dated].astype(np.int64),
        np.where(is_win, day, np.nan)[dated],
        np.where(~is_win, day, np.nan)[dated],
    )
    amount = found["amount"].to_numpy(dtype=np.float64, na_value=np.nan)
    unit = found["unit"].to_numpy(dtype=object)
    by_unit = pd.Series(np.array(names, dtype=object)[codes], index=unit)
    brought = np.where(is_win, amount, np.nan)[dated]
    return KnownLives(lives, unit[dated], brought, by_unit, int(since or 0), column, small)


def _codes(source: pd.Series) -> tuple[tuple[str, ...], Ints, tuple[str, ...]]:
    """The names of the sources, the largest first; the index of each row's; and the sources that are too small."""
    words = source.fillna(NOT_KNOWN).astype(str)
    words = words.map({word: hidden(word) for word in words.unique()})
    counts = words.value_counts()
    counts = counts.iloc[np.lexsort([counts.index.to_numpy(dtype=object), -counts.to_numpy()])]
    kept = [str(name) for name in counts.index[counts.to_numpy() >= FEWEST][:MOST_SOURCES]]
    names = tuple(kept) + ((OTHERS,) if len(kept) < len(counts) and OTHERS not in kept else ())
    index = {name: i for i, name in enumerate(names)}
    small = tuple(str(name) for name in counts.index if name not in index)
    return names, words.map(lambda word: index.get(word, len(names) - 1)).to_numpy(dtype=np.int64), small


def _sourced(
    tables: Tables, people: ibis.Table | None, entity: Entity, config: Config, held_back: Collection[str]
) -> tuple[str, ibis.Table]:
    """What says the source, in words, and `unit`, `created_day`, `source` of everybody."""
    first = None if people is None else _first_lead(people)
    if entity == "lead":
        assert first is not None, "leads were asked for, and there are none"
        return "the source of the first lead", first
    assert tables.accounts is not None, "accounts were asked for, and there are none"
    units = entities.units(tables, people, "account").select("unit", "created_day")
    column = _column(tables.accounts, config, held_back)
    if column is not None:
        own = tables.accounts.select(its="account_id", own_source=tables.accounts[column].cast("string"))
        units = units.left_join(own, units.unit == own.its).drop("its")
    else:
        units = units.mutate(own_source=ibis.null("string"))
    if first is None:
        words = f"accounts.{column}" if column else "nothing in the export"
        return words, units.select("unit", "created_day", source="own_source")
    of_lead = first.select(its="unit", lead_source="source")
    units = units.left_join(of_lead, units.unit == of_lead.its).drop("its")
    source = ibis.coalesce(units.own_source, units.lead_source)
    words = f"accounts.{column}, else the source of the first lead" if column else "the source of the first lead"
    return words, units.select("unit", "created_day", source=source)


def _first_lead(people: ibis.Table) -> ibis.Table:
    """Each company with the day of its first lead and that lead's source: `unit`, `created_day`, `source`."""
    in_order = ibis.window(group_by="account_key", order_by=[people.known_day, people.lead_id])
    ranked = people.mutate(number=ibis.row_number().over(in_order))
    first = ranked.filter(ranked.number == 0)
    return first.select(unit="account_key", created_day="known_day", source="source")


def _column(accounts: ibis.Table, config: Config, held_back: Collection[str]) -> str | None:
    """The column of accounts that says where they came from: the one of the configuration, or the best named."""
    away = {column_key(name) for name in held_back}
    texts = [name for name, kind in accounts.schema().items() if kind.is_string() and column_key(name) not in away]
    if config.plan.source:
        return next((name for name in texts if column_key(name) == column_key(config.plan.source)), None)
    named = {name: column_key(name).split("_")[-1] for name in texts}
    return next((name for word in SOURCE_WORDS for name, last in named.items() if last.endswith(word)), None)
