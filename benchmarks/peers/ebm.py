"""InterpretML's explainable boosting machine, in an environment of its own: `interpret.txt` has the pins.

    <its python> benchmarks/peers/ebm.py PAST TODAY OUT

PAST holds the rows to learn from (features, `won`, `weight`, `unit`), TODAY those to forecast. OUT gets the forecasts
`additive` (no pairs) and `pairs` (ten of them). All rows of a unit are in the same part of a bag: with
the default bags, rows of one unit are learned from and stopped by at once.
"""

import sys

import numpy as np
import pandas as pd

BAGS, HELD, SEED = 4, 0.15, 7
#: The number of pairs of each model: none, and more than a scorecard may have.
PAIRS = {"additive": 0, "pairs": 10}


def bags_of(units: pd.Series) -> np.ndarray:
    """For each row and bag, whether it is learned from (1) or stops the learning (-1): shape (n_rows, BAGS)."""
    codes, names = pd.factorize(units)
    draws = np.random.default_rng(SEED).random((len(names), BAGS))
    return np.where(draws < HELD, -1, 1)[codes].astype(np.int8)


def main() -> None:
    from interpret.glassbox import ExplainableBoostingClassifier

    past, today, out = sys.argv[1:]
    rows, now = pd.read_parquet(past), pd.read_parquet(today)
    won, weight, units = rows.pop("won").astype(int), rows.pop("weight"), rows.pop("unit")
    now = now[rows.columns]
    levels = {name for name in rows if not pd.api.types.is_numeric_dtype(rows[name])}
    kinds = ["nominal" if name in levels else "continuous" for name in rows]
    rows, now = (frame.astype(dict.fromkeys(levels, object)) for frame in (rows, now))
    found = {}
    for name, pairs in PAIRS.items():
        model = ExplainableBoostingClassifier(
            feature_types=kinds, interactions=pairs, outer_bags=BAGS, n_jobs=1, random_state=SEED
        )
        model.fit(rows, won, sample_weight=weight, bags=bags_of(units))
        found[name] = model.predict_proba(now)[:, 1]
    pd.DataFrame(found).to_parquet(out)


if __name__ == "__main__":
    main()
