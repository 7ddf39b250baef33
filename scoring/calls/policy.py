"""What the lists of calls hold to: how many, for what, and who is left alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field, Strict

from scoring.calls.triggers import BY_NAME
from scoring.hints import hint

Count = Annotated[int, Field(ge=1)]
CountOrNone = Annotated[int, Field(ge=0)]
Texts = Annotated[tuple[str, ...], Strict(False)]
GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True)
class CallPolicy:
    """Whom to call, and whom not."""

    a_week: Annotated[
        float, Field(ge=0, description="Calls of all owners in a week; with 0, the agreement or [capacity] says it.")
    ] = 0.0
    owners: Annotated[
        Mapping[str, Annotated[float, Field(ge=0)]],
        Field(description="Calls a week of one owner, by its id in the CRM; 0 gives it no list."),
    ] = field(default_factory=dict)
    triggers: Annotated[
        Texts, Field(description="Triggers that are a reason to call; [] stands for all: see docs/calls.md.")
    ] = ()
    grades: Annotated[Texts, Field(description="Grades that are called; [] stands for all.")] = ()
    open_deals: Annotated[bool, Field(description="Whether those with an open deal are called as well.")] = True
    without_trigger: Annotated[
        float,
        Field(
            ge=0, lt=1, description="How much whoever has no trigger counts; with 0, only those with one are called."
        ),
    ] = 0.3
    worked_days: Annotated[CountOrNone, Field(description="Days after a call or meeting without another call.")] = 14
    rest_days: Annotated[
        CountOrNone, Field(description="Days of rest after a call off a list, or after lists without a call.")
    ] = 28
    rejected_days: Annotated[CountOrNone, Field(description="Days without a call after sales rejected it.")] = 90
    most_weeks: Annotated[Count, Field(description="Lists that one may be on without a call, before it rests.")] = 4
    better: Annotated[
        float, Field(ge=1, description="So many times better one must be to take the place of last week's name.")
    ] = 1.25
    lost_months: Annotated[Count, Field(description="Months after which a lost deal is due for another look.")] = 6
    people: Annotated[Count, Field(description="Most leads that are named for one call.")] = 3


def policy_faults(found: Mapping[str, Any]) -> list[str]:
    """A line for each trigger and grade of the configuration that there is not.

    Parameters
    ----------
    found : mapping
        The values of the section by key.
    """
    named = {"triggers": tuple(BY_NAME), "grades": GRADES}
    return [
        f"{key} in [calls] has no {name!r}: {hint(name, known)}"
        for key, known in named.items()
        if isinstance(found.get(key), list | tuple)
        for name in found[key]
        if isinstance(name, str) and name not in known
    ]
