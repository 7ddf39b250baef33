"""The promotion gate says yes or no, and why: on figures that are written out."""

from dataclasses import replace
from typing import Any

import pytest

from scoring.evidence.comparison_result import Comparison, Measure, RankingMeasures
from scoring.evidence.promotion.decision import Decision, Verdict
from scoring.evidence.promotion.gate import Limits, decide_alone
from scoring.evidence.promotion.gate import decide as decided
from scoring.scorecard.forecast_error import Interval
from scoring.scorecard.scorecard import Scorecard
from tests.scoring.example_scorecard import scorecard_of

Figure = tuple[float | None, float | None, float | None]


def scorecard(
    losses: dict[str, float] | None = None, constant: float = 0.1, terms: int = 2, rows: int = 9000, base: float = -3.0
) -> Scorecard:
    held = {
        "held_out_log_loss": losses or {"logistic": 0.09},
        "held_out_log_loss_constant": constant,
        "held_out_winning_rows": 40,
        "held_out_rows": rows,
    }
    term = {"features": ["a", "b"], "side": "fit", "values": [[0.0, 0.5], [-0.5, 1.0]]}
    amount = {"base": 9.0, "terms": [{"features": ["a"], "values": [0.0, 0.3]}]}
    return scorecard_of({"terms": [term] * terms, "base": base, "amount": amount, "held_out": held})


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
def test_alone_a_model_must_beat_a_constant(losses: dict[str, float], least_skill: float, promoted: bool) -> None:
    assert decide_alone(scorecard(losses), least_skill).promoted is promoted


def test_the_verdict_gives_its_reasons_and_figures() -> None:
    decision = Decision(decide_alone(scorecard({"logistic": 0.09, "additive": 0.075})), as_of="2025-12-29")
    assert decision.to_json() == {
        "promoted": True,
        "reasons": "on 9,000 rows held out, 40 of them won, its log loss is 0.07500, without a model 0.10000 "
        "(skill 25.0%)",
        "held_out_skill": pytest.approx(0.25),
        "held_out_log_loss": 0.075,
        "held_out_log_loss_constant": 0.1,
        "forced": False,
        "judged_as_of": "2025-12-29",
    }


@pytest.mark.parametrize(
    ("nothing", "reason"),
    [
        ({"terms": 0}, "it learned nothing that tells one entity from another"),
        ({"rows": 0}, "the history is too short to hold any of it out, so nothing shows its skill"),
    ],
)
def test_a_scorecard_that_nothing_speaks_for_is_refused(nothing: dict[str, int], reason: str) -> None:
    verdict = decide_alone(scorecard({"logistic": 0.05}, **nothing))
    assert (verdict.promoted, verdict.reasons) == (False, (reason,))


# ranking, whose figures, measure, (value, low, high): all that the gate reads
FIGURES: dict[tuple[str, str, str], Figure] = {
    ("closedwon", "measures", "auc"): (0.74, 0.70, 0.78),
    ("closedwon", "measures", "log_loss_skill"): (0.12, 0.08, 0.15),
    ("closedwon", "measures", "ratio"): (0.9, 0.7, 1.2),
    ("closedwon", "measures", "revenue_captured"): (0.5, 0.4, 0.6),
    ("closedwon", "measures", "wins_captured"): (0.45, 0.38, 0.52),
    ("mql", "measures", "revenue_captured"): (0.2, 0.1, 0.3),
    ("mql", "measures", "wins_captured"): (0.15, 0.1, 0.2),
    ("mql", "closedwon_minus", "revenue_captured"): (0.3, 0.2, 0.4),
    ("mql", "closedwon_minus", "wins_captured"): (0.3, 0.2, 0.4),
    ("recency", "measures", "revenue_captured"): (0.35, 0.25, 0.45),
    ("recency", "measures", "wins_captured"): (0.5, 0.4, 0.6),
    ("recency", "closedwon_minus", "revenue_captured"): (0.15, -0.02, 0.3),
    ("recency", "closedwon_minus", "wins_captured"): (-0.05, -0.15, 0.05),
    ("ceiling", "measures", "revenue_captured"): (0.55, 0.45, 0.65),
    ("ceiling", "closedwon_minus", "revenue_captured"): (-0.05, -0.08, -0.02),
    ("challenger", "measures", "ratio"): (1.1, 0.9, 1.4),
    ("challenger", "measures", "revenue_captured"): (0.48, 0.4, 0.6),
    ("champion", "measures", "revenue_captured"): (0.5, 0.4, 0.6),
    ("champion", "challenger_minus", "revenue_captured"): (-0.02, -0.05, 0.01),
    ("champion", "challenger_minus", "wins_captured"): (-0.01, -0.03, 0.01),
}


