"""The two steps between marketing and sales: a conversation after a hand-off, and a win after a conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scoring.handoffs.waiting import Share, survival_curve

_A_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class TwoSteps:
    """What became of the hand-offs of a grade.

    Attributes
    ----------
    grade : str
    handed, talked, won : int
        Hand-offs; those with a conversation within the days asked for; and those that won after one.
    conversation : Share
        With a conversation within these days, of all that were not rejected before.
    win : Share
        Won within the days of a win, after a conversation; None where nobody was followed for so long.
    followed : int
        The most days that a conversation was followed for.
    """

    grade: str
    handed: int
    talked: int
    won: int
    conversation: Share
    win: Share
    followed: int

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        counts = {name: getattr(self, name) for name in ("grade", "handed", "talked", "won", "followed")}
        return {**counts, "conversation": vars(self.conversation), "win_after_conversation": vars(self.win)}


def two_steps(
    handed: pd.DataFrame, as_of: pd.Timestamp, names: Sequence[str], *, within: int, horizon: int
) -> Iterator[TwoSteps]:
    """The two steps of each grade that has hand-offs, and of all.

    Days are counted from the day of the hand-off: a conversation on the same day took 0 days. Who is rejected or handed
    over again before a conversation is followed until then, and was not lost.

    Parameters
    ----------
    handed : DataFrame
        `grade`, `handed_at`, `rejected_at`, `again_at`, `talked_at` and `won_day`.
    as_of : Timestamp
    names : sequence of str
        The grades.
    within : int
        Days from a hand-off within which a conversation counts.
    horizon : int
        Days from a conversation within which a win counts.
    """
    groups = [(name, handed[handed["grade"] == name]) for name in names]
    for name, rows in [*groups, ("all", handed)]:
        if not len(rows):
            continue
        start, last = rows["handed_at"].dt.normalize(), as_of - _A_DAY
        talk = rows["talked_at"].dt.normalize()
        left = rows[["rejected_at", "again_at"]].min(axis=1).dt.normalize()
        talk = talk.where(left.isna() | (talk <= left))
        spoke, until = talk.notna().to_numpy(), talk.fillna(left).fillna(last)
        conversation = survival_curve(_days(start, until), spoke)
        soon = rows[spoke & (_days(start, until) <= within)]
        begin = talk.loc[soon.index]
        won = soon["won_day"].where(soon["won_day"] >= begin)
        after = survival_curve(_days(begin, won.fillna(last)), won.notna().to_numpy())
        yield TwoSteps(
            name,
            len(rows),
            len(soon),
            int((won.notna() & (_days(begin, won.fillna(last)) <= horizon)).sum()),
            conversation.by(within),
            after.by(horizon),
            int(after.time[-1]) if after.n else 0,
        )


def _days(start: pd.Series, end: pd.Series) -> np.ndarray:
    return np.maximum((end - start).to_numpy() / np.timedelta64(1, "D"), 0.0)
