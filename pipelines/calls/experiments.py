"""The experiments of a store: what was asked, and who is called in which week.

closedwon-store/experiments/
    spring.json              what was asked, the propensities, and the first day of each wave; no id
    account_spring.parquet   who takes part: its week as drawn, what was known of it before, and its score after 30 days
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

import pandas as pd

from pipelines.disk import opened_to, write_text, written_whole
from pipelines.errors import UsageError
from scoring.entity import Entity
from scoring.experiments.assignment import PROPENSITIES, WEEKS
from scoring.format import require_readable
from scoring.persons.names_in_text import names_person
from scoring.persons.written import look_of

FORMAT = "closedwon-experiment/1"
COLUMNS = ("unit", "wave", "week", "chosen_by", "grade", "trigger", "team", "log_odds", "score_after")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,60}")
_BETWEEN_WORDS = re.compile(r"[._-]+")
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Experiment:
    """What was asked of an experiment.

    Attributes
    ----------
    name : str
        It is a part of every draw.
    entity : {"account", "lead"}
    grades : tuple of str
    line : int
        How many around the capacity line take part, of whatever grade.
    smallest : float
        The effect that it was to find, as a difference of shares.
    best_at : int
        The number of units at which its intervals are narrowest, fixed at the start.
    base_rate : float
        Of conversations, at the start.
    waves : tuple of date
        The first day of each.
    drawn : int
        How many were drawn: fewer are left where some were forgotten.
    propensities : tuple of float
        Of the four weeks.
    """

    name: str
    entity: Entity
    grades: tuple[str, ...]
    line: int
    smallest: float
    best_at: int
    base_rate: float
    waves: tuple[date, ...]
    drawn: int
    propensities: tuple[float, ...] = PROPENSITIES

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Read what `to_json` gave.

        Raises
        ------
        KeyError, ValueError, TypeError
            If it is no experiment, or a later version wrote it.
        """
        require_readable(kept["format"], FORMAT, "an experiment")
        plain = {name: value for name, value in kept.items() if name != "format"}
        plain |= {name: tuple(plain[name]) for name in ("grades", "propensities")}
        return cls(**plain | {"waves": tuple(date.fromisoformat(day) for day in plain["waves"])})

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"format": FORMAT} | asdict(self) | {"waves": [str(day) for day in self.waves]}


def named(folder: Path, name: str) -> Experiment | None:
    """An experiment of a store; None if there is none of the name.

    Raises
    ------
    UsageError
        If the name cannot be that of a file, or the file cannot be read.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"the name of an experiment has letters, digits, dots and dashes, at most 61: found {name!r}")
    file = folder / f"{name}.json"
    if file.exists():
        return _read(file)
    if look_of(name) is not None or names_person(_BETWEEN_WORDS.sub(" ", name)):
        raise UsageError("the name of an experiment names a person: say what it tries, not who, for it is kept")
    return None


def members(folder: Path, experiment: Experiment) -> pd.DataFrame:
    """Who takes part: the columns `COLUMNS`, by wave and id.

    Raises
    ------
    UsageError
        If the file cannot be read.
    """
    file = _members_file(folder, experiment)
    try:
        return pd.read_parquet(file, columns=list(COLUMNS))
    except _DAMAGED as error:
        what = f"{file} cannot be read ({type(error).__name__})"
        raise UsageError(f"{what}: restore it from a backup, or delete it and {experiment.name}.json") from None


def keep(folder: Path, experiment: Experiment, who: pd.DataFrame) -> None:
    """Keep an experiment: those who take part first, so that none is without them."""
    folder.mkdir(exist_ok=True)
    opened_to(folder)
    with written_whole(_members_file(folder, experiment)) as temporary:
        who.sort_values(["wave", "unit"])[list(COLUMNS)].to_parquet(temporary, index=False)
    write_text(folder / f"{experiment.name}.json", json.dumps(experiment.to_json(), indent=1) + "\n")


def first_day(who: pd.DataFrame) -> pd.Series:
    """The first day of the week in which each is to be called."""
    return pd.to_datetime(who["wave"]) + pd.to_timedelta(7 * who["week"], unit="D")


def drawn_weeks(folder: Path, entity: str, as_of: date) -> dict[str, bool]:
    """Those whose week is this one or a later one of a running experiment, and whether it is this one.

    Parameters
    ----------
    folder : Path
        Of the experiments, in the store.
    entity : {"account", "lead"}
    as_of : date
        First day of the week.
    """
    found: dict[str, bool] = {}
    for experiment in running(folder, entity, as_of):
        who = members(folder, experiment)
        begin = first_day(who)
        now = (begin <= pd.Timestamp(as_of)) & (pd.Timestamp(as_of) < begin + pd.Timedelta(days=7))
        later = (begin > pd.Timestamp(as_of)) & (pd.to_datetime(who["wave"]) <= pd.Timestamp(as_of))
        found |= dict.fromkeys(who["unit"][later], False) | dict.fromkeys(who["unit"][now], True)
    return found


def running(folder: Path, entity: str, as_of: date) -> list[Experiment]:
    """The experiments with a wave whose four weeks are not over."""
    # A hidden file is somebody's, such as `._spring.json` beside a copy that a Mac made.
    every = [_read(file) for file in sorted(folder.glob("[!.]*.json"))]
    last = as_of - timedelta(days=7 * WEEKS)
    return [one for one in every if one.entity == entity and any(last < wave <= as_of for wave in one.waves)]


def _read(file: Path) -> Experiment:
    try:
        return Experiment.from_json(json.loads(file.read_text(encoding="utf-8")))
    except _DAMAGED as error:
        what = f"{file} cannot be read ({type(error).__name__})"
        raise UsageError(f"{what}: restore it from a backup, or delete it and start again") from None


def _members_file(folder: Path, experiment: Experiment) -> Path:
    return folder / f"{experiment.entity}_{experiment.name}.parquet"
