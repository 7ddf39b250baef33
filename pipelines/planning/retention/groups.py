"""What customers are grouped by: the source that they came from, or their segment."""

from __future__ import annotations

from typing import Literal

import numpy as np

from pipelines.config import Config
from pipelines.intake.point_in_time import PastTables
from pipelines.planning.known_lives import NOT_KNOWN, known_lives
from pipelines.planning.sources.companies import account_segments
from scoring.entity import Entity
from scoring.persons.written import hidden
from scoring.planning.life_table import Ints
from scoring.planning.retention.spells import Spells
from scoring.planning.sources.cohorts import pooled_sources

By = Literal["source", "segment"]
#: Groups of fewer customers, also of those who left, are one.
FEWEST = 5


def groups_of(export: PastTables, spells: Spells, by: By | None, config: Config) -> tuple[tuple[str, ...], Ints]:
    """The names of the groups, the largest first, and the index of each spell's.

    Parameters
    ----------
    export : PastTables
    spells : Spells
    by : {"source", "segment"}, optional
        Without it all are one group.
    config : Config

    Raises
    ------
    UsageError
        If the export does not say it.
    """
    if by is None:
        return ("all",), np.zeros(len(spells), dtype=np.int64)
    if by == "segment":
        column, _ = account_segments(export, config)
        named = column.map({word: hidden(str(word)) for word in column.dropna().unique()})
    else:
        entity: Entity = "account" if export.tables.accounts is not None else "lead"
        named = known_lives(export, entity, config.question.win, config).by_unit
    words = named[~named.index.duplicated()].reindex(spells.unit).fillna(NOT_KNOWN).astype(str).to_numpy()
    return pooled_sources(words, FEWEST)
