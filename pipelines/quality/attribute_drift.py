"""Fill and drift of attributes: how many records have a value, and whether new records have other values than old ones.

Records are parted by when they were created. A model learns from all of them and scores the new ones: what is filled
for one part only, or means something else there, misleads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import numpy as np
import pandas as pd

from scoring.tables import LINKED_AT, Tables
from scoring.timeline import day_number, day_of

#: Records created within so many days are new.
NEW_DAYS = 180
#: Each part must have so many records to be compared.
LEAST_RECORDS = 50
#: The population stability index from which people speak of a shift, and the difference of fill that is worth a word.
SHIFT, FILL = 0.25, 0.2
#: Of so many quantiles or commonest values the index is made; the rest is one more, and so are empty cells.
PARTS = 10
#: Text with more different values than these describes single records: its values are not compared.
MOST_VALUES = 500
#: What is taken for no share at all.
_NOTHING = 0.001
#: The columns that are no attributes of who somebody is.
KEYS = {"accounts": ("account_id", "domain", "created_at"), "leads": ("lead_id", "account_id", "created_at", LINKED_AT)}


@dataclass(frozen=True)
class AttributeFill:
    """How an attribute is filled, and whether it drifts.

    Attributes
    ----------
    table, name : str
    filled : float
        The share of records with a value.
    filled_before, filled_new : float, optional
        The same of those created before the last `NEW_DAYS` days, and of the new ones; None if one part is too small.
    shift : float, optional
        The population stability index of the values of new records against those before; empty cells are a value.
    """

    table: str
    name: str
    filled: float
    filled_before: float | None = None
    filled_new: float | None = None
    shift: float | None = None

    @property
    def fault(self) -> str:
        """What is remarkable about it, in a word or two; empty for nothing."""
        if not self.filled:
            return "empty"
        if self.filled_before is None or self.filled_new is None:
            return ""
        if self.filled_new - self.filled_before <= -FILL:
            return "filled less lately"
        if self.filled_new - self.filled_before >= FILL:
            return "filled more lately"
        return "drifts" if self.shift is not None and self.shift >= SHIFT else ""

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "table": self.table,
            "attribute": self.name,
            "filled": _rounded(self.filled),
            "filled_before": _rounded(self.filled_before),
            "filled_new": _rounded(self.filled_new),
            "shift": _rounded(self.shift),
            "fault": self.fault,
        }


def attribute_fills(tables: Tables, as_of: date) -> tuple[AttributeFill, ...]:
    """The fill and the drift of all attributes of accounts and leads.

    Parameters
    ----------
    tables : Tables
    as_of : date
        The day of the check.
    """
    present = dict(tables.present())
    return tuple(
        found for table in KEYS if table in present for found in _of_table(table, present[table], day_number(as_of))
    )


def _of_table(table: str, rows: ibis.Table, as_of: int) -> Iterator[AttributeFill]:
    names = [name for name in rows.columns if name not in KEYS[table]]
    if not names:
        return
    found = rows.select(*names, __created=day_of(rows.created_at)).to_pyarrow().to_pandas()
    created = found.pop("__created").to_numpy(dtype="float64", na_value=np.nan)
    new, before = created >= as_of - NEW_DAYS, created < as_of - NEW_DAYS
    compared = min(int(new.sum()), int(before.sum())) >= LEAST_RECORDS
    for name in names:
        values = found[name]
        filled = values.notna().to_numpy()
        share = float(filled.mean()) if len(filled) else 0.0
        if not compared:
            yield AttributeFill(table, name, share)
            continue
        yield AttributeFill(
            table, name, share, float(filled[before].mean()), float(filled[new].mean()), _shift(values, before, new)
        )


def _shift(values: pd.Series, before: np.ndarray, new: np.ndarray) -> float | None:
    """The population stability index; None where values are not to be compared."""
    codes = _codes(values, before)
    if codes is None:
        return None
    parts = [np.bincount(codes[which], minlength=codes.max() + 1) / which.sum() for which in (before, new)]
    old, young = (np.maximum(part, _NOTHING) for part in parts)
    return float(((young - old) * np.log(young / old)).sum())


def _codes(values: pd.Series, before: np.ndarray) -> np.ndarray | None:
    """0 for an empty cell, else 1 + the part in which a value lies."""
    filled = values.notna().to_numpy()
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers = values.to_numpy(dtype="float64", na_value=np.nan)
        old = numbers[before & np.isfinite(numbers)]
        if not len(old):
            return None
        edges = np.unique(np.quantile(old, np.linspace(0, 1, PARTS + 1)[1:-1]))
        # A value that many share is an edge: what equals it lies apart from what is above.
        return np.asarray(np.where(filled, 1 + np.searchsorted(edges, numbers, side="left"), 0), dtype="int64")
    words = values.astype("string")
    if words.nunique() > MOST_VALUES:
        return None
    counts = words[before].value_counts()
    common = sorted(counts.index, key=lambda word: (-counts[word], word))[:PARTS]
    code_of: Mapping[str, int] = {word: 1 + i for i, word in enumerate(common)}
    return np.asarray(words.map(code_of).fillna(1 + len(common)).where(filled, 0), dtype="int64")


def _rounded(x: float | None) -> float | None:
    return None if x is None else round(x, 4)
