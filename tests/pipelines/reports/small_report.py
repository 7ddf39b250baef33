"""A scorecard of four terms and the evidence of a small market, as `train` and `backtest` leave them."""

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from pipelines.reports.scorecard.content import Section
from scoring.evidence import breakdown
from scoring.evidence.backtest_evidence import BacktestEvidence, CutOffSummary, LearningPoint, RefitStep, Stability
from scoring.evidence.comparison import compare
from scoring.evidence.comparison_result import CapturedCurve, Comparison, Curve, Measure, RankingMeasures
from scoring.evidence.measures.totals import stated
from scoring.evidence.promotion.decision import Decision, Verdict
from scoring.features.fit import attributes
from scoring.features.intent import engagement
from scoring.features.spec import Attribute
from scoring.scorecard.forecast_error import ForecastError
from scoring.scorecard.parts import Term, encoding
from scoring.scorecard.reasons import words_of_term
from scoring.scorecard.scorecard import Scorecard
from tests.scoring.example_scorecard import scorecard_of

#: What a CRM may well hold, and a page must not obey.
HOSTILE = "<script>alert('x')</script>"
#: Days of the cut-offs: 2025-05-01 and 2025-05-31.
DAYS = (20_209, 20_239)
HORIZON_DAYS = 182
ERROR = ForecastError(level=0.1, amount=1.3, mean_amount=0.05, horizons=3.0)
RANKINGS = ("closedwon", "mql", "touches", "source_rate")

_INDUSTRY, _SIZE = attributes({"industry": "category", "employees": "numeric"})
_HOSTILE = Attribute(name=HOSTILE, label=HOSTILE, column=HOSTILE)
_PRICING = next(f for f in engagement(["pricing_view"], group=False) if f.name == "days_since_pricing_view")
_FEATURES = {feature.name: feature for feature in (_INDUSTRY, _HOSTILE, _SIZE, _PRICING)}
_ENCODINGS: dict[str, Any] = {
    "industry": {"kind": "category", "levels": ["Software", "Retail & Co"]},
    HOSTILE: {"kind": "category", "levels": [HOSTILE, "plain"]},
    "employees": {"kind": "numeric", "edges": [50.0, 200.0]},
    "days_since_pricing_view": {"kind": "numeric", "edges": [8.0, 31.0]},
}


def scorecard(**changed: Any) -> Scorecard:
    """The scorecard: open accounts 100, three features and a pair."""
    terms = [
        _term(["industry"], [0.0, 0.0, 0.4, -0.6], [20, 0, 50, 30], [1.0, 1.0, 0.9, 0.6]),
        _term([HOSTILE], [0.0, 0.0, 0.2, -0.1], [60, 0, 20, 20], [1.0] * 4),
        _term(["days_since_pricing_view"], [-0.1, 1.2, 0.7, 0.1], [70, 10, 10, 10], [1.0, 1.0, 1.0, 0.5]),
        _term(
            ["industry", "employees"],
            [[0.0] * 4, [0.0] * 4, [0.0, 0.1, 0.1, 0.3], [0.0, 0.0, 0.0, -0.2]],
            [[5] * 4, [0] * 4, [10, 20, 10, 10], [10, 10, 5, 5]],
            [[1.0] * 4] * 4,
        ),
    ]
    content = {
        "entity": "account",
        "as_of": "2025-12-29",
        "horizon_days": HORIZON_DAYS,
        "rung": "additive",
        "amount_rung": "segment",
        "wins": 312,
        "calibration": {"kind": "platt", "x": [], "y": []},
        "terms": terms,
        "encodings": _ENCODINGS,
        "amount": {"base": 0.0, "terms": []},
        "base_rate": 0.031,
        "features": [feature.declaration() for feature in _FEATURES.values()],
        "quarantined": [
            {
                "attribute": "onboarding_tier",
                "rule": "filled",
                "reason": "filled for 93% of the won and 1% of the others",
                "figures": {},
            }
        ],
        "left_out": {HOSTILE + "_2": "has as many values as rows"},
    }
    return replace(scorecard_of(content), **changed)


def _term(names: list[str], values: Any, counts: Any, stable: Any) -> dict[str, Any]:
    features = [_FEATURES[name] for name in names]
    said = {"features": names, "side": features[0].side, "values": values, "counts": counts, "stable": stable}
    return said | {
        "words": words_of_term(features, {name: encoding(name, found) for name, found in _ENCODINGS.items()})
    }


def frame(seed: int = 5, accounts: int = 400) -> pd.DataFrame:
    """The forecast frame: the probability is true, the MQL points know a little of it, touches nothing."""
    rng = np.random.default_rng(seed)
    parts = []
    for day in DAYS:
        p = rng.beta(0.4, 6, accounts)
        won = (rng.random(accounts) < p).astype(int)
        size = np.round(rng.lognormal(10, 0.5, accounts), 2)
        parts.append(
            pd.DataFrame(
                {
                    "unit": [f"SECRET{i:04}" for i in range(accounts)],
                    "as_of": day,
                    "won": won,
                    "amount": won * size,
                    "touches": rng.poisson(5, accounts).astype(float),
                    "segment_industry": rng.choice(["Software", "Retail & Co", HOSTILE], accounts),
                    "grade": np.where(p > 0.2, "A", np.where(p > 0.05, "B", "C")),
                    "fit_score": rng.uniform(0, 100, accounts),
                    "intent_score": 100 * p.argsort().argsort() / accounts,
                    "expected_amount": float(np.exp(10.125)),
                    "p_closedwon": p,
                    "value_mql": p + rng.normal(0, 0.2, accounts),
                    "p_source_rate": 0.06,
                }
            )
        )
    found = pd.concat(parts, ignore_index=True)
    found["value_closedwon"] = found["p_closedwon"] * found["expected_amount"]
    found["value_touches"], found["value_source_rate"] = found["touches"], found["p_source_rate"]
    return found


