"""What each source cost, month by month: the cheap channel is where the money went."""

import pandas as pd

from scoring.simulator.parameters import Parameters

# Cost per account of the market and month, in the currency of the export.
_MONTHLY = {"paid_search": 1.6, "event": 2.2, "webinar": 0.5, "content": 0.7, "paid_social": 0.3}
_FLOOD = 2.5


def spent(accounts: int, start: pd.Timestamp, weeks: int, parameters: Parameters) -> pd.DataFrame:
    """Return the `spend` table of a market of this many accounts, empty for none."""
    first = start.to_period("M").to_timestamp()
    last = start + pd.Timedelta(weeks=weeks)
    months = list(pd.date_range(first, last, freq="MS", inclusive="left")) if accounts else []
    flood = [start + pd.Timedelta(weeks=week) for week in (parameters.flood_from, parameters.flood_until)]
    rows: list[tuple[str, str | None, pd.Timestamp, float]] = [
        (source, None, month, accounts * rate) for month in months for source, rate in _MONTHLY.items()
    ]
    rows += [
        ("paid_social", "social-boost", month, accounts * _FLOOD) for month in months if flood[0] <= month < flood[1]
    ]
    table = pd.DataFrame(rows, columns=["source", "campaign", "month", "cost"])
    types = {"source": "str", "campaign": "str", "month": "datetime64[us]", "cost": "float64"}
    return table.astype(types).sort_values("month", kind="stable", ignore_index=True)
