"""The gates on a night's export: whether it is complete, new, and as large as usual."""

from collections.abc import Sequence
from datetime import date
from statistics import median

from scoring.entity import plural
from scoring.evidence.finding import Finding
from scoring.evidence.promotion.inputs import DAYS, flowing
from scoring.nights.record import CandidateNight, NightRecord, ScoredNight
from scoring.nights.usual import EXPORT, NightLimits, Off, days, risen, worst_named

#: A pause of a table is unusual if it is this many times as long as the longest one in this many nights before.
LONGER, NIGHTS = 2.0, 60


def forwards(tonight: CandidateNight, past: Sequence[NightRecord]) -> Finding:
    """Whether `as_of` is not before the last night's: with a wrong clock, the past would be scored as today."""
    if not past or tonight.as_of >= past[-1].as_of:
        return Finding(True, f"as_of is {tonight.as_of}" + (f", after {past[-1].as_of}" if past else ""), {})
    behind = days(tonight.as_of, past[-1].as_of)
    return Finding(
        False,
        f"as_of is {tonight.as_of}, and the last night's was {past[-1].as_of}: is the clock right, and the "
        "export the newest? Correct it, or publish an earlier day with --force",
        {"days_back": float(behind)},
    )


def complete(tonight: CandidateNight, past: Sequence[NightRecord]) -> Finding:
    """Whether every table of the last night is there."""
    gone = [table for table in past[-1].inputs if table not in tonight.inputs] if past else []
    found = len(tonight.inputs)
    if not gone:
        return Finding(True, f"the export has {found} tables, all of those it had", {"tables_gone": 0.0})
    return Finding(
        False,
        f"the table {', '.join(gone)} was in the last night's export and is missing now: export it again; if you no "
        "longer need it, publish once with --force",
        {"tables_gone": float(len(gone))},
    )


def counted(tonight: CandidateNight, usual: Sequence[NightRecord], limits: NightLimits) -> Finding:
    """Whether each table has about as many rows as usual, and as many entities as usual are scored."""
    off, ratios = [], {}
    for subject, count in _counts(tonight).items():
        before = [counts[subject] for counts in map(_counts, usual) if subject in counts]
        middle = median(before) if before else 0
        if middle < limits.min_rows:
            continue
        ratios[f"{subject} over usual"] = ratio = count / middle
        if not limits.least_rows <= ratio <= limits.most_rows:
            off.append(Off(abs(ratio - 1), f"{count:,} {subject} where {middle:,.0f} are usual ({ratio:.0%})"))
    figures = {name.replace(" ", "_"): round(ratio, 4) for name, ratio in ratios.items()}
    if not off:
        words = f"{len(ratios)} row counts are as usual" if ratios else "no row count can be compared yet"
        return Finding(True, words, figures)
    return Finding(
        False,
        f"{worst_named(off)}; {limits.least_rows:.0%} to {limits.most_rows:.0%} are allowed: check that the export is "
        "complete; if it is, publish with --force",
        figures,
    )


def _counts(night: ScoredNight) -> dict[str, int]:
    counts = {f"rows of {table}": found.rows for table, found in night.inputs.items()}
    return counts | {f"{plural(entity)} scored": found.scored for entity, found in night.counts.items()}


def fresh(tonight: CandidateNight, before: Sequence[NightRecord], limits: NightLimits) -> Finding:
    """Whether no table is older than its limit, or than twice its longest pause so far.

    A company that rests at weekends has regular pauses. The pause that a table is in now does not count among them.
    """
    now, day = _last_known(tonight), tonight.today or tonight.as_of
    before = [night for night in before[-NIGHTS:] if not night.forced]
    off, figures = [], {}
    for table, limit in limits.freshness.items():
        if not limit or table not in now:
            continue
        behind = max(days(now[table], day), 0)
        figures[f"days_behind_{table}"] = float(behind)
        ended = [
            days(known[table], night.as_of)
            for night in before
            if (known := _last_known(night)).get(table, now[table]) < now[table]
        ]
        allowed = max([limit, *(LONGER * pause for pause in ended)])
        if behind > allowed:
            what = "the newest row of any table" if table == EXPORT else f"the newest of {table}"
            off.append(
                Off(behind / allowed, f"{what} is of {now[table]}, {behind} days old where {allowed:.0f} are allowed")
            )
    if not off:
        return Finding(True, "every table is fresh", figures)
    return Finding(
        False,
        f"{worst_named(off)}: check that the export and its sources ran; the limits are in [night.freshness]",
        figures,
    )


def _last_known(night: ScoredNight) -> dict[str, date]:
    """The last day on which anything became known, by table and of all."""
    known = {table: found.last_known for table, found in night.inputs.items() if found.last_known}
    return known | ({EXPORT: max(known.values())} if known else {})


def still_flowing(tonight: CandidateNight) -> Finding:
    """Whether no kind of activity that came every month, or every week, has stopped.

    A few late entries keep a table fresh when everything else has stopped. The months show that only after three weeks:
    hence the weeks.
    """
    spans = [flowing(counts, days) for counts, days in ((tonight.flow, DAYS), (tonight.weeks, 7)) if counts]
    for found in spans:
        if not found.kept:
            return found._replace(sentence=f"{found.sentence}; check their source, or publish with --force")
    return spans[0]


def few_rejects(tonight: CandidateNight, usual: Sequence[NightRecord], limits: NightLimits) -> Finding:
    """Whether no table has more rejected rows than usual. In the first nights only `max_reject_share` is a limit."""
    off, figures = [], {}
    for table, found in tonight.inputs.items():
        rows, before = found.rows, [night.inputs[table] for night in usual if table in night.inputs]
        share = found.rejected / rows if rows else 0.0
        figures[f"rejected_of_{table}"] = round(share, 6)
        normal = median(b.rejected / b.rows if b.rows else 0.0 for b in before) if before else share
        if risen(share, normal, rows, limits.rejected_rise):
            off.append(Off(share - normal, f"{share:.1%} of {table} were rejected where {normal:.1%} are usual"))
    if not off:
        return Finding(True, "no table has more rejects than usual", figures)
    return Finding(
        False,
        f"{worst_named(off)}: see rejects/ for the rules that they break; correct the export, or publish with --force",
        figures,
    )
