"""Small markets at random, and the features of many at once from SQL that is compiled once.

Several markets are in the same tables, each with ids of its own: no market may change the features of another.
Days are from 130 before 2026-03-01 to 3 after it. The rows could be in an export: a deal is not older than the lead
that it names, and the current value of an attribute is the newest in its history.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache

import ibis
import pyarrow as pa
from hypothesis import strategies as st

from pipelines.sources.duckdb import write_deep_queries
from scoring.entity import Entity
from scoring.features import fit, intent
from scoring.features.candidates import of_account
from scoring.features.facts import market
from scoring.features.feature_arrays import FeatureArrays
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.features.spec import PLANS, Attribute, Breadth, Feature, Listed, Momentum, Ratio, Recency, Regularity
from scoring.knowledge import upto
from scoring.tables import Tables
from scoring.timeline import Grid, calendar_date
from tests.scoring.example_market import AS_OF, CONNECTION, MOMENTS, TEXTS, Row, arrow, example

Rows = dict[str, list[Row]]
#: Every cell of every unit and day, of one market.
Features = dict[tuple[str, int], dict[str, object]]

ACCOUNTS = ("A0", "A1", "A2")
LEADS = ("L0", "L1", "L2", "L3")
DEALS = ("O0", "O1", "O2", "O3")
IDS = ("account_id", "lead_id", "opportunity_id")
#: The number of a market in front of its ids.
OWNER = re.compile(r"\d{4}~")


def later(market: Rows, days: int) -> Rows:
    """A market in which everything happens some days later."""

    def moved(name: str, cell: str) -> str:
        if name not in MOMENTS or cell == "-":
            return cell
        return (datetime.fromisoformat(cell) + timedelta(days=days)).isoformat()

    return {
        name: [{column: moved(column, cell) for column, cell in row.items()} for row in table]
        for name, table in market.items()
    }


def when(first: int, last: int) -> st.SearchStrategy[str]:
    """Dates, in days from 2026-03-01."""
    return st.integers(first, last).map(lambda days: calendar_date(AS_OF + days).isoformat())


def perhaps(cells: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """One of `cells`, or an empty cell."""
    return st.one_of(st.just("-"), cells)


def rows(**columns: st.SearchStrategy[str]) -> st.SearchStrategy[Row]:
    """A row with these cells."""
    return st.fixed_dictionaries(columns)


DAYS = when(-130, 3)
TOUCH = rows(
    lead_id=perhaps(st.sampled_from(LEADS)),
    account_id=perhaps(st.sampled_from(ACCOUNTS)),
    activity_type=st.sampled_from(("demo", "visit")),
    occurred_at=DAYS,
    known_at=perhaps(DAYS),
    direction=st.sampled_from(("inbound", "inbound", "inbound", "outbound")),
)
ACCOUNT_CHANGE = rows(
    account_id=st.sampled_from(ACCOUNTS),
    known_at=DAYS,
    industry=st.sampled_from(("Software", "Retail", "-")),
    employees=st.sampled_from(("10", "20", "-")),
)
STAGE = rows(
    opportunity_id=st.sampled_from(DEALS),
    changed_at=DAYS,
    stage=st.sampled_from(("first", "second", "-")),
    amount=st.sampled_from(("5", "7", "-1", "-")),
    close_date=perhaps(when(-140, 60)),
    probability=st.sampled_from(("10", "-")),
)
ROLE = rows(opportunity_id=st.sampled_from(DEALS), lead_id=st.sampled_from(LEADS))


@st.composite
def markets(draw: st.DrawFn) -> Rows:
    """Rows of all tables. `A0` and `L0` have no date; `L0` is of `A0`."""
    changes = draw(st.lists(ACCOUNT_CHANGE, max_size=5, unique_by=lambda row: (row["account_id"], row["known_at"])))
    accounts = [
        {
            "account_id": account,
            "domain": "-",
            "created_at": "-" if account == "A0" else draw(perhaps(DAYS)),
            "industry": _newest(changes, account, "industry") or draw(st.sampled_from(("Software", "-"))),
            "employees": _newest(changes, account, "employees") or draw(st.sampled_from(("10", "-"))),
        }
        for account in ACCOUNTS
    ]
    leads = [
        {
            "lead_id": lead,
            "account_id": "A0" if lead == "L0" else draw(perhaps(st.sampled_from(ACCOUNTS))),
            "created_at": "-" if lead == "L0" else draw(perhaps(DAYS)),
            "title": draw(st.sampled_from(("CFO", "Engineer", "-"))),
            "source": draw(st.sampled_from(("search", "webinar"))),
            "campaign": "-",
            "country": draw(st.sampled_from(("DE", "-"))),
        }
        for lead in LEADS
    ]
    deals = [_deal(draw, deal, leads) for deal in DEALS[: draw(st.integers(0, len(DEALS)))]]
    known = {deal["opportunity_id"]: max(deal["created_at"], deal["known_at"].strip("-")) for deal in deals}
    created = {lead["lead_id"]: lead["created_at"].strip("-") for lead in leads}
    touches = draw(st.lists(TOUCH, min_size=2, max_size=16))
    return {
        "accounts": accounts,
        "leads": leads,
        "activities": [row for row in touches if row["lead_id"] != "-" or row["account_id"] != "-"],
        "opportunities": deals,
        "account_history": changes,
        "opportunity_history": draw(st.lists(STAGE, max_size=5)),
        "contact_roles": [
            role | {"role": "-", "is_primary": "-"}
            for role in draw(st.lists(ROLE, max_size=2))
            if created[role["lead_id"]] <= known.get(role["opportunity_id"], "")
        ],
    }


def _newest(changes: Sequence[Row], account: str, column: str) -> str | None:
    changes_of_account = [row for row in changes if row["account_id"] == account and row[column] != "-"]
    return max(changes_of_account, key=lambda row: row["known_at"])[column] if changes_of_account else None


def _deal(draw: st.DrawFn, deal: str, leads: Sequence[Row]) -> Row:
    lead = draw(st.one_of(st.none(), st.sampled_from(leads)))
    opened, status = draw(DAYS), draw(st.sampled_from(("open", "won", "lost", "lost")))
    if lead is not None:
        opened = max(opened, lead["created_at"].strip("-"))
    accounts = ACCOUNTS if lead is None else ("-", lead["account_id"])
    return {
        "opportunity_id": deal,
        "account_id": draw(st.sampled_from(accounts)),
        "lead_id": "-" if lead is None else lead["lead_id"],
        "created_at": opened,
        "closed_at": "-" if status == "open" else max(opened, draw(DAYS)),
        "status": status,
        "amount": "-" if status == "open" else "5",
        "opportunity_type": draw(st.sampled_from(("new_business", "new_business", "renewal"))),
        "known_at": draw(perhaps(DAYS)),
    }


def features(level: Entity) -> list[Feature]:
    """One feature of every kind for a level; of leads, also those of their accounts."""
    group = level == "account"
    common = [
        *intent.deal_states(stages=True, plans=PLANS),
        *intent.bought_before_features(customers=True, lost=True, others=True),
        *intent.engagement(["demo"], group=group),
        Momentum(name="brisk", recent_weeks=2, usual_weeks=4),
        Recency(name="interest", activity=("demo", "visit"), department="finance"),
        Recency(name="boss_back", event="returned", by="decision_maker"),
        Recency(name="new_demo", event="new_kind", activity="demo"),
        Regularity(name="weeks_4", weeks=4),
        Regularity(name="demo_weeks_13", weeks=13, activity="demo"),
        Regularity(name="boss_weeks_8", weeks=8, by="decision_maker"),
        Regularity(name="boss_weeks_13", weeks=13, by="decision_maker"),
        Regularity(name="finance_weeks", weeks=20, activity=("demo", "visit"), department=("finance", "it")),
        Breadth(name="finance_kinds", of="kinds", days=60, activity="demo", department=("finance", "it")),
    ]
    of_accounts: list[Feature] = [
        *fit.attributes({"industry": "category", "employees": "numeric"}),
        Listed(name="row", column="industry", values=("software",)),
        Attribute(name="named", label="", column="industry"),
        Ratio(name="per_head", numerator="employees", denominator="employees"),
    ]
    if group:
        return [*of_accounts, *fit.people_features(), *common]
    own_features = fit.attributes({"country": "category", "source": "category", "seniority": "category"})
    return [*own_features, *common, *of_account([*of_accounts, *fit.people_features(), *common])]


#: Days on which features are computed: one, and several at once.
ONE, SEVERAL = (AS_OF,), (AS_OF - 70, AS_OF - 40, AS_OF)


class CompiledFeatures:
    """The features of any markets that have the tables of the example, from SQL that is compiled once.

    Parameters
    ----------
    level : {"account", "lead"}
    days : tuple of int
        The export is taken on the last of them.
    """

    def __init__(self, level: Entity, days: tuple[int, ...]) -> None:
        self.steps: list[tuple[str, str, ibis.Table]] = []
        self.features, self.grid = features(level), Grid(days)
        with without_fused_selects():
            tables = Tables(**{name: self._source(name, table) for name, table in example().present()})
            self.market = market(upto(tables, days[-1]), level, keep=self._keep)
            self.snapshots = self._keep(snapshots(self.market.own, self.grid))
            self._keep(build(self.features, self.market, self.snapshots, self.grid))
        self.compiled = tuple(self.steps)

    @staticmethod
    def _source(name: str, table: ibis.Table) -> ibis.Table:
        source: ibis.Table = CONNECTION.create_table(f"any_{name}", table, overwrite=True)
        return source

    def _keep(self, table: ibis.Table) -> ibis.Table:
        name = ibis.util.gen_name("any")
        CONNECTION._run_pre_execute_hooks(table)  # makes the days of the grid known to DuckDB, as `execute` does
        sql = CONNECTION.compile(table)
        CONNECTION.con.execute(f'CREATE TEMP TABLE "{name}" AS {sql}')
        # The expression is kept because the grid in it is deleted with it.
        self.steps.append((name, sql, table))
        materialised: ibis.Table = CONNECTION.table(name)
        return materialised

    def expressions(self, some: Sequence[Rows]) -> list[Features]:
        """The features of each market, computed by `feature_expressions`."""
        last = self._run(some)
        return _by_market(CONNECTION.con.sql(f'FROM "{last}"').to_arrow_table(), len(some))

    def both(self, some: Sequence[Rows]) -> tuple[list[Features], list[Features]]:
        """The features by `feature_expressions`, and the same by `feature_arrays`."""
        by_expressions = self.expressions(some)
        table = FeatureArrays().assemble(self.features, self.market, self.snapshots, self.grid)
        return by_expressions, _by_market(table, len(some))

    def _run(self, some: Sequence[Rows]) -> str:
        """Compute all steps for markets in the same tables, and give the name of the last step's table."""
        for name in TEXTS:
            rows = [of_market(i, row) for i, one in enumerate(some) for row in one[name]]
            CONNECTION.con.register("rows", arrow(name, rows))
            CONNECTION.con.execute(f"CREATE OR REPLACE TABLE any_{name} AS FROM rows")
        for name, sql, _ in self.compiled:
            CONNECTION.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}')
        return name


