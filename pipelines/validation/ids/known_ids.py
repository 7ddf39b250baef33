"""The ids that a column of references may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis

from scoring.cells import ids
from scoring.contracts.contract import Contract


@dataclass(frozen=True)
class KnownIds:
    """The ids that a column may name: ``id`` of each record as its own table has it, and where they were found."""

    table: ibis.Table
    where: str
    #: Whether a reference to another id is left out. If not, it is only never found.
    only: bool
    #: Whether all records are among them. If not, a reference that is not found says nothing of the export.
    whole: bool = True


def known_ids(column: str, contract: Contract, accepted: Mapping[str, ibis.Table]) -> KnownIds | None:
    """The ids that a column of references may name; None if no table has them.

    Without a table of accounts, the leads tell which there are.

    Parameters
    ----------
    column : str
    contract : Contract
        Of the table with the column.
    accepted : mapping of ibis.Table
        By table.
    """
    named = ids.NAMED_TABLE[column]
    if named in accepted:
        only = column in contract.references
        return KnownIds(accepted[named].select(id=column), named, only)
    if column == "account_id" and "leads" in accepted:
        leads = accepted["leads"]
        accounts = leads.filter(leads.account_id.notnull()).select(id="account_id").distinct()
        return KnownIds(accounts, "the leads", only=False, whole=False)
    return None
