"""The evidence of a backtest as a type: what is on disk stays readable, and is written again byte for byte."""

import json
import re
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from scoring.evidence.backtest_evidence import BacktestEvidence, RefitStep
from scoring.evidence.comparison_result import Measure
from scoring.evidence.plain import from_plain

#: Written before the type was made, from `example_forecast`; with one line break at its end, as all text files here.
FILE = Path(__file__).with_name("evidence_format_1.json")


def content() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def test_a_file_without_a_format_is_read_and_written_again_with_it_and_otherwise_byte_for_byte() -> None:
    evidence = BacktestEvidence.from_json(content())
    written = json.dumps(evidence.to_json(), allow_nan=False) + "\n"
    assert written.startswith('{"format": "closedwon-evidence/1", "entity": ')
    assert written.replace('"format": "closedwon-evidence/1", ', "", 1) == FILE.read_text(encoding="utf-8")
    assert BacktestEvidence.from_json(json.loads(written)) == evidence


def test_what_is_read() -> None:
    evidence = BacktestEvidence.from_json(content())
    assert (evidence.entity, evidence.as_of, evidence.horizon_days) == ("account", "2026-05-01", 30)
    assert [(one.as_of, one.open, one.wins, one.trained_wins) for one in evidence.cut_offs] == [
        ("2026-03-01", 4, 2, 300),
        ("2026-04-01", 4, 1, 312),
    ]
    closedwon, touches = (evidence.comparison.rankings[name] for name in ("closedwon", "touches"))
    assert closedwon.measures["revenue_captured"].value == pytest.approx(0.9)
    assert closedwon.minus("closedwon") == {}
    assert touches.minus("closedwon")["revenue_captured"].value == pytest.approx(0.3)
    assert touches.minus("challenger") == {}
    assert evidence.curve.share == (0.0, 0.25, 1.0)
    assert evidence.curve.rankings["touches"].money == (0.0, 300.0, 500.0)
    assert evidence.months[0].as_of == ("2026-03-01",)
    assert evidence.stability is not None
    assert evidence.stability.steps == (
        RefitStep("2026-05-01", "2026-06-01", kept=0.5, rank_correlation=0.7826908981308054, reason_kept=0.5),
    )
    assert evidence.learning_curve is not None
    assert [(point.share, point.draws, point.rung) for point in evidence.learning_curve] == [(1.0, 1, "logistic")]


def test_all_of_it_is_typed() -> None:
    """No part of it is a dict with the fields of a type, nor a list, which could change."""

    def untyped(value: Any) -> bool:
        if is_dataclass(value):
            return any(untyped(getattr(value, field.name)) for field in fields(value))
        if isinstance(value, tuple):
            return any(map(untyped, value))
        if isinstance(value, dict):  # by name, each a dataclass
            return not all(is_dataclass(part) and not untyped(part) for part in value.values())
        return isinstance(value, list)

    assert untyped({"value": 0.1, "low": None, "high": None})
    assert not untyped(BacktestEvidence.from_json(content()))


def test_evidence_without_stability_and_learning_curve_is_read() -> None:
    found = {key: value for key, value in content().items() if key not in ("stability", "learning_curve")}
    evidence = BacktestEvidence.from_json(found)
    assert (evidence.stability, evidence.learning_curve) == (None, None)
    assert evidence == BacktestEvidence.from_json(content() | {"stability": None, "learning_curve": None})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"format": "closedwon-evidence/2"},
            "its format is closedwon-evidence/2, and this version of closedwon reads up to closedwon-evidence/1: "
            "update closedwon",
        ),
        (
            {"format": "closedwon-night/1"},
            "the evidence of a backtest has a format such as closedwon-evidence/1; found 'closedwon-night/1'",
        ),
        ({"format": 2}, "the evidence of a backtest has a format such as closedwon-evidence/1; found '2'"),
        ({"grid": [{"fit": 1}]}, "GridCell needs 'intent', and found only fit"),
        ({"curve": {}}, "Curve needs 'share', and found only nothing"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        BacktestEvidence.from_json(content() | change)


@pytest.mark.parametrize(
    ("measure", "scaled"),
    [
        (Measure(0.5, 0.4, 0.6), Measure(100.0, 80.0, 120.0)),
        (Measure(0.5), Measure(100.0)),
        (Measure(None), Measure(None)),
    ],
)
def test_a_measure_is_scaled_with_its_interval(measure: Measure, scaled: Measure) -> None:
    assert measure.scaled(200.0) == scaled


def test_an_interval_that_is_missing_is_none() -> None:
    assert from_plain(Measure, {"value": 1.0}) == Measure(1.0, None, None)
