"""What was planned of open deals, as the opportunity history told it at each cut-off.

One dated example, of a deal that was opened on 2026-01-10:

    2026-01-10  amount 9,000, expected to close on 2026-02-28   at as_of 2026-02-01: 9,000, 27 days to go, never moved
    2026-02-10  amount 12,000                                   at as_of 2026-02-15: 12,000, 13 days to go
    2026-02-27  expected to close on 2026-03-31                 at as_of 2026-03-01: 12,000, 30 days to go, moved once
    2026-03-20  won                                             from 2026-03-21 on nothing: it is not open any more
"""

from collections.abc import Sequence

import ibis

from scoring.features.deals.deal_stages import of_open_deals
from scoring.features.facts import Facts
from scoring.features.spec import DealPlan
from scoring.timeline import Grid, known


def deal_plans(features: Sequence[DealPlan], facts: Facts, grid: Grid) -> list[ibis.Table]:
    """The features of what was planned: for each unit and cut-off where there is anything, of all its open deals.

    Of one deal the newest value counts. Of two values of the same moment the larger does.
    """
    assert facts.stages is not None
    stages, parts = of_open_deals(facts.stages, grid), []
    for column in dict.fromkeys(feature.plan for feature in features):
        newest = _newest(stages, column, grid)
        measures = {
            "amount": newest[column].max(),
            "amount_known": newest[column].max() * 0.0 + 1.0,
            "days_to_close": newest[column].min() - newest.as_of.max(),
            "slips": newest.moved.max(),
            "probability": newest[column].max(),
        }
        asked = {feature.name: measures[feature.of] for feature in features if feature.plan == column}
        parts.append(newest.group_by("unit", "as_of").agg(**asked))
    return parts


def _newest(stages: ibis.Table, column: str, grid: Grid) -> ibis.Table:
    """The newest value of each open deal at each cut-off, and how often it had become larger by then."""
    lines = stages.filter(stages[column].notnull())
    # One value a moment: what is told twice is told once.
    lines = lines.group_by("unit", "opportunity_id", "changed_at").agg(
        **{column: lines[column].max()}, known_day=lines.known_day.min(), closed_day=lines.closed_day.min()
    )
    so_far = ibis.window(group_by=["unit", "opportunity_id"], order_by="changed_at")
    lines = lines.mutate(before=lines[column].lag().over(so_far))
    moves = (lines[column] > lines.before).fill_null(False).cast("int64")
    lines = lines.mutate(moves=moves)
    lines = lines.mutate(
        moved=lines.moves.sum().over(ibis.cumulative_window(group_by=["unit", "opportunity_id"], order_by="changed_at"))
    )
    rows = grid.crossed(lines)
    rows = rows.filter(
        known(rows.known_day, rows.as_of) & (rows.closed_day.isnull() | ~known(rows.closed_day, rows.as_of))
    )
    last = ibis.window(group_by=["unit", "opportunity_id", "as_of"])
    rows = rows.mutate(newest=rows.changed_at.max().over(last))
    return rows.filter(rows.changed_at == rows.newest)
