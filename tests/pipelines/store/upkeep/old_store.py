"""A small store that the release bb675d2 made in /srv/closedwon: one model of leads, two nights, and their files.

`bb675d2.tar.xz` holds the store, the scores and the configuration as that release left them. The export was `market`.
"""

import tarfile
from pathlib import Path

import numpy as np
import pandas as pd

from tests.pipelines.small_crm import Frames, people

ARCHIVE = Path(__file__).with_name("bb675d2.tar.xz")
#: Where it was made, and the day after its second night.
MADE_AT, NEXT = "/srv/closedwon/closedwon-store", "2025-12-31"


def unpacked(folder: Path) -> Path:
    """The folder with `closedwon-store`, `scores` and `closedwon.toml`."""
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder


def market(day: str) -> Frames:
    """The export from which that release made its nights, on any day."""
    frames, rng = people(200, 60), np.random.default_rng(4)
    frames["accounts"] = pd.DataFrame({"account_id": ["A1"], "industry": ["Software"]})
    who = rng.choice(frames["leads"]["lead_id"], 1_500)
    when = pd.Timestamp(day) - pd.Timedelta(hours=12) - pd.to_timedelta(rng.integers(0, 300, 1_500), unit="D")
    frames["activities"] = pd.DataFrame({"lead_id": who, "activity_type": "page_view", "occurred_at": when})
    return frames
