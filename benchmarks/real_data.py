"""closedwon beside a plain LightGBM with touch counts, on real data, by the protocol of `forecasts.protocol`.

    CLOSEDWON_REAL_DATA=<folder> python -m benchmarks.real_data
    python -m benchmarks.real_data --data-set bpi2012 --as-of 2012-01-01    # an earlier cut-off

The reference is what a data scientist builds in an afternoon: unconstrained LightGBM on *matured* snapshots
(at past cut-offs whose whole horizon the export has seen), with the attributes, the lead's age, counts and
recency of its touches by type, and the state and age of its deal. Its few parameters were chosen on bpi2012
at 2012-01-01 and maven at 2017-06-01, whose horizons end before the hold-outs begin.

It is shown with all it can get, and with what closedwon allows itself (*like for like*):

- Our own outbound touches change no score of closedwon's. In bpi2012 the bank's own steps, recorded as outbound,
  tell how far an application has come: like for like, the reference sees inbound touches only.
- On olist the state of the deal gives the answer away. Olist recorded a deal when it was won and dated it back to
  the lead's creation; of all other leads it recorded none. So a deal that is open at `as_of` belongs to a future
  winner, with certainty. Like for like, the reference sees no deals. closedwon gets them and must detect that.
- In maven a lead without an account, and so without its industry, employees and revenue, never closed: of the
  leads whose deal closed every one has an account, of those still open at the end nearly none. The account was
  entered on closing. closedwon holds it back; like for like, the reference does not see it either. In the row
  *trusting*, closedwon is configured to trust it: compare that row with the reference that sees everything.

There are two populations. *open*: neither won nor lost before `as_of`, as in the published figures.
*open or lost*: everything not yet won, which is what closedwon scores; where losing is final
(bpi2012), it is easy to tell the lost from the open, and every AUC is too good.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.forecasts.protocol import (
    HoldOut,
    export_at,
    hold_out,
    known_at,
    measures,
    outcomes,
    outcomes_of,
    read_tables,
)

DATA_SETS = ("olist", "bpi2012", "maven")
WINS_ONLY = ("olist",)
FILLED_ON_CLOSING = {"maven": ("industry", "employees", "annual_revenue")}
SNAPSHOTS = 6
NOT_ATTRIBUTES = ("lead_id", "account_id", "email", "created_at")

Forecast = Callable[[HoldOut], pd.Series]
"""A forecast: from a hold-out to the probability of a win within the horizon, by lead_id."""


def lightgbm_with_counts(case: HoldOut, *, fair: bool = False) -> pd.Series:
    """Forecast with the reference; with `fair`, it uses only what closedwon allows itself."""
    from lightgbm import LGBMClassifier

    export = known_at(read_tables(case.folder), case.as_of)
    frames = []
    for cut_off in matured_cutoffs(export, case):
        labels = outcomes_of(export, cut_off, case.horizon_days).set_index("lead_id")["won"]
        frames.append(features(known_at(export, cut_off), cut_off, case.name, fair=fair).assign(won=labels))
    today = features(export, case.as_of, case.name, fair=fair)
    training = pd.concat(frames)
    won, training = training.pop("won").astype(int), training.reindex(columns=today.columns)
    for column in today.select_dtypes(exclude=["number", "bool"]):
        levels = sorted(training[column].dropna().unique())
        training[column] = pd.Categorical(training[column], levels)
        today[column] = pd.Categorical(today[column].where(today[column].isin(levels)), levels)
    model = LGBMClassifier(
        n_estimators=100, learning_rate=0.05, num_leaves=15, min_child_samples=50, n_jobs=2, verbose=-1
    )
    model.fit(training, won)
    return pd.Series(np.asarray(model.predict_proba(today))[:, 1], index=today.index)


def matured_cutoffs(export: dict[str, pd.DataFrame], case: HoldOut) -> Iterator[pd.Timestamp]:
    """Yield up to `SNAPSHOTS` cut-offs, a third of a horizon apart, the last one a horizon before `as_of`."""
    first = export["leads"]["created_at"].min()
    for step in range(SNAPSHOTS):
        cut_off = case.as_of - pd.Timedelta(days=case.horizon_days + step * max(1, case.horizon_days // 3))
        if cut_off > first:
            yield cut_off


def features(known: dict[str, pd.DataFrame], cut_off: pd.Timestamp, name: str, *, fair: bool) -> pd.DataFrame:
    """Describe each lead not won before `at`, by lead_id, from tables that hold only what was known then."""
    day = pd.Timedelta(days=1)
    leads = known["leads"].set_index("lead_id").loc[outcomes_of(known, cut_off, 0)["lead_id"]]
    hidden = NOT_ATTRIBUTES + (FILLED_ON_CLOSING.get(name, ()) if fair else ())
    x = leads.drop(columns=[column for column in hidden if column in leads])
    x["age"] = (cut_off - leads["created_at"]) / day
    if "activities" in known:
        touches = known["activities"]
        touches = touches[touches["direction"] == "inbound"] if fair else touches
        kind = touches["activity_type"].str.replace(r"\W+", "_", regex=True)  # LightGBM refuses a colon in a name
        touches = touches.assign(kind=kind + " " + touches["direction"].fillna(""))
        times = touches.pivot_table(index="lead_id", columns="kind", values="occurred_at", aggfunc=["count", "max"])
        x = x.join(times["count"].add_prefix("count "))
        x = x.join(((cut_off - times["max"]) / day).add_prefix("days since "))
    if not (fair and name in WINS_ONLY):
        newest = known["opportunities"].sort_values("created_at").groupby("lead_id").last()
        x["deal"] = newest["status"].reindex(x.index)
        x["deal age"] = (cut_off - newest["created_at"]).reindex(x.index) / day
        x["days since lost"] = (cut_off - newest["closed_at"]).reindex(x.index) / day
    return x


def closedwon(case: HoldOut, *, trust: tuple[str, ...] = ()) -> pd.Series:
    """Forecast as a user does: train, promote and score on the command line, read `lead_scores.parquet`."""
    scripts = str(Path(sys.executable).parent)
    command = shutil.which("closedwon", path=os.pathsep.join([scripts, os.environ.get("PATH", "")]))
    if command is None:
        raise RuntimeError("the command closedwon was not found: install the project (pip install -e .)")
    environment = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    with tempfile.TemporaryDirectory(prefix="closedwon-benchmark-") as folder:
        export, store, out = Path(folder, "export"), Path(folder, "store"), Path(folder, "scores")
        export_at(case.folder, case.as_of, export)
        config = Path(folder, "closedwon.toml")
        config.write_text(f"[attributes]\ntrust = {list(trust)}\n", encoding="utf-8")
        data = ["--data", str(export), "--as-of", f"{case.as_of:%Y-%m-%d}", "--config", str(config)]
        steps = (
            ["train", *data, "--horizon-days", str(case.horizon_days), "--entity", "lead"],
            ["promote", "--force"],
            ["score", *data, "--out", str(out)],
        )
        for step in steps:
            line = [command, *step, "--store", str(store)]
            run = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
            if run.returncode != 0:
                output = (run.stderr or run.stdout).strip()[-2000:]
                raise RuntimeError(f"closedwon {step[0]} ended with exit code {run.returncode}: {output}")
        scores = pd.read_parquet(out / "lead_scores.parquet", columns=["lead_id", "win_probability"])
    return scores.set_index("lead_id")["win_probability"]


def trusting(case: HoldOut) -> pd.Series:
    """Forecast as a user who overrules the leak guard."""
    return closedwon(case, trust=("account_id", *FILLED_ON_CLOSING[case.name]))


FORECASTS: dict[str, Forecast] = {
    "LightGBM, counts, all it can get": lightgbm_with_counts,
    "LightGBM, counts, like for like": lambda case: lightgbm_with_counts(case, fair=True),
    "closedwon": closedwon,
    "closedwon, trusting": trusting,
}


def rows(case: HoldOut, forecast: Forecast) -> Iterator[str]:
    """Yield a line of the table for each population; a lead without a score counts as probability 0."""
    truth = outcomes(case.folder, case.as_of, case.horizon_days)
    truth["p"] = truth["lead_id"].map(forecast(case))
    populations = {"open": truth[~truth["lost"]]} | ({"open or lost": truth} if truth["lost"].any() else {})
    for name, population in populations.items():
        m = measures(population["won"], population["p"].fillna(0.0))
        yield (
            f"{name:<13} {len(population):>6,} {population['won'].sum():>5,} {population['p'].isna().sum():>8,}   "
            f"{m['auc']:.3f} {m['brier_skill']:>11.3f} {m['log_loss']:>8.4f} {m['ratio']:>16.2f}"
        )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real_data")
    parser.add_argument("--data-set", action="append", choices=DATA_SETS, help="repeatable; default: all")
    parser.add_argument("--forecast", action="append", choices=FORECASTS, help="repeatable; default: all")
    parser.add_argument("--as-of", help="another cut-off than the published one")
    parser.add_argument("--horizon-days", type=int, help="another horizon than the published one")
    options = parser.parse_args(arguments)
    root = os.environ.get("CLOSEDWON_REAL_DATA")
    if not root:
        print("skipped: CLOSEDWON_REAL_DATA is not set; it names the folder that holds " + ", ".join(DATA_SETS))
        return 0
    print(
        f"{'data set, as_of, horizon':<29} {'forecast':<33} {'population':<13}  leads  wins unscored     "
        "AUC Brier skill log loss predicted/actual"
    )
    failures = 0
    for name in options.data_set or DATA_SETS:
        case = hold_out(Path(root, name), options.as_of, options.horizon_days)
        published = hold_out(Path(root, name))
        if case.as_of < published.as_of < case.end:
            print(f"{name}: do not tune on this: it overlaps the hold-out of {published.as_of:%Y-%m-%d}")
        title = f"{name}, {case.as_of:%Y-%m-%d}, {case.horizon_days} days"
        for label in options.forecast or FORECASTS:
            if FORECASTS[label] is trusting and name not in FILLED_ON_CLOSING:
                continue
            try:
                for line in rows(case, FORECASTS[label]):
                    print(f"{title:<29} {label:<33} {line}", flush=True)
            except RuntimeError as problem:
                failures += 1
                print(f"{title:<29} {label:<33} {problem}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
