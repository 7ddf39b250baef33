"""Which overrides hold on a day, and who was right, by hand."""

from datetime import date, datetime

import ibis
import pandas as pd
import pytest

from scoring.evidence.comparison_result import Measure
from scoring.handoffs.overrides import Compared, compare_overrides, directions, overrides_in_force
from scoring.timeline import day_number

MARCH = day_number(date(2027, 3, 1))


def test_the_newest_holds_until_it_expires() -> None:
    rows = [
        # lead, account, set, grade, expires
        ("L1", "A1", "2027-02-01", "A", None),
        ("L1", None, "2027-02-10", "B", None),  # replaces it: it is the same lead
        (None, "A1", "2027-02-01", "D", "2027-03-02"),
        (None, "A2", "2027-02-01", "D", "2027-03-01"),  # expired at midnight
        (None, "A3", "2027-01-01", "A", None),
        (None, "A3", "2027-02-01", "C", "2027-02-15"),  # replaced the first, and has expired
    ]
    frame = pd.DataFrame(rows, columns=["lead_id", "account_id", "set_at", "grade", "expires_at"])
    kinds = {"lead_id": "string", "account_id": "string", "set_at": "timestamp", "grade": "string"}
    kinds |= {"expires_at": "timestamp", "score": "float64"}
    frame = frame.assign(score=None, **{name: pd.to_datetime(frame[name]) for name in ("set_at", "expires_at")})
    found = overrides_in_force(
        ibis.memtable(frame, schema=ibis.schema({name: kinds[name] for name in frame.columns})), MARCH
    )
    cells = found.select("lead_id", "account_id", "grade", "set_at").to_pyarrow().to_pylist()
    assert sorted(tuple(row.values()) for row in cells if row["lead_id"]) == [
        ("L1", None, "B", datetime(2027, 2, 10)),
    ]
    assert [(row["account_id"], row["grade"]) for row in cells if not row["lead_id"]] == [("A1", "D")]


def test_directions() -> None:
    override, score = pd.Series([0.3, 0.1, 0.2, float("nan")]), pd.Series([0.2, 0.2, 0.2, 0.2])
    assert directions(override, score).tolist() == ["raised", "lowered", "unchanged", ""]


def overrides(n: int, won: int, *, scored: float, override: float, matured: bool = True) -> pd.DataFrame:
    direction = "raised" if override > scored else "lowered"
    rows = [(direction, f"A{i}", scored, override, int(i < won), matured) for i in range(n)]
    return pd.DataFrame(rows, columns=["direction", "account", "scored", "override", "won", "matured"])


@pytest.mark.parametrize(
    ("rows", "expected", "words"),
    [
        # Brier 0.9 * 0.1 ** 2 + 0.1 * 0.9 ** 2 = 0.09 of the score, 0.25 of the override.
        ((20, 2, 0.1, 0.5), -0.16, "the scores were nearer to what came"),
        ((20, 12, 0.1, 0.5), 0.24, "the overrides were nearer to what came"),
        ((20, 6, 0.1, 0.5), 0.0, "no difference beyond chance"),
        ((20, 0, 0.3, 0.1), 0.08, "the overrides were nearer to what came"),
        ((9, 9, 0.1, 0.5), 0.56, "too few to say: 10 are needed"),
    ],
)
def test_who_was_right(rows: tuple[int, int, float, float], expected: float, words: str) -> None:
    n, won, scored, chance = rows
    pending = overrides(3, 3, scored=scored, override=chance, matured=False)
    found = compare_overrides(
        pd.concat([overrides(n, won, scored=scored, override=chance), pending]), replicates=200, seed=7
    )
    one = next(found for found in found if found.overrides)
    assert one.difference.value == pytest.approx(expected, abs=1e-12)
    assert (one.words, one.overrides, one.pending, one.matured, one.won) == (words, n + 3, 3, n, won)
    assert (one.score, one.override) == (pytest.approx(scored), pytest.approx(chance))


def test_overrides_of_one_account_are_drawn_together() -> None:
    rows = overrides(40, 20, scored=0.1, override=0.5)
    apart, one_account = (
        compare_overrides(part, replicates=200, seed=7)[0] for part in (rows, rows.assign(account="A"))
    )
    assert one_account.difference.low == one_account.difference.high == pytest.approx(apart.difference.value)
    assert apart.difference.low < apart.difference.value < apart.difference.high


def test_nothing_to_compare() -> None:
    found = compare_overrides(overrides(4, 0, scored=0.1, override=0.5, matured=False), replicates=20, seed=7)
    assert found[0] == Compared("raised", 4, 4, 0, 0, None, None, Measure(None))
    assert found[0].words == "nothing to compare yet"
