"""The ids of a simulated market: a letter and a number, from which each layout makes its own ids."""

import numpy as np
import pandas as pd


def numbers(ids: pd.Series) -> np.ndarray:
    """The numbers in the ids of a market."""
    return np.asarray(ids.astype("string").str.extract(r"(\d+)$", expand=False).astype("int64"))
