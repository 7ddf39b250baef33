"""The key of a finished cut-off: the tables, the configuration and the program that it stays valid for."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path

from pipelines import ROOT
from pipelines.config import Config, DuckDbSettings, Question
from pipelines.intake.point_in_time import Export
from scoring.entity import Entity

#: The sections of the configuration that change no forecast, but only what is computed from finished forecasts.
AFTER_FORECASTS = (
    *("capacity", "calls", "plan", "sources", "hours", "backtest", "gate", "score", "tuning", "files", "history"),
)

#: The sections that say what a night is, writes and keeps change no forecast either. In the key they stand with these
#: values, whatever they are: their defaults when keys were first made, so that those keys stay valid.
NEUTRAL: Mapping[str, Mapping[str, object]] = {
    "crm": {
        "files": ("salesforce",),
        **{crm: {} for crm in ("salesforce", "hubspot", "dynamics", "zoho", "marketo", "odoo")},
    },
    "night": {
        "nights": 7,
        "least_rows": 0.7,
        "most_rows": 3.0,
        "min_rows": 50,
        "missing_rise": 0.2,
        "unknown_rise": 0.1,
        "rejected_rise": 0.02,
        "score_shift": 0.05,
        "trained_shift": 0.1,
        "freshness": {"export": 3.0, "activities": 3.0, "leads": 30.0, "opportunities": 30.0, "accounts": 60.0},
    },
    "changes": {
        "ratio": 1.25,
        "least": 0.002,
        "decile_margin": 0.2,
        "trend_days": 28,
        "trend_ratio": 1.25,
        "retire_days": 7,
    },
    "ledger": {"keep_days": 1100, "features_days": 400, "keep_files": 7},
}

#: Earlier releases whose forecasts are known to be the same as those of this source: the digest of this source, and
#: the program that the cut-offs of the earlier release are kept for. With an entry here, they stay valid.
#: This file is not part of the digest, so an entry does not change it.
SAME_FORECASTS: Mapping[str, str] = {}

ROOMS = ("scoring", "models", "pipelines")
#: What cannot change a forecast. The evaluation imports none of it, which the tests show, except for `scoring.crm`: the
#: configuration knows the names of the CRMs, and the intake writes rejected rows as CRM files are written.
LEFT_OUT = (
    "pipelines/cli.py",
    "pipelines/commands",
    "pipelines/delivery",
    "pipelines/demo.py",
    "pipelines/evaluation/cutoff_key.py",
    "pipelines/handoffs",
    "pipelines/matching",
    "pipelines/planning",
    "pipelines/reports",
    "pipelines/serving",
    "pipelines/study.py",
    "scoring/crm",
    "scoring/planning",
)


def kept_in(folder: Path, export: Export, entity: Entity, config: Config) -> Path:
    """The folder of the finished cut-offs of an entity, by their key; or that of release 0.1.0, where it is there.

    Parameters
    ----------
    folder : Path
        Where finished cut-offs are kept.
    export : Export
    entity : {"account", "lead"}
    config : Config
    """
    own = folder / entity / cut_off_key(export, entity, config)
    earlier = folder / entity / cut_off_key(export, entity, config, neutral=False)
    return earlier if earlier.is_dir() and not own.is_dir() else own


#: The settings of the training that count only where it learns from what was worked.
WORKED = ("worked", "worked_by")
LINKING = ("conversions", "related")


def cut_off_key(export: Export, entity: Entity, config: Config, *, neutral: bool = True) -> str:
    """The key of the finished cut-offs of an entity, 16 hexadecimal digits.

    Parameters
    ----------
    export : Export
        Its tables count by their content.
    entity : {"account", "lead"}
    config : Config
        Its sections count by the names and values of their fields, without those of `AFTER_FORECASTS` and `NEUTRAL`.
    neutral : bool
        False for the key as release 0.1.0 made it, in which the sections of `NEUTRAL` count.
    """
    settings = asdict(config)
    settings["features"] = [feature.declaration() for feature in config.features.declared]
    for section in AFTER_FORECASTS:
        settings.pop(section)
    # Keys are older than these settings, which change nothing as they usually are.
    if config.question == Question():
        settings.pop("question")
    # Of the matching these two change what is read, and only where they are not as usual.
    linking = {name: value for name, value in settings.pop("matching").items() if name in LINKING and not value}
    if linking:
        settings["matching"] = linking
    # A draw of companies from another engine counts, and only where it is not as usual: keys are older than it.
    if config.engine.brought_rows == DuckDbSettings.brought_rows:
        settings["engine"] = {name: value for name, value in settings["engine"].items() if name != "brought_rows"}
    if not config.training.worked:
        settings["training"] = {key: value for key, value in settings["training"].items() if key not in WORKED}
    if neutral:
        settings |= NEUTRAL
    inputs = {
        "tables": {name: table.sha256 for name, table in export.inputs.items()},
        "as_of": export.as_of.isoformat(),
        "entity": entity,
        "config": settings,
        "program": program(),
    }
    if export.kept:
        inputs["kept"] = export.kept
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]


def source_files(root: Path = ROOT) -> Iterator[Path]:
    """The source files that can change a forecast, in a fixed order.

    Parameters
    ----------
    root : Path
        The folder that holds `scoring`, `models` and `pipelines`.
    """
    left_out = {root / path for path in LEFT_OUT}
    for room in ROOMS:
        for file in sorted((root / room).rglob("*.py")):
            if not left_out & {file, *file.parents}:
                yield file


def digest(root: Path = ROOT) -> str:
    """The SHA-256 of the source files that can change a forecast.

    Parameters
    ----------
    root : Path
        The folder that holds `scoring`, `models` and `pipelines`.

    Raises
    ------
    RuntimeError
        If a room has no source file: then two different programs would have the same digest.
    """
    files = list(source_files(root))
    if empty := [room for room in ROOMS if not any(file.is_relative_to(root / room) for file in files)]:
        raise RuntimeError(f"no source file was found in {', '.join(str(root / room) for room in empty)}")
    source = hashlib.sha256()
    for file in files:
        source.update(file.read_bytes())
    return source.hexdigest()


@cache
def program() -> str:
    """The program that finished cut-offs are kept for: the digest, or that of a release with the same forecasts."""
    own = digest()
    return SAME_FORECASTS.get(own, own)
