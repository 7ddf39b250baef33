"""What is told of the buying group of each account, in this process.

`group_expressions` says the same for any engine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scoring.buying_groups.group import BuyingGroup
from scoring.buying_groups.group_expressions import COLUMNS, open_deals
from scoring.buying_groups.roles import ROLES
from scoring.features.facts import Facts
from scoring.features.feature_arrays import FeatureArrays
from scoring.timeline import Grid


@dataclass(frozen=True)
class GroupColumns:
    """What is told of each account that engaged or has a deal in a stage.

    Attributes
    ----------
    group : BuyingGroup or None
        None where nothing is told of anybody.
    units : pyarrow.Array
        The accounts.
    index : ndarray of int, shape (n_units,)
        The index of what is told among all texts of the group.
    """

    group: BuyingGroup | None
    units: pa.Array
    index: np.ndarray

    @classmethod
    def of(cls, group: BuyingGroup | None, facts: Facts | None, as_of: int, arrays: FeatureArrays) -> GroupColumns:
        """Look at the engagement and the deals of accounts.

        Parameters
        ----------
        group : BuyingGroup or None
            None where nothing was learned.
        facts : Facts or None
            Of accounts; None if no lead has one.
        as_of : int
            Day number.
        arrays : FeatureArrays
            They keep the engagement for the features that are made next.
        """
        if group is None or facts is None or facts.engagements is None or not group.has_typical_roles:
            return cls(None, pa.array([], pa.string()), np.array([], dtype=np.int64))
        return arrays.once(facts.engagements, (group, as_of), lambda: cls._looked_at(group, facts, as_of, arrays))

    @classmethod
    def _looked_at(cls, group: BuyingGroup, facts: Facts, as_of: int, arrays: FeatureArrays) -> GroupColumns:
        assert facts.engagements is not None
        engaged = arrays.engagement(facts.engagements)
        code = np.array([-1 if role is None else ROLES.index(role) for role in group.roles])
        units = engaged.units.cast(pa.string())
        index = engaged.engaged_codes(code, as_of - group.days, as_of)
        deals = open_deals(facts, Grid((as_of,))).to_pyarrow()
        names = pa.array([stage.stage for stage in group.stages[2:]], pa.string())
        later = pc.index_in(deals["stage"], value_set=names, skip_nulls=True).combine_chunks().fill_null(-1)
        step = (later.to_numpy() + 2).astype(np.int64) << len(ROLES)
        row = pc.index_in(deals["unit"], value_set=units).combine_chunks().fill_null(-1).to_numpy()
        index[row[row >= 0]] += step[row >= 0]
        others = deals["unit"].combine_chunks().cast(pa.string()).filter(pa.array(row < 0))
        units, index = pa.concat_arrays([units, others]), np.concatenate([index, step[row < 0]])
        return cls(group, units, index)

    def columns(self, accounts: pa.ChunkedArray) -> dict[str, pa.DictionaryArray]:
        """The columns for rows of some accounts; empty where nothing is known.

        Parameters
        ----------
        accounts : pyarrow.ChunkedArray
            The account of each row; null for none.
        """
        if self.group is None:
            nothing = pa.DictionaryArray.from_arrays(np.zeros(len(accounts), dtype=np.int32), pa.array([""]))
            return dict.fromkeys(COLUMNS, nothing)
        row = pc.index_in(accounts, value_set=self.units).combine_chunks().fill_null(-1).to_numpy()
        number = np.append(self.index, 0)[row]  # an account without engagement and stage: nobody, and no deal
        texts = [text for stage in self.group.texts() for text in stage]
        number = np.where(accounts.is_null().to_numpy(), len(texts), number)
        columns = {}
        for i, name in enumerate(COLUMNS):
            words = list(dict.fromkeys([text[i] for text in texts] + [""]))
            index = np.array([words.index(text[i]) for text in texts] + [words.index("")], dtype=np.int32)
            columns[name] = pa.DictionaryArray.from_arrays(index[number], pa.array(words, pa.string()))
        return columns
