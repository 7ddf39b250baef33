"""The one list of baselines: their names, their words, and what the gate compares with."""

import pytest

from scoring.evidence.baselines import (
    BASELINES,
    BY_NAME,
    COMPARED,
    DEAL_BASELINES,
    DRAWN,
    SCORECARDS,
    SIMPLE,
    compared_names,
)


def test_the_order_of_tables_and_what_the_gate_compares_with() -> None:
    assert COMPARED == (
        "closedwon",
        "mql",
        "touches",
        "recency",
        "source_rate",
        "naive_bayes",
        "fit_only",
        "logistic",
        "ceiling",
    )
    assert SIMPLE == ("mql", "touches", "recency", "source_rate", "naive_bayes")
    assert DRAWN == ("mql", "touches")
    assert compared_names("account") == compared_names("lead") == COMPARED
    sales = ("stage_weighted", "crm_probability", "largest")  # what sales forecasts open deals by
    assert compared_names("opportunity") == ("closedwon", *sales, "touches", "logistic", "ceiling")
    assert [entry.name for entry in SCORECARDS] == ["closedwon", "challenger", "champion"]


def test_no_name_is_given_twice() -> None:
    assert len(BY_NAME) == len(SCORECARDS) + len(BASELINES) + len(DEAL_BASELINES)


@pytest.mark.parametrize(
    ("name", "in_sentence", "heading"),
    [
        ("closedwon", "closedwon", "closedwon"),
        ("challenger", "the challenger", "Challenger"),
        ("mql", "the MQL rule", "MQL rule"),
        ("touches", "touch count", "Touch count"),
        ("source_rate", "the source's win rate", "Source's win rate"),
        ("ceiling", "LightGBM with touch counts", "LightGBM with touch counts"),
    ],
)
def test_the_words_of_a_baseline(name: str, in_sentence: str, heading: str) -> None:
    assert (BY_NAME[name].in_sentence, BY_NAME[name].heading) == (in_sentence, heading)
