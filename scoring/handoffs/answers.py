"""What sales answered to each hand-off: accepted, rejected or not yet, and whether the answers can be right."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Flags = NDArray[np.bool_]

ACCEPTED, REJECTED, UNANSWERED = "accepted", "rejected", "unanswered"
#: Answered before it was handed over, or accepted and rejected at one moment.
CONTRADICTORY = "contradictory"
#: The same record, handed over at the same moment, once more.
REPEATED = "repeated"
#: What names a hand-off.
KEY = ("lead_id", "account_id", "handed_at")


def is_date(moment: pd.Series) -> Flags:
    """Which moments are written as a date without a time: those at midnight."""
    return np.asarray(moment == moment.dt.normalize())


def surely_before(moment: pd.Series, other: pd.Series) -> Flags:
    """Whether a moment is certainly before another one; a date without a time is compared by day.

    Parameters
    ----------
    moment, other : Series of datetime64
        NaT is before nothing.
    """
    by_day = is_date(moment) | is_date(other)
    return np.asarray(np.where(by_day, moment.dt.normalize() < other.dt.normalize(), moment < other))


def answers(handed: pd.DataFrame) -> pd.Series:
    """What became of each hand-off: one of the words above.

    Who accepts and later rejects has rejected, and the other way round: the later answer counts. Of repeated rows the
    one with the latest answer counts.

    Parameters
    ----------
    handed : DataFrame
        `KEY`, `accepted_at` and `rejected_at`, as known at one day.
    """
    accepted, rejected, start = handed["accepted_at"], handed["rejected_at"], handed["handed_at"]
    both = accepted.notna() & rejected.notna()
    first = both & surely_before(accepted, rejected)
    second = both & surely_before(rejected, accepted)
    impossible = surely_before(accepted, start) | surely_before(rejected, start) | (both & ~first & ~second)
    state = np.select(
        [impossible, first | (rejected.notna() & ~both), second | (accepted.notna() & ~both)],
        [CONTRADICTORY, REJECTED, ACCEPTED],
        default=UNANSWERED,
    )
    order = handed.assign(newest=handed[["accepted_at", "rejected_at"]].max(axis=1))
    # All answers are in the order, so that the order of the rows changes nothing.
    order = order.sort_values([*KEY, "newest", "accepted_at", "rejected_at"], kind="stable", na_position="first")
    again = order.duplicated(list(KEY), keep="last").reindex(handed.index)
    return pd.Series(np.where(again, REPEATED, state), index=handed.index, name="state", dtype=object)


@dataclass(frozen=True)
class Reconciled:
    """Where each row of the table `handoffs` went: all but `rows` add up to `rows`.

    Attributes
    ----------
    rows : int
        Read from the export.
    broke_a_rule : int
        Set aside by a rule of the table: they are in `rejects/handoffs.csv`.
    left_out : int
        Deleted rows, and those of deleted records.
    not_known_yet : int
        Handed over on `as_of` or later.
    of_unknown_records : int
        Of a record that nobody knew before `as_of`.
    before_since : int
        Handed over before the first day that is shown.
    repeated, contradictory : int
    accepted, rejected, unanswered : int
    """

    rows: int
    broke_a_rule: int = 0
    left_out: int = 0
    not_known_yet: int = 0
    of_unknown_records: int = 0
    before_since: int = 0
    repeated: int = 0
    contradictory: int = 0
    accepted: int = 0
    rejected: int = 0
    unanswered: int = 0

    @property
    def shown(self) -> int:
        """The hand-offs that all else is about."""
        return self.accepted + self.rejected + self.unanswered

    def to_json(self) -> dict[str, int]:
        """Give plain data, as JSON takes it."""
        return asdict(self)