@cache
def compiled(level: Entity, days: tuple[int, ...]) -> CompiledFeatures:
    """The compiled features of a level, shared by all tests of a process."""
    return CompiledFeatures(level, days)


@contextmanager
def without_fused_selects() -> Iterator[None]:
    """Compile as the jobs do: DuckDB merges the selects, not Ibis, which then needs two thirds of the time."""
    before = ibis.options.sql.fuse_selects
    write_deep_queries()
    yield
    ibis.options.sql.fuse_selects = before


def of_market(i: int, row: Row) -> Row:
    """A row whose ids no other market has."""
    return {name: f"{i:04}~{cell}" if name in IDS and cell != "-" else cell for name, cell in row.items()}


def _by_market(table: pa.Table, count: int) -> list[Features]:
    """The features of each market, exact to the last bit: zero and minus zero differ."""
    features_of: list[Features] = [{} for _ in range(count)]
    for row in table.to_pylist():
        exact = {name: cell.hex() if isinstance(cell, float) else cell for name, cell in row.items()}
        exact |= {name: OWNER.sub("", row[name] or "") for name in ("unit", "account_key", "account_id")}
        owner = OWNER.search(row["unit"])
        assert owner is not None
        features_of[int(owner[0][:-1])][exact["unit"], row["as_of"]] = exact
    return features_of
