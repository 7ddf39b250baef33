"""What the benchmark of amounts adds up: two accounts of known truth."""

import pandas as pd

from benchmarks.amounts import Sums, log_error, segmented, segments, unnamed

ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["A1", "A2", "A3"],
        "employees": [19.0, 20.0, None],
        "industry": ["Retail", None, "Retail"],
        "grade": ["A", "B", "A"],
        "win_probability": [0.2, 0.1, 0.0],
        "expected_amount": [200.0, 100.0, 100.0],
        "true_win_probability": [0.1, 0.1, 0.0],
        "true_expected_amount": [100.0, 100.0, 100.0],
        "true_has_open_deal": [True, False, False],
    }
)


def test_each_segment_is_compared_with_its_truth() -> None:
    assert segments(segmented(ACCOUNTS)) == [
        ("", "all", "100.0%", "1.50", "1.50"),
        ("employees", "20 to 60", "50.0%", "1.00", "0.60"),
        ("employees", "under 20", "50.0%", "2.00", "2.40"),
        ("industry", "Retail", "50.0%", "2.00", "2.40"),
        ("industry", "not known", "50.0%", "1.00", "0.60"),
        ("grade", "A", "50.0%", "2.00", "2.40"),
        ("grade", "B", "50.0%", "1.00", "0.60"),
        ("deal", "no open deal", "50.0%", "1.00", "0.60"),
        ("deal", "open deal", "50.0%", "2.00", "2.40"),
    ]


def test_the_error_is_of_logarithms_of_those_who_can_win() -> None:
    assert round(log_error(ACCOUNTS), 4) == round((0.5 * 0.6931**2) ** 0.5, 4)


def test_deals_without_names() -> None:
    tables = {"opportunities": pd.DataFrame({"opportunity_id": ["O"], "lead_id": ["L"]}), "contact_roles": ACCOUNTS}
    assert list(unnamed(tables)) == ["opportunities"]
    assert list(unnamed(tables)["opportunities"]) == ["opportunity_id"]


def test_leads_are_added_up_by_how_many_of_an_account_are_known() -> None:
    accounts = pd.DataFrame({"account_id": ["A1", "A2", "A3"], "expected_revenue": [100.0, 50.0, 80.0]})
    leads = pd.DataFrame(
        {
            "lead_id": ["L1", "L2", "L3", "L4"],
            "account_id": ["A1", "A1", "A2", "A9"],
            "expected_revenue": [60.0, 20.0, 55.0, 5.0],
        }
    )
    found = Sums.of("both", accounts, leads)
    # A3 has no lead, and A9 is no longer ranked: its lead is one too many.
    assert (found.accounts, found.leads) == (150.0, 140.0)
    assert found.by_leads.loc["1"].tolist() == [50.0, 55.0]
    assert found.by_leads.loc["2"].tolist() == [100.0, 80.0]
