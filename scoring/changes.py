"""The changes since earlier nights: how far a score moved, and whether a CRM must be told about it.

One dated example. On 2025-12-29 account A1 has a win probability of 6 % and grade B; the night before it had 5 % and
B, four weeks before 4 %. Its `score_change` is +0.01 and its `trend` is rising (1.5 times). The CRM was last told
5.5 % and B: the ratio is 1.09, the grade and the decile are the same, and there is no new reason to call. So the row is
not in the file of changes. It will be once the score has moved far enough from the one *told*, however slowly.
"""

from dataclasses import dataclass
from typing import Annotated

import ibis
import ibis.expr.types as ir
from pydantic import Field

TRENDS = ("new", "rising", "steady", "falling")
#: The columns of the ledger with what the CRM was last told about an entity.
TOLD = ("told_probability", "told_grade", "told_decile", "told_why_now")


@dataclass(frozen=True)
class Thresholds:
    """The thresholds from which a score counts as changed.

    `decile_margin` is there because on a simulated market three in five of the rows that changed in a night only
    crossed a border between deciles and came back.
    """

    ratio: Annotated[
        float,
        Field(
            gt=1, description="A probability counts as changed at this many times what was sent, or that part of it."
        ),
    ] = 1.25
    least: Annotated[
        float,
        Field(ge=0, le=1, description="A probability counts as changed only if it also moved by at least this much."),
    ] = 0.002
    decile_margin: Annotated[
        float,
        Field(ge=0, le=1, description="A rank counts as changed this part of a decile beyond the one that was sent."),
    ] = 0.2
    trend_days: Annotated[
        int, Field(ge=1, description="Days that a trend looks back; where the ledger is shorter, to its first night.")
    ] = 28
    trend_ratio: Annotated[
        float,
        Field(
            gt=1,
            description="A trend is rising at this many times the earlier probability, falling at that part of it.",
        ),
    ] = 1.25


def moved(
    scores: ibis.Table, key: str, last: ibis.Table | None, then: ibis.Table | None, limits: Thresholds
) -> ibis.Table:
    """Add `score_change` and `trend` to a score table.

    Parameters
    ----------
    scores : Table
        With the id column and `win_probability`.
    key : str
        The id column.
    last, then : Table, optional
        The scores of the last night, and of the night from which a trend is measured; None without one.
    limits : Thresholds

    Returns
    -------
    Table
        `score_change` is null and `trend` is `new` for an entity that was not scored then.
    """
    if last is not None and then is not None and last.equals(then):
        both = _with_earlier(scores, key, last, "_last")
        both = both.mutate(_then=both["_last"])
    else:
        both = _with_earlier(_with_earlier(scores, key, last, "_last"), key, then, "_then")
    now, before = both.win_probability, both["_then"]
    trend = ibis.cases(
        (before.isnull(), "new"),
        (now >= before * limits.trend_ratio, "rising"),
        (now * limits.trend_ratio <= before, "falling"),
        else_="steady",
    )
    return both.mutate(score_change=now - both["_last"], trend=trend).drop("_last", "_then")


def _with_earlier(scores: ibis.Table, key: str, other: ibis.Table | None, name: str) -> ibis.Table:
    """The scores with the win probability of an earlier table in a column `name`, null where it has none."""
    if other is None:
        return scores.mutate(**{name: ibis.null("float64")})
    found = other.select(_key=other[key], **{name: other.win_probability})
    return scores.left_join(found, scores[key] == found["_key"]).drop("_key")


def changed(scores: ibis.Table, key: str, told: ibis.Table | None, limits: Thresholds) -> ibis.Table:
    """Add `changed`, why the CRM must be told about a row (empty if it need not be), and what it was told last.

    Parameters
    ----------
    scores : Table
        The scores of a night.
    key : str
        The id column.
    told : Table, optional
        `key` and the columns `TOLD` of the last published night; None for the first night.
    limits : Thresholds

    Returns
    -------
    Table
        `changed` lists those of new, grade, decile, probability and why_now that apply, with commas. The columns
        `TOLD` are those of tonight for a row that changed; for other rows they stay.
    """
    position = (scores["rank"] - 1) * 10.0 / scores.count()
    tonight = scores.mutate(_position=position, _decile=position.floor().cast("int64") + 1)
    if told is None:
        both = tonight.mutate(
            told_probability=ibis.null("float64"),
            told_grade=ibis.null("string"),
            told_decile=ibis.null("int64"),
            told_why_now=ibis.null("string"),
        )
    else:
        before = told.select(_key=told[key], **{name: told[name] for name in TOLD})
        both = tonight.left_join(before, tonight[key] == before["_key"]).drop("_key")
    why = _why(both, limits)
    both = both.mutate(changed=why)
    now = {
        "told_probability": both.win_probability,
        "told_grade": both.grade,
        "told_decile": both["_decile"],
        "told_why_now": both.why_now,
    }
    return both.mutate(
        **{name: ibis.ifelse(both.changed == "", both[name], value) for name, value in now.items()}
    ).drop("_position", "_decile")


def _why(both: ibis.Table, limits: Thresholds) -> ir.StringValue:
    now, told = both.win_probability, both.told_probability
    far = (now >= told * limits.ratio) | (now * limits.ratio <= told)
    above, below = both.told_decile - 1 - limits.decile_margin, both.told_decile + limits.decile_margin
    reasons = {
        "grade": both.grade != both.told_grade,
        "decile": (both["_position"] < above) | (both["_position"] >= below),
        "probability": far & ((now - told).abs() >= limits.least),
        "why_now": (both.why_now != "") & (both.why_now != both.told_why_now),
    }
    words = ibis.literal("")
    for name, holds in reasons.items():
        words = words + ibis.ifelse(holds.fill_null(False), f",{name}", "")
    return ibis.ifelse(told.isnull(), "new", words.re_replace("^,", ""))


def retired(
    scores: ibis.Table,
    key: str,
    served: ibis.Table | None,
    retired_before: ibis.Table | None,
    *,
    as_of: int,
    keep_days: int,
) -> ibis.Table:
    """The entities that have a score in the CRM and are not scored any more.

    Parameters
    ----------
    scores, served : Table
        The scores of tonight and of the last published night, both with `key`; None for the first night.
    key : str
        The id column.
    retired_before : Table, optional
        The result of this function in that night: `key` and `since`, the day number of the night without a score.
    as_of : int
        Day number of tonight.
    keep_days : int
        An entity is listed for so many days, in case an import was missed. To clear a score twice does no harm.

    Returns
    -------
    Table
        `key` and `since`, one row for each entity.
    """
    left = [ibis.memtable({key: [], "since": []}, schema={key: "string", "since": "int64"})]
    if served is not None:
        left.append(served.select(key).mutate(since=ibis.literal(as_of, type="int64")))
    if retired_before is not None:
        left.append(retired_before.filter(retired_before.since > as_of - keep_days).select(key, "since"))
    all_ = ibis.union(*left) if len(left) > 1 else left[0]
    first = all_.group_by(key).agg(since=all_.since.min())
    return first.anti_join(scores, key).order_by(key)
