"""`closedwon explain`: the statement of the example scorecard, line by line, and that of the trained market."""

import re
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.serving.explain import printed
from pipelines.serving.score_breakdown import ScoreBreakdown, of_row
from pipelines.store.store import Store
from scoring.features.spec import Attribute, Feature, Momentum, Recency
from scoring.scorecard.parts import Amount, Numeric, Term
from scoring.scorecard.reasons import words_of_term
from scoring.scorecard.scorecard import Scorecard
from tests.pipelines.conftest import Ended, Run, TrainedStore
from tests.scoring.example_scorecard import scorecard_of

FEATURES: list[Feature] = [
    Recency(name="days_since_demo", label="Demo", activity="demo"),
    Attribute(name="industry", label="Industry", column="industry"),
    Attribute(name="public", label="Public", column="public"),
    Attribute(name="employees", label="Employees", column="employees", values="numeric"),
]


def example() -> Scorecard:
    """The example with the words that its features have, and one entry that did not survive resampling."""
    bare = replace(scorecard_of({}), features=tuple(FEATURES))
    terms = [
        replace(term, words=words_of_term([bare.by_name[name] for name in term.features], bare.encodings))
        for term in bare.terms
    ]
    terms[2] = replace(terms[2], stable=(1.0, 1.0, 0.625, 1.0))
    return replace(bare, terms=tuple(terms))


def told(*row: Any) -> ScoreBreakdown:
    frame = pd.DataFrame([dict(zip([feature.name for feature in FEATURES], row, strict=True))], dtype=object)
    return of_row(example(), frame, "A1", "2025-03-01")


def test_it_reads_like_a_statement() -> None:
    # Odds are e to the contribution; the chance of both periods at 0.75 is 1 - (1 - s(1.25)) (1 - s(0.25)) = 90.25 %.
    assert printed(told(3, "Software", True, 200.0), "model version 3").splitlines() == [
        "account A1 as of 2025-03-01, model version 3",
        "",
        "                                                                      value  log-odds    odds    chance",
        "  base: an open account that is average in everything                          -4.000              4.0%",
        "",
        "  Fit: who they are",
        "    Industry: Software and Employees: 50 or more                        200    +1.500    x4.5       16%",
        "    Industry: Software                                                         +0.750    x2.1       30%",
        "  ~ Public: yes                                                                +0.500   x1.65       42%",
        "  fit in all                                                                   +2.750     x16",
        "",
        "  Intent: how ready they are",
        "    Demo in the last 6 days                                               3    +2.000    x7.4       90%",
        "  intent in all                                                                +2.000    x7.4",
        "",
        "  log-odds = base + fit + intent                                               +0.750",
        "",
        "  win probability in 180 days     90.25%   grade A, 30 times the average of 3.0%",
        "  expected amount given a win        22,026.47   8,103 at the average; x2.7 Employees: 50 or more",
        "  expected revenue                   19,878.81   the product of both",
        "  fit 100 and intent 95 of 100: the share of open accounts at training with less",
        "",
        "  ~ differs between resamples of the data: it counts, but is never given as a reason",
    ]


@pytest.mark.parametrize(
    ("group", "words"),
    [
        (("1 of 2: user", "economic buyer"), "beside those of won deals: 1 of 2: user (missing: economic buyer)"),
        (("1 of 1: user", ""), "beside those of won deals: 1 of 1: user (nobody is missing)"),
    ],
)
def test_the_buying_group_is_told_and_adds_nothing(group: tuple[str, str], words: str) -> None:
    plain = printed(told(3, "Software", True, 200.0), "3").splitlines()
    lines = printed(replace(told(3, "Software", True, 200.0), group=group), "3").splitlines()
    assert [line for line in lines if line not in plain] == [f"  buying group of the account, {words}"]


def test_what_hardly_counts_is_told_together_and_what_is_stable_needs_no_note() -> None:
    text = printed(told(None, "Farming", False, None), "model version 3")
    assert text.splitlines()[6:10] == [
        "    Industry: other                                                 Farming    -0.250   x0.78      3.1%",
        "    Public: no                                                                 -0.125   x0.88      2.8%",
        "    1 more, each below 0.01                                                    +0.000              2.8%",
        "  fit in all                                                                   -0.375   x0.69",
    ]
    assert "~" not in text


@pytest.mark.parametrize(
    ("value", "shown"), [(3.0, "3"), (7.25, "7.25"), (29.0, "29"), (1234567.0, "1,234,567"), (np.nan, "")]
)
def test_a_value_is_shown_where_its_words_say_a_span(value: float, shown: str) -> None:
    (line,) = told(value, "Software", True, 200.0).of("intent")
    assert line.value == shown


