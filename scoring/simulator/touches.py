"""What people do: the hidden stage shows in the kinds of touch, as it shows in who engages."""

import numpy as np
import pandas as pd

from scoring.simulator.accounts import Accounts
from scoring.simulator.draws import DAY, WEEK, ids, labels, pick, same_day, stamps
from scoring.simulator.parameters import Part
from scoring.simulator.people import People
from scoring.simulator.sessions import Mix, Sessions

_TYPES = (
    *("page_view", "email_open", "email_click", "content_download", "webinar"),
    *("pricing_view", "demo_request", "trial_start", "reply"),
    *("email_sent", "call", "meeting_invite"),
)
_OUTBOUND = _TYPES.index("email_sent")

# Proportions in the order of _TYPES; what is not written is zero.
_PROPORTIONS = {
    Mix.DECIDER_IDLE: (0.47, 0.23, 0.10, 0.12, 0.03, 0.025, 0.004, 0.001, 0.02),
    Mix.DECIDER_RESEARCHING: (0.19, 0.04, 0.12, 0.34, 0.20, 0.08, 0.01, 0.005, 0.015),
    Mix.DECIDER_EVALUATING: (0.10, 0.02, 0.04, 0.10, 0.08, 0.33, 0.18, 0.08, 0.07),
    Mix.DECIDER_DEAL: (0.12, 0.03, 0.05, 0.08, 0.02, 0.18, 0.08, 0.04, 0.40),
    Mix.DECIDER_CUSTOMER: (0.45, 0.15, 0.08, 0.08, 0.04, 0.02, 0.003, 0.003, 0.18),
    Mix.OTHER_IDLE: (0.46, 0.24, 0.08, 0.13, 0.04, 0.04, 0.005, 0.005, 0.01),
    Mix.MANAGER_AWAKE: (0.25, 0.06, 0.10, 0.28, 0.12, 0.11, 0.03, 0.04, 0.02),
    Mix.OPENING: (0, 1),
    Mix.NEWSLETTER: (0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    Mix.SELLING: (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1),
}
_WEIGHTS = np.array([[*row, *[0.0] * (len(_TYPES) - len(row))] for _, row in sorted(_PROPORTIONS.items())])


def table(sessions: Sessions, people: People, accounts: Accounts, part: Part, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `activities` table, ordered by time: all touches of the sessions known by the end."""
    session = np.repeat(np.arange(len(sessions.second)), sessions.repeats)
    kind = pick(_WEIGHTS, sessions.mix[session], rng)
    occurred = same_day(sessions.second[session], 7200, rng)
    late = rng.random(len(session)) < part.parameters.late_share
    known = occurred + np.where(late, rng.integers(DAY, 10 * DAY, len(session)), 0)
    order = np.argsort(occurred, kind="stable")
    order = order[known[order] < part.weeks * WEEK]
    session, kind, occurred, known = session[order], kind[order], occurred[order], known[order]

    person, account = sessions.person[session], sessions.account[session]
    unlinked = people.unlinked[person] & (person >= 0)
    return pd.DataFrame(
        {
            "activity_id": ids("T", part.first * 10_000 + np.arange(len(order)), 10),
            "lead_id": labels(people.ids, person),
            "account_id": labels(accounts.ids, np.where(unlinked, -1, account)),
            "activity_type": labels(_TYPES, kind),
            "occurred_at": stamps(part.start, occurred),
            "known_at": stamps(part.start, known),
            "direction": labels(("inbound", "outbound"), (kind >= _OUTBOUND).astype(np.int64)),
        }
    )
