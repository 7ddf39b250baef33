"""From what was learned to the artifact: tables centred on the population, and nothing a score would miss."""

import json
from datetime import date
from typing import Any

import numpy as np
import pytest

from models.amounts.amount import AmountModel
from models.calibration import horizon_probability, sigmoid
from models.outcome import AdditiveHazard
from models.tables.pairs import Pair, total
from models.tables.resampling import Resample
from pipelines.config import Config
from pipelines.training.amounts import LearnedAmount
from pipelines.training.scorecard import assemble_scorecard, reachable
from scoring.features.spec import Attribute, Feature, Group, Recency
from scoring.leaks.guard import Suspicion
from scoring.scorecard.parts import Category, Encoding, Numeric
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import day_number

FEATURES: list[Feature] = [
    Recency(name="days_since_demo", label="Demo", activity="demo"),
    Attribute(name="industry", label="Industry", column="industry"),
    Attribute(name="region", label="Region", column="region"),  # nothing was learned of it
    Group(name="known_people", label="Known people", of="people"),
]
ENCODINGS: dict[str, Encoding] = {
    "days_since_demo": Numeric((8.0,)),
    "industry": Category(("Software",)),
    "region": Category(("North",)),
    "known_people": Numeric((2.0,)),
}
#: Codes of the five entities that are open at the training; the last knows nothing of its industry.
REFERENCE = np.array([[0, 1, 2, 1], [0, 2, 2, 1], [1, 2, 1, 2], [2, 2, 0, 2], [2, 0, 1, 2]])

HELD_OUT: dict[str, Any] = {
    "held_out_rows": 900,
    "held_out_winning_rows": 20,
    "held_out_log_loss": {"additive": 0.05},
    "held_out_log_loss_constant": 0.06,
}


def fitted() -> AdditiveHazard:
    hazard = AdditiveHazard([3] * 4, [False, True, True, False], ["intent", "fit", "fit", "fit"], periods=2)
    hazard.rung_, hazard.base_, hazard.period_offsets_ = "additive", -3.0, [0.25, -0.25]
    hazard.tables_ = [np.array([0.0, 2.0, 1.0]), np.array([0.0, 0.5, 1.0]), np.full(3, 0.7), np.zeros(3)]
    hazard.pairs_ = [Pair(1, 3, np.array([[0.0, 0.0, 0.0], [0.0, 0.25, 0.0], [0.0, 0.0, 0.75]]))]
    hazard.calibration_, hazard.bend_ = "beta", np.array([-0.2, 0.9, 0.5])
    hazard.report_ = {"wins": 60} | HELD_OUT
    return hazard


def amounts() -> AmountModel:
    model = AmountModel([3, 3, 3], [True, True, False])
    model.rung_, model.base_ = "segment", 9.0
    model.tables_ = [np.array([0.0, 0.1, 0.2]), np.zeros(3), np.zeros(3)]
    return model


def scorecard(reference: np.ndarray = REFERENCE, hazard: AdditiveHazard | None = None) -> Scorecard:
    return assemble_scorecard(
        entity="account",
        as_of=day_number(date(2026, 3, 1)),
        config=Config(),
        features=FEATURES,
        encodings=ENCODINGS,
        hazard=hazard or fitted(),
        amount=LearnedAmount(amounts(), FEATURES[1:]),
        reference=reference,
        quarantined=[Suspicion("tier", "filled_after_the_win", "filled only once won", {"share": 0.9})],
        left_out={"phone": "empty"},
    )


def scores(made: Scorecard, rows: np.ndarray) -> dict[str, np.ndarray]:
    by_name = {feature.name: rows[:, j] for j, feature in enumerate(FEATURES)}
    return made.lookup.score_codes(by_name, len(rows))


def test_every_table_is_centred_on_the_population() -> None:
    """The demo says (0 + 0 + 2 + 1 + 1) / 5 = 0.8 on average, industry 0.7, region 0.7, the pair 0.35."""
    made = scorecard()
    assert made.base == pytest.approx(-3.0 + 0.8 + 0.7 + 0.7 + 0.35)
    assert [(term.features, term.side, term.values) for term in made.terms] == [
        (("days_since_demo",), "intent", pytest.approx((-0.8, 1.2, 0.2))),
        (("industry",), "fit", pytest.approx((-0.7, -0.2, 0.3))),
        (("industry", "known_people"), "fit", ((-0.35,) * 3, (-0.35, -0.1, -0.35), (-0.35, -0.35, 0.4))),
    ]
    assert scores(made, REFERENCE)["log_odds"].mean() == pytest.approx(made.base)


def test_the_scorecard_scores_as_the_model_does() -> None:
    rows = np.array([[a, b, c, d] for a in range(3) for b in range(3) for c in range(3) for d in range(3)])
    model, found = fitted(), scores(scorecard(), rows)
    log_odds = model.base_ + total(model.tables_, model.pairs_, rows)
    np.testing.assert_allclose(found["log_odds"], log_odds, atol=1e-9)
    raw = horizon_probability(log_odds, model.period_offsets_)
    bent = sigmoid(-0.2 + 0.9 * np.log(raw) - 0.5 * np.log1p(-raw))
    np.testing.assert_allclose(found["win_probability"], bent, atol=0.01)
    np.testing.assert_allclose(found["expected_amount"], np.exp(9.0 + np.array([0.0, 0.1, 0.2])[rows[:, 1]]))


