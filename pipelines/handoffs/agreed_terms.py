"""What was agreed when something was handed over: the service level of its grade, and the reasons of a rejection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipelines.alignment.agreed import Agreed
from pipelines.alignment.agreement import AgreementPart, ServiceLevel
from pipelines.alignment.market import in_market
from pipelines.errors import UsageError
from pipelines.intake.point_in_time import Export
from scoring.handoffs.reasons import NO_REASON, known_reason
from scoring.timeline import calendar_date


@dataclass(frozen=True)
class AgreedTerms:
    """The agreements of a store, by day.

    Attributes
    ----------
    agreed : sequence of Agreed
    notes : list of str
        What could not be looked up.
    """

    agreed: Sequence[Agreed]
    notes: list[str] = field(default_factory=list)

    def on(self, day: date) -> Agreed | None:
        """The agreement that held on a day."""
        return next((one for one in self.agreed if one.first_day <= day <= one.last_day), None)

    def promised(self, export: Export, handed: pd.DataFrame) -> np.ndarray:
        """The working hours until the first touch that were agreed for each hand-off, of shape (n,); NaN for none.

        Parameters
        ----------
        export : Export
            Its attributes say who is of which part of an agreement.
        handed : DataFrame
            `grade`, `day` (a date), `entity`, `unit` and `account`.
        """
        found = pd.Series(np.nan, index=handed.index)
        by_day: Any = handed.groupby("day")
        for day, rows in by_day:
            if (one := self.on(day)) is None:
                continue
            found[rows.index] = _hours(one.agreement.service_level, rows["grade"])
        for one in self.agreed:
            within = (handed["day"] >= one.first_day) & (handed["day"] <= one.last_day)
            for part in one.agreement.parts if within.any() else ():
                if part.service_level is not None:
                    mine = within & self._of_part(export, handed, one.name, part)
                    found[mine] = _hours(part.service_level, handed.loc[mine, "grade"])
        return found.to_numpy(dtype=np.float64)

    def _of_part(self, export: Export, handed: pd.DataFrame, agreement: str, part: AgreementPart) -> pd.Series:
        """Which hand-offs are of a part: by the attributes of their accounts, else of their leads."""
        for entity, key in (("account", "account"), ("lead", "unit")):
            if getattr(export.tables, f"{entity}s") is None:
                continue
            try:
                ids = in_market(part.market, export, entity)  # type: ignore[arg-type]
            except UsageError:
                continue
            of_kind = (handed["entity"] == "lead") | (entity == "account")
            return of_kind & handed[key].isin(list(ids))
        self.notes.append(
            f"the part {part.name} of {agreement} has a service level of its own, and this export lacks its attributes:"
            " the one of the whole is used"
        )
        return pd.Series(False, index=handed.index)

    def reasons(self, handed: pd.DataFrame, answered: pd.Series) -> list[str]:
        """The reason of each hand-off as it may be shown, by the list of the agreement that held when it was answered.

        Parameters
        ----------
        handed : DataFrame
            `reason`.
        answered : Series of int
            The day number of the answer.
        """
        found = []
        for text, day in zip(handed["reason"], answered, strict=True):
            one = self.on(calendar_date(int(day)))
            listed = () if one is None else one.agreement.handoff.reasons
            found.append(known_reason(text, listed) if isinstance(text, str) else NO_REASON)
        return found


def _hours(level: ServiceLevel, grade: pd.Series) -> np.ndarray:
    """The hours of a service level by grade; NaN where it promises nothing."""
    return grade.map(level.promised).astype("float64").to_numpy()
