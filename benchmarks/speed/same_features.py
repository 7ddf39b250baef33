"""Whether a peer makes the features that we make, so that only the time is compared."""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.speed.features import built

KEY = ["account_id", "as_of"]


def ours(export: Path, many: int) -> pd.DataFrame:
    """Our features by account and cut-off.

    Parameters
    ----------
    export : Path
    many : int
        Cut-offs.
    """
    done = built(export, many)
    return by_key(done.table.select([*KEY, *(feature.name for feature in done.features)]).to_pandas())


def by_key(table: pd.DataFrame) -> pd.DataFrame:
    """The features of a peer by account and cut-off."""
    return table.set_index(KEY).sort_index()


def differences(expected: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    """The names of the features that differ; the names of the columns that only one of both has, or the rows.

    Parameters
    ----------
    expected : DataFrame
        As `ours` gives them.
    found : DataFrame
        Those of the peer, by the same key.
    """
    if other := sorted(set(expected.columns) ^ set(found.columns)):
        return other
    if not expected.index.equals(found.index):
        return [f"{len(expected):,} snapshots and {len(found):,}, which are not the same"]
    return [name for name, column in expected.items() if not _equal(column, found[name])]


def _equal(expected: pd.Series, found: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(expected):
        return np.allclose(found.astype(float), expected, rtol=1e-12, atol=1e-12, equal_nan=True)
    words = found.map({True: "true", False: "false"}) if found.dtype == bool else found
    return words.fillna("").astype(str).tolist() == expected.fillna("").astype(str).tolist()
