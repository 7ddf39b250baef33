"""The peer in pandas makes the same features, so that only the time is compared."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.speed.data import AS_OF, Data
from benchmarks.speed.features import built
from benchmarks.speed.pandas_features import features


@pytest.fixture(scope="module")
def our_features(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    data = Data(400, tmp_path_factory.mktemp("speed"))
    data.make()
    export = data.export(AS_OF)
    done = built(export, 3)
    return export, done.table.select(["account_id", "as_of", *(feature.name for feature in done.features)]).to_pandas()


@pytest.mark.parametrize("way", ["each", "once"])
def test_pandas_makes_the_same_features(our_features: tuple[Path, pd.DataFrame], way: str) -> None:
    export, table = our_features
    expected = table.set_index(["account_id", "as_of"]).sort_index()
    pandas_table, _ = features(export, 3, way)
    in_pandas = pandas_table.set_index(["account_id", "as_of"]).sort_index()
    assert sorted(in_pandas.columns) == sorted(expected.columns)
    pd.testing.assert_index_equal(in_pandas.index, expected.index)
    assert len(expected) > 900
    for name, column in expected.items():
        if pd.api.types.is_numeric_dtype(column):
            np.testing.assert_allclose(in_pandas[name].astype(float), column, rtol=1e-12, err_msg=name)
        else:
            words = (
                in_pandas[name].map({True: "true", False: "false"})
                if in_pandas[name].dtype == bool
                else in_pandas[name]
            )
            assert words.fillna("").astype(str).tolist() == column.fillna("").astype(str).tolist(), name
