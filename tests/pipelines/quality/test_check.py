"""`closedwon check` on a few rows, as of 2026-03-02: what it counts, what it writes as JSON, and what it advises."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.pipelines.conftest import QUICKEST, Run
from tests.pipelines.crm_export import export
from tests.pipelines.small_crm import AS_OF, people, write

ACCOUNTS = "account_id,created_at,industry,owner_id\n" + "".join(
    f"A{i},2025-0{1 + i % 6}-05,{('Software', 'Retail')[i % 2]},U{i % 3}\n" for i in range(40)
)
LEADS = "lead_id,account_id,created_at,title\n" + "".join(f"L{i},A{i % 40},2025-07-01,CFO\n" for i in range(60))
#: A1 wins twice, A2 renews, A3 wins on the day it is entered, A4 loses, A5 is open; O9 is won, but nobody knows when.
DEALS = """opportunity_id,account_id,created_at,closed_at,status,amount,opportunity_type
O1,A1,2025-09-01,2025-11-01,won,1000,new_business
O2,A1,2025-12-01,2026-01-15,won,500,new_business
O3,A2,2025-09-01,2025-12-01,won,800,renewal
O4,A3,2026-01-10,2026-01-10,won,700,new_business
O5,A4,2025-08-01,2025-09-20,lost,,new_business
O6,A5,2026-02-01,,open,,new_business
O9,A6,2025-09-01,,won,900,new_business
"""
LENIENT = "[input]\nmax_reject_share = 1.0\n"


Said = tuple[str, dict[str, Any]]


def checking(closedwon: Run, folder: Path, settings: str = "", **tables: str | None) -> Said:
    """What `check` prints of an export, and what it writes as JSON."""
    crm = export(folder / "crm", **({"accounts": ACCOUNTS, "leads": LEADS, "opportunities": DEALS} | tables))
    (folder / "c.toml").write_text(LENIENT + settings)
    words = ("--as-of", "2026-03-02", "--config", folder / "c.toml", "--json", folder / "check.json")
    ended = closedwon("check", "--data", crm, *words)
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, Any] = json.loads((folder / "check.json").read_text(encoding="utf-8"))
    return ended.out, found


#: What `check` says of the export as it stands above, which several tests look at.
AS_IT_IS: list[Said] = []


@pytest.fixture
def checked(closedwon: Run, tmp_path: Path) -> Callable[..., Said]:
    """What `check` says of an export: of the one above, once for all tests."""

    def check(settings: str = "", **tables: str | None) -> Said:
        if settings or tables:
            return checking(closedwon, tmp_path, settings, **tables)
        if not AS_IT_IS:
            AS_IT_IS.append(checking(closedwon, tmp_path))
        return AS_IT_IS[0]

    return check


def test_what_a_training_will_count_is_said(checked: Callable[..., Said]) -> None:
    out, found = checked()
    accounts = found["entities"]["account"]
    names = (
        "wins",
        "repeat_wins",
        "customers_without_new_business",
        "customers_by_rows_set_aside",
        "perhaps_customers",
    )
    assert [accounts[name] for name in names] == [2, 1, 1, 1, 0]
    # A1, A2 and A3 have won, and A6 by a row that had to be set aside.
    assert (accounts["customers"], accounts["open"]) == (4, 36)
    assert "customers 4, open 36: only open accounts are scored" in out
    assert accounts["attributes"] == ["industry"]


def test_customers_are_scored_too_where_any_win_counts(
    checked: Callable[..., Said],
) -> None:
    out, found = checked('[question]\nwin = "any"\n')
    accounts = found["entities"]["account"]
    assert (accounts["customers"], accounts["open"]) == (4, 40)
    assert "customers 4, open 40: customers are scored too" in out
    assert "only open" not in out


def test_the_tables_are_named_with_their_files_and_rules(
    checked: Callable[..., Said],
) -> None:
    out, found = checked()
    assert found["format"] == "closedwon-check/1"
    assert found["as_of"] == "2026-03-02"
    assert found["tables"]["opportunities"] == {
        "rows": 7,
        "read_from": ["opportunities.csv"],
        "set_aside": {"closed_without_date": 1},
        "left_out": 0,
        "last_known": "2026-02-01",
    }
    assert "opportunities                   7 rows from opportunities.csv, 1 rejected" in out
    assert "activities" in found["missing_tables"]


#: No row is set aside and no table of engagement is missing, so that nothing outweighs what a case is about.
SOUND = DEALS.replace("O9,A6,2025-09-01,,won,900,new_business\n", "")
CLEAN = {"opportunities": SOUND, "activities": "lead_id,activity_type,occurred_at\nL1,page_view,2026-02-01\n"}
UNPAID = re.sub(r",won,\d+,", ",won,,", SOUND)
#: An export, and what is said of it among the three things most worth mending.
ADVICE = [
    (
        "as it stands",
        {},
        [
            "2 wins to learn from, and 25 are needed",
            "1 of 7 rows of opportunities are set aside (14.3%)",
            "there is no table activities",
        ],
    ),
    (
        "won deals without an amount, and leads without an account",
        CLEAN | {"opportunities": UNPAID, "leads": re.sub(r",A\d+,", ",,", LEADS)},
        ["4 of 4 won deals have no amount", "60 of 60 leads have no account"],
    ),
    (
        "no deal is lost, and no won deal is new business",
        CLEAN | {"opportunities": SOUND.replace("lost,", "open,").replace("new_business", "Erstauftrag")},
        ["no deal is lost", "0 of 4 won deals are new business, and only those are learned"],
    ),
]


@pytest.mark.parametrize(("tables", "expected"), [case[1:] for case in ADVICE], ids=[case[0] for case in ADVICE])
def test_what_is_most_worth_mending(checked: Callable[..., Said], tables: dict[str, str], expected: list[str]) -> None:
    out, written = checked(**tables)
    advice = [piece["found"] for piece in written["mend_first"]]
    assert len(advice) <= 3
    for found in expected:
        assert any(piece.startswith(found) for piece in advice), advice
        assert f". {found}" in out


def again(deals: pd.DataFrame) -> pd.DataFrame:
    """The deals, and for each of the first winners a renewal that was entered and won ten days after."""
    won = deals[deals["status"] == "won"].head(15)
    days = {"created_at": won["closed_at"], "closed_at": won["closed_at"] + pd.Timedelta(days=10)}
    later = won.assign(opportunity_id="R" + won["opportunity_id"], opportunity_type="renewal", **days)
    return pd.concat([deals.assign(opportunity_type="new_business"), later], ignore_index=True)


@pytest.mark.parametrize("win", ["new_business", "any"])
def test_check_and_train_count_the_same_wins(closedwon: Run, tmp_path: Path, win: str) -> None:
    frames = people(300, 40)
    crm = write(frames | {"opportunities": again(frames["opportunities"])}, tmp_path / "crm")
    (tmp_path / "c.toml").write_text(QUICKEST + f'[question]\nwin = "{win}"\n')
    words = ("--data", crm, "--as-of", AS_OF, "--config", tmp_path / "c.toml")
    assert closedwon("check", *words, "--json", tmp_path / "check.json", "--quiet").code == 0
    assert closedwon("train", *words, "--store", tmp_path / "store", "--quiet").code == 0
    found = json.loads((tmp_path / "check.json").read_text(encoding="utf-8"))
    files = list((tmp_path / "store").rglob("models/*/artifacts/artifacts/scorecard.json"))
    assert files
    for file in files:
        scorecard = json.loads(file.read_text(encoding="utf-8"))
        assert scorecard.get("win", "new_business") == win
        assert scorecard["wins"] == found["entities"][scorecard["entity"]]["wins"]


def test_a_file_that_cannot_be_written_is_said_after_all_else(closedwon: Run, tmp_path: Path) -> None:
    folder = export(tmp_path / "crm")
    ended = closedwon("check", "--data", folder, "--json", tmp_path / "nowhere" / "check.json")
    assert ended.code == 2
    assert ended.err == (
        f"closedwon check: --json {tmp_path}/nowhere/check.json cannot be written (No such file or directory): name "
        "another file\n"
    )
    assert "\nTables, as known before 2026-03-02\n" in ended.out


def test_where_most_deals_do_not_count_more_deals_are_not_the_only_advice(checked):
    deals = "\n".join(
        f"{line},{'is_deleted' if line.startswith('opportunity_id') else str(line[:2] != 'O5').lower()}"
        for line in DEALS.splitlines()
    )
    _, found = checked(opportunities=deals)
    assert found["tables"]["opportunities"]["left_out"] == 6
    assert found["mend_first"][0]["mend"] == (
        "export deals of more years, won and lost; see above why 6 of 7 rows of opportunities do not count"
    )
