"""Machines that click: mail gateways that open every link of a mail, and those that follow one link of each.

They stand before all people of an account, who go on doing what they do. What they clicked is known to be a machine's
(`Market.machines`), and nothing in the export says so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from scoring.simulator.draws import ids
from scoring.simulator.parameters import Part

#: Links that a scanner opens, and the seconds after the send at which it begins and in which it is done.
LINKS, BEGINS, DONE = (4, 9), (1, 240), 9
#: The seconds after the send at which the other kind follows its one link.
FOLLOWS = (8, 420)


def machines(
    activities: pd.DataFrame, leads: pd.DataFrame, part: Part, rng: np.random.Generator
) -> tuple[pd.DataFrame, list[str]]:
    """The activities with the clicks of machines, ordered by time, and the ids of these clicks.

    Parameters
    ----------
    activities, leads : DataFrame
        As the export holds them.
    part : Part
        Its `scanner_share` and `follower_share` are used.
    rng : Generator
        Of machines alone, so that everybody else does the same with and without them.
    """
    parameters = part.parameters
    accounts = np.sort(leads["account_id"].dropna().unique())
    luck = pd.Series(rng.random(len(accounts)), index=accounts)
    of_lead = leads.set_index("lead_id")["account_id"].map(luck)
    sends = activities[activities["activity_type"].eq("email_sent") & activities["lead_id"].notna()]
    drawn = sends["lead_id"].map(of_lead).to_numpy(dtype="float64")
    scans = sends[drawn < parameters.scanner_share]
    follows = sends[
        (drawn >= parameters.scanner_share) & (drawn < parameters.scanner_share + parameters.follower_share)
    ]
    links = rng.integers(*LINKS, len(scans))
    begins = np.repeat(rng.integers(*BEGINS, len(scans)), links)
    clicked = pd.concat([scans.loc[scans.index.repeat(links)], follows])
    after = np.concatenate([begins + rng.integers(0, DONE, len(begins)), rng.integers(*FOLLOWS, len(follows))])
    moved = pd.to_timedelta(after, unit="s")
    clicked = clicked.assign(
        activity_id=ids("B", part.first * 10_000 + np.arange(len(clicked)), 10),
        activity_type="email_click",
        direction="inbound",
        occurred_at=clicked["occurred_at"].to_numpy() + moved,
        known_at=clicked["known_at"].to_numpy() + moved,
    )
    end = part.start + pd.Timedelta(weeks=part.weeks)
    clicked = clicked[clicked["known_at"] < end]
    both = pd.concat([activities, clicked]).astype(activities.dtypes.to_dict())
    return both.sort_values("occurred_at", kind="stable", ignore_index=True), list(clicked["activity_id"])
