"""Who is credited with a deal: each deal is in one class, so that the classes add up to all deals and never to more.

One dated example, of a deal that was opened on 2026-03-20, by the touches of its company on or before that day:

    theirs on 02-01, ours on 02-03                   sourced: the buyer came first
    ours on 02-01, theirs on 02-03                   influenced: ours was first, and they acted in the 90 days before
    ours on 02-01, theirs on 02-01                   influenced: of the same day nobody knows: no credit in doubt
    ours on 2025-06-01, theirs on 2025-06-20         neither: what they did is longer ago
    ours alone                                       neither
    none                                             unknown: no touch is recorded before the deal
"""

from __future__ import annotations

import numpy as np

from scoring.planning.pooling import Floats

#: The classes, in the order in which they are shown.
CREDITS = ("sourced", "influenced", "neither", "unknown")
#: Days before a deal was opened in which what the buyer did counts as influence.
INFLUENCE_DAYS = 90
#: The rule of each class in words.
RULES = {
    "sourced": "the first recorded touch of the company was its own, on a day before any of ours",
    "influenced": f"not sourced, and the company acted in the {INFLUENCE_DAYS} days before the deal was opened",
    "neither": "not sourced, and the company did not act in these days",
    "unknown": "no touch is recorded on or before the day on which the deal was opened",
}


def credited(opened: Floats, first_of_buyer: Floats, first_of_ours: Floats, last_of_buyer: Floats) -> np.ndarray:
    """The class of each deal.

    Parameters
    ----------
    opened : ndarray of shape (n,)
        Day number on which each was opened.
    first_of_buyer, first_of_ours, last_of_buyer : ndarray of shape (n,)
        Day numbers of touches of its company on or before that day; NaN for none.

    Returns
    -------
    ndarray of str, shape (n,)
        One of `CREDITS` each.
    """
    sourced = np.isfinite(first_of_buyer) & ~(first_of_ours <= first_of_buyer)
    influenced = ~sourced & (opened - last_of_buyer <= INFLUENCE_DAYS)
    unknown = np.isnan(first_of_buyer) & np.isnan(first_of_ours)
    return np.select([sourced, influenced, unknown], ["sourced", "influenced", "unknown"], "neither").astype(object)
