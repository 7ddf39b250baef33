"""A finished cut-off as it lies in the cache, by this release and by those before it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from scoring.evidence.finished_cut_off import FinishedCutOff
from scoring.evidence.promotion.without_value import WithoutValue
from tests.scoring.example_scorecard import scorecard_of

SCORECARD = replace(scorecard_of({}), wins=300)
COUNTS = {
    "attribute": "industry", "word": "", "units": 5, "others": 20, "predicted": 0.5, "predicted_of_others": 4.0,
    "variance": 0.4, "came": 1, "came_of_others": 3,
}  # fmt: skip
LEARNED = {"as_of": "2025-03-31", "card": SCORECARD.to_json(), "without_value": [COUNTS]}
REFUSED = {"as_of": "2024-09-30", "refused": "3 wins were found, 7 are missing"}


@pytest.mark.parametrize(
    ("content", "finished", "words"),
    [
        (
            LEARNED,
            FinishedCutOff("2025-03-31", SCORECARD, (WithoutValue.from_json(COUNTS),)),
            "learned from 300 wins by then",
        ),
        (
            REFUSED,
            FinishedCutOff("2024-09-30", refused="3 wins were found, 7 are missing"),
            "left out: 3 wins were found, 7 are missing",
        ),
    ],
)
def test_what_was_kept_is_read_and_written_as_it_was(
    content: dict[str, Any], finished: FinishedCutOff, words: str
) -> None:
    assert FinishedCutOff.from_json(content) == finished
    assert json.dumps(finished.to_json()) == json.dumps(content)
    assert finished.words == words


def test_a_release_that_did_not_count_those_without_a_value_is_read() -> None:
    content = {"as_of": "2025-03-31", "card": SCORECARD.to_json()}
    assert FinishedCutOff.from_json(content) == FinishedCutOff("2025-03-31", SCORECARD)
