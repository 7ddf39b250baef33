"""A night's record, held to one that version 1 of the format wrote: example_night.json, published by force."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from scoring.evidence.finding import Finding, GateResult
from scoring.format import NewerFormat
from scoring.nights.parts import EntityCounts, Output, TableInput
from scoring.nights.record import NightRecord

TEXT = Path(__file__).with_name("example_night.json").read_text(encoding="utf-8")
ON_DISK: dict[str, Any] = json.loads(TEXT)
NIGHT = NightRecord.from_json(ON_DISK)


def written(content: dict[str, Any]) -> str:
    """As `publish` writes it."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def test_a_record_is_written_as_it_was_read() -> None:
    assert written(NIGHT.to_json()) == TEXT
    assert NightRecord.from_json(NIGHT.to_json()) == NIGHT


def test_the_manifest_is_the_record_without_what_only_the_ledger_needs() -> None:
    expected = {key: value for key, value in ON_DISK.items() if key not in ("out", "identity", "facts")}
    assert written(NIGHT.manifest()) == written(expected | {"format": "closedwon-manifest/2"})


def test_the_manifest_has_the_totals_that_are_known() -> None:
    one = {"expected": 8.0, "low_80": 5.0, "high_80": 11.0, "low_95": 4.0, "high_95": 13.0}
    totals = {"total": {"wins": one, "revenue": one}, "parts": {"grade": {"A": {"wins": one, "revenue": one}}}}
    facts = {"lead": ON_DISK["facts"]["lead"] | {"totals": totals}}
    found = NightRecord.from_json(ON_DISK | {"facts": facts})
    assert found.manifest()["expected"] == {"lead": totals}
    assert found.to_json()["facts"] == facts


def test_what_a_record_says() -> None:
    assert (NIGHT.night, NIGHT.sequence) == ("2025-12-30_2_6c550e9f", 2)
    assert (NIGHT.as_of, NIGHT.since) == (date(2025, 12, 30), date(2025, 12, 29))
    assert NIGHT.scored_at == datetime(2026, 11, 29, 15, 36, 58, tzinfo=UTC)
    assert NIGHT.moment == "2026-11-29T15:36:58Z"
    assert NIGHT.models == {"lead": "1"}
    assert list(NIGHT.inputs) == ["activities", "leads", "opportunities"]
    assert NIGHT.inputs["leads"] == TableInput(
        "leads.csv", "65a4c0046db3d529eb6de3649b8633ccac1ab43d67d55941fc9a580bdb312b75", 301, 1, date(2025, 11, 28)
    )
    assert NIGHT.rejected == {"leads": 1}
    assert NIGHT.counts == {"lead": EntityCounts(scored=220, changed=156, retired=0, crms={"hubspot": 0})}
    assert [gate.name for gate in NIGHT.gates if not gate.kept] == ["missing", "scores"]
    assert NIGHT.gates[1] == GateResult(
        "tables", True, "the export has 3 tables, all of those it had", {"tables_gone": 0.0}
    )
    assert NIGHT.forced is not None
    assert (NIGHT.forced.by, len(NIGHT.forced.over)) == ("ada", 2)
    assert NIGHT.outputs[-1] == Output(
        "rejects/leads.csv", 69, "56f8d523ccaa96528d93bc002c32a56402b4cc60458bb00e62571f2204a9001a"
    )
    facts = NIGHT.facts["lead"]
    assert (facts.rows, facts.missing["industry"], facts.unknown["source"]) == (220, 1.0, 0.0)
    assert facts.mean_probability == 0.054752296505309245
    assert facts.reference is not None
    assert facts.reference.bins["fit_score"][3:5] == [20.9, 23.1]


def test_what_an_earlier_record_lacks_has_its_default() -> None:
    """No version wrote so little; a later one may add a key, which no earlier record has."""
    least = ("night", "sequence", "as_of", "scored_at", "since", "models", "out", "identity")
    found = NightRecord.from_json({key: ON_DISK[key] for key in least})
    assert (found.inputs, found.counts, found.facts, found.rejected) == ({}, {}, {}, {})
    assert (found.gates, found.outputs, found.forced) == ((), (), None)
    bare = ON_DISK | {
        "inputs": {"leads": {"rows": 4}},
        "counts": {"lead": {"scored": 3}},
        "gates": [{"name": "rows", "kept": False}],
        "facts": {"lead": {"bins": {"fit_score": [1, 2]}}},
    }
    found = NightRecord.from_json(bare)
    assert found.inputs == {"leads": TableInput(rows=4)}
    assert found.counts == {"lead": EntityCounts(3)}
    assert found.gates == (GateResult("rows", False),)
    assert (found.facts["lead"].reference, found.facts["lead"].mean_probability) == (None, None)
    # A later version may add a key under the same number, and this one reads past it.
    assert NightRecord.from_json(ON_DISK | {"weather": "fine"}) == NIGHT


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (
            {"format": "closedwon-night/2"},
            NewerFormat,
            "its format is closedwon-night/2, and this version of closedwon reads up to closedwon-night/1: "
            "update closedwon",
        ),
        (
            {"format": "closedwon-manifest/1"},
            ValueError,
            "a night's record has a format such as closedwon-night/1; found 'closedwon-manifest/1'",
        ),
        (
            {"format": "closedwon-night"},
            ValueError,
            "a night's record has a format such as closedwon-night/1; found 'closedwon-night'",
        ),
        ({"as_of": "yesterday"}, ValueError, "Invalid isoformat string: 'yesterday'"),
    ],
)
def test_what_cannot_be_read_is_refused(content: dict[str, Any], error: type[ValueError], message: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the message is compared whole
        NightRecord.from_json(ON_DISK | content)
    assert (type(refused.value), str(refused.value)) == (error, message)


def test_a_gate_is_a_finding_with_a_name() -> None:
    found = GateResult.of("rows", Finding(False, "400 accounts where 800 are usual", {"rows": 400.0}))
    assert found == GateResult("rows", False, "400 accounts where 800 are usual", {"rows": 400.0})
    assert GateResult.from_json(found.to_json()) == found
