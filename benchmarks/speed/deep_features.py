"""Deep feature synthesis with cut-off times, by featuretools, in an environment of its own.

The features of engagement that it can say: days since the last one, by activity type and by decision makers, and how
many different people and activity types there were in 30 and in 90 days; one synthesis for each window, at the same
cut-offs. `benchmarks/featuretools.txt` has the pins.

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
    """The tables as featuretools wants them: what happened counts from when it was known."""
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
    # What one person does of one type on one day is one engagement, as it is for us: fewer rows for it to go through.
    activities["day"] = activities["occurred_at"].dt.floor("D")
    activities = activities.sort_values("known_at").drop_duplicates(["account_id", "lead_id", "activity_type", "day"])
    held = ft.EntitySet("crm")
    held.add_dataframe(dataframe_name="accounts", dataframe=accounts, index="account_id", time_index="created_at")
    held.add_dataframe(
        dataframe_name="activities",
        dataframe=activities.drop(columns=["day", "occurred_at"]),
        index="activity_id",
        time_index="known_at",
        logical_types={"activity_type": "Categorical", "lead_id": "Categorical", "decides": "BooleanNullable"},
    )
    held.add_relationship("accounts", "account_id", "activities", "account_id")
    held.add_interesting_values(dataframe_name="activities", values={"decides": [True]})
    kinds = sorted(activities["activity_type"].unique())
    held.add_interesting_values(dataframe_name="activities", values={"activity_type": kinds})
    return held, accounts


def synthesised(held, looks: pd.DataFrame) -> pd.DataFrame:
    """All features at all looks (`account_id`, `time`)."""
    import featuretools as ft

    given = {"entityset": held, "target_dataframe_name": "accounts", "cutoff_time": looks, "max_depth": 1, "n_jobs": 1}
    since = ["time_since_last"]
    past, _ = ft.dfs(agg_primitives=since, where_primitives=since, trans_primitives=[], **given)
    made = [past]
    for window in WINDOWS:
        near, _ = ft.dfs(agg_primitives=["num_unique"], trans_primitives=[], training_window=f"{window} days", **given)
        made.append(near.add_suffix(f" in {window} days"))
    return pd.concat(made, axis=1)


def main() -> None:
    warnings.filterwarnings("ignore")
    import featuretools  # noqa: F401 - importing it is not synthesis

    export, days = Path(sys.argv[1]), [pd.Timestamp(day) for day in sys.argv[2:]]
    began, cpu = time.perf_counter(), time.process_time()
    held, accounts = entities(export)
    ready = time.perf_counter()
    looks = accounts[["account_id", "created_at"]].merge(pd.Series(days, name="time"), how="cross")
    looks = looks.loc[looks["created_at"] < looks["time"], ["account_id", "time"]]
    made = synthesised(held, looks)
    done = time.perf_counter()
    more = {"read": ready - began, "build": done - ready, "features": made.shape[1], "cut-offs": len(days)}
    taken = {"seconds": done - began, "cpu_seconds": time.process_time() - cpu}
    print(json.dumps({**taken, "rows": len(made), "of": "snapshots", "more": more}))


if __name__ == "__main__":
    main()
