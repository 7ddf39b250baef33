"""The agreement that holds on a day, beside the one before, and the market it is for as the newest night has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.alignment.agreed import Agreed, agreements
from pipelines.alignment.market import in_market, measured, nights_with
from pipelines.errors import UsageError
from pipelines.intake.point_in_time import Export
from pipelines.store.ledger import Night
from scoring.alignment.differences import Difference, differences
from scoring.alignment.feasibility import ScoredMarket
from scoring.alignment.target_market import TargetMarket, conditions


@dataclass(frozen=True)
class AgreementStanding:
    """What holds on a day.

    Attributes
    ----------
    day : date
    kept : tuple of Agreed
        All agreements, by their first day.
    agreed, before : Agreed or None
        The one that holds, and the one before it.
    changes : tuple of Difference
        Between the two.
    market : ScoredMarket or None
        The target market by the newest night; None where no night or no agreement says.
    notes : tuple of str
    """

    day: date
    kept: tuple[Agreed, ...]
    agreed: Agreed | None = None
    before: Agreed | None = None
    changes: tuple[Difference, ...] = ()
    market: ScoredMarket | None = None
    notes: tuple[str, ...] = ()


def holding(store: Path, day: date) -> Agreed | None:
    """The agreement that holds on a day, with what it says; None if there is none.

    Parameters
    ----------
    store : Path
        Its folder.
    day : date

    Raises
    ------
    UsageError
        If what the store keeps cannot be read.
    """
    return next((agreed for agreed in agreements(store) if agreed.first_day <= day <= agreed.last_day), None)


def standing(store: Path, day: date, export: Export, past: Sequence[Night]) -> AgreementStanding:
    """What holds on a day.

    Parameters
    ----------
    store : Path
        Its folder.
    day : date
    export : Export
        Its attributes decide who is in the target market.
    past : sequence of Night
        The oldest first.

    Raises
    ------
    UsageError
        If there is no agreement at all, or one cannot be read.
    """
    kept = agreements(store)
    if not kept:
        raise UsageError(
            "sales and marketing have agreed on nothing yet: write agreements/NAME.toml as docs/agreement.md shows, "
            "and keep it with `closedwon agree agreements/NAME.toml`"
        )
    agreed = holding(store, day)
    if agreed is None:
        return AgreementStanding(day, tuple(kept))
    before = next((one for one in reversed(kept) if one.first_day < agreed.first_day), None)
    changes = () if before is None else tuple(differences(before.content, agreed.content))
    market, notes = None, []
    if (found := nights_with(past, None)) is None:
        notes.append("no night is in the store yet, so its market was not measured")
    else:
        entity, own = found
        wanted = TargetMarket(conditions(agreed.content.get("target_market", {}))[0])
        try:
            ids = in_market(wanted, export, entity) if wanted.conditions else None
            market = measured(own, entity, ids)
        except UsageError as error:
            notes.append(f"its market was not measured: {error}")
    return AgreementStanding(day, tuple(kept), agreed, before, changes, market, tuple(notes))
