"""The peers make the same features, so that only the time is compared."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.speed import pandas_features, sql_features
from benchmarks.speed.data import AS_OF, Data
from benchmarks.speed.same_features import by_key, differences, ours

PEERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "pandas, each cut-off": lambda export: pandas_features.features(export, 3, "each")[0],
    "pandas, common steps once": lambda export: pandas_features.features(export, 3, "once")[0],
    "SQL": lambda export: sql_features.features(export, 3)[0].to_pandas(),
}


@pytest.fixture(scope="module")
def our_features(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    data = Data(400, tmp_path_factory.mktemp("speed"))
    data.make()
    return data.export(AS_OF), ours(data.export(AS_OF), 3)


@pytest.mark.parametrize("peer", PEERS)
def test_a_peer_makes_the_same_features(our_features: tuple[Path, pd.DataFrame], peer: str) -> None:
    export, expected = our_features
    assert len(expected) > 900
    found = by_key(PEERS[peer](export))
    assert differences(expected, found) == []
    changed = found.assign(kinds_30d=found["kinds_30d"] + 1, deal_stage=found["deal_stage"].fillna("none"))
    assert differences(expected, changed) == ["deal_stage", "kinds_30d"]
