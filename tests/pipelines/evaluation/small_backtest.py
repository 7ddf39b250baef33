"""A small export of leads with a backtest on two past days: what the tests of the backtest share."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.config import Backtest, Capacity, Config, Training
from pipelines.evaluation.backtest import backtest
from pipelines.evaluation.cutoff_key import cut_off_key
from pipelines.intake.point_in_time import Export, read_export
from scoring.evidence.backtest_evidence import BacktestEvidence
from tests.pipelines.small_crm import AS_OF, Frames, people, write

CONFIG = Config(
    training=Training(horizon_days=90, periods=3, max_snapshots=6, max_rows=6_000, pair_budget=0, resamples=0),
    capacity=Capacity(share=0.1),
    backtest=Backtest(cut_offs=2, replicates=20, workers=1),
)
#: Ninety days before `AS_OF`, and thirty before that.
CUT_OFFS = ["2025-08-31", "2025-09-30"]


def silent(text: str) -> None:
    pass


def engaged() -> Frames:
    """Leads of two years with 120 wins; each asked for a demo a day after it came, and every other one twice."""
    frames = people(300, 120)
    leads, twice = frames["leads"], np.arange(300) % 2 == 0
    first = leads.assign(occurred_at=leads["created_at"] + pd.Timedelta("1D"))
    again = leads[twice].assign(occurred_at=leads.loc[twice, "created_at"] + pd.Timedelta("30D"))
    touches = pd.concat([first, again])[["lead_id", "occurred_at"]].assign(activity_type="demo_request")
    return frames | {"activities": touches[touches["occurred_at"] < AS_OF]}


def export(frames: Frames, folder: Path, as_of: str = AS_OF, config: Config = CONFIG) -> Export:
    return read_export(write(frames, folder), config, date.fromisoformat(as_of), silent, with_pandera=False)


@dataclass(frozen=True)
class Done:
    """An export that was backtested, and what was written about it."""

    frames: Frames
    export: Export
    folder: Path
    evidence: BacktestEvidence

    @property
    def forecasts(self) -> pd.DataFrame:
        return pd.concat([pd.read_parquet(self.folder / f"{day}.parquet") for day in CUT_OFFS], ignore_index=True)


def done(folder: Path) -> Done:
    """Backtest it, in a folder."""
    frames = engaged()
    known = export(frames, folder / "crm")
    evidence = backtest(known, "lead", CONFIG, folder / "kept", say=silent)
    return Done(frames, known, folder / "kept" / "lead" / cut_off_key(known, "lead", CONFIG), evidence)
