"""The backtest: on which past days it is made, and that its figures are those of the outcomes."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import ibis
import pandas as pd
import pytest

from pipelines.config import Training
from pipelines.errors import Refused
from pipelines.evaluation.backtest import EVIDENCE, backtest, backtests, cut_off_days
from pipelines.intake.point_in_time import PastTables
from pipelines.store.store import TRACKING, Store
from scoring.evidence.backtest_evidence import BacktestEvidence
from scoring.tables import Tables
from scoring.timeline import calendar_date, day_number
from tests.pipelines.conftest import Run
from tests.pipelines.evaluation.small_backtest import CONFIG, CUT_OFFS, Done, silent
from tests.pipelines.small_crm import AS_OF, people, write


def history(*closed: str | None) -> PastTables:
    """Deals closed on these days, or open, as known on 2025-12-29."""
    days = [None if day is None else pd.Timestamp(day) for day in closed]
    deals = pd.DataFrame({"closed_at": pd.Series(days, dtype="datetime64[us]")})
    deals["status"] = deals["closed_at"].isna().map({True: "open", False: "lost"})
    return PastTables(None, date(2025, 12, 29), Tables(opportunities=ibis.memtable(deals)))


HALF_A_YEAR = replace(CONFIG, training=Training(horizon_days=182))


@pytest.mark.parametrize(
    ("first", "most", "days", "message"),
    [
        ("2023-01-02", 2, ["2025-05-31", "2025-06-30"], ""),
        ("2023-01-02", 1, ["2025-06-30"], ""),
        # 61 days, a third of the horizon, are the least to learn from: 2025-05-01 has them, 2025-04-01 not.
        ("2025-03-01", 6, ["2025-05-01", "2025-05-31", "2025-06-30"], "The history allows 3 of 6 cut-offs"),
        ("2025-03-02", 6, ["2025-05-31", "2025-06-30"], "The history allows 2 of 6 cut-offs"),
        ("2025-04-30", 6, ["2025-06-30"], "The history allows 1 of 6 cut-offs"),
    ],
)
def test_the_cut_offs_are_the_newest_days_whose_horizon_is_over(
    first: str, most: int, days: list[str], message: str
) -> None:
    """As of 2025-12-29, with 182 days ahead and 30 between."""
    messages: list[str] = []
    found = cut_off_days(history("2025-12-01", first, None), "lead", HALF_A_YEAR, most, messages.append)
    assert [calendar_date(day).isoformat() for day in found] == days
    assert "".join(messages) == message


def test_a_history_that_is_too_short_says_which_day_to_wait_for() -> None:
    with pytest.raises(Refused) as refusal:
        cut_off_days(history("2025-05-01", None), "lead", HALF_A_YEAR, 3, silent)
    assert str(refusal.value) == (
        "no cut-off can be backtested yet: the first deal closed on 2025-05-01, and the outcome of a forecast for 182 "
        "days is known only after them; the first cut-off will be possible as of 2025-12-30"
    )
    a_day_later = replace(history("2025-05-01"), as_of=date(2025, 12, 30))
    assert cut_off_days(a_day_later, "lead", HALF_A_YEAR, 3, silent) == [day_number(date(2025, 7, 1))]
    with pytest.raises(Refused, match="no deal has closed yet: there is nothing to learn from"):
        cut_off_days(history(None), "lead", HALF_A_YEAR, 3, silent)


def test_a_history_too_short_ends_the_command_with_4(closedwon: Run, tmp_path: Path) -> None:
    crm, store = write(people(40, 20), tmp_path / "crm"), tmp_path / "store"
    words = ("--data", crm, "--as-of", AS_OF, "--store", store, "--horizon-days", "720")
    ended = closedwon("backtest", *words)
    assert ended.code == 4
    assert ended.err.startswith(
        "closedwon backtest: lead: no cut-off can be backtested yet: the first deal closed on 2024"
    )
    assert [path.name for path in store.rglob("*.json")] == ["store.json"]


# The figures


def plainly_captured(rows: pd.DataFrame, value: str, what: str, worked: float) -> float:
    """What the best `worked` rows brought; of equal rows on the boundary, the mean of each is counted in part."""
    ties = rows.groupby(value)[what].agg(["size", "mean"]).sort_index(ascending=False)
    before = ties["size"].cumsum() - ties["size"]
    return float(((worked - before).clip(0, ties["size"]) * ties["mean"]).sum())


def test_the_figures_are_those_of_the_forecasts(done: Done) -> None:
    frame, found = done.forecasts, done.evidence.comparison
    parts = [rows for _, rows in frame.groupby("as_of")]
    assert (found.rows, found.wins, found.revenue) == (len(frame), frame["won"].sum(), frame["amount"].sum())
    assert found.capacity == pytest.approx(0.1 * len(frame))
    for name in ("closedwon", "touches", "mql", "ceiling"):
        measures = {key: measure.value for key, measure in found.rankings[name].measures.items()}
        for what, measure in (("amount", "revenue_captured"), ("won", "wins_captured")):
            brought = sum(plainly_captured(rows, f"value_{name}", what, 0.1 * len(rows)) for rows in parts)
            assert measures[measure] == pytest.approx(brought / frame[what].sum()), (name, measure)
        if f"p_{name}" in frame:
            assert measures["ratio"] == pytest.approx(frame[f"p_{name}"].mean() / frame["won"].mean())
    captured = {name: ranking.measures["revenue_captured"].value or 0.0 for name, ranking in found.rankings.items()}
    lead = found.rankings["touches"].minus("closedwon")["revenue_captured"].value
    assert lead == pytest.approx(captured["closedwon"] - captured["touches"])


def test_the_outcomes_are_those_of_the_deals(done: Done) -> None:
    """Worked out by hand: who was won in the ninety days from the cut-off on, and for how much."""
    deals = done.frames["opportunities"].query("status == 'won'")
    for summary, (day, rows) in zip(done.evidence.cut_offs, done.forecasts.groupby("as_of"), strict=True):
        start = pd.Timestamp(calendar_date(day))
        closed = deals["closed_at"].dt.normalize()
        known = done.frames["leads"].query("created_at < @start")["lead_id"]
        open_ = sorted(set(known) - set(deals.loc[closed < start, "lead_id"]))
        assert list(rows["unit"]) == open_
        inside = deals[deals["lead_id"].isin(open_) & (closed < start + pd.Timedelta("90D"))]
        expected = pd.Series(open_).map(inside.set_index("lead_id")["amount"])
        assert list(rows["won"]) == list(expected.notna().astype(int))
        assert list(rows["amount"]) == list(expected.fillna(0.0))
        assert (summary.open, summary.wins, summary.revenue) == (
            len(open_),
            len(inside),
            inside["amount"].sum(),
        )
        assert summary.capacity == pytest.approx(0.1 * len(open_))


def test_the_evidence_is_plain_data_and_kept(done: Done) -> None:
    text = (done.folder / EVIDENCE).read_text()
    assert text == json.dumps(done.evidence.to_json())
    assert BacktestEvidence.from_json(json.loads(text)) == done.evidence
    assert [cut_off.as_of for cut_off in done.evidence.cut_offs] == CUT_OFFS
    assert {path.name for path in done.folder.iterdir()} == {
        EVIDENCE,
        *(f"{day}.{kind}" for day in CUT_OFFS for kind in ("parquet", "json")),
    }


def test_cut_offs_before_which_too_little_was_won_are_left_out_with_a_word(done: Done, tmp_path: Path) -> None:
    wins = [cut_off.trained_wins for cut_off in done.evidence.cut_offs]
    assert wins[0] < wins[1]
    messages: list[str] = []
    strict = replace(CONFIG, training=replace(CONFIG.training, min_wins=wins[1]))
    evidence = backtest(done.export, "lead", strict, tmp_path, say=messages.append)
    assert [cut_off.as_of for cut_off in evidence.cut_offs] == ["2025-09-30"]
    (word,) = [line for line in messages if "left out" in line]
    assert word.startswith(f"  2025-08-31: left out: Training needs at least {wins[1]} won deals")
    impossible = replace(CONFIG, training=replace(CONFIG.training, min_wins=1_000))
    with pytest.raises(
        Refused, match="no cut-off has enough wins before it to learn from: Training needs at least 1000"
    ):
        backtest(done.export, "lead", impossible, tmp_path, say=silent)


def test_a_backtest_is_logged_with_its_figures(done: Done, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlflow import MlflowClient, artifacts

    monkeypatch.delenv(TRACKING, raising=False)
    messages: list[str] = []
    with Store.open(tmp_path / "store") as store:
        for file in done.folder.iterdir():
            (folder := store.backtests / "lead" / done.folder.name).mkdir(parents=True, exist_ok=True)
            (folder / file.name).write_bytes(file.read_bytes())
        assert backtests(done.export, store, CONFIG, asked=None, say=messages.append) == [done.evidence]
        (experiment,) = MlflowClient().search_experiments(filter_string="name = 'closedwon'")
        (run,) = MlflowClient().search_runs([experiment.experiment_id])
        assert artifacts.load_dict(f"runs:/{run.info.run_id}/evidence.json") == done.evidence.to_json()
        logged = artifacts.load_dict(f"runs:/{run.info.run_id}/totals.json")
    assert done.evidence.totals is not None
    table = done.evidence.totals.table()
    assert logged["columns"] == list(table)
    parts = [(row[0], row[1]) for row in logged["data"]]
    assert parts == list(zip(table["of"], table["value"], strict=True))
    assert {"all", "grade"} < {part for part, _ in parts}  # segments as well
    assert run.data.tags["job"] == "backtest"
    assert run.data.params == {"cut_offs": "2", "horizon_days": "90", "question_win": "new_business"}
    rankings = done.evidence.comparison.rankings
    assert run.data.metrics["closedwon/auc"] == rankings["closedwon"].measures["auc"].value
    assert run.data.metrics["touches/revenue_captured"] == rankings["touches"].measures["revenue_captured"].value
    assert any("closedwon's lead" in line and "\nMQL rule" in line for line in messages)
