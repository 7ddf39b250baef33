"""Every hand-off of an export with its grade, its first touch, what was promised, and how long it waited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from pipelines.alignment.agreed import agreements
from pipelines.config import Config
from pipelines.handoffs.agreed_terms import AgreedTerms
from pipelines.handoffs.grades import PastGrades
from pipelines.handoffs.handed import Handed, handed_over, with_touches
from pipelines.handoffs.records import Records
from pipelines.handoffs.touches import Touches, touches
from pipelines.handoffs.waits import waits
from pipelines.intake.point_in_time import Export
from pipelines.store.ledger import nights
from pipelines.store.store import Store


@dataclass(frozen=True)
class FollowedHandoffs:
    """The hand-offs from a day on, and what they were looked up in.

    Attributes
    ----------
    since : date
    handed : Handed
        Its frame has also `day`, `grade`, `grade_age`, `touched_at`, `talked_at`, `won_day`, `promised` (hours, NaN for
        none), and the columns of `waits`.
    after : Touches
    records : Records
    grades : PastGrades
    terms : AgreedTerms
    """

    since: date
    handed: Handed
    after: Touches
    records: Records
    grades: PastGrades
    terms: AgreedTerms

    @property
    def frame(self) -> pd.DataFrame:
        """A row a hand-off."""
        return self.handed.frame


def followed_handoffs(export: Export, store: Store, since: date, config: Config) -> FollowedHandoffs:
    """Follow the hand-offs of an export.

    Parameters
    ----------
    export : Export
    store : Store
        Its ledger has the grades, and it keeps the agreements.
    since : date
        The first day of a hand-off that is followed.
    config : Config
        Its sections ``hours``, ``training`` and ``sources`` are used.

    Raises
    ------
    UsageError
        If an agreement of the store cannot be read.
    """
    records = Records(export)
    handed = handed_over(records, pd.Timestamp(since))
    grades = PastGrades([night for night in nights(store) if night.as_of <= export.as_of])
    after = touches(records, handed.frame, config)
    frame = handed.frame.join(after.frame)
    frame["day"] = frame["handed_at"].dt.date
    held = grades.of(frame, arrived=handed.assumed)
    frame["grade"], frame["grade_age"] = held["grade"], grades.age(frame["day"], held["night"])
    frame = frame.join(waits(frame, pd.Timestamp(export.as_of), config.hours))
    terms = AgreedTerms(agreements(store.path))
    frame["promised"] = terms.promised(export, frame)
    handed = with_touches(Handed(frame, handed.counted, handed.teams), frame["touched"])
    return FollowedHandoffs(since, handed, after, records, grades, terms)
