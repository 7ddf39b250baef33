"""The people and the deals of an export, each computed once: several tables of a report read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import ibis
import pandas as pd

from pipelines.intake.point_in_time import Export
from pipelines.planning.sources.companies import accounts_of_leads
from scoring import entities
from scoring.entity import ENTITIES, Entity


@dataclass(frozen=True)
class Records:
    """What is known of the leads and accounts of an export.

    Attributes
    ----------
    export : Export
    """

    export: Export
    _deals: dict[Entity, ibis.Table] = field(default_factory=dict, repr=False)

    @cached_property
    def people(self) -> ibis.Table | None:
        """The leads with `account_key`; None without a table of leads."""
        found = entities.people(self.export.tables)
        return None if found is None else self.export.keep(found)

    @cached_property
    def companies(self) -> pd.Series:
        """By lead, the account that it is of."""
        if self.people is None:
            return pd.Series(dtype=object)
        return accounts_of_leads(self.people)

    def deals(self, status: str, asked: pd.DataFrame) -> dict[Entity, pd.DataFrame]:
        """The deals of a status of the records that are asked for, by entity, without entities that have no table.

        Parameters
        ----------
        status : {"open", "won", "lost"}
        asked : DataFrame
            `entity` and `unit`.

        Returns
        -------
        dict of DataFrame
            `unit`, and `day`, the day number on which it was closed: none for open ones.
        """
        found = {}
        for entity in ENTITIES:
            units = asked.loc[asked["entity"] == entity, "unit"]
            if units.empty or getattr(self.export.tables, f"{entity}s") is None:
                continue
            if entity not in self._deals:
                every = entities.deals(self.export.tables, self.people, entity)
                self._deals[entity] = self.export.keep(every.select("unit", "status", day="closed_day").distinct())
            table = self._deals[entity]
            rows = table.filter(table.status == status).select("unit", "day").to_pandas()
            found[entity] = rows[rows["unit"].isin(units)]
        return found