#: What each predicts of the 60 wins that came, with the interval that it states itself.
STATED = {
    "closedwon": Interval(54.0, 42.0, 70.0, 36.0, 80.0),
    "challenger": Interval(66.0, 52.0, 84.0, 44.0, 96.0),
}


def decide(found: Comparison, *, changed: dict[str, Interval] | None = None, **asked: Any) -> Verdict:
    """The verdict, where not `changed`, on the wins of `STATED`, as far as the rankings are compared."""
    predicted = {name: one for name, one in (STATED | (changed or {})).items() if name in found.rankings}
    return decided(found, stated=predicted, **asked)


def comparison(changes: dict[tuple[str, str, str], Figure] | None = None, **facts: Any) -> Comparison:
    figures: dict[str, dict[str, dict[str, Measure]]] = {}
    for (name, of, measure), figure in (FIGURES | (changes or {})).items():
        figures.setdefault(name, {"measures": {}}).setdefault(of, {})[measure] = Measure(*figure)
    rankings = {name: RankingMeasures(**parts) for name, parts in figures.items()}
    totals: dict[str, Any] = {"wins": 60, "revenue": 9e5, "share": 0.05}
    sizes = {"rows": 1_000, "units": 900, "cut_offs": 2, "capacity": 50.0, "replicates": 100}
    return Comparison(**sizes | totals | facts, rankings=rankings)


def without(*names: str) -> Comparison:
    found = comparison()
    return replace(found, rankings={name: one for name, one in found.rankings.items() if name not in names})


def test_a_challenger_is_promoted_with_all_that_speaks_for_it() -> None:
    verdict = decide(comparison(), scorecard=scorecard())
    assert verdict.promoted
    assert verdict.reasons == (
        "on 9,000 rows held out, 40 of them won, its log loss is 0.09000, without a model 0.10000 (skill 10.0%)",
        "it tells who will win: its AUC after the cut-offs is 0.740 (0.700 to 0.780), by chance 0.5, and its log loss "
        "at the actual win rates is 12.0% below that of a constant",
        "working 5.0% of what is open it captures 50.0% (40.0% to 60.0%) of the revenue, more than every simple "
        "baseline: recency captures 35.0%, a difference of +15.0% (-2.0% to +30.0%)",
        "closedwon predicts 0.90 times the wins that came, within the 0.68 to 1.50 that it states itself",
        "the challenger predicts 1.10 times the wins that came, within the 0.69 to 1.50 that it states itself",
        "on the same rows the challenger captures 48.0% of the revenue and the champion 50.0%: -2.0% (-5.0% to +1.0%) "
        "is no worse beyond noise",
    )
    figures = ("auc_low", "revenue_captured_over_mql", "ratio", "ratio_of_challenger", "challenger_minus_champion_high")
    assert [verdict.figures[name] for name in figures] == [0.7, 0.3, 0.9, 1.1, 0.01]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        # Skill: the order beyond noise, and more than a constant at the actual rates.
        (
            {("closedwon", "measures", "auc"): (0.52, 0.48, 0.57)},
            "it does not tell who will win: its AUC after the cut-offs is 0.520 (0.480 to 0.570)",
        ),
        ({("closedwon", "measures", "log_loss_skill"): (-0.02, -0.05, 0.0)}, "is 2.0% above that of a constant"),
        # Every simple baseline must be beaten, by the figure itself.
        (
            {("mql", "closedwon_minus", "revenue_captured"): (0.0, -0.1, 0.1)},
            "not more than the simple baselines: the MQL rule captures 20.0%, a difference of +0.0% (-10.0% to +10.0%)",
        ),
        # The champion: beyond noise in revenue, or in wins where revenue is lower too.
        (
            {("champion", "challenger_minus", "revenue_captured"): (-0.1, -0.2, -0.01)},
            "the champion 50.0%: -10.0% (-20.0% to -1.0%) is worse beyond noise",
        ),
        (
            {("champion", "challenger_minus", "wins_captured"): (-0.1, -0.2, -0.01)},
            "-2.0% (-5.0% to +1.0%) is worse beyond noise, and so is -10.0% (-20.0% to -1.0%) of the wins",
        ),
    ],
)
def test_each_rule_refuses_alone_and_says_why(changes: dict[tuple[str, str, str], Figure], reason: str) -> None:
    verdict = decide(comparison(changes), scorecard=scorecard())
    assert not verdict.promoted
    assert len(verdict.reasons) == 1
    assert reason in verdict.reasons[0]


@pytest.mark.parametrize(
    "changes",
    [
        {("champion", "challenger_minus", "revenue_captured"): (-0.1, -0.2, 0.0)},
        # Fewer wins beyond noise, and yet more revenue: larger deals.
        {
            ("champion", "challenger_minus", "revenue_captured"): (0.01, -0.1, 0.1),
            ("champion", "challenger_minus", "wins_captured"): (-0.1, -0.2, -0.05),
        },
    ],
)
def test_noise_speaks_against_nobody(changes: dict[tuple[str, str, str], Figure]) -> None:
    verdict = decide(comparison(changes), scorecard=scorecard())
    assert verdict.promoted


