"""What `closedwon agree` refuses, keeps and shows. The day is 2026-12-14 where nothing else is said."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.alignment.agree import agree
from pipelines.alignment.agreed import agreements, in_force
from pipelines.alignment.agreement_file import read_agreement
from pipelines.alignment.market import measured
from pipelines.errors import Refused, UsageError
from pipelines.store.ledger import Night
from scoring.alignment.feasibility import ScoredMarket
from scoring.nights.parts import InForce
from scoring.nights.record import NightRecord
from scoring.scorecard.scorecard import Scorecard
from tests.pipelines.alignment.example_agreement import TEXT, written
from tests.scoring.example_scorecard import EXAMPLE

DAY = date(2026, 12, 14)
MARKET = ScoredMarket(date(2026, 12, 13), 1_840, {"A": 40, "B": 200}, {"A": 12.0, "B": 70.0}, 2_400_000.0, 5e7)
QUARTER = TEXT.replace("2027-Q1", "2027-Q2").replace("2027-01-01", "2027-04-01").replace("2027-03-31", "2027-06-30")


def agreed(folder: Path, text: str = TEXT, day: date = DAY, market: ScoredMarket | None = MARKET) -> list[str]:
    """Agree on a text; gives what was said."""
    said: list[str] = []
    agree(folder, read_agreement(written(folder, text)), market, None, day, say=said.append)
    return said


def test_an_agreement_is_checked_shown_and_kept(tmp_path: Path) -> None:
    said = agreed(tmp_path)
    digest = read_agreement(written(tmp_path)).digest
    assert said == [
        f"Agreement 2027-Q1, 2027-01-01 to 2027-03-31, digest {digest}",
        "  target market: employees at least 200; country DE or US",
        "  revenue target: 1,200,000 in 90 days",
        "  first touch within: A 4 h, B 24 h",
        "  capacity: 150 a week",
        "  in the target market on 2026-12-13: 1,840 known and open (A 40, B 200)",
        "Note: 82 a week come into grade A and B, and 150 a week can be worked",
        "Agreed: 2027-Q1 holds from 2027-01-01 to 2027-03-31",
    ]
    (tmp_path / "agreements" / "._2027-Q1.json").write_bytes(b"\0\x05\x16\x07")
    (kept,) = agreements(tmp_path)
    assert (kept.name, kept.digest, kept.agreed_on) == ("2027-Q1", digest, DAY)
    assert agreed(tmp_path, day=date(2027, 2, 1))[-1] == "2027-Q1 was agreed on 2026-12-14: nothing to do"
    assert "2026-12-1" not in json.dumps(dict(kept.content))  # who approved when is nobody's setting


def test_the_next_one_is_shown_beside_the_one_before(tmp_path: Path) -> None:
    agreed(tmp_path)
    said = agreed(tmp_path, QUARTER.replace("1_200_000", "1_500_000"))
    start = said.index("Against 2027-Q1:")
    assert said[start + 1 : start + 5] == [
        "  agreement.name: 2027-Q1 -> 2027-Q2",
        "  agreement.first_day: 2027-01-01 -> 2027-04-01",
        "  agreement.last_day: 2027-03-31 -> 2027-06-30",
        "  agreement.revenue_target: 1,200,000 -> 1,500,000",
    ]
    assert [one.name for one in agreements(tmp_path)] == ["2027-Q1", "2027-Q2"]


@pytest.mark.parametrize(
    ("text", "day", "message"),
    [
        (
            TEXT,
            date(2027, 1, 2),
            "its period began on 2027-01-01, before 2027-01-02: an agreement is made before it holds",
        ),
        (TEXT.replace("inside_sales = 120", "inside_sales = 20"), DAY, "the service level cannot be kept: 82 a week"),
        (TEXT.replace("1_200_000", "60_000_000"), DAY, "the target of 60,000,000 is more than the market holds: 1,840"),
        (TEXT, date(2026, 12, 12), "it is dated 2026-12-12, and the newest night is of 2026-12-13: no agreement is"),
        (
            TEXT.replace("800_000", "1_300_000"),
            DAY,
            "its parts are to bring 1,300,000, more than the whole of 1,200,000",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, day: date, message: str) -> None:
    with pytest.raises(Refused, match=f"^2027-Q1 was not agreed: .*{message}"):
        agreed(tmp_path, text, day)
    assert agreements(tmp_path) == []


@pytest.mark.parametrize(("old", "new"), [("a = 4\n", "a = 8\n"), ("inside_sales = 120", "inside_sales = 200")])
def test_what_holds_is_not_changed(tmp_path: Path, old: str, new: str) -> None:
    agreed(tmp_path)
    changed = TEXT.replace(old, new)
    assert agreed(tmp_path, changed, date(2026, 12, 20))[-1].startswith("Agreed: ")  # it has not begun
    with pytest.raises(Refused, match=r"2027-Q1 began on 2027-01-01 and is changed in \w+\.\w+: write the change into"):
        agreed(tmp_path, TEXT, date(2027, 1, 1))
    assert agreements(tmp_path)[0].agreed_on == date(2026, 12, 20)


def test_two_agreements_do_not_hold_on_one_day(tmp_path: Path) -> None:
    agreed(tmp_path)
    with pytest.raises(Refused, match="it overlaps with 2027-Q1, 2027-01-01 to 2027-03-31"):
        agreed(tmp_path, QUARTER.replace("2027-04-01", "2027-03-31"))


def test_without_approval_it_is_only_checked(tmp_path: Path) -> None:
    said = agreed(tmp_path, TEXT.replace("customer_success = 2026-12-11", ""))
    assert said[-1] == "Not agreed yet: it is not approved by customer success"
    assert agreements(tmp_path) == []


def test_without_a_night_it_says_what_was_not_compared(tmp_path: Path) -> None:
    note = "Note: no night is in the store yet: neither the target nor the service level was compared with the market"
    assert note in agreed(tmp_path, market=None)


def test_scores_that_are_served_otherwise(tmp_path: Path) -> None:
    served = replace(Scorecard.from_json(EXAMPLE), grades={"A": 4.0, "B": 2.0, "C": 0.5}, horizon_days=90)
    said: list[str] = []
    agree(tmp_path, read_agreement(written(tmp_path)), MARKET, served, DAY, say=said.append)
    assert [line for line in said if "champion" in line] == [
        "Note: the champion's grades begin at A 4, B 2, C 0.5 times the base rate, and A 4, B 1.5, C 0.5 is agreed: "
        "set [grades] in the configuration and train",
        "Note: the champion looks 90 days ahead, and 180 are agreed: train with --horizon-days 180",
    ]


def test_who_came_into_a_grade(tmp_path: Path) -> None:
    def night(day: str, sequence: int, grades: str) -> Night:
        folder = tmp_path / day
        folder.mkdir()
        rows = [(f"A{i}", grade, 100.0, 10.0) for i, grade in enumerate(grades) if grade != "-"]
        columns = ["account_id", "grade", "expected_amount", "expected_revenue"]
        pd.DataFrame(rows, columns=columns).to_parquet(folder / "account_scores.parquet")
        record = NightRecord(
            night=day,
            sequence=sequence,
            as_of=date.fromisoformat(day),
            scored_at=pd.Timestamp(f"{day}T02:00Z").to_pydatetime(),
            since=date.fromisoformat(day),
            models={"account": "1"},
            out="scores",
            identity=day,
        )
        return Night(folder, record)

    past = [night("2026-11-30", 1, "ABCD-"), night("2026-12-10", 2, "AACDB"), night("2026-12-14", 3, "BACAB")]
    found = measured(past, "account", None)
    assert (found.as_of, found.known, found.grades) == (DAY, 5, {"A": 2, "B": 2, "C": 1})
    assert (found.revenue, found.most) == (50.0, 500.0)
    assert found.entered == {"A": 1.0, "B": 0.5}  # two weeks: B1 and D3 came into A, A4 is new in B, A0 fell
    assert measured(past, "account", frozenset({"A0", "A4"})).grades == {"B": 2}
    assert measured(past[1:], "account", None).entered == {}


def test_which_one_holds_on_a_day(tmp_path: Path) -> None:
    agreed(tmp_path)
    digest = agreements(tmp_path)[0].digest
    assert in_force(tmp_path, date(2027, 3, 31)) == InForce("2027-Q1", digest)
    assert in_force(tmp_path, date(2027, 4, 1)) is None
    (tmp_path / "agreements" / "0.json").write_text("{")
    assert in_force(tmp_path, date(2027, 1, 1)) == InForce("2027-Q1", digest)  # no night ends for a damaged file
    with pytest.raises(UsageError, match=r"0.json cannot be read .*: restore it from a backup, or delete it"):
        agreements(tmp_path)
