"""`closedwon handoffs`: what became of what was handed over, as far as both sides agreed on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipelines.config import Config
from pipelines.errors import require_before
from pipelines.handoffs.agreed_terms import AgreedTerms
from pipelines.handoffs.conversations import TwoSteps, two_steps
from pipelines.handoffs.followed import FollowedHandoffs, followed_handoffs
from pipelines.handoffs.grades import GRADES, UNGRADED, PastGrades
from pipelines.handoffs.handed import Handed
from pipelines.handoffs.overrides import Overrides, overrides
from pipelines.handoffs.touches import Touches
from pipelines.handoffs.waits import WORKING, Waits, by
from pipelines.intake.point_in_time import Export
from pipelines.store.store import Store
from scoring.handoffs.answers import ACCEPTED, REJECTED, Reconciled
from scoring.handoffs.reasons import about
from scoring.planning.largest_parts import largest_parts
from scoring.timeline import day_number

#: Teams and owners that are listed: smaller ones are together.
MOST_TEAMS, OTHERS = 20, "all others"
#: A grade that is older than so many days is worth a note.
OLD = 7


@dataclass(frozen=True)
class Answered:
    """The answers to the hand-offs of a grade."""

    grade: str
    handed: int
    accepted: int
    rejected: int
    unanswered: int


@dataclass(frozen=True)
class Rejections:
    """The hand-offs that were rejected, or accepted, for one reason."""

    answer: str
    reason: str
    about: str
    count: int


@dataclass(frozen=True)
class HandoffReport:
    """What is said of hand-offs.

    Attributes
    ----------
    as_of, since : date
    assumed : bool
        Whether there is no table `handoffs`.
    counted : Reconciled or None
    hours : str
        When sales is at work.
    teams : str
        What says whose each is.
    grades, owners : tuple of Waits
    answers : tuple of Answered
    reasons : tuple of Rejections
    steps : tuple of TwoSteps
    conversation_days, horizon_days : int
    unworked : DataFrame
        Of grade A without a touch, and not rejected: `entity`, `unit`, `handed_at`, `state`, `working_hours` waited,
        and `promised`.
    overrides : Overrides or None
    work, talks : tuple of str
        The types of activity that count as a touch, and as a conversation.
    notes : tuple of str
    """

    as_of: date
    since: date
    assumed: bool
    counted: Reconciled | None
    hours: str
    teams: str
    grades: tuple[Waits, ...]
    owners: tuple[Waits, ...]
    answers: tuple[Answered, ...]
    reasons: tuple[Rejections, ...]
    steps: tuple[TwoSteps, ...]
    conversation_days: int
    horizon_days: int
    unworked: pd.DataFrame
    overrides: Overrides | None
    work: tuple[str, ...]
    talks: tuple[str, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        waiting = self.unworked.assign(handed_at=self.unworked["handed_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
        return {
            "as_of": self.as_of.isoformat(),
            "since": self.since.isoformat(),
            "hand_offs_are": "arrivals" if self.assumed else "the table handoffs",
            "rows": None if self.counted is None else self.counted.to_json(),
            "sales_hours": self.hours,
            "touches": list(self.work),
            "conversations": list(self.talks),
            "by_grade": [one.to_json() for one in self.grades],
            "by_owner": [one.to_json() for one in self.owners],
            "answers": [vars(one) for one in self.answers],
            "reasons": [vars(one) for one in self.reasons],
            "two_steps": {
                "conversation_days": self.conversation_days,
                "win_days": self.horizon_days,
                "by_grade": [one.to_json() for one in self.steps],
            },
            "a_not_worked": waiting.rename(columns={"unit": "id"}).replace({np.nan: None}).to_dict("records"),
            "overrides": None if self.overrides is None else self.overrides.to_json(),
            "notes": list(self.notes),
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that `--out` writes, by the name of the file, without empty ones."""
        curves = [
            {"by": kind, "value": one.name, "clock": clock, **row}
            for kind, found in (("grade", self.grades), ("owner", self.owners))
            for one in found
            for clock, curve in (("working_hours", one.working), ("hours", one.clock))
            for row in curve.rows()
        ]
        service = [
            {"by": kind, "value": one.name, "handed": one.handed, "promised": one.promised, **one.kept}
            for kind, found in (("grade", self.grades), ("owner", self.owners))
            for one in found
        ]
        found = {
            "handoff_curves": pd.DataFrame(curves),
            "handoff_service_level": pd.DataFrame(service),
            "handoff_answers": pd.DataFrame([vars(one) for one in self.answers]),
            "handoff_reasons": pd.DataFrame([vars(one) for one in self.reasons]),
            "handoff_a_not_worked": self.unworked.rename(columns={"unit": "id"}),
        }
        return {name: table for name, table in found.items() if len(table)}


def handoff_report(export: Export, store: Store, since: date | None, config: Config) -> HandoffReport:
    """Look at the hand-offs of an export.

    Parameters
    ----------
    export : Export
    store : Store
        Its ledger has the grades, and it keeps the agreements.
    since : date, optional
        The first day of a hand-off that is shown. Default: a year before `as_of`.
    config : Config
        Its sections ``hours``, ``training`` and ``sources`` are used.

    Raises
    ------
    UsageError
        If `since` is not before the day of the export, or an agreement of the store cannot be read.
    """
    first = since or (pd.Timestamp(export.as_of) - pd.DateOffset(years=1)).date()
    require_before("--since", first, export.as_of)
    return reported(followed_handoffs(export, store, first, config), store, config)


