"""What the validation of one table gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import ibis

from pipelines.validation.rejects import Reject, RejectedRows


@dataclass(frozen=True)
class Accepted:
    """The result of the validation of one table: accepted rows, rejected rows, and notes on both.

    Attributes
    ----------
    table : ibis.Table
    rejected_rows : RejectedRows
    rejects : tuple of Reject
    read : int
        All rows, whatever became of them.
    notes : tuple of str
    last_known : datetime, optional
    left_out : int
        Rows that are neither accepted nor rejected: deleted ones, those that name only such, older versions, copies.
    customers : ibis.Table, optional
        What rejected rows tell of won deals: see `Tables`.
    versions : ibis.Table, optional
        The rows of ids that several rows have: see `repeated_rows`.
    strays : ibis.Table, optional
        The leads whose account is not there: see `told_customers.strays`.
    """

    table: ibis.Table
    rejected_rows: RejectedRows
    rejects: tuple[Reject, ...]
    read: int
    notes: tuple[str, ...]
    last_known: datetime | None
    left_out: int = 0
    customers: ibis.Table | None = None
    versions: ibis.Table | None = None
    strays: ibis.Table | None = None