@pytest.mark.parametrize(
    ("feature", "edges", "value", "shown"),
    [
        (Recency(name="x", label="Demo"), [2.0, 3.0, 4.0], 3.0, ""),  # Demo 3 days ago
        (Recency(name="x", label="Demo"), [2.0, 8.0, 11.0], 10.0, "10"),  # Demo 8 to 10 days ago
        (Recency(name="x", label="Demo"), [2.0, 3.0], 1.0, ""),  # Demo in the last day
        (Momentum(name="x", label="Active weeks"), [0.0, 0.25], 0.75, ""),
        (Attribute(name="x", label="Size", column="x", values="numeric"), [1.0, 2.0], 1.5, "1.5"),
    ],
)
def test_a_value_is_not_said_twice(feature: Feature, edges: list[float], value: float, shown: str) -> None:
    scorecard = example()
    encodings = {**scorecard.encodings, "x": Numeric(tuple(edges))}
    said = words_of_term([feature], encodings)
    term = Term(features=("x",), side="fit", values=(1.0,) * encodings["x"].size, words=said)
    scorecard = replace(scorecard, encodings=encodings, terms=(term,), features=(*scorecard.features, feature))
    frame = pd.DataFrame([{"x": value, "employees": 1.0}])
    (line,) = of_row(scorecard, frame, "A1", "2025-03-01").of("fit")
    assert (line.words, line.value) == (said[int(scorecard.lookup.codes(frame)["x"][0])], shown)


@pytest.mark.parametrize("row", [(3, "Software", True, 200.0), (None, None, None, None), (50, "Retail", False, 2.0)])
def test_it_adds_up(row: tuple[Any, ...]) -> None:
    ledger = told(*row)
    total = {side: sum(line.contribution for line in ledger.of(side)) for side in ("fit", "intent", "amount")}
    assert ledger.base + total["fit"] + total["intent"] == pytest.approx(ledger.scores["log_odds"], abs=1e-9)
    assert ledger.amount_base * np.exp(total["amount"]) == pytest.approx(ledger.scores["expected_amount"])
    assert ledger.of("intent")[-1].chance == pytest.approx(ledger.scores["win_probability"])


@pytest.mark.parametrize(
    ("demo", "words", "said"), [(None, "Employees: below 50", 0.5), (3, "Employees: below 50", 0.0)]
)
def test_fit_says_nothing_of_the_amount_where_the_deal_does(demo: int | None, words: str, said: float) -> None:
    """The amount's table of fit has a second side: those whose deal is known, for which it is 0."""
    plain = example()
    sizes = [plain.encodings[name].size for name in ("employees", "days_since_demo")]
    table = tuple(tuple(0.5 * row if column == 0 else 0.0 for column in range(sizes[1])) for row in range(sizes[0]))
    pair = Term(features=("employees", "days_since_demo"), side="amount", values=table)
    frame = pd.DataFrame([{"employees": 2.0, "days_since_demo": demo, "industry": "Retail", "public": True}])
    ledger = of_row(replace(plain, amount=Amount(1.0, (pair,))), frame, "A1", "2025-03-01")
    assert [(line.words, line.contribution) for line in ledger.of("amount")] == [(words, said)]
    assert ledger.scores["expected_amount"] == pytest.approx(np.exp(1.0 + said))


def test_it_says_what_the_score_file_says_while_the_store_is_in_use(
    trained: TrainedStore, closedwon: Run, tmp_path: Path
) -> None:
    store = trained.copy_of_store(tmp_path / "store")
    row = trained.scores("account").iloc[0]
    crm = copytree(trained.crm, tmp_path / "crm")
    overrides = f"account_id,set_at,grade,reason,expires_at\n{row['account_id']},2025-12-01,A,Anna said so,2026-06-30\n"
    (crm / "overrides.csv").write_text(overrides, encoding="utf-8")
    words = ("--data", crm, *trained.data[2:], "--store", store, "--entity", "account")
    with Store.open(store):  # busy for writers, and open for readers
        ended = closedwon("explain", row["account_id"], *words)
    assert_figures(ended, trained.scorecard("account"), row)
    assert ended.out.endswith("\n\n  override of 2025-12-01 until 2026-06-30: grade A; it changes no score\n")


def test_a_champion_in_another_tracking_store_needs_no_store_here(
    trained: TrainedStore, closedwon: Run, tmp_path: Path
) -> None:
    elsewhere = trained.copy_of_store(tmp_path / "elsewhere") / "mlflow.db"
    row = trained.scores("lead").iloc[0]
    words = ("explain", row["lead_id"], *trained.data, "--store", tmp_path / "fresh")
    assert closedwon(*words).code == 2
    assert_figures(closedwon(*words, tracking=f"sqlite:///{elsewhere}"), trained.scorecard("lead"), row)


def assert_figures(ended: Ended, scorecard: Scorecard, row: pd.Series) -> None:
    """The statement has the figures of the score file."""
    assert (ended.code, ended.err) == (0, "")

    def figure(line: str) -> float:
        (found,) = re.findall(rf"^ *{re.escape(line)}.*? ([+-]\d[\d,.]+|[\d,.]+(?=%? {{3}}))", ended.out, re.MULTILINE)
        return float(found.replace(",", ""))

    assert figure("base") == round(scorecard.base, 3)
    assert figure("fit in all") == round(row["fit_log_odds"], 3)
    assert figure("intent in all") == round(row["intent_log_odds"], 3)
    assert figure("log-odds = base + fit + intent") == round(row["log_odds"], 3)
    assert figure("win probability in 180 days") == round(100 * row["win_probability"], 2)
    assert figure("expected amount given a win") == round(row["expected_amount"], 2)
    assert figure("expected revenue") == round(row["expected_revenue"], 2)
    assert ("buying group of the account" in ended.out) == bool(row["buying_group"])
    assert row["buying_group"] in ended.out
    for reason in ("reason_1", "reason_2", "reason_3"):
        assert figure(row[reason]) > 0
