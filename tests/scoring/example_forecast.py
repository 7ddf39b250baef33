"""Forecast frames for tests: one written by hand, and a random market whose truth is known."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from scoring.timeline import day_number

MARCH, APRIL = day_number(date(2026, 3, 1)), day_number(date(2026, 4, 1))

# unit, as_of, won, amount, p and value of closedwon, touches; the touch count misses both wins of March.
ROWS = [
    ("a", MARCH, 1, 300.0, 0.5, 150.0, 1.0),
    ("b", MARCH, 0, 0.0, 0.3, 90.0, 9.0),
    ("c", MARCH, 1, 100.0, 0.2, 20.0, 0.0),
    ("d", MARCH, 0, 0.0, 0.1, 30.0, 5.0),
    ("b", APRIL, 1, 600.0, 0.6, 360.0, 9.0),
    ("c", APRIL, 0, 0.0, 0.4, 40.0, 2.0),
    ("d", APRIL, 0, 0.0, 0.1, 30.0, 5.0),
    ("e", APRIL, 0, 0.0, 0.1, 10.0, 0.0),
]
COLUMNS = ("unit", "as_of", "won", "amount", "p_closedwon", "value_closedwon", "touches")


def example() -> pd.DataFrame:
    """Eight rows: two cut-offs, three wins, 1000 booked."""
    frame = pd.DataFrame(ROWS, columns=list(COLUMNS))
    return frame.assign(
        expected_amount=frame["value_closedwon"] / frame["p_closedwon"],
        value_touches=frame["touches"],
        segment_industry=["Retail", "Software", "Retail", "Software", "Software", "Retail", "Software", "Retail"],
        fit_score=[90.0, 90.0, 10.0, 10.0, 90.0, 10.0, 10.0, 100.0],
        intent_score=[80.0, 0.0, 30.0, 0.0, 80.0, 25.0, 0.0, 49.9],
    )


def drawn(
    units: int = 800, cut_offs: int = 3, seed: int = 7, *, slope: float = 1.5, shift: float = 0.0
) -> pd.DataFrame:
    """Units with different probabilities to win. closedwon knows these; the touch count is loosely linked.

    `slope` is how much the units differ, 0 for wins at random; `shift` moves the log-odds after the forecast.
    """
    random = np.random.default_rng(seed)
    parts = []
    for cut_off in range(cut_offs):
        good = random.normal(size=units)
        odds = -3.0 + 1.5 * good
        won = random.random(units) < 1.0 / (1.0 + np.exp(3.0 - slope * good - shift))
        p = 1.0 / (1.0 + np.exp(-odds))
        columns: dict[str, Any] = {
            "unit": [f"u{i}" for i in range(units)],
            "as_of": MARCH + 30 * cut_off,
            "won": won.astype(int),
            "amount": np.where(won, random.lognormal(9.0, 0.5, units), 0.0),
            "touches": random.poisson(np.exp(0.3 * good)).astype(float),
            "expected_amount": 9_000.0,
            "p_closedwon": p,
            "value_closedwon": 9_000.0 * p,
        }
        parts.append(pd.DataFrame(columns))
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(value_touches=frame["touches"], value_mql=0.0)
