"""All watches of a month on one export: what each found, and with what chance it would while nothing changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import pandas as pd

from pipelines.alignment.agreed import agreements
from pipelines.config import Config
from pipelines.evaluation.past_scores import Scorecards, version_of
from pipelines.handoffs.followed import FollowedHandoffs
from pipelines.intake.point_in_time import Export
from pipelines.monthly.alarms import ServedBands, ToFollow, Watched, chance_of, of_bands, of_follow_up, of_sources
from pipelines.monthly.close_rate import of_close_rate
from pipelines.monthly.growth import of_growth
from pipelines.planning.sources.cohort_steps import CALLED
from pipelines.planning.sources.cohorts import SourceReport
from pipelines.planning.sources.companies import By, Companies
from pipelines.store.ledger import Night
from pipelines.store.store import Store
from scoring.entity import Entity
from scoring.timeline import day_number


def month_watched(
    export: Export,
    store: Store,
    entity: Entity,
    past: Sequence[Night],
    sources: SourceReport,
    companies: Mapping[By, Companies],
    handoffs: FollowedHandoffs,
    deals: pd.DataFrame,
    config: Config,
) -> Watched:
    """Watch all that a month page watches.

    Parameters
    ----------
    export : Export
    store : Store
        Its registry knows the bands of each model, its agreements those that were agreed.
    entity : {"account", "lead"}
    past : sequence of Night
        The oldest first.
    sources : SourceReport
        By source.
    companies : mapping of Companies
        By source, and by segment where there are any.
    handoffs : FollowedHandoffs
        With the table of hand-offs those are watched, else arrivals.
    deals : DataFrame
        As `deals.all_deals` gives them.
    config : Config
        Its section ``sources`` is used.
    """
    begin, as_of, weeks = day_number(sources.since), export.day, sources.watch.weeks
    chance, fewest = chance_of(config.sources.false_alarms, weeks), config.sources.fewest
    by_source = companies["source"].frame
    growing, several = of_growth(by_source, begin, as_of, chance, fewest)
    found = [
        *of_sources(sources.watch),
        *growing,
        *of_close_rate(deals, begin, as_of, weeks, chance),
    ]
    chances = {"source": min(sources.watch.chance * sources.watch.sources, 1.0)}
    chances |= ({"growth": chance} if several > 1 else {}) | {"close rate": chance}
    notes = []
    segments = companies["segment" if "segment" in companies else "source"].frame
    if handoffs.handed.assumed:
        to_follow, known = ToFollow.arrivals(segments), bool(segments[CALLED].notna().any())
    else:
        to_follow, known = ToFollow.handed(handoffs.frame, segments), bool(handoffs.after.work)
    if known:
        found += of_follow_up(to_follow, begin, as_of, weeks, chance, fewest)
        chances["follow-up"] = chance
    else:
        notes.append("follow-up is not watched: no touch of ours in the export is a call, a meeting or a visit")
    found += of_bands(_served(store, entity, past))
    return Watched(
        tuple(sorted(found, key=lambda one: (one.named_on, one.kind, one.of), reverse=True)),
        chances,
        weeks,
        sources.since,
        tuple(notes),
    )


def _served(store: Store, entity: Entity, past: Sequence[Night]) -> list[ServedBands]:
    """The bands of the grades of each night whose model the registry still has, beside those that were agreed."""
    scorecards, kept = Scorecards(store, entity), agreements(store.path)
    found = []
    for night in past:
        if not (night.has(entity) and scorecards.has(night)):
            continue
        one = next((one for one in kept if one.first_day <= night.as_of <= one.last_day), None)
        agreed = {} if one is None else {grade.upper(): low for grade, low in asdict(one.agreement.grades).items()}
        bands = dict(scorecards.scorecard(night).grades)
        found.append(ServedBands(night.as_of, version_of(night, entity), bands, one.name if one else "", agreed))
    return found
