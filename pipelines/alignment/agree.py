"""`closedwon agree`: an agreement is checked, shown beside the one before, and kept once everybody approved it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.alignment.agreed import Agreed, agreements, keep
from pipelines.alignment.agreement import Agreement
from pipelines.errors import Refused
from pipelines.progress import Say
from scoring.alignment.differences import Difference, differences
from scoring.alignment.feasibility import Feasibility, ScoredMarket, feasibility
from scoring.scorecard.scorecard import Scorecard


@dataclass(frozen=True)
class Checked:
    """What was found about an agreement.

    Attributes
    ----------
    agreement : Agreement
    before : Agreed or None
        The one that it is compared with: its own earlier state, or the one of the period before.
    changes : tuple of Difference
    faults : tuple of str
        Why it is refused; empty if it is not.
    notes : tuple of str
    market : ScoredMarket or None
        What it was compared with; None without a night.
    kept : bool
        Whether it is kept in the store now.
    """

    agreement: Agreement
    before: Agreed | None
    changes: tuple[Difference, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]
    market: ScoredMarket | None
    kept: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        terms = self.agreement.terms
        return {
            "name": terms.name,
            "digest": self.agreement.digest,
            "first_day": terms.first_day,
            "last_day": terms.last_day,
            "target_market": str(self.agreement.market),
            "compared_with": self.before.name if self.before else None,
            "changes": [vars(change) for change in self.changes],
            "faults": list(self.faults),
            "notes": list(self.notes),
            "market": vars(self.market) if self.market else None,
            "agreed": self.kept,
        }


def agree(
    store: Path, agreement: Agreement, market: ScoredMarket | None, served: Scorecard | None, day: date, *, say: Say
) -> Checked:
    """Check an agreement, and keep it if nothing stands against it and everybody approved it.

    Parameters
    ----------
    store : Path
        The folder of the store.
    agreement : Agreement
    market : ScoredMarket or None
        What the newest night says of its target market; None without one.
    served : Scorecard or None
        The champion; None without one.
    day : date
        The day on which it is agreed.
    say : callable
        Takes each line.

    Raises
    ------
    Refused
        If it cannot be kept, or changes what holds already. The store is as it was.
    UsageError
        If what the store keeps cannot be read.
    """
    kept = agreements(store)
    own = next((agreed for agreed in kept if agreed.name == agreement.terms.name), None)
    before = own or _before(kept, agreement)
    found = _capable(agreement, market, served)
    changes = () if before is None else tuple(differences(before.content, agreement.content))
    faults = (*_faults(agreement, own, kept, changes, market, day), *found.faults)
    checked = Checked(agreement, before, changes, faults, found.notes, market)
    for line in lines(checked):
        say(line)
    if faults:
        raise Refused(f"{agreement.terms.name} was not agreed: {'; '.join(faults)}")
    if missing := agreement.approved.missing:
        say(f"Not agreed yet: it is not approved by {', '.join(missing).replace('_', ' ')}")
        return checked
    if own is not None and own.digest == agreement.digest:
        say(f"{agreement.terms.name} was agreed on {own.agreed_on}: nothing to do")
    else:
        keep(store, Agreed.of(agreement, day))
        say(f"Agreed: {agreement.terms.name} holds from {agreement.terms.first_day} to {agreement.terms.last_day}")
    return Checked(agreement, before, changes, faults, found.notes, market, kept=True)


def lines(checked: Checked) -> list[str]:
    """What was found, a line each.

    Parameters
    ----------
    checked : Checked
    """
    agreement, market = checked.agreement, checked.market
    terms, promised = agreement.terms, agreement.service_level.promised
    text = [
        f"Agreement {terms.name}, {terms.first_day} to {terms.last_day}, digest {agreement.digest}",
        f"  target market: {agreement.market}",
        f"  revenue target: {terms.revenue_target:,.0f} in {terms.days} days",
        "  first touch within: "
        + (", ".join(f"{g} {hours:g} h" for g, hours in promised.items()) or "nothing promised"),
        f"  capacity: {agreement.capacity.all:,.0f} a week",
    ]
    if market is not None:
        grades = ", ".join(f"{grade} {market.grades[grade]:,}" for grade in sorted(market.grades))
        text.append(f"  in the target market on {market.as_of}: {market.known:,} known and open ({grades})")
    if checked.before is not None:
        text.append(f"Against {_named(checked.before, agreement)}:")
        text += [f"  {change}" for change in checked.changes] or ["  no difference"]
    return text + [f"Note: {note}" for note in checked.notes]


def _named(before: Agreed, agreement: Agreement) -> str:
    return f"{before.name} as agreed on {before.agreed_on}" if before.name == agreement.terms.name else before.name


def _before(kept: Sequence[Agreed], agreement: Agreement) -> Agreed | None:
    """The agreement of the period before."""
    earlier = [agreed for agreed in kept if agreed.first_day < agreement.terms.first_day]
    return earlier[-1] if earlier else None


def _capable(agreement: Agreement, market: ScoredMarket | None, served: Scorecard | None) -> Feasibility:
    """Whether it can be kept, as far as the store can tell."""
    parts = sum(part.revenue_target for part in agreement.parts)
    target = agreement.terms.revenue_target
    faults = (f"its parts are to bring {parts:,.0f}, more than the whole of {target:,.0f}",) if parts > target else ()
    if market is None:
        note = "no night is in the store yet: neither the target nor the service level was compared with the market"
        return Feasibility(faults, (note,))
    promised = dict(agreement.service_level.promised)
    for part in agreement.parts:
        promised = (part.service_level.promised if part.service_level else {}) | promised
    found = feasibility(
        market,
        target=target,
        promised=promised,
        capacity=agreement.capacity.all,
        horizon_days=agreement.terms.horizon_days,
        days=agreement.terms.days,
    )
    return Feasibility((*faults, *found.faults), (*_otherwise_served(agreement, served), *found.notes))


def _otherwise_served(agreement: Agreement, served: Scorecard | None) -> list[str]:
    """Where the scores that are served are made by other bands or for another horizon than was agreed."""
    if served is None:
        return []
    notes = []
    agreed = {grade.upper(): multiple for grade, multiple in asdict(agreement.grades).items()}
    if agreed != dict(served.grades):
        bands = [
            ", ".join(f"{grade} {multiple:g}" for grade, multiple in one.items()) for one in (served.grades, agreed)
        ]
        notes.append(
            f"the champion's grades begin at {bands[0]} times the base rate, and {bands[1]} is agreed: set [grades] in "
            "the configuration and train"
        )
    if served.horizon_days != agreement.terms.horizon_days:
        notes.append(
            f"the champion looks {served.horizon_days} days ahead, and {agreement.terms.horizon_days} are agreed: "
            f"train with --horizon-days {agreement.terms.horizon_days}"
        )
    return notes


def _faults(
    agreement: Agreement,
    own: Agreed | None,
    kept: Sequence[Agreed],
    changes: Sequence[Difference],
    market: ScoredMarket | None,
    day: date,
) -> list[str]:
    """What of the calendar stands against it."""
    terms = agreement.terms
    if own is not None and own.digest == agreement.digest:
        return []
    if market is not None and market.as_of > day:
        return [f"it is dated {day}, and the newest night is of {market.as_of}: no agreement is backdated"]
    if own is not None and own.first_day <= day:
        changed = ", ".join(change.key for change in changes)
        return [
            f"{terms.name} began on {own.first_day} and is changed in {changed}: write the change into the next one"
        ]
    if terms.first_day < day:
        return [f"its period began on {terms.first_day}, before {day}: an agreement is made before it holds"]
    others = [agreed for agreed in kept if agreed.name != terms.name]
    overlaps = [other for other in others if other.first_day <= terms.last_day and terms.first_day <= other.last_day]
    return [f"it overlaps with {other.name}, {other.first_day} to {other.last_day}" for other in overlaps]
