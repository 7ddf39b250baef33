"""What an open deal says of itself tonight: its stage, amount, expected close, probability, and whose it is.

These are no columns of the contract: they say what a deal is tonight, and nothing of any day before. What nights keep
of them is read as opportunity history. Of closed deals nothing is kept: what they say came with the outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import ibis
import ibis.expr.types as ir

from scoring.cells import cells
from scoring.columns.roles import OWNER, role_of
from scoring.contracts.deals import flags_of
from scoring.contracts.synonyms import SYNONYMS, squeezed

#: By name in the history: the column of a table that is read.
PLANNED = {
    "stage": "__open_stage",
    "close_date": "__open_close_date",
    "probability": "__open_probability",
    "owner": "__open_owner",
}
#: A status that says no more than that a deal is open.
NO_STAGE = "open"


def deal_columns(raw: ibis.Table, columns: Iterable[str], read: Mapping[str, ir.Value]) -> dict[str, ir.Value]:
    """The flags of the CRM (`deals.flags_of`) and the columns of `PLANNED`, null where the export does not have them.

    A stage has a column of its own, or is what the status is written as.

    Parameters
    ----------
    raw : Table
        As exported.
    columns : iterable of str
        Its columns.
    read : mapping of Value
        The columns as the contract reads them.
    """
    columns = list(columns)
    names = [name for name in columns if name != "closed_at"]
    by_form = {squeezed(name): name for name in reversed(names)}

    def named(column: str) -> str | None:
        return next((by_form[form] for form in (squeezed(column), *SYNONYMS[column]) if form in by_form), None)

    stage, close, likely = named("stage"), named("close_date"), named("probability")
    owner = next((name for name in names if role_of(name, numeric=False) is OWNER), None)
    written = cells.text(raw.status) if "status" in names else ibis.null("string")
    stages = cells.text(raw[stage]) if stage else ibis.ifelse(written.lower() == NO_STAGE, ibis.null("string"), written)
    closes = read["closed_at"] if close is None else ibis.coalesce(cells.time(raw[close]), read["closed_at"])
    found = {
        "stage": stages,
        "close_date": closes,
        "probability": cells.number(raw[likely]) if likely else ibis.null("float64"),
        "owner": cells.text(raw[owner]) if owner else ibis.null("string"),
    }
    flags = {flag: cells.flag(raw[column]) for flag, column in flags_of(columns).items()}
    return flags | {PLANNED[name]: value for name, value in found.items()}


def open_deal_plans(rows: ibis.Table) -> ibis.Table:
    """The open deals of rows with the columns of `PLANNED`, and what is planned of them as the history calls it."""
    found = rows.filter(rows.status == "open")
    return found.select(
        "opportunity_id", "account_id", "lead_id", "amount", **{name: found[column] for name, column in PLANNED.items()}
    )
