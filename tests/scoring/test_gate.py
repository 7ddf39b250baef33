"""The promotion gate says yes or no, and why."""

from typing import Any

import pytest

from scoring.evidence.gate import judge


def card(losses: dict[str, float], constant: float = 0.1, terms: int = 2, rows: int = 9000) -> dict[str, Any]:
    held = {
        "held_out_log_loss": losses,
        "held_out_log_loss_constant": constant,
        "held_out_winning_rows": 40,
        "held_out_rows": rows,
    }
    return {"terms": [{}] * terms, "held_out": held}


@pytest.mark.parametrize(
    ("losses", "least_skill", "promoted"),
    [
        ({"logistic": 0.09}, 0.0, True),
        ({"logistic": 0.12, "additive": 0.08}, 0.0, True),  # the rung that was taken is the better one
        ({"logistic": 0.1}, 0.0, False),  # no better than a constant
        ({"logistic": 0.11}, 0.0, False),
        ({"logistic": 0.099}, 0.05, False),  # better, but not by enough
        ({"logistic": float("nan")}, 0.0, False),
    ],
)
def test_a_model_must_beat_a_constant(losses: dict[str, float], least_skill: float, promoted: bool) -> None:
    assert judge(card(losses), least_skill).promoted is promoted


def test_the_verdict_gives_its_reasons_and_figures() -> None:
    verdict = judge(card({"logistic": 0.09, "additive": 0.075}))
    assert verdict.record() == {
        "promoted": True,
        "reasons": "on 9,000 rows held out, 40 of them won, its log loss is 0.07500, without a model 0.10000 "
        "(skill 25.0%)",
        "held_out_skill": pytest.approx(0.25),
        "held_out_log_loss": 0.075,
        "held_out_log_loss_constant": 0.1,
    }


@pytest.mark.parametrize(
    ("nothing", "reason"),
    [
        ({"terms": 0}, "it learned nothing that tells one entity from another"),
        ({"rows": 0}, "the history is too short to hold any of it out, so nothing shows its skill"),
    ],
)
def test_a_card_that_nothing_speaks_for_is_refused(nothing: dict[str, int], reason: str) -> None:
    verdict = judge(card({"logistic": 0.05}, **nothing))
    assert (verdict.promoted, verdict.reasons) == (False, (reason,))
