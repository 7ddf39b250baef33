"""Whose an account or a lead is, and where it came from, where both have the same numbers for ids, as Odoo has."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import cast

import ibis
import numpy as np
import pandas as pd
import pytest

from pipelines.intake.point_in_time import Export
from pipelines.planning.known_lives import KnownLives
from pipelines.planning.open_scores import OpenScores, known_owners
from pipelines.planning.splits import _of_units
from pipelines.planning.stale_export import stale_notes
from scoring.entity import Entity
from scoring.planning.life_table import Lives
from scoring.tables import Tables

#: Account 1 is u1's, and account 2 is u2's by its open deal. Lead 1 is of account 2, lead 3 has a deal of u3.
ACCOUNTS = [{"account_id": "1", "owner": "u1"}, {"account_id": "2", "owner": "u1"}]
DEALS = [
    {"opportunity_id": "1", "account_id": "2", "lead_id": None, "owner": "u2"},
    {"opportunity_id": "2", "account_id": None, "lead_id": "3", "owner": "u3"},
    {"opportunity_id": "3", "account_id": None, "lead_id": "2", "owner": "u4"},
]
UNITS = {"account": (["1", "2"], ["1", "2"]), "lead": (["1", "2", "3"], ["2", "", ""])}


@pytest.mark.parametrize(
    ("entity", "owners"), [("account", ["u1", "u2"]), ("lead", ["u2", "u4", "u3"])], ids=["accounts", "leads"]
)
def test_an_owner_is_that_of_the_record_and_of_no_other_with_its_number(entity: Entity, owners: list[str]) -> None:
    deals = ibis.memtable(DEALS, schema=dict.fromkeys(DEALS[0], "string"))
    opportunities = deals.drop("owner").mutate(status=ibis.literal("open"), created_at=ibis.timestamp("2026-01-01"))
    export = SimpleNamespace(
        tables=Tables(opportunities=opportunities, accounts=ibis.memtable(ACCOUNTS)),
        intake=SimpleNamespace(tables=SimpleNamespace(open_deals=deals)),
    )
    unit, account = (np.array(ids, dtype=object) for ids in UNITS[entity])
    assert list(known_owners(cast("Export", export), entity, unit, account)) == owners


def test_a_lead_has_the_source_of_its_company_and_not_of_one_with_its_number() -> None:
    by_unit = pd.Series(["web", "fair", "radio"], index=["1", "2", "lead:2"])
    nothing = np.zeros(0)
    lives = Lives(("web", "fair", "radio"), nothing.astype(np.int64), nothing.astype(np.int64), nothing, nothing)
    known = KnownLives(lives, nothing, nothing, by_unit, 0, "the source of the first lead")
    unit, account = (np.array(ids[:2], dtype=object) for ids in UNITS["lead"])
    scores = OpenScores(unit, account, nothing, nothing, nothing, {}, "lead")
    assert list(_of_units(scores, known)) == ["fair", "radio"]


@pytest.mark.parametrize(
    ("newest", "said"), [("2026-03-25", ""), ("2026-03-24", "of the 8 days from then to 2026-04-02 nothing is known")]
)
def test_an_export_that_ends_long_before_the_day_is_said(newest: str, said: str) -> None:
    known = {"activities": datetime.fromisoformat(newest), "spend": datetime(2026, 4, 1), "leads": datetime(2026, 1, 1)}
    export = SimpleNamespace(as_of=date(2026, 4, 2), intake=SimpleNamespace(last_known=known))
    assert said in " ".join(stale_notes(cast("Export", export)))
    assert bool(said) == bool(stale_notes(cast("Export", export)))
