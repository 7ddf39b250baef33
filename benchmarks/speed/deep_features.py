"""Deep feature synthesis with cut-off times, by featuretools, in an environment of its own.

The features of engagement that it can express: days since the last one, by activity type and by decision makers, and
how many different people and activity types there were in 30 and in 90 days; one synthesis for each window, at the
same cut-offs. `benchmarks/peers/featuretools.txt` has the pins.

    <its python> -m benchmarks.speed.deep_features EXPORT DAY DAY ...
"""

import json
import sys
import time
import warnings
from pathlib import Path

import pandas as pd

WINDOWS = (30, 90)
DECIDE = r"\b(?:chief|ceo|cfo|cio|cto|cmo|coo|vp|vice president|president|director|head|founder|owner)\b"


def entities(export: Path):
    """The tables as featuretools needs them: an activity counts from when it was known."""
    import featuretools as ft

    accounts = pd.read_parquet(export / "accounts.parquet", columns=["account_id", "domain", "created_at"])
    leads = pd.read_parquet(export / "leads.parquet", columns=["lead_id", "account_id", "email", "title"])
    touched = ["activity_id", "lead_id", "account_id", "activity_type", "occurred_at", "known_at", "direction"]
    activities = pd.read_parquet(export / "activities.parquet", columns=touched)
    activities = activities[activities["direction"] == "inbound"].drop(columns="direction")
    by_domain = accounts.drop_duplicates("domain", keep=False).set_index("domain")["account_id"]
    leads["account_id"] = leads["account_id"].fillna(leads["email"].str.split("@").str[1].map(by_domain))
    people = leads.set_index("lead_id")
    activities["account_id"] = activities["lead_id"].map(people["account_id"]).fillna(activities["account_id"])
    activities["decides"] = activities["lead_id"].map(people["title"].str.lower().str.contains(DECIDE, na=False))
    activities = activities[activities["account_id"].isin(accounts["account_id"])].copy()
    # Activities of one person, type and day are one engagement, as in our features: fewer rows to go through.
    activities["day"] = activities["occurred_at"].dt.floor("D")
    activities = activities.sort_values("known_at").drop_duplicates(["account_id", "lead_id", "activity_type", "day"])
    entity_set = ft.EntitySet("crm")
    entity_set.add_dataframe(dataframe_name="accounts", dataframe=accounts, index="account_id", time_index="created_at")
    entity_set.add_dataframe(
        dataframe_name="activities",
        dataframe=activities.drop(columns=["day", "occurred_at"]),
        index="activity_id",
        time_index="known_at",
        logical_types={"activity_type": "Categorical", "lead_id": "Categorical", "decides": "BooleanNullable"},
    )
    entity_set.add_relationship("accounts", "account_id", "activities", "account_id")
    entity_set.add_interesting_values(dataframe_name="activities", values={"decides": [True]})
    kinds = sorted(activities["activity_type"].unique())
    entity_set.add_interesting_values(dataframe_name="activities", values={"activity_type": kinds})
    return entity_set, accounts


def synthesised(entity_set, snapshots: pd.DataFrame) -> pd.DataFrame:
    """All features of all snapshots (`account_id`, `time`)."""
    import featuretools as ft

    settings = {
        "entityset": entity_set,
        "target_dataframe_name": "accounts",
        "cutoff_time": snapshots,
        "max_depth": 1,
        "n_jobs": 1,
    }
    since = ["time_since_last"]
    past, _ = ft.dfs(agg_primitives=since, where_primitives=since, trans_primitives=[], **settings)
    parts = [past]
    for window in WINDOWS:
        near, _ = ft.dfs(
            agg_primitives=["num_unique"], trans_primitives=[], training_window=f"{window} days", **settings
        )
        parts.append(near.add_suffix(f" in {window} days"))
    return pd.concat(parts, axis=1)


def main() -> None:
    warnings.filterwarnings("ignore")
    import featuretools  # noqa: F401 - importing it is not synthesis

    export, days = Path(sys.argv[1]), [pd.Timestamp(day) for day in sys.argv[2:]]
    began, cpu = time.perf_counter(), time.process_time()
    entity_set, accounts = entities(export)
    ready = time.perf_counter()
    snapshots = accounts[["account_id", "created_at"]].merge(pd.Series(days, name="time"), how="cross")
    snapshots = snapshots.loc[snapshots["created_at"] < snapshots["time"], ["account_id", "time"]]
    table = synthesised(entity_set, snapshots)
    done = time.perf_counter()
    more = {"read": ready - began, "build": done - ready, "features": table.shape[1], "cut-offs": len(days)}
    taken = {"seconds": done - began, "cpu_seconds": time.process_time() - cpu}
    print(json.dumps({**taken, "rows": len(table), "of": "snapshots", "more": more}))


if __name__ == "__main__":
    main()
