"""Small markets for the jobs: one of leads only, whose wins depend on their attributes, and a simulated one."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.demo import write_crm
from scoring.simulator import Market, simulate

#: The training day of every small market, a Monday.
AS_OF = "2025-12-29"
INDUSTRIES = ("Software", "Retail", "Health", "Public")
#: The activity types in the simulated market: two of buyers and one of ours.
KINDS = ("page_view", "demo_request", "email_sent")
DROPPED_ATTRIBUTES = ["region", "annual_revenue", "uses_marketing_automation", "territory", "legacy_score"]

Frames = dict[str, pd.DataFrame]


def simulated(accounts: int = 800) -> Market:
    """A market with few attributes and activity types, because the time of a test grows with the scorecard."""
    market = simulate(accounts=accounts, seed=11)
    touches = market.tables["activities"]
    market.tables["activities"] = touches[touches["activity_type"].isin(KINDS)]
    market.tables["accounts"] = market.tables["accounts"].drop(columns=DROPPED_ATTRIBUTES)
    return market


def people(count: int = 500, wins: int = 120, seed: int = 3) -> Frames:
    """Leads of two years with exactly `wins` won, and up to twice as many lost or open, deals.

    Small software companies win, and large companies of the other industries: only a pair of features shows that.
    """
    rng = np.random.default_rng(seed)
    age = rng.integers(30, 730, count)
    created = pd.Timestamp(AS_OF) - pd.to_timedelta(age, unit="D")
    industry, size = rng.choice(INDUSTRIES, count), np.round(rng.lognormal(4, 1, count))
    fits = (industry == "Software") == (size < 50)
    pull = np.where(age > 60, 3.0 * fits + rng.gumbel(size=count), -9.0)
    order = np.argsort(-pull, kind="stable")
    status = np.full(count, "none", dtype=object)
    status[order[:wins]] = "won"
    others = order[wins : 3 * wins]
    status[others] = rng.choice(["lost", "lost", "lost", "open"], len(others))
    opened = created + pd.to_timedelta(rng.integers(1, 10, count), unit="D")
    closed = opened + pd.to_timedelta(np.round((age - 20) * rng.uniform(0.1, 0.9, count)), unit="D")
    leads = pd.DataFrame(
        {
            "lead_id": [f"L{i:04}" for i in range(count)],
            "email": [f"person{i}@company{i}.example" for i in range(count)],
            "created_at": created,
            "source": rng.choice(["organic", "event"], count),
            "industry": industry,
            "size": size,
        }
    )
    deals = pd.DataFrame(
        {
            "opportunity_id": [f"O{i:04}" for i in range(count)],
            "lead_id": leads["lead_id"],
            "created_at": opened,
            "closed_at": closed.where(np.isin(status, ["won", "lost"])),
            "status": status,
            "amount": np.where(status == "won", 1_000 + 10 * size, np.nan),
        }
    )
    return {"leads": leads, "opportunities": deals[status != "none"].reset_index(drop=True)}


def with_rows(frames: Frames, **rows: list[dict[str, object]]) -> Frames:
    """The tables with more rows, whose cells may have any type."""
    more = {}
    for table, new in rows.items():
        both = [frames[table].astype(object), pd.DataFrame(new).astype(object)]
        more[table] = pd.concat(both, ignore_index=True).infer_objects()
    return frames | more


def shuffled(frames: Frames, seed: int) -> Frames:
    """The same rows in another order."""
    return {name: table.sample(frac=1, random_state=seed) for name, table in frames.items()}


def write(frames: Frames, folder: Path) -> Path:
    """Write the tables as a CRM exports them."""
    write_crm(frames, folder)
    return folder
