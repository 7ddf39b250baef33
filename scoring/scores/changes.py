"""The changes since earlier nights: how far a score moved, and whether a CRM must be sent it.

One dated example. On 2025-12-29 account A1 has a win probability of 6 % and grade B; the night before it had 5 % and
B, four weeks before 4 %. Its `score_change` is +0.01 and its `trend` is rising (1.5 times). The CRM was last sent
5.5 % and B: the ratio is 1.09, the grade and the decile are the same, and there is no new reason to call. So the row is
not in the file of changes. It will be once the score has moved far enough from the one *sent*, however slowly.
"""

from dataclasses import dataclass
from typing import Annotated

import ibis
import ibis.expr.types as ir
from pydantic import Field

TRENDS = ("new", "rising", "steady", "falling")
#: The columns of the ledger with what the CRM was last sent of an entity.
SENT = ("sent_probability", "sent_grade", "sent_decile", "sent_why_now", "sent_missing_role")


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


@dataclass(frozen=True)
class EarlierScores:
    """The tables of earlier nights that tonight's scores are compared with.

    Attributes
    ----------
    last, then : Table, optional
        The scores of the last night, and of the night from which a trend is measured; None without one.
    sent : Table, optional
        The columns `SENT` of the last published night; None for the first night.
    """

    last: ibis.Table | None = None
    then: ibis.Table | None = None
    sent: ibis.Table | None = None

    def beside(self, scores: ibis.Table, key: str) -> ibis.Table:
        """The scores with the columns of the earlier tables, null where these lack an entity.

        The tables are often one: each is joined once.

        Parameters
        ----------
        scores : Table
        key : str
            The id column of all tables.

        Returns
        -------
        Table
            With `_last` and `_then`, the earlier win probabilities, and the columns `SENT`.
        """
        wanted = [(self.last, {"_last": "win_probability"}), (self.then, {"_then": "win_probability"})]
        wanted.append((self.sent, {name: name for name in SENT}))
        joined: list[tuple[ibis.Table, dict[str, str]]] = []
        for table, names in wanted:
            if table is None:
                types = {"sent_grade": "string", "sent_decile": "int64", "sent_why_now": "string"}
                types["sent_missing_role"] = "string"
                scores = scores.mutate(**{name: ibis.null(types.get(name, "float64")) for name in names})
            elif same := next((known for other, known in joined if other.equals(table)), None):
                same |= names
            else:
                joined.append((table, dict(names)))
        for table, names in joined:
            found = table.select(_key=table[key], **{name: table[column] for name, column in names.items()})
            scores = scores.left_join(found, scores[key] == found["_key"]).drop("_key")
        return scores


def sent_in(scores: ibis.Table) -> ibis.Table | None:
    """The scores of a night with the columns `SENT`; None if they do not say what the CRM was sent.

    Parameters
    ----------
    scores : Table
        Of a ledger. An early one names no missing role: the CRM was sent none.
    """
    # In ledgers of version 0.1.0 the columns begin with `told_`.
    former = {name: old for name in SENT if (old := f"told_{name.removeprefix('sent_')}") in scores.columns}
    if former:  # otherwise it stays the same table, which is then joined once
        scores = scores.rename(former)
    if "sent_missing_role" not in scores.columns:
        scores = scores.mutate(sent_missing_role=ibis.literal(""))
    return scores if set(SENT) <= set(scores.columns) else None


def moved(scores: ibis.Table, limits: Thresholds) -> ibis.Table:
    """Add `score_change` and `trend` to a score table.

    Parameters
    ----------
    scores : Table
        As `EarlierScores.beside` gives them.
    limits : Thresholds

    Returns
    -------
    Table
        `score_change` is null and `trend` is `new` for an entity that was not scored then.
    """
    now, before = scores.win_probability, scores["_then"]
    trend = ibis.cases(
        (before.isnull(), "new"),
        (now >= before * limits.trend_ratio, "rising"),
        (now * limits.trend_ratio <= before, "falling"),
        else_="steady",
    )
    return scores.mutate(score_change=now - scores["_last"], trend=trend).drop("_last", "_then")


def changed(scores: ibis.Table, limits: Thresholds) -> ibis.Table:
    """Add `changed`, why the CRM must be sent a row (empty if it need not be), and what it was sent last.

    Parameters
    ----------
    scores : Table
        The scores of a night, with the columns `SENT` as `EarlierScores.beside` gives them.
    limits : Thresholds

    Returns
    -------
    Table
        `changed` lists those of new, grade, decile, probability, why_now and missing_role that apply, with commas. The
        columns `SENT` are those of tonight for a row that changed; for other rows they stay.
    """
    position = (scores["rank"] - 1) * 10.0 / scores.count()
    both = scores.mutate(_position=position, _decile=position.floor().cast("int64") + 1)
    both = both.mutate(changed=_why(both, limits))
    now = {
        "sent_probability": both.win_probability,
        "sent_grade": both.grade,
        "sent_decile": both["_decile"],
        "sent_why_now": both.why_now,
        "sent_missing_role": both.missing_role,
    }
    return both.mutate(
        **{name: ibis.ifelse(both.changed == "", both[name], value) for name, value in now.items()}
    ).drop("_position", "_decile")


def _why(both: ibis.Table, limits: Thresholds) -> ir.StringValue:
    now, sent = both.win_probability, both.sent_probability
    far = (now >= sent * limits.ratio) | (now * limits.ratio <= sent)
    above, below = both.sent_decile - 1 - limits.decile_margin, both.sent_decile + limits.decile_margin
    reasons = {
        "grade": both.grade != both.sent_grade,
        "decile": (both["_position"] < above) | (both["_position"] >= below),
        "probability": far & ((now - sent).abs() >= limits.least),
        "why_now": (both.why_now != "") & (both.why_now != both.sent_why_now),
        "missing_role": both.missing_role != both.sent_missing_role,
    }
    words = ibis.literal("")
    for name, holds in reasons.items():
        words = words + ibis.ifelse(holds.fill_null(False), f",{name}", "")
    return ibis.ifelse(sent.isnull(), "new", words.substr(1))


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