def reported(followed: FollowedHandoffs, store: Store, config: Config) -> HandoffReport:
    """Say what became of hand-offs that were followed.

    Parameters
    ----------
    followed : FollowedHandoffs
    store : Store
        As for `handoff_report`, like `config`.
    config : Config
    """
    handed, after, grades, terms = followed.handed, followed.after, followed.grades, followed.terms
    export, first = followed.records.export, followed.since
    frame = handed.frame.assign(owner=largest_parts(handed.frame["team"], MOST_TEAMS, OTHERS))
    as_of = pd.Timestamp(export.as_of)
    known, talked = bool(after.work), bool(after.talks)
    idle = known & (frame["grade"] == "A") & ~frame["touched"] & (frame["state"] != REJECTED) & frame["again_at"].isna()
    return HandoffReport(
        as_of=export.as_of,
        since=first,
        assumed=handed.assumed,
        counted=handed.counted,
        hours=str(config.hours),
        teams=handed.teams,
        grades=tuple(by(frame, "grade", GRADES)) if known else (),
        owners=tuple(by(frame, "owner", list(frame["owner"].value_counts().index))) if handed.teams and known else (),
        answers=answers_by_grade(frame),
        reasons=_reasons(frame, terms),
        steps=tuple(
            two_steps(
                frame,
                as_of,
                GRADES,
                within=config.sources.conversation_days,
                horizon=config.training.horizon_days,
            )
        )
        if talked
        else (),
        conversation_days=config.sources.conversation_days,
        horizon_days=config.training.horizon_days,
        unworked=frame.loc[idle, ["entity", "unit", "handed_at", "state", WORKING, "promised"]]
        .sort_values([WORKING, "unit"], ascending=[False, True])
        .reset_index(drop=True),
        overrides=overrides(followed.records, store, grades, config),
        work=after.work,
        talks=after.talks,
        notes=tuple(_notes(handed, after, grades, terms, first)),
    )


def answers_by_grade(frame: pd.DataFrame) -> tuple[Answered, ...]:
    """The answers by grade, of all that is shown."""
    found = []
    for grade in GRADES:
        states = frame.loc[frame["grade"] == grade, "state"]
        if len(states):
            accepted, rejected = int((states == ACCEPTED).sum()), int((states == REJECTED).sum())
            found.append(Answered(grade, len(states), accepted, rejected, len(states) - accepted - rejected))
    return tuple(found)


def _reasons(frame: pd.DataFrame, terms: AgreedTerms) -> tuple[Rejections, ...]:
    """How often each reason was given for an answer, the commonest first."""
    rows = frame[frame["state"].isin([ACCEPTED, REJECTED]) & frame["reason"].notna() | (frame["state"] == REJECTED)]
    answered = rows["rejected_at"].where(rows["state"] == REJECTED, rows["accepted_at"])
    days = answered.map(lambda at: day_number(at.date()))
    counts = Counter(zip(rows["state"], terms.reasons(rows, days), strict=True))
    found = [Rejections(state, reason, about(reason), count) for (state, reason), count in counts.items()]
    return tuple(sorted(found, key=lambda one: (one.answer != REJECTED, -one.count, one.reason)))


def _notes(handed: Handed, after: Touches, grades: PastGrades, terms: AgreedTerms, since: date) -> Sequence[str]:
    """What a reader must know about the figures."""
    notes, frame = [], handed.frame
    if handed.assumed:
        notes.append(
            "there is no table handoffs: everybody counts as handed over on arrival, and as worked from the first "
            "touch of ours on; nothing is known of rejections"
        )
    if not after.work:
        notes.append(
            "no type of outbound activity counts as a touch, so nothing is known of touches; name those that do under "
            "[training] worked_by"
        )
    if not after.talks:
        notes.append("no type of activity is a conversation by its name; conversation_types in [sources] names others")
    dated = int((frame["handed_at"] == frame["handed_at"].dt.normalize()).sum())
    touched_dates = int((frame["touched_at"] == frame["touched_at"].dt.normalize()).sum())
    if dated or touched_dates:
        notes.append(
            f"{dated:,} hand-offs and {touched_dates:,} touches are a date without a time: a wait is as long as it can "
            "have been, and whether a promise was kept may not be known"
        )
    if grades.first is None:
        notes.append("the ledger has no night yet, so nobody has a grade: run `closedwon score` every night")
    elif ungraded := int((frame["grade"] == UNGRADED).sum()):
        notes.append(
            f"{ungraded:,} had no grade when they were handed over: they were not open then, or no night of the "
            f"ledger, which begins on {grades.first}, was before"
        )
    if len(old := frame["grade_age"].dropna()) and (oldest := int(old.max())) > OLD and not handed.assumed:
        late = int((old > OLD).sum())
        notes.append(
            f"{late:,} grades are more than {OLD} days older than the hand-off, the oldest {oldest}: score every night"
        )
    if not any(one.first_day <= day for one in terms.agreed for day in frame["day"]) and len(frame):
        notes.append("no agreement held in these days, so no service level was promised: see `closedwon agree`")
    return [*notes, *terms.notes]
