"""What is learned, planned and looked back at from the tables of an engine, to compare with the same of files."""

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.config import Backtest, Config, Training
from pipelines.evaluation.monitor import monitor
from pipelines.intake.engine_intake import brought_here
from pipelines.intake.point_in_time import Export, read_export
from pipelines.planning.known_lives import known_lives
from pipelines.planning.open_scores import open_scores
from pipelines.sources.engine import Engine
from pipelines.sources.engine_rows import Part
from pipelines.store.store import Store
from pipelines.training.fitting import fit_scorecard
from scoring.knowledge import upto
from scoring.scorecard.scorecard import Scorecard
from scoring.tables import Tables
from tests.pipelines.small_crm import AS_OF

#: A few wins and days, so that a training takes seconds; the training set has all features all the same.
CONFIG = Config(
    training=Training(max_snapshots=4, max_rows=6_000, resamples=0, pair_budget=0, min_wins=8),
    backtest=Backtest(replicates=20),
)


def silent(text: str) -> None:
    pass


def read(data: object, engine: Engine | None = None) -> Export:
    """The small market; on an engine its tables stay there."""
    return read_export(str(data), CONFIG, date.fromisoformat(AS_OF), silent, engine=engine)


def brought(there: Export, engine: Engine, part: Part, config: Config = CONFIG) -> Export:
    """The export with its tables here, from one intake for both parts: a command that learns reads only one."""
    intake = brought_here(engine, there.intake, part, config, silent)
    tables = upto(replace(intake.tables, win=config.question.win), there.day)
    return replace(there, connection=intake.connection, intake=intake, tables=tables)


def rows_of(tables: Tables) -> dict[str, list[str]]:
    """The rows of each table, in no order of theirs."""
    found = {}
    for name, table in tables.present():
        columns = sorted(table.columns)
        cells = table.select(*columns).to_pyarrow().to_pylist()
        found[name] = sorted(repr(list(row.items())) for row in cells)
    return found


def scorecard(export: Export) -> bytes:
    """The scorecard of accounts, as its file has it, but for when it was made."""
    fitted = fit_scorecard(export.tables, "account", export.day, CONFIG, keep=export.keep)
    found = fitted.scorecard.to_json()
    found.pop("trained_at", None)
    return json.dumps(found).encode()


@dataclass(frozen=True)
class Planned:
    """What a plan is made from."""

    scores: dict[str, Any]
    lives: dict[str, Any]


def planned(export: Export, card: Scorecard) -> Planned:
    """Who is open with the scores of each, and who was ever known."""
    scores = open_scores(export, card, export.day + 90)
    lives = known_lives(export, "account", card.win, CONFIG)
    columns = {name: getattr(scores, name).tolist() for name in ("unit", "account", "probability", "amount")}
    parts = {name: words.tolist() for name, words in scores.segments.items()}
    by_unit = {name: getattr(lives.lives, name).tolist() for name in ("source", "arrived")}
    return Planned(columns | parts, by_unit | {"by": lives.by_unit.to_dict(), "column": lives.column})


def looked_back(export: Export, store: Path) -> dict[str, Any]:
    """The figures of `monitor`, for the night of a store, half a year on."""
    with Store.open(store) as opened:
        found = monitor(export, opened, CONFIG, asked=None, say=silent)
    return {entity: findings.to_json() for entity, findings in found.items()}
