"""Activity types that look like steps of a deal: by their names, and by how they behave."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd
import pytest

from pipelines.config import Config
from pipelines.quality.advice import worth_mending
from pipelines.quality.deal_steps import DealSteps, deal_steps, family_of
from pipelines.quality.findings import TableFindings
from scoring.tables import Tables

ROOT = Path(__file__).parents[3]
BEGAN = datetime(2025, 1, 6)
Steps = list[tuple[str, int]]


@pytest.mark.parametrize(
    ("name", "family", "named"),
    [
        ("Stage: Negotiation", "stage", True),
        ("Opportunity Stage = Proposal", "opportunity stage", True),
        ("Phase 2: Angebot", "phase", True),
        ("Lead Status - Working", "lead status", True),
        ("Lead Status \u2013 Working", "lead status", True),
        ("Étape : Proposition", "étape", True),
        ("Statut: gagné", "statut", True),
        ("StageProposal: sent", "stageproposal", False),  # no word of a state stands alone before the sign
        ("Status changed to Won", "status changed to", True),
        ("Status changed from Open to Won", "status changed to", True),
        ("status_changed_to_won", "status changed to", True),
        ("StageChangedTo: Won", "stage changed to", True),
        ("deal moved to contract", "deal moved to", True),
        ("Vertriebsphase geändert auf Angebot", "vertriebsphase geändert auf", True),
        ("A_SUBMITTED", "a", False),
        ("W_Nabellen:START", "w", False),
        ("Deal: Proposal", "deal", False),
        ("Sales - Proposal", "sales", False),
        ("pricing_view", "pricing", False),
        ("Status", "", False),
        ("email sent", "", False),
        ("backstage", "", False),
    ],
)
def test_a_family_is_how_types_begin(name: str, family: str, named: bool) -> None:
    assert family_of(name) == (family, named)


def a_market(shown: Callable[[int], Steps], *, entities: int = 120, history: bool = False) -> Tables:
    """Leads with a deal from day 10 to day 50, of which those of three are won; `shown` gives what each one shows."""
    ids = [f"L{i:03}" for i in range(entities)]
    deals = pd.DataFrame(
        {
            "opportunity_id": [f"O{i}" for i in ids],
            "account_id": pd.Series([None] * entities, dtype="str"),
            "lead_id": ids,
            "created_at": BEGAN + timedelta(days=10),
            "closed_at": BEGAN + timedelta(days=50),
            "amount": 100.0,
            "status": ["won" if i % 3 == 0 else "lost" for i in range(entities)],
            "opportunity_type": "new_business",
        }
    )
    touches = pd.DataFrame(
        [(lead, kind, BEGAN + timedelta(days=day)) for i, lead in enumerate(ids) for kind, day in shown(i)],
        columns=["lead_id", "activity_type", "occurred_at"],
    ).assign(account_id=pd.Series(dtype="str"))
    leads = pd.DataFrame({"lead_id": ids, "account_id": pd.Series([None] * entities, dtype="str")})
    stages = pd.DataFrame({"opportunity_id": ["OL000"], "stage": ["Proposal"]})
    frames: dict[str, Any] = {"opportunities": deals, "activities": touches, "leads": leads}
    if history:
        frames["opportunity_history"] = stages
    connection = ibis.duckdb.connect()
    return Tables(**{name: connection.create_table(name, frame) for name, frame in frames.items()})


def funnel(i: int) -> Steps:
    """In order, once each; who wins comes to the last step. Visits come at any time, and often."""
    steps = [("S_NEW", 10), ("S_OFFER", 20)] + ([("S_SIGNED", 30)] if i % 3 == 0 else [])
    return [*steps, *(("visit", day) for day in range(i % 7, 90, 9))]


FOUND = DealSteps(("S_NEW", "S_OFFER", "S_SIGNED"), False, (0.0, 1.0))


def test_steps_come_seldom_in_order_within_a_deal_and_tell_how_it_ends() -> None:
    assert deal_steps(a_market(funnel)) == [FOUND]


def plainly_named(i: int) -> Steps:
    return [(kind.removeprefix("S_").title(), day) for kind, day in funnel(i)]


def test_types_that_do_not_begin_alike_are_judged_one_by_one() -> None:
    assert deal_steps(a_market(plainly_named)) == [DealSteps(("New", "Offer", "Signed"), False, (0.0, 1.0))]


@pytest.mark.parametrize(
    ("why", "shown", "entities"),
    [
        ("too few show them", funnel, 29),
        ("often", lambda i: [*funnel(i), ("S_OFFER", 21), ("S_OFFER", 22)], 120),
        ("before there is a deal", lambda i: [(kind, day - 10) for kind, day in funnel(i)], 120),
        ("after the deal is closed", lambda i: [(kind, day + 42) for kind, day in funnel(i)], 120),
        ("in no order", lambda i: [(kind, 60 - day if i % 2 else day) for kind, day in funnel(i)], 120),
        ("it tells nothing of the end", lambda i: funnel(i // 3), 120),
        ("others that begin so are none", lambda i: [*funnel(i), *(("S_CALL", day) for day in range(10, 50, 5))], 120),
        ("two types alone", lambda i: [one for one in funnel(i) if one[0] != "S_NEW"], 120),
    ],
)
def test_what_behaves_in_another_way_is_no_step(why: str, shown: Callable[[int], Steps], entities: int) -> None:
    assert deal_steps(a_market(shown, entities=entities)) == [], why


def test_a_name_that_says_so_needs_less() -> None:
    """Two types that come back and tell nothing of the end."""

    def moved(i: int) -> Steps:
        back = [("Stage: offer", 35)] if i % 2 else []
        return [("Stage: new", 11), ("Stage: offer", 20), ("Stage: new", 25), *back]

    assert deal_steps(a_market(moved)) == [DealSteps(("Stage: new", "Stage: offer"), True, (1 / 3, 1 / 3))]


def test_states_of_something_else_are_none() -> None:
    def calls(i: int) -> Steps:
        return [("Call status: no answer", 11 + i % 20), ("Call status: reached", 12 + i * 7 % 20)]

    assert deal_steps(a_market(calls)) == []


def test_nothing_is_suggested_where_stages_are_known_or_nothing_was_done() -> None:
    assert deal_steps(a_market(funnel, history=True)) == []
    assert deal_steps(Tables(opportunities=a_market(funnel).opportunities)) == []


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        (
            funnel,
            "3 activity types look like steps of a deal (S_NEW, S_OFFER, S_SIGNED): they come seldom, in one order, "
            "until it closes, and by the furthest of them 0% to 100% of the closed deals were won",
        ),
        (lambda i: [("visit", 20)], "there is no table opportunity_history"),
    ],
)
def test_check_suggests_to_map_them(shown: Callable[[int], Steps], found: str) -> None:
    there = {name: TableFindings(1, (), {}, None) for name in ("activities", "leads", "opportunities")}
    first, *others = worth_mending(a_market(shown), there, {}, Config())
    assert first.found == found
    assert "opportunity_history" in first.mend or "stage" in first.mend
    assert not any("opportunity_history" in advice.found for advice in others)


def test_the_query_of_the_document_maps_them(tmp_path: Path) -> None:
    """Only the step within the deal becomes a stage, and the visit alone stays an activity."""
    text = (ROOT / "docs" / "input.md").read_text(encoding="utf-8")
    query = text[text.index("    CREATE TEMP VIEW steps") :].split("\n\n")[0]
    for name in ("activities", "opportunities", "opportunity_history", "without_steps"):
        query = query.replace(f"'{name}.parquet'", f"'{tmp_path / name}.parquet'")
    connection = duckdb.connect()
    for name, rows in {
        "opportunities": """('O1', 'A1', TIMESTAMP '2025-02-01', NULL::TIMESTAMP))
            o(opportunity_id, account_id, created_at, closed_at)""",
        "activities": """(1, 'A1', 'Stage: Proposal', TIMESTAMP '2025-02-03'), (2, 'A1', 'Stage: Contract',
            TIMESTAMP '2025-01-03'), (3, 'A2', 'Stage: Discovery', TIMESTAMP '2025-02-03'), (4, 'A1', 'visit',
            TIMESTAMP '2025-02-03')) a(activity_id, account_id, activity_type, occurred_at)""",
    }.items():
        connection.execute(f"COPY (SELECT * FROM (VALUES {rows}) TO '{tmp_path / name}.parquet'")
    connection.execute(query)
    stages = connection.sql(f"FROM '{tmp_path}/opportunity_history.parquet'").fetchall()
    assert stages == [("O1", datetime(2025, 2, 3), "Stage: Proposal")]
    assert connection.sql(f"SELECT activity_id FROM '{tmp_path}/without_steps.parquet'").fetchall() == [(4,)]
