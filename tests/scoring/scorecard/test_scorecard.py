"""A scorecard and its file: the same text after reading and writing, files of earlier versions, and of later ones."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from scoring.format import NewerFormat
from scoring.scorecard.lookup import Lookup
from scoring.scorecard.parts import Category, HeldOut, Numeric, Quarantined, Recipe
from scoring.scorecard.scorecard import Scorecard
from tests.scoring.example_scorecard import EXAMPLE, scorecard_of

#: All that a training writes, in its order.
WHOLE: dict[str, Any] = {
    "format": "closedwon-scorecard/1",
    "entity": "lead",
    "as_of": "2026-03-01",
    "horizon_days": 180,
    "seed": 7,
    "rung": "additive",
    "amount_rung": "segment",
    "wins": 312,
    "base": -3.25,
    "period_offsets": [0.25, -0.25],
    "calibration": {"kind": "beta", "x": [0.0, 0.5, 1.0], "y": [0.0, 0.25, 0.5]},
    "terms": [
        {
            "features": ["industry"],
            "side": "fit",
            "values": [0.0, -0.25, 0.75],
            "words": ["Industry: not known", "Industry: other", "Industry: Software"],
            "counts": [10, 20, 30],
            "stable": [1.0, 0.5, 0.75],
        },
        {
            "features": ["industry", "employees"],
            "side": "fit",
            "values": [[0.0, 0.0], [0.0, 0.5], [0.125, -0.5]],
            "words": [["a", "b"], ["c", "d"], ["e", "f"]],
            "counts": [[5, 5], [10, 10], [15, 15]],
            "stable": [[1.0, 1.0], [1.0, 0.25], [0.5, 1.0]],
        },
    ],
    "encodings": {
        "industry": {"kind": "category", "levels": ["Software"]},
        "employees": {"kind": "numeric", "edges": []},
    },
    "amount": {"base": 9.5, "terms": [{"features": ["industry"], "values": [0.0, 0.0, 0.5]}]},
    "base_rate": 0.0265045729,
    "grades": {"A": 4.0, "B": 1.5, "C": 0.5},
    "reference": {"fit": [x / 100 for x in range(101)], "intent": [0.0] * 101},
    "features": [
        {
            "type": "Attribute",
            "name": "industry",
            "label": "Industry",
            "side": "fit",
            "scope": "own",
            "column": "industry",
            "values": "category",
        }
    ],
    "quarantined": [{"attribute": "tier", "rule": "filled", "reason": "filled only once won", "figures": {"won": 0.9}}],
    "left_out": {"phone": "empty"},
    "held_out": {
        "held_out_rows": 900,
        "held_out_winning_rows": 20,
        "held_out_log_loss": {"logistic": 0.09, "additive": 0.08},
        "held_out_log_loss_constant": 0.1,
    },
    "forecast_error": {"level": 0.12, "amount": 1.4, "mean_amount": 0.05, "horizons": 2.5, "part": 0.15},
    "neglect": {
        "kinds": ["call"],
        "days": 180,
        "share": 0.08,
        "kept": 0.7,
        "segments": [
            {
                "feature": "industry",
                "value": "Software",
                "open": 30,
                "snapshots": 1000.0,
                "worked": 0.01,
                "usual": 0.08,
                "fit": 61.5,
                "fit_of_all": 50.25,
                "as_it_is": 2.5,
                "if_worked": {"expected": 6.0, "low_80": 4.0, "high_80": 9.0, "low_95": 3.0, "high_95": 11.0},
            }
        ],
    },
    "losses": 40,
    "since": "2024-01-31",
    "data": {"leads": "0f3a", "opportunities": "77c2"},
    "recipe": {
        "training": {"horizon_days": 180, "learning_rate": 0.1},
        "attributes": {"trust": ["tier"], "drop": [], "max_levels": 50},
        "features": [],
    },
}


#: The same after few wins.
FEW = WHOLE | {"rung": "evidence", "held_out": WHOLE["held_out"] | {"held_out_skill_next_ten": 0.012}}


@pytest.mark.parametrize("content", [EXAMPLE, WHOLE, FEW], ids=["example", "whole", "few wins"])
def test_it_is_written_as_it_was_read(content: dict[str, Any]) -> None:
    again = Scorecard.from_json(content).to_json()
    assert json.dumps(again) == json.dumps(content)
    assert again == content
    assert Scorecard.from_json(again) == Scorecard.from_json(content)


def test_the_figures_of_its_training_are_all_but_its_tables() -> None:
    tables = {"terms", "encodings", "reference", "features", "recipe"}  # it has no buying group
    assert Scorecard.from_json(WHOLE).figures() == {name: WHOLE[name] for name in WHOLE.keys() - tables}
    assert (Scorecard.from_json(WHOLE).model, Scorecard.from_json(FEW).model) == (
        "additive trees",
        "weights of evidence",
    )


def test_it_says_all_that_its_file_says() -> None:
    found = Scorecard.from_json(WHOLE)
    alone, pair = found.terms
    assert (alone.is_pair, pair.is_pair) == (False, True)
    assert (alone.flat(alone.values), pair.flat(pair.values)) == ([0.0, -0.25, 0.75], [0.0, 0.0, 0.0, 0.5, 0.125, -0.5])
    assert found.encodings == {"industry": Category(("Software",)), "employees": Numeric(())}
    assert {name: encoding.size for name, encoding in found.encodings.items()} == {"industry": 3, "employees": 2}
    assert (found.as_of, found.since) == (date(2026, 3, 1), date(2024, 1, 31))
    assert [term.side for term in found.amount.terms] == ["amount"]
    assert found.by_name["industry"].label == "Industry"
    assert found.quarantined == (Quarantined("tier", "filled", "filled only once won", {"won": 0.9}),)
    assert found.held_out is not None
    assert found.held_out.skill == pytest.approx(0.2)
    attributes = {"trust": ("tier",), "drop": (), "max_levels": 50}
    assert found.recipe == Recipe({"horizon_days": 180, "learning_rate": 0.1}, attributes)


def test_what_is_trusted_is_in_its_file_only_where_there_is_any() -> None:
    suspect = {"attribute": "deals", "rule": "filled_when_won", "reason": "not 0 for 90% of the won", "figures": {}}
    found = Scorecard.from_json(WHOLE | {"trusted": [suspect]})
    assert found.trusted == (Quarantined("deals", "filled_when_won", "not 0 for 90% of the won", {}),)
    assert found.to_json() == WHOLE | {"trusted": [suspect]}
    assert "trusted" not in Scorecard.from_json(WHOLE).to_json()


def test_it_is_applied_as_its_file_is() -> None:
    found, rows = Scorecard.from_json(WHOLE), {"industry": ["Software", "Mining", None], "employees": [1.0, None, 2.0]}
    by_file = Lookup(WHOLE).score(rows)
    assert {name: column.tolist() for name, column in found.lookup.score(rows).items()} == {
        name: column.tolist() for name, column in by_file.items()
    }
    assert found.lookup is found.lookup


@pytest.mark.parametrize(
    "part",
    ["amount_rung", "wins", "left_out", "held_out", "forecast_error", "losses", "since", "data", "recipe", "format"],
)
def test_a_scorecard_of_an_earlier_version_lacks_a_part(part: str) -> None:
    earlier = {name: value for name, value in WHOLE.items() if name != part}
    found = Scorecard.from_json(earlier)
    if part == "format":
        assert found == Scorecard.from_json(WHOLE)
    else:
        assert getattr(found, part) is None
        assert json.dumps(found.to_json()) == json.dumps(earlier)


def test_what_was_held_out_had_another_name_in_the_first_versions() -> None:
    held = {"held_out_rows": 9, "held_out_wins": 2, "held_out_log_loss": {}, "held_out_log_loss_constant": 0.1}
    assert HeldOut.from_json(held) == HeldOut(rows=9, winning_rows=2, log_loss={}, log_loss_constant=0.1)


def test_a_part_that_is_not_known_is_left_out() -> None:
    later = WHOLE | {"mood": "good", "terms": [term | {"colour": "blue"} for term in WHOLE["terms"]]}
    assert Scorecard.from_json(later).to_json() == WHOLE


def test_the_question_is_in_the_file_and_an_earlier_version_refuses_one_with_customers() -> None:
    assert scorecard_of({}).win == "new_business"
    assert "win" not in scorecard_of({}).to_json()
    asked = replace(scorecard_of({}), win="any")
    written = asked.to_json()
    assert (written["win"], written["format"]) == ("any", "closedwon-scorecard/2")
    assert Scorecard.from_json(written) == asked
    assert asked.lookup.features == scorecard_of({}).lookup.features


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        (
            {"format": "closedwon-scorecard/3"},
            NewerFormat,
            "its format is closedwon-scorecard/3, and this version of closedwon reads up to closedwon-scorecard/2: "
            "update closedwon",
        ),
        (
            {"format": "closedwon-night/1"},
            ValueError,
            "a scorecard has a format such as closedwon-scorecard/2; found 'closedwon-night/1'",
        ),
        (
            {"encodings": {"industry": {"kind": "ordinal"}}},
            ValueError,
            "the encoding of 'industry' is 'ordinal', known are 'numeric' and 'category'",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(changes: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error) as refused:
        scorecard_of(changes)
    assert str(refused.value) == says
