"""The figures for a collector: read by the reference parser, after good nights and bad ones."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import parser as older_parser
from prometheus_client.openmetrics import parser

from pipelines.store.metrics import openmetrics
from scoring.evidence.finding import GateResult
from scoring.nights.record import NightRecord
from tests.pipelines.conftest import Run, TrainedStore
from tests.pipelines.crm_export import export
from tests.pipelines.store.test_status import ON_DISK, ran

FULL = ON_DISK | {
    "models": {"account": {"version": "3"}, "lead": {"version": "a fork"}},
    "counts": {
        "account": {"scored": 5913, "changed": 40, "retired": 7, "salesforce": 5900}
        | {"crms": {"salesforce": {"rows": 5900, "left_out": 13, "changed": 39, "retired": 6}}},
        "lead": {"scored": 8102, "changed": 0, "retired": 3},
    },
    "inputs": {"accounts": {"rows": 6000, "rejected": 2}, "leads": {"rows": 8200, "rejected": 0}},
    "facts": {"account": {"mean_probability": 0.0625}, "lead": {"mean_probability": None}},
    "gates": [{"name": "rows", "kept": True, "reason": "as ever", "figures": {}}],
}
#: Where a store is may be anything that a folder may be called.
STORE = 'a "quoted" \\ folder'
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def read(text: str, families: Callable[[str], Any] = parser.text_string_to_metric_families) -> Samples:
    """Every value by its name without the prefix, and its labels without the store, which all have."""
    found = [sample for family in families(text) for sample in family.samples]
    assert len({sample.labels.pop("store") for sample in found}) <= 1
    return {(s.name.removeprefix("closedwon_"), tuple(sorted(s.labels.items()))): s.value for s in found}


def test_a_good_night_in_figures() -> None:
    run = ran(0, last_success="2025-12-30T02:10:00Z")
    at = datetime(2025, 12, 30, 2, 10, tzinfo=UTC).timestamp()
    text = openmetrics(STORE, run, NightRecord.from_json(FULL), ran(0, "the lead scorecard was not trained"))
    of_crm = (("crm", "salesforce"), ("entity", "account"))
    assert read(text) == {
        ("last_run_begun_timestamp_seconds", ()): at - 600,
        ("last_run_ended", ()): 1,
        ("last_training_begun_timestamp_seconds", ()): at - 600,
        ("last_training_exit_code", ()): 0,
        ("last_training_whole", ()): 0,
        ("crm_rows", of_crm): 5900,
        ("crm_left_out", of_crm): 13,
        ("crm_changed", of_crm): 39,
        ("crm_retired", of_crm): 6,
        ("last_run_exit_code", ()): 0,
        ("last_run_timestamp_seconds", ()): at,
        ("run_duration_seconds", ()): 600,
        ("last_success_timestamp_seconds", ()): at,
        ("last_night_timestamp_seconds", ()): datetime(2025, 12, 29, 2, 14, 9, tzinfo=UTC).timestamp(),
        ("last_night_as_of_seconds", ()): datetime(2025, 12, 29, tzinfo=UTC).timestamp(),
        ("last_night_forced", ()): 0,
        ("scored", (("entity", "account"),)): 5913,
        ("scored", (("entity", "lead"),)): 8102,
        ("changed", (("entity", "account"),)): 40,
        ("retired", (("entity", "account"),)): 7,
        ("changed", (("entity", "lead"),)): 0,
        ("retired", (("entity", "lead"),)): 3,
        ("input_rows", (("table", "accounts"),)): 6000,
        ("input_rows", (("table", "leads"),)): 8200,
        ("rejected_rows", (("table", "accounts"),)): 2,
        ("rejected_rows", (("table", "leads"),)): 0,
        ("mean_win_probability", (("entity", "account"),)): 0.0625,
        ("model_version", (("entity", "account"),)): 3,
        ("gate_kept", (("gate", "rows"),)): 1,
    }
    assert read(text, older_parser.text_string_to_metric_families) == read(text)


@pytest.mark.parametrize(
    ("run", "gates"),
    [
        (ran(4, gates=(GateResult("rows", False), GateResult("psi", True))), {"rows": 0, "psi": 1}),
        (ran(3), {}),
        (ran(0), {"rows": 1}),
        (ran(None), {"rows": 1}),
        (None, {"rows": 1}),
    ],
)
def test_gates_are_those_of_the_newest_run(run: Any, gates: dict[str, float]) -> None:
    found = read(openmetrics(STORE, run, NightRecord.from_json(FULL)))
    assert {dict(labels)["gate"]: value for (name, labels), value in found.items() if name == "gate_kept"} == gates
    assert found["scored", (("entity", "account"),)] == 5913  # of the last good night
    assert (("last_run_exit_code", ()) in found) == (run is not None and run.exit_code is not None)


def test_a_label_may_hold_anything() -> None:
    odd = 'a "quoted" \\ table\nin two lines'
    assert (
        read(openmetrics(STORE, None, NightRecord.from_json(FULL | {"inputs": {odd: {"rows": 1}}})))[
            "input_rows", (("table", odd),)
        ]
        == 1
    )


def test_stores_are_told_apart() -> None:
    families = parser.text_string_to_metric_families(openmetrics(STORE, ran(None, last_success="2025-12-30"), None))
    assert [sample.labels for family in families for sample in family.samples] == [{"store": STORE}] * 3


def test_a_run_that_began_and_did_not_end_has_no_exit_code() -> None:
    found = read(openmetrics(STORE, ran(None), None, ran(None)))
    begun = datetime(2025, 12, 30, 2, tzinfo=UTC).timestamp()
    assert found == {
        ("last_run_begun_timestamp_seconds", ()): begun,
        ("last_run_ended", ()): 0,
        ("last_training_begun_timestamp_seconds", ()): begun,
    }


def test_nothing_yet_is_an_empty_set() -> None:
    assert openmetrics(STORE, None, None) == "# EOF\n"
    assert read(openmetrics(STORE, None, None)) == {}


def test_a_night_that_failed_leaves_its_exit_code_and_no_success(
    trained: TrainedStore, closedwon: Run, tmp_path: Path
) -> None:
    store = trained.copy_of_store(tmp_path / "store")
    crm = export(tmp_path / "crm", leads=None, opportunities="opportunity_id,account_id,created_at,status\n")
    assert closedwon("score", "--data", crm, "--store", store, "--out", tmp_path / "out", "--quiet").code == 3
    found = read((store / "metrics.prom").read_text())
    assert found["last_run_exit_code", ()] == 3
    assert found["run_duration_seconds", ()] > 0
    assert ("last_success_timestamp_seconds", ()) not in found
    alert = closedwon("status", "--store", store)
    assert alert.code == 1
    assert "found bad input (3)" in alert.out
    assert ": the champion for the entity lead needs the table leads" in alert.out


def test_a_published_night_is_in_the_metrics_of_its_store(trained: TrainedStore) -> None:
    found = read((trained.store / "metrics.prom").read_text())
    assert found["last_run_exit_code", ()] == 0
    assert found["last_success_timestamp_seconds", ()] == found["last_run_timestamp_seconds", ()]
    for entity in ("account", "lead"):
        assert found["scored", (("entity", entity),)] == len(trained.scores(entity))
        assert found["model_version", (("entity", entity),)] == 1
