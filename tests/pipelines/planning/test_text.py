"""A plan in words and as plain data, line by line."""

import json
from dataclasses import replace
from datetime import date

import pytest

from pipelines.planning.files import plan_tables
from pipelines.planning.text import plan_lines
from scoring.planning.adaptive import corrected
from scoring.planning.order import Order, SourceOrder
from scoring.planning.outlook import Expected, Outlook
from scoring.planning.plan import PastDays, Plan, PlannedSource, PlanPart, Split

OUTLOOK = Outlook(
    Expected(50.0, (45.0, 55.0), (40.0, 60.0), (30.0, 70.0)),
    Expected(1e6, (9e5, 1.1e6), (8e5, 1.2e6), (6e5, 1.5e6)),
)
WEB = SourceOrder("web", 2400, 1500, 0.02, 0.4, 50.0, 120_000.0)
EVENT = SourceOrder("event", 265_000, None, 0.0001, 0.02)
ORDER = Order(0.8, (WEB, EVENT), 1.18, 1.21, known=5000, market=7500, median_days=143.0)
PLAN = Plan(
    entity="account",
    as_of=date(2026, 3, 1),
    until=date(2026, 5, 30),
    model_version=3,
    total=OUTLOOK,
    open=OUTLOOK,
    coming=OUTLOOK,
    n_open=3197,
    sources=(PlannedSource("web", 260.4, 5.0, 1e5, 0.02, 143.2), PlannedSource("event", 3.0, 0.0, 0.0, 0.0, None)),
    past=PastDays((), (), corrected([], 90), corrected([], 90), ""),
    target=1.2e6,
    probability=0.1,
    order=ORDER,
    splits=(Split("source", (PlanPart("web", OUTLOOK),)),),
    notes=("sources are named by accounts.channel",),
)


def test_it_reads_like_a_summary() -> None:
    assert plan_lines(PLAN) == [
        "Plan for 2026-03-01 to 2026-05-30, 90 days, by accounts",
        "",
        "  revenue       1,000,000   800,000 to 1,200,000 in 8 of 10 cases, 600,000 to 1,500,000 in 95 of 100",
        "  wins                 50   40 to 60 in 8 of 10 cases, 30 to 70 in 95 of 100",
        "",
        "  3,197 accounts are open today: they bring 50 wins and 1,000,000",
        "  263 more are expected to come: they bring 50 wins and 1,000,000 by then",
        "",
        "  still to come  source   arrivals     wins      revenue  days to won, median",
        "                 web           260      5.0      100,000  143",
        "                 event           3      0.0            0  nobody won yet",
        "",
        "  by source     wins  8 of 10 cases          revenue  8 of 10 cases",
        "     web          50  40 to 60             1,000,000  800,000 to 1,200,000",
        "",
        "  target 1,200,000: reached with a probability of 10%",
        "  what would make that 80%, each line alone:",
        "    2,400 more from web, evenly over the period, or 1,500 if all come in the first month; at 50 each that "
        "costs 120,000",
        "    event: refused, the plan needs 265,000 more accounts; 7,500 fit, 5,000 are known",
        "    amounts 1.18 times as large",
        "    or a rate of closing 1.21 times as high",
        "",
        "  no past day can be looked back at: nobody knows yet how such intervals hold here",
        "  note: sources are named by accounts.channel",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"market": None}, "whether the market holds so many is not known: [plan] market_size says how many accounts"),
        ({"sources": (), "wanted": 0.1}, "that is 10% or more already: nothing has to be ordered"),
        ({"sources": ()}, "no source of new accounts is known by name, so none can be ordered\n    amounts 1.18 times"),
        (
            {"sources": (EVENT,)},
            "who comes now hardly helps any more: from arrival to won takes 143 days in the median, and 90 are left",
        ),
        ({"sources": (replace(WEB, more=None),)}, "no number of new accounts of any source"),
        (
            {"sources": (replace(WEB, more=None, capacity=900.0),)},
            "web: only if 900 of all who come could be worked in these days; set [capacity] if more can",
        ),
        ({"market": 10**9}, "265,000 more from event, evenly over the period; only 2% of their wins come in time"),
    ],
)
def test_what_an_order_says(change: dict[str, object], said: str) -> None:
    text = "\n".join(plan_lines(replace(PLAN, order=replace(ORDER, **change))))  # type: ignore[arg-type]
    assert said in text


@pytest.mark.parametrize(
    ("full", "said"),
    [(True, "fewer than come: as many as came lately are taken to be worked"), (False, "that is enough")],
)
def test_capacity_is_said(full: bool, said: str) -> None:
    text = "\n".join(plan_lines(replace(PLAN, capacity=120.0, is_full=full)))
    assert f"the team can work 120 of those who come in these days ([capacity]): {said}" in text


def test_the_figures_have_the_keys_of_the_contract() -> None:
    found = json.loads(json.dumps(PLAN.to_json(), allow_nan=False))
    assert (found["as_of"], found["until"], found["target"], found["probability"]) == (
        "2026-03-01",
        "2026-05-30",
        1.2e6,
        0.1,
    )
    assert found["wins"] == {
        "expected": 50.0,
        "interval_50": [45.0, 55.0],
        "interval_80": [40.0, 60.0],
        "interval_95": [30.0, 70.0],
    }
    assert found["revenue"]["interval_95"] == [6e5, 1.5e6]
    assert found["order"]["left"] == 2500
    assert [one["beyond_market"] for one in found["order"]["sources"]] == [False, True]
    assert {"open", "arrivals", "by", "past", "order"} <= found.keys()
    plain = replace(PLAN, target=None, probability=None, order=None).to_json()
    assert not {"target", "probability", "order"} & plain.keys()


def test_its_tables_have_a_row_for_each_part() -> None:
    found = plan_tables(PLAN)
    assert {name: len(rows) for name, rows in found.items()} == {"arrivals": 2, "by": 1, "order": 2}
    assert found["by"][0]["revenue_high_80"] == 1.2e6
