"""What is kept of a decision: read and written as the registry has it, by this release and by those before it."""

import json
from typing import Any

import pytest

from scoring.evidence.promotion.decision import Decision, Verdict

FIGURES = {"auc": 0.7, "auc_low": 0.6}
REASONS = ("it tells who will win", "on the same rows it is no worse")
TEXT = "it tells who will win; on the same rows it is no worse"


@pytest.mark.parametrize(
    ("content", "decision"),
    [
        (
            {"promoted": True, "reasons": TEXT, **FIGURES, "forced": False, "judged_as_of": "2025-12-29"},
            Decision(Verdict(True, REASONS, FIGURES), as_of="2025-12-29"),
        ),
        (
            {
                "promoted": False, "reasons": TEXT, **FIGURES, "forced": True, "judged_as_of": "2025-12-29",
                "forced_by": "ada",
            },
            Decision(Verdict(False, REASONS, FIGURES), forced=True, as_of="2025-12-29", forced_by="ada"),
        ),
        (
            {"promoted": True, "reasons": "", "forced": True, "forced_by": "ada"},
            Decision(Verdict(True, ("",), {}), forced=True, forced_by="ada"),
        ),
    ],
)  # fmt: skip
def test_what_was_kept_is_read_and_written_as_it_was(content: dict[str, Any], decision: Decision) -> None:
    assert Decision.from_json(content) == decision
    assert json.dumps(decision.to_json()) == json.dumps(content)


@pytest.mark.parametrize(
    ("content", "reasons"),
    [({"promoted": True}, ()), ({"promoted": False, "reasons": ["no", "never"]}, ("no", "never"))],
)
def test_reasons_may_be_missing_or_a_list(content: dict[str, Any], reasons: tuple[str, ...]) -> None:
    assert Decision.from_json(content) == Decision(Verdict(content["promoted"], reasons, {}))


def test_what_is_no_decision_is_not_read() -> None:
    with pytest.raises(KeyError, match="promoted"):
        Decision.from_json({"reasons": "better"})
