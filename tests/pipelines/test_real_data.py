"""The promises on real data: nothing from the future, not a touch count. Skipped where there is none."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.forecasts.protocol import export_at, hold_out, read_tables
from tests.pipelines.conftest import Run

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.slow,
    pytest.mark.skipif("CLOSEDWON_REAL_DATA" not in os.environ, reason="CLOSEDWON_REAL_DATA is not set"),
]


@pytest.mark.parametrize("name", ["olist", "bpi2012"])
def test_the_future_the_repeats_and_our_own_touches_change_no_score(closedwon: Run, tmp_path: Path, name: str) -> None:
    case = hold_out(Path(os.environ["CLOSEDWON_REAL_DATA"], name))
    known, store = tmp_path / "known", ("--store", tmp_path / "store")
    export_at(case.folder, case.as_of, known)
    day = ("--as-of", f"{case.as_of:%Y-%m-%d}")
    config = tmp_path / "closedwon.toml"
    config.write_text("[training]\nmax_snapshots = 6\nmax_rows = 20000\n")
    horizon = ("--horizon-days", case.horizon_days, "--config", config)
    assert closedwon("train", "--data", known, *day, *store, *horizon).code == 0
    assert closedwon("promote", *store, "--force").code == 0

    def scored(tables: dict[str, pd.DataFrame], folder: str) -> pd.DataFrame:
        crm = tmp_path / folder
        crm.mkdir(exist_ok=True)
        for table, rows in tables.items():
            rows.to_parquet(crm / f"{table}.parquet", index=False)
        assert closedwon("score", "--data", crm, *day, *store, "--out", tmp_path / f"{folder}-scores").code == 0
        return pd.read_parquet(tmp_path / f"{folder}-scores" / "lead_scores.parquet").drop(columns="scored_at")

    full, today = read_tables(case.folder), read_tables(known)
    before = scored(today, "before")
    assert json.loads((tmp_path / "before-scores" / "manifest.json").read_text())["counts"]["lead"]["scored"] > 1_000
    # The whole file, with all that came later, in another order.
    pd.testing.assert_frame_equal(before, scored({n: t.sample(frac=1, random_state=1) for n, t in full.items()}, "all"))
    if "activities" in today:
        touches = today["activities"]
        ours = touches.sample(20_000, random_state=2).assign(direction="outbound", occurred_at=case.as_of)
        ours["occurred_at"] -= pd.Timedelta(hours=3)
        repeated = pd.concat([touches, touches.sample(frac=0.5, random_state=3), ours], ignore_index=True)
        pd.testing.assert_frame_equal(before, scored(today | {"activities": repeated}, "busy"))


@pytest.mark.parametrize(
    ("name", "win"), [("olist", "any"), ("bpi2012", "new_business"), ("maven", "new_business"), ("maven", "any")]
)
def test_check_and_train_count_the_same_wins(closedwon: Run, tmp_path: Path, name: str, win: str) -> None:
    folder = Path(os.environ["CLOSEDWON_REAL_DATA"], name)
    config, store = tmp_path / "closedwon.toml", tmp_path / "store"
    text = f'[training]\nmax_snapshots = 6\nmax_rows = 20000\nresamples = 0\n[question]\nwin = "{win}"\n'
    config.write_text(text)
    words = ("--data", folder, "--as-of", f"{hold_out(folder).as_of:%Y-%m-%d}", "--config", config)
    assert closedwon("check", *words, "--json", tmp_path / "check.json").code == 0
    assert closedwon("train", *words, "--store", store, "--entity", "lead").code == 0
    found = json.loads((tmp_path / "check.json").read_text(encoding="utf-8"))
    files = list(store.rglob("models/*/artifacts/artifacts/scorecard.json"))
    assert [json.loads(file.read_text(encoding="utf-8"))["wins"] for file in files] == [
        found["entities"]["lead"]["wins"]
    ]
