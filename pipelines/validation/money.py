"""Amounts in one currency: those in others are converted by the rates of the table `currencies`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis

from models.amounts.amount_bound import amount_bounds
from pipelines.config_input import Input
from pipelines.errors import BadInput
from pipelines.redaction import Message
from scoring.cells import cells
from scoring.cells.currencies import Conversion, conversion
from scoring.contracts.contract import Contract

#: The columns with amounts, by table, and the times at which the rate must have been valid; the first that is there.
AMOUNTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "opportunities": ("amount", ("closed_at", "created_at")),
    "opportunity_history": ("amount", ("changed_at",)),
    "spend": ("cost", ("month",)),
    "customers": ("recurring_revenue", ("since",)),
}
#: Deals with strange amounts that are named.
NAMED = 3
_ALWAYS = "0001-01-01"
_NEVER = "9999-12-31"


@dataclass(frozen=True)
class Money:
    """The conversion of the amounts of one table.

    Attributes
    ----------
    table : str
    conversion : Conversion
    rates : ibis.Table, optional
        The accepted table `currencies`.
    notes : tuple of str
    deals : ibis.Table, optional
        The accepted opportunities: the amounts of their history are in their currencies.
    """

    table: str
    conversion: Conversion
    rates: ibis.Table | None
    notes: tuple[str, ...] = ()
    deals: ibis.Table | None = None

    def converted(self, rows: ibis.Table) -> ibis.Table:
        """The accepted rows with their amounts in the home currency; the column ``currency`` stays as it was.

        Parameters
        ----------
        rows : ibis.Table
        """
        if not self.conversion.foreign or self.rates is None:
            return rows
        column, times = AMOUNTS[self.table]
        valid = _intervals(self.rates)
        when = ibis.coalesce(*(rows[time] for time in times), ibis.literal(_ALWAYS, type=cells.TIME))
        dated = _priced(rows.mutate(__when=when), self.deals)
        found = dated.left_join(
            valid,
            [
                dated.currency == valid["__currency"],
                dated["__when"] >= valid["__since"],
                dated["__when"] < valid["__until"],
            ],
        )
        foreign = found.currency.isin(self.conversion.foreign)
        amount = ibis.ifelse(foreign, found[column] * found["__rate"], found[column])
        return found.mutate(**{column: amount}).select(rows.columns)


def money_of(contract: Contract, rows: ibis.Table, accepted: Mapping[str, ibis.Table], settings: Input) -> Money | None:
    """How the amounts of a table get into the home currency; None if it has no amounts, or no currency is named.

    Parameters
    ----------
    contract : Contract
    rows : ibis.Table
        Its rows that break no rule.
    accepted : mapping of ibis.Table
        The tables accepted before.
    settings : Input
        Its ``currency`` is the home currency, where it is declared.

    Raises
    ------
    BadInput
        If the amounts are in several currencies and cannot be converted.
    """
    if contract.table not in AMOUNTS:
        return None
    column, _ = AMOUNTS[contract.table]
    deals = accepted.get("opportunities") if contract.table == "opportunity_history" else None
    amounts = _priced(rows.filter(rows[column].notnull() & (rows[column] != 0)), deals)
    counted = amounts.group_by("currency").agg(times=amounts.count()).to_pyarrow().to_pylist()
    found = {row["currency"]: int(row["times"]) for row in counted}
    if deals is not None and not found:
        return None
    rates = accepted.get("currencies")
    decided = conversion(found, _rates(rates), settings.currency)
    if isinstance(decided, str):
        raise BadInput(f"the table {contract.table} has {decided}")
    if not decided.home:
        unused = f"{contract.table}: no row names a currency, so the rates of the table currencies are not used"
        return None if rates is None else Money(contract.table, decided, rates, (unused,), deals)
    notes = [f"{contract.table}: {column} is in {decided.home}"]
    if decided.foreign:
        converted = sum(found[currency] for currency in decided.foreign)
        notes = [f"{notes[0]}; {converted:,} amounts in {', '.join(decided.foreign)} were converted"]
    if found.get(None):
        notes.append(f"{contract.table}: {found[None]:,} amounts name no currency, and are read as {decided.home}")
    return Money(contract.table, decided, rates, tuple(notes), deals)


def _priced(rows: ibis.Table, deals: ibis.Table | None) -> ibis.Table:
    """The rows with a currency each: their own, or that of their deal."""
    if deals is None:
        return rows
    known = deals.select("currency", __deal="opportunity_id")
    return rows.left_join(known, rows.opportunity_id == known["__deal"]).drop("__deal")


def unusual_amounts(deals: ibis.Table) -> list[str]:
    """Notes on the amounts of won deals that are far from all others: they may be mistyped.

    Parameters
    ----------
    deals : ibis.Table
        The accepted opportunities.
    """
    won = deals.filter((deals.status == "won") & deals.amount.notnull())
    found = won.select("opportunity_id", "amount").order_by(ibis.desc("amount"), "opportunity_id").to_pyarrow()
    amounts = found["amount"].to_numpy()
    bounds = amount_bounds(amounts)
    high, low = int((amounts > bounds.highest).sum()), int(((amounts > 0) & (amounts < bounds.lowest)).sum())
    median = f"the median is {bounds.median:,.0f}"
    notes: list[str] = []
    if high:
        text = (
            f"opportunities: {high:,} amounts of won deals are far above all others ({median}); training and backtests "
            f"count them as {bounds.most:,.0f}, the largest of the others: check whether they are mistyped, such as"
        )
        which = ", ".join(repr(name) for name in found["opportunity_id"][: min(high, NAMED)].to_pylist())
        notes.append(Message.with_example(text, f"opportunity_id {which}"))
    if low:
        notes.append(f"opportunities: {low:,} amounts of won deals are far below all others ({median}), but above 0")
    return notes


def _rates(rates: ibis.Table | None) -> dict[str, bool]:
    """The currencies that have rates, and whether all of these are 1."""
    if rates is None:
        return {}
    both = rates.group_by("currency", "from").agg(least=rates.rate.min(), most=rates.rate.max())
    found = both.to_pyarrow().to_pylist()
    for row in found:
        if row["least"] != row["most"]:
            since = f" from {row['from']:%Y-%m-%d}" if row["from"] is not None else ""
            raise BadInput(f"the table currencies has two rates of {row['currency']}{since}; keep one of them")
    return {row["currency"]: all(r["least"] == 1 for r in found if r["currency"] == row["currency"]) for row in found}


def _intervals(rates: ibis.Table) -> ibis.Table:
    """For each rate the times ``[since, until)`` at which it is valid; the first of a currency was always valid."""
    since = rates["from"].fill_null(ibis.literal(_ALWAYS, type=cells.TIME))
    rows = rates.select(__currency="currency", __rate="rate", __since=since).distinct()
    window = ibis.window(group_by="__currency", order_by="__since")
    position, following = ibis.row_number().over(window), rows["__since"].lead().over(window)
    rows = rows.mutate(
        __until=following.fill_null(ibis.literal(_NEVER, type=cells.TIME)),
        __since=ibis.ifelse(position == 0, ibis.literal(_ALWAYS, type=cells.TIME), rows["__since"]),
    )
    return rows
