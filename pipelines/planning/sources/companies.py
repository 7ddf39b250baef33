"""Those who came, as sources are followed by: their source, campaign or segment, their steps, and whether they fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import ibis
import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.errors import UsageError
from pipelines.intake.point_in_time import PastTables
from pipelines.planning.known_lives import KnownLives, known_lives
from pipelines.planning.sources.cohort_steps import CALLED, cohort_steps
from scoring import entities
from scoring.cells.cells import column_key
from scoring.entity import Entity
from scoring.persons.written import hidden
from scoring.planning.sources.cohorts import NO_SOURCE, OTHERS, STEPS, Arrived, pooled_sources

By = Literal["source", "campaign", "segment"]
BY: tuple[By, ...] = ("source", "campaign", "segment")
#: The names of columns of accounts that are taken for a segment, best first.
SEGMENTS = ("segment", "industry", "branch", "region")


@dataclass(frozen=True)
class Companies:
    """All companies that came on a known day, in the order of `known.unit`.

    Attributes
    ----------
    known : KnownLives
    frame : DataFrame
        By company: `day` (of arrival), `name` (of the source, campaign or segment), a column for each of `STEPS` and
        `called` (day numbers), `ended`, and `revenue` of the first win.
    named_by : str
        What says `name`.
    """

    known: KnownLives
    frame: pd.DataFrame
    named_by: str

    def arrived(self, target: np.ndarray, fewest: int, since: int) -> Arrived:
        """The same as arrays, with small sources pooled.

        Parameters
        ----------
        target : ndarray of bool, shape (n,)
            Who is in target.
        fewest : int
            Sources that brought fewer from `since` on are one.
        since : int
            Day number.
        """
        frame = self.frame
        day, names = frame["day"].to_numpy(), frame["name"].to_numpy(dtype=object)
        sources, source = _pooled(names, day >= since, fewest)
        month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
        return Arrived(
            sources,
            source,
            month,
            day,
            target,
            {name: frame[name].to_numpy() for name in STEPS},
            frame["ended"].to_numpy(),
            frame["revenue"].to_numpy(),
        )


def _pooled(names: np.ndarray, shown: np.ndarray, fewest: int) -> tuple[tuple[str, ...], np.ndarray]:
    """The sources by what they brought lately; one that brought nothing lately is among the others."""
    sources, index = pooled_sources(names[shown].astype(str), fewest)
    of_name = dict(zip(names[shown].astype(str), index, strict=True))
    missing = sorted(set(names.astype(str)) - set(of_name))
    if missing and (not sources or sources[-1] != OTHERS):
        sources = (*sources, OTHERS)
    last = len(sources) - 1
    return sources, np.array([of_name.get(str(name), last) for name in names], dtype=np.int64)


def companies(export: PastTables, entity: Entity, by: By, config: Config) -> Companies:
    """Read all companies of an export.

    Parameters
    ----------
    export : PastTables
    entity : {"account", "lead"}
        Whether companies are the accounts, or what leads share.
    by : {"source", "campaign", "segment"}
    config : Config

    Raises
    ------
    UsageError
        If the export does not say what is asked for.
    """
    known = known_lives(export, entity, config.question.win, config)
    unit = pd.Index(known.unit.astype(str))
    name, named_by = _names(known, unit, export, by, config)
    lives = known.lives
    frame = pd.DataFrame({"day": lives.arrived, "name": name}, index=unit)
    steps = cohort_steps(export, config, frame["day"])
    for step in (*STEPS[:-1], CALLED):
        # Who was met before it was entered was met on the day on which it came.
        frame[step] = np.maximum(steps[step].to_numpy(), frame["day"].to_numpy())
    frame["won"] = np.maximum(lives.won, lives.arrived)
    frame["ended"] = lives.ended
    frame["revenue"] = np.nan_to_num(known.amount)
    return Companies(known, frame, named_by)


def renamed(found: Companies, export: PastTables, by: By, config: Config) -> Companies:
    """The same companies, named by something else: see `companies`."""
    name, named_by = _names(found.known, found.frame.index, export, by, config)
    return Companies(found.known, found.frame.assign(name=name), named_by)


def _names(known: KnownLives, unit: pd.Index, export: PastTables, by: By, config: Config) -> tuple[np.ndarray, str]:
    """What each company is followed by, and what says it."""
    if by == "source":
        name, named_by = known.by_unit, known.column
    else:
        name, named_by = _campaigns(export) if by == "campaign" else account_segments(export, config)
        words = {word: hidden(str(word)) for word in name.dropna().unique()}
        name = name.map(words)
    return name.reindex(unit).fillna(NO_SOURCE).astype(str).to_numpy(), named_by


def _campaigns(export: PastTables) -> tuple[pd.Series, str]:
    people = entities.people(export.tables)
    if people is None:
        raise UsageError("--by campaign needs the table leads, whose column campaign says it; there are no leads")
    rows = people.select("account_key", "known_day", "lead_id", "campaign").to_pandas()
    first = rows.sort_values(["known_day", "lead_id"], na_position="first").drop_duplicates("account_key")
    return first.set_index("account_key")["campaign"], "the campaign of the first lead"


def accounts_of_leads(people: ibis.Table) -> pd.Series:
    """By lead, the key of its account.

    Parameters
    ----------
    people : Table
        As `entities.people` gives them.
    """
    rows = people.select("lead_id", "account_key").to_pandas()
    found: pd.Series = rows.set_index("lead_id")["account_key"]
    return found


def account_segments(export: PastTables, config: Config) -> tuple[pd.Series, str]:
    """The segment of each account as exported, and what says it.

    Raises
    ------
    UsageError
        If no column does.
    """
    accounts = export.tables.accounts
    asked = config.sources.segment
    columns = {} if accounts is None else {column_key(name): name for name in accounts.columns}
    wanted = [column_key(asked)] if asked else list(SEGMENTS)
    column = next((columns[name] for name in wanted if name in columns), None)
    if accounts is None or column is None:
        sought = f"the column {asked}" if asked else f"a column named {', '.join(SEGMENTS)}"
        raise UsageError(f"--by segment needs {sought} of accounts: name one in [sources] segment")
    rows = accounts.select("account_id", segment=accounts[column].cast("string")).to_pandas()
    return rows.set_index("account_id")["segment"], f"accounts.{column}"
