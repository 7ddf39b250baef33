"""Coverage, references, drift and rungs on a few rows, with the figures written out."""

from datetime import date, datetime, timedelta

import ibis
import numpy as np
import pytest

from pipelines.quality.attribute_drift import attribute_fills
from pipelines.quality.coverage import coverage
from pipelines.quality.joins import joins
from pipelines.quality.rungs import Rung
from scoring.tables import Tables
from tests.pipelines.crm_export import LENIENT, export, read

AS_OF = date(2026, 4, 1)
ACTIVITIES = """lead_id,account_id,activity_type,occurred_at
L1,A1,page_view,2026-01-31T23:59:59
L1,A1,page_view,2026-02-01
L9,A1,webinar,2026-02-02
L9,A9,webinar,2026-02-03
,A1,webinar,2026-02-04
"""
HISTORY = "opportunity_id,changed_at,stage\nO1,2026-02-01,Demo\nO8,2026-02-02,Demo\nO9,2026-02-03,Offer\n"


def test_rows_are_counted_by_the_month_of_the_day_that_matters(tmp_path) -> None:
    leads = "lead_id,account_id,created_at\nL1,A1,2026-01-07\nL2,A1,\n"
    found = coverage(read(export(tmp_path / "crm", leads=leads, activities=ACTIVITIES)).tables)
    told = {(one.table, one.part): (one.day, dict(one.months), one.undated) for one in found}
    assert told == {
        ("accounts", ""): ("created_at", {"2026-01": 2}, 0),
        ("leads", ""): ("created_at", {"2026-01": 1}, 1),
        ("opportunities", ""): ("created_at", {"2026-02": 2}, 0),
        ("opportunities", "won"): ("closed_at", {"2026-03": 1}, 0),
        ("activities", ""): ("occurred_at", {"2026-01": 1, "2026-02": 3}, 0),
        ("activities", "page_view"): ("occurred_at", {"2026-01": 1, "2026-02": 1}, 0),
        ("activities", "webinar"): ("occurred_at", {"2026-02": 2}, 0),
    }
    whole = next(one for one in found if (one.table, one.part) == ("activities", ""))
    assert (whole.first, whole.last, whole.rows) == (date(2026, 1, 31), date(2026, 2, 4), 4)


def test_a_type_of_activity_that_is_an_address_is_not_shown(tmp_path) -> None:
    log = "lead_id,activity_type,occurred_at\nL1,ada@x.example,2026-02-01\n"
    found = coverage(read(export(tmp_path / "crm", activities=log)).tables)
    assert [one.part for one in found if one.table == "activities"] == ["", "(e-mail)"]


@pytest.mark.parametrize("parquet", [False, True])
def test_references_that_name_nobody_known_are_counted(tmp_path, parquet) -> None:
    folder = export(tmp_path / "crm", activities=ACTIVITIES, opportunity_history=HISTORY)
    if parquet:  # then the log is folded, and ids are looked up once an actor
        rows = ibis.duckdb.connect().read_csv(folder / "activities.csv", types={"lead_id": "string"})
        rows.to_parquet(folder / "activities.parquet")
        (folder / "activities.csv").unlink()
    intake = read(folder)
    found = {(one.table, one.column): (one.to, one.rows, one.filled, one.unknown) for one in joins(intake)}
    assert found == {
        ("leads", "account_id"): ("accounts", 2, 2, 0),
        ("opportunities", "account_id"): ("accounts", 2, 2, 0),
        ("opportunities", "lead_id"): ("leads", 2, 1, 0),
        # L9 is not there: once its account is, and once the row is set aside, since it names nobody known.
        ("activities", "account_id"): ("accounts", 5, 5, 1),
        ("activities", "lead_id"): ("leads", 5, 4, 2),
        ("opportunity_history", "opportunity_id"): ("opportunities", 3, 3, 2),
    }


def accounts(before: list[object], new: list[object]) -> Tables:
    """Accounts of 2024 with some values, and of the last month with others."""
    times = [datetime(2024, 5, 1) + timedelta(hours=i) for i in range(len(before))]
    times += [datetime(2026, 3, 1)] * len(new)
    names = [f"A{i}" for i in range(len(times))]
    table = ibis.memtable({"account_id": names, "created_at": times, "value": [*before, *new]})
    return Tables(opportunities=ibis.memtable({"opportunity_id": ["O1"]}), accounts=table)


SPREAD = [float(x) for x in np.random.default_rng(5).lognormal(3, 1, 400)]
DRIFTS = [
    ("the same words", ["a", "b"] * 100, ["a", "b"] * 50, (1.0, 1.0, 1.0), ""),
    ("another word", ["a", "b"] * 100, ["a", "c"] * 50, (1.0, 1.0, 1.0), "drifts"),
    ("filled less lately", ["a"] * 100, ["a", None] * 30, (0.8125, 1.0, 0.5), "filled less lately"),
    ("filled more lately", ["a", None] * 50, ["a"] * 60, (0.6875, 0.5, 1.0), "filled more lately"),
    ("the same numbers", SPREAD, SPREAD[:200], (1.0, 1.0, 1.0), ""),
    ("numbers in thousands", SPREAD, [1000 * x for x in SPREAD[:200]], (1.0, 1.0, 1.0), "drifts"),
    ("mostly 0", [0.0] * 90 + [5.0] * 10, [0.0] * 54 + [5.0] * 6, (1.0, 1.0, 1.0), ""),
    ("too few new ones", ["a"] * 100, ["b"] * 20, (1.0, None, None), ""),
    ("names, all different", [f"a{i}" for i in range(600)], [f"b{i}" for i in range(60)], (1.0, 1.0, 1.0), ""),
]


@pytest.mark.parametrize(("before", "new", "filled", "fault"), [c[1:] for c in DRIFTS], ids=[c[0] for c in DRIFTS])
def test_fill_and_drift(before, new, filled, fault) -> None:
    (found,) = attribute_fills(accounts(before, new), AS_OF)
    assert (found.filled, found.filled_before, found.filled_new) == filled
    assert found.fault == fault


def test_an_empty_column_is_empty() -> None:
    tables = accounts(["a"] * 60, ["a"] * 60)
    emptied = tables.accounts.mutate(value=ibis.null("string"))
    (found,) = attribute_fills(Tables(opportunities=tables.opportunities, accounts=emptied), AS_OF)
    assert (found.filled, found.fault) == (0.0, "empty")


RUNGS = [(0, "none", 25), (24, "none", 1), (25, "simple", 125), (149, "simple", 1), (150, "trees", None)]


@pytest.mark.parametrize(("wins", "model", "to_next"), RUNGS)
def test_what_wins_decide(wins, model, to_next) -> None:
    found = Rung(wins, 25)
    assert (found.model, found.to_next) == (model, to_next)


@pytest.mark.parametrize(
    ("wins", "words"),
    [
        (1, "with 1 win, training is refused: it needs 25"),
        (140, "with 140 wins, training tries weights of evidence and a logistic regression on coarse bins"),
        (1180, "with 1,180 wins, training tries additive trees and a logistic regression"),
    ],
)
def test_what_a_training_tries(wins: int, words: str) -> None:
    assert Rung(wins, 25).words == words


def test_what_ten_more_wins_change() -> None:
    assert Rung(140, 25).more.startswith("with 150 wins, training tries additive trees")
    # 1.96 / sqrt(100) is 20 %, and 1.96 / sqrt(110) 19 %.
    assert "chance alone would move the rate of wins by 19% either way instead of 20%" in Rung(100, 25).more
    assert LENIENT.training.min_wins == 25
