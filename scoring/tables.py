"""The canonical CRM tables, which intake produces and everything downstream trusts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeAlias

from scoring.question import Win

if TYPE_CHECKING:
    import ibis

#: A column of leads that only some exports give: since when the account of a lead is known, where the dates of the two
#: do not say it (null: they do).
LINKED_AT = "__linked_at"

#: Computes a table and keeps the result, where several expressions read it.
Keep: TypeAlias = "Callable[[ibis.Table], ibis.Table]"


@dataclass(frozen=True)
class Log:
    """The activities folded to engagement days: one row for each actor, kind of activity and day.

    Attributes
    ----------
    days : Table
        `actor`, `kind`, `day`, `known_day` (when it was first known; never before `day`).
    actors : Table
        `actor`, `lead_id`, `account_id`: the lead and the account it names; null for none or an unknown one.
    """

    days: ibis.Table
    actors: ibis.Table


@dataclass(frozen=True)
class Tables:
    """Ibis tables on one connection, each as its contract in `scoring.contracts` states it.

    Every named column of a contract is present (null where the export lacks it). Ids are text with their
    leading zeros; timestamps are naive UTC; attributes are float64, boolean or string. No e-mail address is in them.

    Invariants
    ----------
    - ``accounts`` or ``leads`` is present.
    - ``account_id`` and ``lead_id`` name a row of ``accounts`` and ``leads`` where those tables exist. Only the
      histories and contact roles may name others.
    - ``win`` is the question that is asked of them: see `scoring.question`.
    - Nothing in them is known at or after the day ``known_before``, where it is set (`knowledge.upto`).
    - ``log``, where intake has folded the activities, holds the days that ``scoring.engagement`` would find.
    - ``won_aside`` has the deals of rows that were set aside and that are won, or ``unclear``: closed in a status that
      nobody knows. `opportunity_id`, `account_id`, `lead_id`, ``since``, the best date of the win (null: always), and
      ``unclear``. The ids are as exported.
    - ``opportunity_versions`` has every row of the opportunities that have several: the columns of ``opportunities``,
      and ``version_at``, from when on the row held. ``opportunities`` has the newest of each.
    - Only won and lost opportunities have a ``closed_at``, and none before its ``created_at``.
    - ``kept_accounts`` and ``kept_leads`` have what nights kept of attributes that the export has no history of: the
      id, ``known_at``, and all kept values from then on. ``kept_since`` says since when: see `scoring.kept`.
    - ``handoffs`` and ``overrides`` say what sales answered, and which scores it set aside: no score reads them.
    - ``customers`` says from when until when accounts were customers, and what they paid: no score reads it.
    - ``open_deals`` says what is planned of open deals tonight, for nights to keep. `knowledge.upto` takes it out.
    """

    opportunities: ibis.Table
    accounts: ibis.Table | None = None
    leads: ibis.Table | None = None
    activities: ibis.Table | None = None
    account_history: ibis.Table | None = None
    lead_history: ibis.Table | None = None
    opportunity_history: ibis.Table | None = None
    contact_roles: ibis.Table | None = None
    spend: ibis.Table | None = None
    handoffs: ibis.Table | None = None
    overrides: ibis.Table | None = None
    customers: ibis.Table | None = None
    won_aside: ibis.Table | None = None
    opportunity_versions: ibis.Table | None = None
    kept_accounts: ibis.Table | None = None
    kept_leads: ibis.Table | None = None
    kept_since: ibis.Table | None = None
    open_deals: ibis.Table | None = None
    log: Log | None = None
    known_before: int | None = None
    win: Win = "new_business"

    def present(self) -> Iterator[tuple[str, ibis.Table]]:
        """The tables that the export has, with their names."""
        for field in fields(self):
            table = getattr(self, field.name)
            if table is not None and field.name not in ("known_before", "log", "open_deals", "win"):
                yield field.name, table


def row_count(table: ibis.Table) -> int:
    """The number of rows of a table, which is computed.

    Parameters
    ----------
    table : Table
    """
    return int(table.count().to_pyarrow().as_py())
