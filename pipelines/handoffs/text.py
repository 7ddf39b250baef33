"""Hand-offs in words, for those who answer for marketing and sales."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.handoffs.overrides import Overrides
from pipelines.handoffs.report import HandoffReport
from pipelines.handoffs.waits import Waits
from scoring.handoffs.answers import REJECTED, Reconciled
from scoring.handoffs.promises import ENDED, KEPT, MISSED, NOT_DUE, NOT_KNOWN, NOTHING_PROMISED
from scoring.handoffs.waiting import Share

#: Rows of a list on the screen; the file of --json has all.
LISTED = 12
ABOUT = {"data": "its data", "timing": "timing", "fit": "who it is", "": ""}


def lines(report: HandoffReport) -> list[str]:
    """The lines of a report.

    Parameters
    ----------
    report : HandoffReport
    """
    text = [f"Hand-offs from {report.since} to {report.as_of}, working hours {report.hours}", ""]
    text += _counted(report.counted) if report.counted is not None else []
    if not report.answers:
        text.append("  nobody was handed over in these days")
    if report.grades:
        what = "arrival" if report.assumed else "hand-off"
        text += ["", f"  From {what} to the first touch ({', '.join(report.work)})"]
        text += _waits("grade at the time", report.grades)
        text += ["", *_waits(report.teams, report.owners)] if report.owners else []
        text.append("  ended: rejected, or handed over again, before a touch")
        text += _service_level(report.grades)
    text += _answers(report) if report.answers and not report.assumed else []
    text += _steps(report) if report.steps else []
    text += _unworked(report) if report.grades else []
    text += _overrides(report.overrides) if report.overrides is not None else []
    return [*text, *_notes(report)]


def _notes(report: HandoffReport) -> list[str]:
    return [""] * bool(report.notes) + [f"  note: {note}" for note in report.notes]


def _counted(counted: Reconciled) -> list[str]:
    """Where the rows of the table went."""
    parts = {
        "accepted": counted.accepted,
        "rejected": counted.rejected,
        "unanswered": counted.unanswered,
        "contradictory": counted.contradictory,
        "repeated": counted.repeated,
        "before --since": counted.before_since,
        "on --as-of or later": counted.not_known_yet,
        "of records not known then": counted.of_unknown_records,
        "set aside by a rule": counted.broke_a_rule,
        "deleted": counted.left_out,
    }
    shown = " + ".join(f"{n:,} {name}" for name, n in parts.items() if n)
    return [f"  {counted.rows:,} rows of handoffs = {shown or '0'}"]


def _waits(heading: str, found: Sequence[Waits]) -> list[str]:
    width = max([len(one.name) for one in found] + [len(heading)])
    top = f"  {heading:<{width}} {'handed':>7} {'touched':>8} {'waiting':>8} {'ended':>6}   "
    top += "half touched within (working / by the clock)"
    rows = [
        f"  {one.name:<{width}} {one.handed:>7,} {one.touched:>8,} {one.waiting:>8,} {one.ended:>6,}   "
        f"{_hours(one.working.median)} / {_hours(one.clock.median)}"
        for one in found
    ]
    return [top, *rows]


def _hours(hours: float | None) -> str:
    return "not half so far" if hours is None else f"{hours:,.1f} h"


def _service_level(grades: Sequence[Waits]) -> list[str]:
    promised = [one for one in grades if one.handed > one.kept[NOTHING_PROMISED]]
    if not promised:
        return []
    text = ["", "  Service level of the agreement that held, in working hours"]
    text.append(
        f"  {'grade':<8} {'promised':>9} {'kept':>6} {'missed':>7} {'not due':>8} {'ended':>6} {'not known':>10} "
        f"{'none':>6}   touched within the promise"
    )
    for one in promised:
        within = "several" if one.promised is None else f"{one.promised:g} h"
        kept = one.kept
        text.append(
            f"  {one.name:<8} {within:>9} {kept[KEPT]:>6,} {kept[MISSED]:>7,} {kept[NOT_DUE]:>8,} {kept[ENDED]:>6,} "
            f"{kept[NOT_KNOWN]:>10,} {kept[NOTHING_PROMISED]:>6,}   {_share(one.within_promise)}"
        )
    return text


def _share(share: Share) -> str:
    if share.value is None:
        return "not followed for so long yet"
    if share.low is None or share.high is None:
        return f"{share.value:.0%}"
    return f"{share.value:.0%} ({share.low:.0%} to {share.high:.0%})"


def _answers(report: HandoffReport) -> list[str]:
    text = ["", "  Answers", f"  {'grade':<8} {'handed':>7} {'accepted':>9} {'rejected':>9} {'unanswered':>11}"]
    text += [
        f"  {one.grade:<8} {one.handed:>7,} {one.accepted:>9,} {one.rejected:>9,} {one.unanswered:>11,}"
        for one in report.answers
    ]
    if rejected := [one for one in report.reasons if one.answer == REJECTED]:
        text.append("  Reasons of rejections, and what they say something about (a rejection is not a lost deal)")
        text += [f"    {one.count:>6,}  {one.reason}{_about(one.about)}" for one in rejected]
    return text


def _about(word: str) -> str:
    return f"  [{ABOUT[word]}]" if word else ""


def _steps(report: HandoffReport) -> list[str]:
    text = [
        "",
        f"  A conversation within {report.conversation_days} days, and a win within {report.horizon_days} days of it",
        f"  {'grade':<8} {'handed':>7} {'talked':>7} {'won':>5}   {'conversation':<28} win after a conversation",
    ]
    for one in report.steps:
        win = _share(one.win) if one.talked else "no conversation yet"
        text.append(
            f"  {one.grade:<8} {one.handed:>7,} {one.talked:>7,} {one.won:>5,}   {_share(one.conversation):<28} {win}"
        )
    return text


def _unworked(report: HandoffReport) -> list[str]:
    rows = report.unworked
    if rows.empty:
        none = ["", "  Nobody of grade A still waits for a first touch"]
        return none if any(one.name == "A" for one in report.grades) else []
    late = int((rows["working_hours"] > rows["promised"]).sum())
    promise = f", {late:,} of them for longer than was promised" if rows["promised"].notna().any() else ""
    text = ["", f"  {len(rows):,} of grade A that nobody has touched{promise}"]
    text += [
        f"    {row.entity} {row.unit}  handed over {row.handed_at:%Y-%m-%d}, {row.state}, "
        f"{row.working_hours:,.0f} working hours"
        for row in rows.head(LISTED).itertuples(index=False)
    ]
    return text + [f"    and {len(rows) - LISTED:,} more: --json FILE has all"] * (len(rows) > LISTED)


def _overrides(found: Overrides) -> list[str]:
    text = [
        "",
        f"  {found.rows:,} overrides, {found.without_score:,} of them of somebody who had no score then, or had won",
    ]
    for one in found.compared:
        if not one.overrides:
            continue
        text.append(
            f"    {one.direction}: {one.overrides:,}, {one.pending:,} pending: the horizon of the score is not over"
        )
        if one.matured and one.score is not None and one.override is not None:
            text.append(
                f"      {one.won:,} of {one.matured:,} won; the scores expected {one.score * one.matured:,.1f}, the "
                f"overrides {one.override * one.matured:,.1f}"
            )
        difference = one.difference
        if difference.value is not None and difference.low is not None:
            text.append(
                f"      Brier score of the scores less that of the overrides: {difference.value:+.4f} "
                f"({difference.low:+.4f} to {difference.high:+.4f})"
            )
        text.append(f"      {one.words}")
        outcomes = ", ".join(f"{n:,} {word}" for word, n in found.outcomes.get(one.direction, {}).items() if n)
        text.append(f"      by today: {outcomes}")
    text.append(f"  {len(found.holding):,} overrides hold today; they change no score")
    for row in found.holding[:LISTED]:
        grade_or_score = row.override_grade or f"{row.override_score:.0%}"
        until = f" until {row.expires_on}" if row.expires_on else ""
        text.append(
            f"    {row.entity} {row.id}  {grade_or_score} beside {row.grade}, set on {row.set_on}{until}, "
            f"reason: {row.reason}"
        )
    return text + [f"    and {len(found.holding) - LISTED:,} more"] * (len(found.holding) > LISTED)