STABILITY = Stability(
    open=400,
    capacity=26,
    steps=(RefitStep("2025-05-01", "2025-05-31", kept=0.84, rank_correlation=0.953, reason_kept=0.91),),
    kept=0.84,
    rank_correlation=0.953,
    reason_kept=0.91,
    stable_reasons=(0.99, 0.93, None),
)
LEARNING = (
    LearningPoint(share=0.25, wins=75.0, auc=0.81, captured=0.4, draws=2, rung="logistic"),
    LearningPoint(share=0.5, wins=150.0, auc=None, captured=None, draws=1, rung="additive"),
    LearningPoint(share=1.0, wins=300.0, auc=0.86, captured=0.5, draws=1, rung="additive"),
)


@cache
def evidence(*, worthless: bool = False) -> BacktestEvidence:
    """What the backtest finds: 26 of 400 accounts can be worked, one a week. `worthless`: no win has an amount."""
    rows = frame()
    rows = rows.assign(amount=0.0) if worthless else rows
    capacity = dict.fromkeys(DAYS, 26.0)
    return BacktestEvidence(
        entity="account",
        as_of="2025-12-29",
        horizon_days=HORIZON_DAYS,
        cut_offs=tuple(_cut_off(rows[rows["as_of"] == day], date) for day, date in zip(DAYS, _DATES, strict=True)),
        comparison=compare(rows, RANKINGS, capacity=capacity, replicates=40, seed=7),
        curve=breakdown.captured_curve(rows, RANKINGS),
        reliability=breakdown.reliability(rows),
        segments=breakdown.by_segment(rows, capacity=capacity, replicates=40),
        months=breakdown.by_month(rows, replicates=40),
        grid=breakdown.fit_by_intent(rows),
        totals=stated(rows, dict.fromkeys(DAYS, ERROR)),
        stability=STABILITY,
        learning_curve=LEARNING,
    )


def two_cut_offs(**changed: Any) -> BacktestEvidence:
    """Evidence written out: 2 cut-offs of 500 accounts, 26 worked in 182 days, 4 million booked in all."""
    rankings = {
        "closedwon": RankingMeasures(
            {"revenue_captured": Measure(0.5, 0.4, 0.6), "precision": Measure(0.3, 0.2, 0.4)}
            | {"ratio": Measure(*changed.pop("ratio", (1.0, 0.9, 1.1)))}
        ),
        "mql": RankingMeasures(
            {"revenue_captured": Measure(0.1, 0.05, 0.2)}, {"revenue_captured": Measure(0.4, 0.3, 0.5)}
        ),
        "recency": RankingMeasures(
            {"revenue_captured": Measure(0.45, 0.3, 0.6)}, {"revenue_captured": Measure(0.05, -0.1, 0.2)}
        ),
    }
    curves = {"closedwon": (0.0, 0.8, 0.9, 1.0), "mql": (0.0, 0.3, 0.5, 1.0)}
    return replace(
        evidence(),
        comparison=Comparison(
            rows=1_000,
            units=500,
            cut_offs=2,
            wins=40,
            revenue=4_000_000.0,
            capacity=52.0,
            share=0.052,
            replicates=200,
            rankings=rankings,
            winners=changed.pop("winners", None),
        ),
        curve=Curve((0.0, 0.25, 0.5, 1.0), {name: CapturedCurve(line, line, line) for name, line in curves.items()}),
        **changed,
    )


_DATES = ("2025-05-01", "2025-05-31")


def _cut_off(rows: pd.DataFrame, date: str) -> CutOffSummary:
    wins, revenue = int(rows["won"].sum()), float(rows["amount"].sum())
    return CutOffSummary(date, len(rows), wins, revenue, capacity=26.0, trained_wins=300, rung="additive")


DECISION = Decision(
    Verdict(
        True,
        ("it tells who will win", "closedwon predicts 1.02 times the wins that came"),
        {
            "challenger_minus_champion": 0.021,
            "challenger_minus_champion_low": -0.01,
            "challenger_minus_champion_high": 0.05,
        },
    )
)


def section(**changed: Any) -> Section:
    """All that a section can have."""
    older = scorecard(as_of=date(2025, 6, 30), wins=290, base_rate=0.04)
    industry = _term(["industry"], [0.0, 0.0, 0.9, -0.6], [20, 0, 50, 30], [1.0] * 4)
    older = replace(older, terms=(Term.from_json(industry), *older.terms[2:]))
    said: dict[str, Any] = {
        "scorecard": scorecard(),
        "evidence": evidence(),
        "version": "4",
        "role": "challenger",
        "champion": older,
        "champion_version": "3",
        "decision": DECISION,
    }
    return Section(**said | changed)
