"""The lists of a week in words, for a terminal."""

from __future__ import annotations

from pipelines.calls.files import NO_TRIGGER
from scoring.calls.call_list import Call, CallLists, Learned

#: Calls of each owner that are shown, and owners.
SHOWN, OWNERS = 5, 6


def lines(lists: CallLists) -> list[str]:
    """What was found, a line each.

    Parameters
    ----------
    lists : CallLists
    """
    slots = sum(lists.slots.values())
    text = [
        f"Calls for the week from {lists.week} to {lists.until}: {len(lists.calls):,} of {slots:,} places, "
        f"{len(lists.slots):,} {'owner' if len(lists.slots) == 1 else 'owners'}",
        f"  capacity from {lists.capacity}"
        + "".join(f"; {team} at most {number:,}" for team, number in lists.teams.items()),
        f"  {lists.stays:,} were on the list of the week before; {len(lists.left):,} left it",
        "  ranked by expected revenue times how much of the trigger is left; what a call does is not known",
    ]
    for owner, calls in list(lists.by_owner.items())[:OWNERS]:
        text += ["", f"{owner}: {len(calls)} of {lists.slots[owner]}"]
        text += [f"  {_call(call)}" for call in calls[:SHOWN]]
        if len(calls) > SHOWN:
            text.append(f"  and {len(calls) - SHOWN:,} more")
    if len(lists.slots) > OWNERS:
        text += ["", f"and {len(lists.slots) - OWNERS:,} more owners: calls.csv has all"]
    text += ["", f"Not called, of {lists.open:,} open {lists.entity}s:"]
    text += [f"  {number:>7,} {words}" for words, number in lists.not_called.items()]
    if lists.learned:
        text += ["", f"What came after triggers on {lists.past_days} past days, beside others who were alike before:"]
        text += [f"  {_learned(one)}" for one in lists.learned]
        text.append("  this is what went together, and says nothing of what a call does")
    return text + [f"Note: {note}" for note in lists.notes]


def _call(call: Call) -> str:
    until = f", until {call.expires}" if call.expires else ""
    people = f"; talk to {', '.join(call.people)}" if call.people and call.people != (call.unit,) else ""
    missing = f"; missing: {call.missing_role}" if call.missing_role else ""
    ours = f"; our last: {call.ours.kind} on {call.ours.day}" if call.ours else "; never touched by us"
    return (
        f"{call.order}. {call.unit} ({call.grade}, {call.expected_revenue:,.0f}): {call.why_now or NO_TRIGGER}{until}"
        f"{people}{missing}{ours}"
    )


def _learned(one: Learned) -> str:
    found = one.found
    if found.ratio is None:
        return f"{one.words}, {one.outcome} in {one.days} days: {found.occurred} of {found.looked_at:,}, too few to say"
    return (
        f"{one.words}, {one.outcome} in {one.days} days: {found.share:.1%} beside {found.share_of_others:.1%}, "
        f"{found.ratio:.2f} times ({found.low:.2f} to {found.high:.2f})"
    )