@pytest.mark.parametrize(
    ("name", "interval", "words"),
    [
        # 60 wins came. A limit counts as inside, on either side.
        (
            "closedwon",
            Interval(90.0, 70.0, 112.0, 60.0, 125.0),
            "1.50 times the wins that came, within the 0.72 to 1.50",
        ),
        (
            "closedwon",
            Interval(90.0, 80.0, 105.0, 75.0, 110.0),
            "1.50 times the wins that came, outside the 0.82 to 1.20 that it states itself",
        ),
        ("closedwon", Interval(40.0, 31.0, 51.0, 26.0, 60.0), "0.67 times the wins that came, within the 0.67 to 1.54"),
        (
            "closedwon",
            Interval(40.0, 35.0, 46.0, 32.0, 49.0),
            "0.67 times the wins that came, outside the 0.82 to 1.25 that it states itself",
        ),
        (
            "closedwon",
            Interval(150.0, 30.0, 300.0, 0.0, 500.0),
            "2.50 times the wins that came, within the 0.30 to inf",
        ),
        # One good model of twenty is outside of 95 %.
        (
            "closedwon",
            Interval(84.0, 70.0, 100.0, 62.0, 114.0),
            "0.74 to 1.35 that it states itself for 95 of 100 cases",
        ),
        (
            "challenger",
            Interval(18.0, 12.0, 25.0, 9.0, 30.0),
            "the challenger predicts 0.30 times the wins that came, outside",
        ),
    ],
)
def test_the_wins_predicted_are_judged_by_the_interval_that_is_stated(
    name: str, interval: Interval, words: str
) -> None:
    verdict = decide(comparison(), changed={name: interval}, scorecard=scorecard())
    assert words in verdict.words
    assert verdict.promoted is ("outside" not in words)
    assert verdict.promoted or len(verdict.reasons) == 1


def test_limits_are_given() -> None:
    assert not decide(comparison(), scorecard=scorecard(), limits=Limits(least_skill=0.2)).promoted


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (comparison(wins=0), "nothing was won after the cut-offs, so nothing shows its skill"),
        (without("mql", "recency"), "it was compared with no simple baseline"),
        # Without amounts, wins stand in: recency captures more of those.
        (comparison(revenue=0.0), "it captures 45.0% (38.0% to 52.0%) of the wins, not more than the simple baselines"),
    ],
)
def test_what_nothing_speaks_for_is_refused(found: Comparison, reason: str) -> None:
    verdict = decide(found, scorecard=scorecard())
    assert not verdict.promoted
    assert reason in "; ".join(verdict.reasons)


def test_a_figure_that_nobody_knows_is_not_recorded() -> None:
    verdict = decide(comparison({("closedwon", "measures", "auc"): (0.6, None, None)}), scorecard=scorecard())
    assert not verdict.promoted
    assert "auc" in verdict.figures
    assert "auc_low" not in verdict.figures


@pytest.mark.parametrize(
    ("absent", "findings"), [(("champion",), 5), (("champion", "challenger"), 4), (("ceiling",), 6)]
)
def test_a_first_challenger_has_no_champion_to_beat(absent: tuple[str, ...], findings: int) -> None:
    verdict = decide(without(*absent), scorecard=scorecard())
    assert (verdict.promoted, len(verdict.reasons)) == (True, findings)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (scorecard(terms=0), "it learned nothing that tells one entity from another"),
        (scorecard(base=float("inf")), "its tables are not finite: base"),
        (scorecard({"logistic": 0.11}), "(skill -10.0%)"),
    ],
)
def test_a_scorecard_that_is_not_sound_is_refused_whatever_the_cut_offs_say(
    broken: dict[str, Any], reason: str
) -> None:
    verdict = decide(comparison(), scorecard=broken)
    assert not verdict.promoted
    assert reason in verdict.reasons[0]


def test_a_table_that_is_not_finite_is_named() -> None:
    whole = scorecard()
    terms = (whole.terms[0], replace(whole.terms[1], values=((0.0, 0.5), (float("nan"), 1.0))))
    broken = replace(whole, terms=terms)
    assert decide(comparison(), scorecard=broken).reasons == ("its tables are not finite: a by b",)
    (term,) = whole.amount.terms
    broken = replace(whole, amount=replace(whole.amount, terms=(replace(term, values=(0.0, float("inf"))),)))
    assert decide(comparison(), scorecard=broken).reasons == ("its tables are not finite: amount",)
    short = decide(comparison(), scorecard=scorecard(rows=0))
    assert short.promoted
    assert short.reasons[0] == "its scorecard is sound, though its history is too short to hold any of it out"
