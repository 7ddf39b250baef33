"""The study of few wins: what counts as captured, and the table."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.few_wins import Drawn, lines_of
from benchmarks.forecasts.rankings import captured

ONE = Drawn("season", 35, 0, 0.50, 0.45, 0.48, "evidence", 0.20, 0.010, 100.0, 90.0)


def test_captured_is_the_share_of_the_worth_in_the_best_twentieth() -> None:
    value, worth = np.arange(40.0), np.ones(40)
    worth[[38, 39, 0]] = [3.0, 7.0, 53.0]  # the two best are worth 10 of 100
    assert captured(value, worth) == pytest.approx(0.10)


def test_the_table_has_a_row_for_each_market_and_one_for_all_that_are_simulated() -> None:
    other = replace(ONE, draw=1, chosen=0.48, earlier=0.45, rung="logistic")
    bank = replace(ONE, market="bpi2012", chosen=0.7, earlier=0.71)
    lines = lines_of([ONE, other, bank, replace(bank, draw=1)])
    assert lines[2:] == [
        "| season | 35 | 2 | 49.0% | 45.0% | 48.0% | +4.0 ± 1.0 | 50% | 20.0% | +1.0 |",
        "| bpi2012 | 35 | 2 | 70.0% | 71.0% | 48.0% | -1.0 ± 0.0 | 100% | 20.0% | +1.0 |",
        "| all simulated | 35 | 2 | 49.0% | 45.0% | 48.0% | +4.0 ± 1.0 | 50% | 20.0% | +1.0 |",
    ]
