"""What `few_wins` compares: the rung as it was chosen before, and a logistic regression on five obvious features."""

import numpy as np
import pandas as pd

from models.calibration import horizon_probability
from models.drift import level
from models.hazard import hazard_rows_of, newest_apart, thinned
from models.tables.few_wins import CANDIDATES
from models.tables.held_out import loss, shrunken_slope
from models.tables.pairs import total
from pipelines.config import Config
from pipelines.training.fitting import FittedScorecard
from scoring.scorecard.arrays import codes_of
from scoring.scorecard.parts import Category
from scoring.timeline import Horizon

#: The rows on which the penalties were compared.
YARDSTICK_ROWS = 20_000
SHARE = 0.05


def captured(value: np.ndarray, worth: np.ndarray) -> float:
    """The share of the worth of all that lies in the top 5 % by value."""
    best = np.argsort(-value, kind="stable")[: max(1, round(SHARE * len(value)))]
    return float(worth[best].sum() / worth.sum())


def earlier(fitted: FittedScorecard, config: Config) -> np.ndarray:
    """P(win) by the logistic regression on coarse bins, its penalty chosen on the newest periods: shape (n_today,)."""
    frame, training = fitted.frame, config.training
    horizon = Horizon(training.horizon_days, training.periods)
    codes = codes_of(fitted.encodings, frame)
    rows = hazard_rows_of(frame, horizon.bounds, max_rows=training.max_rows, seed=training.seed)
    sizes = [*(encoding.size for encoding in fitted.encodings.values()), horizon.periods]
    unordered = [*(isinstance(encoding, Category) for encoding in fitted.encodings.values()), True]
    units = pd.factorize(frame["unit"])[0]
    logistic = [candidate for candidate in CANDIDATES if candidate.rung == "logistic"]
    split = newest_apart(rows, 0.3, training.min_wins / 2)
    best, slope = logistic[1], 1.0
    if split is not None:
        train, held = thinned(split[0], YARDSTICK_ROWS, training.seed), split[1]
        tried = {one: one.fit(codes, train, units, sizes, unordered)[0] for one in logistic}
        best = min(tried, key=lambda one: loss(tried[one], codes, held))
        slope = shrunken_slope(tried[best], codes, held)
    *tables, by_period = (slope * table for table in best.fit(codes, rows, units, sizes, unordered)[0])
    offsets = by_period - by_period.mean()
    raw = total(tables, [], codes)
    wins = frame.loc[frame["won_period"].notna(), "unit"].nunique()
    base = level(rows, raw[rows.snapshot] + offsets[rows.period], horizon.periods, wins)
    today = (frame["as_of"] == frame["as_of"].max()).to_numpy()
    return horizon_probability(base + raw[today], offsets.tolist())


def five_features(fitted: FittedScorecard, config: Config) -> np.ndarray:
    """P(win) by a logistic regression on what anybody would take, learned from whole horizons: shape (n_today,)."""
    from sklearn.linear_model import LogisticRegression

    frame = fitted.frame
    obvious = _obvious(frame)
    whole = (frame["observed"] == config.training.periods).to_numpy()
    mean, spread = obvious[whole].mean(), obvious[whole].std().replace(0.0, 1.0)
    x = ((obvious - mean) / spread).to_numpy()
    model = LogisticRegression(max_iter=1000).fit(x[whole], frame.loc[whole, "won_period"].notna())
    today = (frame["as_of"] == frame["as_of"].max()).to_numpy()
    probability: np.ndarray = model.predict_proba(x[today])[:, 1]
    return probability


def _obvious(frame: pd.DataFrame) -> pd.DataFrame:
    """Size, open deal, lately engaged, a decision maker known, and source; of loans, what there is of these."""
    open_deal = frame["open_deal_days"].notna().astype("float64")
    engaged = _lately(frame["days_since_engaged"])
    if "amount_requested" in frame:
        return pd.DataFrame(
            {
                "size": np.log1p(frame["amount_requested"].astype("float64")),
                "open deal": open_deal,
                "new deal": _lately(frame["open_deal_days"]),
                "engaged": engaged,
                "sent back": frame["days_since_O_SENT_BACK"].notna().astype("float64"),
            }
        )
    employees = np.log1p(frame["employees"].astype("float64"))
    source = pd.get_dummies(frame["first_source"], prefix="source").astype("float64")
    return pd.DataFrame(
        {
            "size": employees.fillna(employees.median()),
            "open deal": open_deal,
            "demo": _lately(frame["days_since_demo_request"]),
            "decision maker": _lately(frame["days_since_decision_maker"]),
            **{str(name): source[name] for name in source},
        }
    )


def _lately(days: pd.Series) -> pd.Series:
    """1 for today, a half a month ago, 0 for never."""
    recency: pd.Series = (1.0 / (1.0 + days.astype("float64") / 30.0)).fillna(0.0)
    return recency
