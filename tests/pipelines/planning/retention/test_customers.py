"""Customers of one hand-written export, of the table and of its deals, and what they are worth."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.config import Config
from pipelines.errors import BadInput, UsageError
from pipelines.intake.point_in_time import Export, read_export
from pipelines.planning.retention.customers import CustomerSpells, customers_of
from pipelines.planning.retention.groups import groups_of
from pipelines.planning.retention.report import RetentionReport, retention_report
from pipelines.planning.retention.text import lines
from pipelines.planning.retention.value import later_revenue, renewals_in, retained
from scoring.knowledge import upto
from scoring.timeline import calendar_date, day_number

AS_OF = date(2026, 3, 1)
DAY = day_number(AS_OF)

CUSTOMERS = """account_id,since,until,recurring_revenue,active
A1,2024-01-01,2024-12-31,1000,false
A1,2025-01-01,,1200,true
A2,2023-05-01,2026-06-30,500,true
A3,2023-05-01,2024-04-30,700,false
A3,2025-09-01,,800,true
A4,2022-01-01,2026-02-28,900,false
A5,2022-01-01,2026-03-01,300,true
A6,2022-01-01,,,true
A7,2022-01-01,2021-01-01,1,true
A8,2022-01-01,,-5,true
A9,2022-01-01,,5,true
A5,not a day,,5,true
"""
DEALS = """opportunity_id,account_id,created_at,closed_at,status,amount,opportunity_type
O1,A1,2023-12-01,2024-01-01,won,1000,new_business
O2,A1,2024-12-01,2025-01-01,won,600,renewal
O3,A2,2023-12-01,2024-03-01,won,2000,new_business
O4,A2,2025-02-01,2025-03-01,lost,,renewal
O5,A3,2025-12-01,2025-12-31,lost,,new_business
O6,A4,2025-01-01,2025-03-01,won,,new_business
O7,A4,2026-02-01,2026-03-01,lost,,renewal
O8,A5,2026-01-01,,open,,new_business
"""
#: Without A9, so that a row of the customers names nobody.
ACCOUNTS = "account_id,created_at,industry,source\n" + "".join(
    f"A{i},2021-01-01,{'Retail' if i < 4 else 'Health'},{'event' if i < 6 else 'web'}\n" for i in range(1, 9)
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Export, list[str]]:
    folder = tmp_path_factory.mktemp("crm")
    for name, text in (("customers", CUSTOMERS), ("opportunities", DEALS), ("accounts", ACCOUNTS)):
        (folder / f"{name}.csv").write_text(text)
    config = Config()
    printed: list[str] = []
    found = read_export(
        folder, replace(config, input=replace(config.input, max_reject_share=0.5)), AS_OF, printed.append
    )
    return found, printed


@pytest.fixture(scope="module")
def export(whole: tuple[Export, list[str]]) -> Export:
    return whole[0]


@pytest.fixture(scope="module")
def of_deals(export: Export) -> Export:
    return replace(export, tables=replace(export.tables, customers=None))


def shown(found: CustomerSpells) -> list[tuple[str, str, str, float]]:
    spells = found.spells
    return [
        (str(unit), str(calendar_date(begin)), "" if np.isnan(end) else str(calendar_date(int(end))), float(yearly))
        for unit, begin, end, yearly in zip(spells.unit, spells.begin, spells.end, spells.yearly, strict=True)
    ]


def test_rows_that_break_a_rule_are_set_aside_and_ended_ones_are_not(whole: tuple[Export, list[str]]) -> None:
    rules = {(one.rule, one.count) for one in whole[0].intake.rejects if one.table == "customers"}
    assert rules == {
        ("ended_before_it_began", 1),
        ("negative_recurring_revenue", 1),
        ("unknown_account", 1),
        ("unparsable_since", 1),
    }
    assert whole[0].intake.counts["customers"].left_out == 0


def test_the_table_says_from_when_until_when(export: Export) -> None:
    found = customers_of(export)
    assert [row[:3] for row in shown(found)] == [
        ("A1", "2024-01-01", ""),
        ("A2", "2023-05-01", ""),
        ("A3", "2023-05-01", "2024-04-30"),
        ("A3", "2025-09-01", ""),
        ("A4", "2022-01-01", "2026-02-28"),
        ("A5", "2022-01-01", ""),
        ("A6", "2022-01-01", ""),
    ]
    assert found.spells.yearly.tolist()[:6] == [1200, 500, 700, 800, 900, 300]
    assert np.isnan(found.spells.yearly[6])


def test_deals_say_it_where_there_is_no_table(of_deals: Export) -> None:
    found = customers_of(of_deals)
    assert [row[:3] for row in shown(found)] == [
        ("A1", "2024-01-01", ""),
        ("A2", "2024-03-01", "2025-03-01"),
        ("A4", "2025-03-01", ""),  # its lost renewal is known from tomorrow on
    ]
    # A1 has brought 600 since, in the 790 days after a deal of 1,000 and the 365 after one of 2,000.
    share = 600 / ((1_000 * 790 + 2_000 * 365) / 365.25)
    assert found.share == pytest.approx(share)
    assert found.spells.yearly == pytest.approx([1_000 * share, 2_000 * share, np.nan], nan_ok=True)


@pytest.mark.parametrize("as_of", ["2024-05-01", "2025-03-01", "2025-10-01"])
def test_what_was_known_on_a_day_is_what_its_export_would_have_said(export: Export, as_of: str) -> None:
    day = day_number(date.fromisoformat(as_of))
    tables = upto(replace(export.tables, known_before=None), day)
    for one in (tables, replace(tables, customers=None)):
        then = customers_of(replace(export, as_of=date.fromisoformat(as_of), tables=one)).spells
        assert (then.begin < day).all()
        assert not (then.end >= day).any()
    now = customers_of(export).spells
    known = customers_of(replace(export, as_of=date.fromisoformat(as_of), tables=tables)).spells
    assert known.begin.tolist() == now.begin[now.begin < day].tolist()


@pytest.mark.parametrize(
    ("by", "expected"),
    [(None, {"all": 7}), ("source", {"event": 6, "others": 1}), ("segment", {"Retail": 4, "Health": 3})],
)
def test_groups(export: Export, by: str | None, expected: dict[str, int]) -> None:
    names, group = groups_of(export, customers_of(export).spells, by, Config())  # type: ignore[arg-type]
    counts = {name: int((group == i).sum()) for i, name in enumerate(names)}
    # Groups of fewer than five are one, if there are several of them.
    assert counts == ({"others": 7} if by == "segment" else expected)


@pytest.fixture(scope="module")
def report(export: Export) -> RetentionReport:
    return retention_report(export, "source", 5.0, Config(), lambda text: None)


def test_with_few_that_left_one_rate_holds_for_all(report: RetentionReport) -> None:
    # At risk from 2024-05-01 on, the day after the first end: A4 left of six, and A3 came back.
    assert (report.all.customers, report.table.customers, report.table.left) == (5, 6, 1)
    days = [669, 669, 181, 668, 669, 669]
    rate = 1.5 / sum(days)
    assert report.all.leaving.value == pytest.approx(5 * (1 - np.exp(-365 * rate)), rel=1e-3)
    assert sorted(report.rows["account_id"]) == ["A1", "A2", "A3", "A5", "A6"]
    assert report.all.recurring == 2_800
    assert report.to_json()["model"] is None
    assert "2 customers left, 25 are the fewest to learn from" in report.notes[0]
    assert "of 1 customers nobody says what they pay" in report.notes[1]
    text = "\n".join(lines(report))
    assert "5 are customers; of 6 who were at risk since 2024-05-01, 1 left" in text


def test_who_has_no_customers_is_refused(export: Export) -> None:
    early = replace(export, as_of=date(2021, 6, 1), tables=upto(export.tables, day_number(date(2021, 6, 1))))
    with pytest.raises(BadInput, match="nobody is a customer: give a table customers with account_id and since"):
        retention_report(early, None, 5.0, Config(), lambda text: None)
    lacking = replace(export, tables=replace(export.tables, accounts=export.tables.accounts.drop("industry")))  # type: ignore[union-attr]
    with pytest.raises(UsageError, match="--by segment needs a column named segment"):
        retention_report(lacking, "segment", 5.0, Config(), lambda text: None)


def test_a_new_customer_pays_its_first_year_with_its_first_deal(export: Export, of_deals: Export) -> None:
    group = pd.Series(0, index=[f"A{i}" for i in range(1, 9)])
    later = later_revenue(export, group, ("all",), 1_000.0)
    assert later is not None
    rate = later.table.overall
    paid = np.mean([1_200, 500, 700, 800, 900, 300])
    assert later.by_age[0, 364] == 0.0
    stays = (np.exp(-365 * rate) - np.exp(-1_825 * rate)) / (365 * rate)
    assert later.by_age[0, -1] == pytest.approx(paid * stays, rel=0.002)
    by_deals = later_revenue(of_deals, group, ("all",), 1_000.0)
    assert by_deals is not None
    rate = by_deals.table.overall
    stays = (1 - np.exp(-1_825 * rate)) / (365 * rate)
    assert by_deals.by_age[0, -1] == pytest.approx(1_000 * by_deals.customers.share * stays, rel=0.002)
    alone = replace(of_deals, tables=upto(of_deals.tables, day_number(date(2024, 6, 1))), as_of=date(2024, 6, 1))
    assert later_revenue(alone, group, ("all",), 1_000.0) is None


def test_renewals_are_named_beside_a_plan(export: Export) -> None:
    found = renewals_in(export, 90)
    # A quarter of 2,800 a year, less those who leave.
    assert "does not count for the target: 5 customers of today pay about 6" in found


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        ("2024-04-01", "2024-05-01", (6, 5, 2_900 / 3_600)),
        ("2026-02-01", "2026-03-01", (6, 5, 2_800 / 3_700)),
        ("2025-01-01", "2025-02-01", (5, 5, 1.0)),
        ("2021-01-01", "2021-02-01", (0, 0, np.nan)),
    ],
)
def test_what_was_retained(export: Export, begin: str, end: str, expected: tuple[int, int, float]) -> None:
    found = retained(export, *(day_number(date.fromisoformat(day)) for day in (begin, end)))
    assert (found.customers, found.stayed) == expected[:2]
    assert found.share == pytest.approx(expected[2], nan_ok=True)