def test_the_population_sets_the_base_rate_and_the_percentiles() -> None:
    made = scorecard()
    found = scores(made, REFERENCE)
    assert made.base_rate == pytest.approx(found["win_probability"].mean())
    for side, percentiles in (("fit", made.reference.fit), ("intent", made.reference.intent)):
        assert (len(percentiles), list(percentiles)) == (101, sorted(percentiles))
        lowest, highest = found[f"{side}_log_odds"].min(), found[f"{side}_log_odds"].max()
        assert (percentiles[0], percentiles[100]) == (pytest.approx(lowest), pytest.approx(highest))
    assert found["intent_score"].tolist()[:2] == [0.0, 0.0]  # two in five share the lowest place


def test_only_what_was_learned_of_is_kept() -> None:
    made = scorecard()
    assert list(made.encodings) == ["days_since_demo", "industry", "known_people"]
    assert [feature.name for feature in made.features] == list(made.encodings)
    plain = made.to_json()
    assert plain["amount"] == {
        "base": 9.0,
        "terms": [{"features": ["industry"], "values": [0.0, 0.1, 0.2]}],
    }
    assert [term["words"] for term in plain["terms"]] == [
        ["Demo: never", "Demo in the last 7 days", "Demo 8 or more days ago"],
        ["Industry: not known", "Industry: other", "Industry: Software"],
        [
            [
                f"{industry} and {people}"
                for people in (
                    "Known people: not known",
                    "Known people: fewer than 2",
                    "Known people: 2 or more",
                )
            ]
            for industry in ("Industry: not known", "Industry: other", "Industry: Software")
        ],
    ]


def test_every_entry_says_whom_it_stands_for_and_how_sure_it_is() -> None:
    """The demo's entries are -0.8, 1.2 and 0.2 here; the third is -0.34 in one resample, and one knows of nothing."""
    demos = [[5.0, 7.0, 6.0], [0.0, 2.0, 0.8], [0.0, 2.0, 0.1], [0.0, 0.0, 0.0]]
    pair = [[0.0, 0.0, 0.0], [0.0, 0.25, 0.0], [0.0, 0.0, 0.75]]  # of the average entity: 0.35
    pairs = [pair, pair, [[0.0] * 3, [0.0] * 3, [0.0, 0.0, 0.03]], [[0.0] * 3, [0.0, 1.0, 0.0], [1.0, 1.0, 0.0]]]
    hazard = fitted()
    hazard.resampled_ = [
        Resample([np.array(demo), *hazard.tables_[1:]], [Pair(1, 3, np.array(table))])
        for demo, table in zip(demos, pairs, strict=True)
    ]
    demo, industry, both = scorecard(hazard=hazard).to_json()["terms"]
    assert [term["counts"] for term in (demo, industry, both)] == [
        [2, 1, 2],
        [1, 1, 3],
        [[0, 0, 1], [0, 1, 0], [0, 1, 2]],
    ]
    assert demo["stable"] == [0.75, 0.75, 0.5]
    assert industry["stable"] == [1.0, 1.0, 1.0]
    assert both["stable"] == [[0.75] * 3, [0.75, 0.5, 0.75], [0.5, 0.5, 0.5]]
    assert {term.stable for term in scorecard().terms} == {None}


def test_a_scorecard_is_plain_data_that_says_how_it_was_made() -> None:
    made = scorecard().to_json()
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    found = {key: made[key] for key in ("entity", "as_of", "horizon_days", "seed", "rung", "amount_rung", "wins")}
    assert found == {
        "entity": "account",
        "as_of": "2026-03-01",
        "horizon_days": 180,
        "seed": 7,
        "rung": "additive",
        "amount_rung": "segment",
        "wins": 60,
    }
    assert made["calibration"]["kind"] == "beta"
    assert made["held_out"] == HELD_OUT
    assert made["left_out"] == {"phone": "empty"}
    assert [item["attribute"] for item in made["quarantined"]] == ["tier"]


def test_a_market_without_anyone_open_has_a_scorecard_too() -> None:
    made = scorecard(np.empty((0, 4), dtype=int))
    assert (made.base, made.base_rate) == (pytest.approx(-3.0 + 0.7), 0.0)
    assert scores(made, REFERENCE)["log_odds"] == pytest.approx(scores(scorecard(), REFERENCE)["log_odds"])


@pytest.mark.parametrize(
    ("base_rate", "expected"),
    [
        (0.02, (4.0, 1.5, 0.5)),
        (0.2, (4.0, 1.5, 0.5)),  # from here on A would leave hardly anybody above it
        (0.25, (3.25, 1.5, 0.5)),  # a quarter of 75 % not to win: A begins at 81 %
        (0.5, (1.75, 4 / 3, 0.5)),
        (0.0, (4.0, 1.5, 0.5)),
    ],
)
def test_a_grade_can_be_reached_whatever_the_base_rate(base_rate: float, expected: tuple[float, ...]) -> None:
    assert tuple(reachable({"A": 4.0, "B": 1.5, "C": 0.5}, base_rate).values()) == pytest.approx(expected)
