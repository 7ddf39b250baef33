"""How many wins there are to learn from: one count, for the training and for everyone who says what it will count."""

from dataclasses import dataclass, replace

import ibis

from scoring.entity import OPPORTUNITY, Entity, plural
from scoring.features.facts import Facts
from scoring.features.snapshots import snapshots
from scoring.outcomes.customers import DEAL, SET_ASIDE, UNCLEAR, first_wins, surely_won
from scoring.outcomes.outcomes import outcomes
from scoring.question import Win
from scoring.tables import row_count
from scoring.timeline import Grid, Horizon, calendar_date, known

#: From so many repeat wins for each first one on, it is said how they could count.
MANY_AGAIN = 0.3


@dataclass(frozen=True)
class WinCounts:
    """How many wins there are, and how many of them can be learned from.

    Attributes
    ----------
    to_learn : int
        Units with a win that is asked for, in an observed period after a day on which they were looked at.
    outside : int
        Units with such wins alone that they were not looked at before: these lie before the first of these days, or in
        the period that is not over, or the unit became known only when it won.
    repeat : int
        Won deals, of the types that are asked for, of units that had won before.
    other_type : int
        Units that are customers without new business: by a renewal or an expansion.
    set_aside : int
        Units that are customers by a won deal whose row was set aside, for its amount, a date or something else.
    unclear : int
        Units that may be customers: they have a deal in a status that nobody knows, which is not open.
    first_day, last_day : int
        Day numbers: the first day on which units are looked at, and the last that is observed.
    win : {"new_business", "any"}
        The question: see `scoring.question`.
    """

    to_learn: int
    outside: int
    repeat: int
    other_type: int
    set_aside: int
    unclear: int
    first_day: int
    last_day: int
    win: Win = "new_business"

    def sentences(self, entity: Entity) -> list[str]:
        """The counts in words; of the others, only what is not 0."""
        units = plural(entity)
        span = f"{calendar_date(self.first_day)} to {calendar_date(self.last_day)}"
        if entity == OPPORTUNITY:
            return self._of_deals(span)
        if self.win == "any":
            return self._of_repeat_business(units, span)
        found = [f"{self.to_learn:,} wins to learn from: {units} that won their first new business, {span}"]
        if self.outside:
            found.append(f"{self.outside:,} first wins outside these days, or of {units} not known before: not learned")
        if self.repeat:
            words = f"{self.repeat:,} won deals of new business of {units} that had won before: repeat wins"
            many = self.repeat >= MANY_AGAIN * (self.to_learn + self.outside)
            found.append(f'{words}, which [question] win = "any" would count' if many else words)
        if self.other_type:
            found.append(
                f"{self.other_type:,} {units} are customers by another type of deal: not at risk of a first win"
            )
        if self.set_aside:
            found.append(
                f"{self.set_aside:,} {units} are customers by a won deal whose row was set aside: not at risk, and the "
                "win is not learned"
            )
        if self.unclear:
            found.append(
                f"{self.unclear:,} {units} may be customers, by a deal whose status is not known: not ranked, and no "
                "win and no loss"
            )
        return found

    def _of_deals(self, span: str) -> list[str]:
        found = [f"{self.to_learn:,} won deals to learn from: open on a day on which deals were looked at, {span}"]
        if self.outside:
            found.append(f"{self.outside:,} won deals outside these days, or opened and won between two: not learned")
        return found

    def _of_repeat_business(self, units: str, span: str) -> list[str]:
        found = [f"{self.to_learn:,} {units} with wins to learn from: each won deal counts, of customers too, {span}"]
        if self.outside:
            found.append(
                f"{self.outside:,} {units} with wins only outside these days, or not known before: not learned"
            )
        if self.repeat:
            found.append(f"{self.repeat:,} won deals of {units} that had won before: they are wins like the first")
        if self.set_aside:
            found.append(
                f"{self.set_aside:,} {units} have a won deal whose row was set aside: it is not learned, nor taken for "
                "no win"
            )
        if self.unclear:
            found.append(
                f"{self.unclear:,} {units} have a closed deal whose status is not known: it is not learned, nor taken "
                "for no win"
            )
        return found


def training_days(deals: ibis.Table, as_of: int, horizon: Horizon, most: int) -> Grid:
    """The days on which units are looked at in training, back to the first recorded outcome.

    Before it, no win may only mean that none was recorded.

    Parameters
    ----------
    deals : Table
        As `entities.deals` gives them.
    as_of : int
        Day number of the training.
    horizon : Horizon
    most : int
        The largest number of days.
    """
    since = deals.aggregate(since=deals.closed_day.min()).to_pyarrow()["since"][0].as_py()
    return Grid.back_from(as_of, horizon, as_of if since is None else int(since), most)


def count_wins(facts: Facts, as_of: int, horizon: Horizon, most: int) -> WinCounts:
    """Count the wins of an entity as a training at `as_of` does.

    Parameters
    ----------
    facts : Facts
        Of all units of the entity, cut at `as_of`.
    as_of : int
        Day number of the training.
    horizon : Horizon
    most : int
        The largest number of days on which units are looked at.
    """
    grid = training_days(facts.deals, as_of, horizon, most)
    ours = facts.won_deals.filter(known(facts.won_deals.closed_day, as_of))
    ours = ours.semi_join(facts.units, "unit")
    # Only who won can have a snapshot with a win: the others need not be looked at.
    winners = replace(facts, units=facts.units.semi_join(ours, "unit"))
    labelled = outcomes(snapshots(winners, grid), ours, horizon, as_of, win=facts.win)
    asked = ours.filter(ours.asked) if facts.win == "any" else ours
    first = first_wins(asked)
    days = first.select(winner="unit", first_day="won_day", first_asked="asked")
    later = asked.inner_join(days, asked.unit == days.winner)
    # In the alphabet the surest comes first.
    begun = later.filter(later.closed_day == later.first_day).group_by("unit", "first_asked")
    begun = begun.agg(named_by=ibis._.named_by.min())
    later = later.anti_join(begun.filter(begun.named_by == UNCLEAR), "unit")
    later = later.filter(later.asked & (later.closed_day > later.first_day))
    to_learn = row_count(labelled.filter(labelled.won_period.notnull()).select("unit").distinct())
    others = begun.filter(~begun.first_asked)
    if facts.win == "any":
        set_aside, unclear = (ours.filter(ours.named_by == kind) for kind in (SET_ASIDE, UNCLEAR))
    else:
        set_aside = others.filter(others.named_by == SET_ASIDE)
        unclear = others.filter(others.named_by == UNCLEAR).anti_join(surely_won(ours), "unit")
    return WinCounts(
        to_learn=to_learn,
        outside=row_count(first.filter(first.asked)) - to_learn,
        repeat=row_count(later.select("opportunity_id").distinct()),
        other_type=row_count(others.filter(others.named_by == DEAL)),
        set_aside=row_count(set_aside.select("unit").distinct()),
        unclear=row_count(unclear.select("unit").distinct()),
        first_day=grid.days[0],
        last_day=as_of - 1,
        win=facts.win,
    )
