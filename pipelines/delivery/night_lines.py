"""What a published night says of itself, in lines for the person who started it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pipelines.config import Config
from pipelines.delivery.day_limits import over_a_day
from scoring.crm.profile import Profile
from scoring.entity import OPPORTUNITY, plural
from scoring.nights.record import NightRecord
from scoring.opportunities.consistency import consistency

if TYPE_CHECKING:
    import pyarrow as pa


def night_lines(record: NightRecord, chosen: Sequence[Profile], config: Config) -> Iterator[str]:
    """How many were scored, what is expected of them, and what the CRMs' files lack.

    Parameters
    ----------
    record : NightRecord
    chosen : sequence of Profile
        The CRMs that files were written for.
    config : Config
    """
    for entity, counts in record.counts.items():
        things = plural(entity)
        news = f"{counts.changed:,} to be sent to the CRM, {counts.retired:,} to be cleared"
        if entity == OPPORTUNITY:
            news = (
                f"{counts.changed:,} new or changed, {counts.retired:,} not open any more; no CRM gets a file of them"
            )
        yield f"{counts.scored:,} {things} scored as of {record.as_of}, {news}"
        found = record.facts.get(entity)
        if found is not None and (totals := found.totals) is not None:
            wins, revenue = totals.total.wins, totals.total.revenue
            won = f"{wins.expected:,.0f} wins ({wins.low_95:,.0f} to {wins.high_95:,.0f} in 95 of 100 cases)"
            booked = f"{revenue.expected:,.0f} ({revenue.low_95:,.0f} to {revenue.high_95:,.0f})"
            yield f"  expected of them: {won}, revenue {booked}"
        for profile in chosen:
            if (left_out := counts.scored - counts.crms.get(profile.name, counts.scored)) > 0:
                unfit = f"{left_out:,} {things} are not in the {profile.name} file"
                yield f"  {unfit}: their ids are not record ids of this CRM (see rejects/ and docs/crm.md)"
    for line in (line for profile in chosen for line in over_a_day(profile.name, config.crm, record)):
        yield f"  {line}"


def consistency_lines(tables: "Mapping[str, pa.Table]") -> Iterator[str]:
    """Whether accounts and their open deals say the same, where both were scored.

    Parameters
    ----------
    tables : mapping of pyarrow.Table
        The score tables by entity.
    """
    if {"account", OPPORTUNITY} <= tables.keys():
        read = {
            entity: tables[entity].select(["account_id", "win_probability"]).to_pandas()
            for entity in ("account", OPPORTUNITY)
        }
        if (found := consistency(read["account"], read[OPPORTUNITY])) is not None:
            yield f"  {found.words}"
