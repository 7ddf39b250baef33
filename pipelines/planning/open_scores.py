"""Who is open at `as_of`, with the champion's score of each until the end of the period, and its segments and owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from pipelines.errors import UsageError
from pipelines.evaluation.baseline_forecasts import segment_columns
from pipelines.history.owners import are_ids
from pipelines.intake.point_in_time import Export, scorecard_features
from pipelines.serving.scoring_arrays import AT_ONCE
from scoring.columns.roles import OWNER, role_of
from scoring.entity import Entity
from scoring.evidence.monitoring.hindsight import expected_by
from scoring.features.facts import MarketFacts
from scoring.features.feature_expressions import build
from scoring.features.snapshots import snapshots
from scoring.features.spec import Feature
from scoring.planning.pooling import Floats
from scoring.scorecard.arrays import score_arrays
from scoring.scorecard.parts import Category
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import Grid, Horizon, calendar_date

#: Whose owner nobody says, and those whose owner is written as a name: a plan names nobody.
NOBODY, HIDDEN = "nobody", "named by a name, which is not shown"


@dataclass(frozen=True)
class OpenScores:
    """The open accounts or leads; n is how many.

    Attributes
    ----------
    unit, account : ndarray of str, shape (n,)
        Of a lead without an account, `account` is empty.
    probability : ndarray of shape (n,)
        Of a win before the end of the period.
    whole : ndarray of shape (n,)
        Of a win within the horizon of the scorecard.
    amount : ndarray of shape (n,)
        What is expected of a win.
    segments : dict of ndarray of str, shape (n,)
        By feature: the segments of the report.
    entity : {"account", "lead"}
        Whose ids `unit` has: both may have the same.
    """

    unit: np.ndarray
    account: np.ndarray
    probability: Floats
    whole: Floats
    amount: Floats
    segments: dict[str, np.ndarray]
    entity: Entity


def require_within(scorecard: Scorecard, as_of: int, until: int) -> None:
    """Refuse a period that ends beyond what the scorecard knows, or that it has learned from.

    Parameters
    ----------
    scorecard : Scorecard
    as_of, until : int
        Day numbers.

    Raises
    ------
    UsageError
    """
    entity, end = scorecard.entity, as_of + scorecard.horizon_days
    if until > end:
        raise UsageError(
            f"--until {calendar_date(until)} is {until - as_of} days after {calendar_date(as_of)}, and the {entity} "
            f"champion knows {scorecard.horizon_days}: give a day up to {calendar_date(end)}, or train one that looks "
            f"further with --horizon-days {until - as_of}, and promote it"
        )
    if scorecard.as_of > calendar_date(as_of):
        raise UsageError(
            f"the {entity} champion was trained on what was known before {scorecard.as_of}, so it knows what came "
            f"after {calendar_date(as_of)}: plan from {scorecard.as_of} on, or train one with this --as-of"
        )
    if scorecard.forecast_error is None:
        raise UsageError(
            f"the {entity} champion of {scorecard.as_of} does not say how far its totals may be off: run `closedwon "
            "train` and then `closedwon promote`"
        )


def open_scores(export: Export, scorecard: Scorecard, until: int) -> OpenScores:
    """Score everybody who is open at the day of the export, as `score` does.

    Parameters
    ----------
    export : Export
    scorecard : Scorecard
    until : int
        Day number of the end of the period.
    """
    features, market, _ = scorecard_features(scorecard, export)
    grid = Grid((export.day,))
    values = _values(features, market, export, grid)
    parts = [values.slice(begin, AT_ONCE) for begin in range(0, max(len(values), 1), AT_ONCE)]
    scores = pa.concat_tables(
        [
            score_arrays(scorecard, part, as_of=export.day, since=export.day).scores.select(
                ["log_odds", "win_probability", "expected_amount"]
            )
            for part in parts
        ]
    )
    log_odds, whole, amount = (column.to_numpy() for column in scores.columns)
    horizon = Horizon(scorecard.horizon_days, len(scorecard.period_offsets))
    probability = expected_by(
        until - export.day, horizon, log_odds=log_odds, probability=whole, offsets=scorecard.period_offsets
    )
    encodings = scorecard.encodings
    named = [f.name for f in features if isinstance(encodings.get(f.name), Category)]
    frame = values.select([name for name in named if name in values.column_names]).to_pandas()
    fit = [feature for feature in features if feature.name in named]
    found = {
        name.removeprefix("segment_"): words.to_numpy()
        for name, words in segment_columns(frame, fit, encodings).items()
    }
    return OpenScores(
        unit=values["unit"].to_pandas().to_numpy(dtype=object),
        account=values["account_id"].to_pandas().fillna("").to_numpy(dtype=object),
        probability=probability,
        whole=whole,
        amount=amount,
        segments=found,
        entity=scorecard.entity,
    )


def _values(features: Sequence[Feature], market: MarketFacts, export: Export, grid: Grid) -> pa.Table:
    """The features of everybody who is open, by `unit`, made where the tables are."""
    rows = snapshots(market.own, grid)
    if export.connection.name == "duckdb":
        return export.feature_arrays.assemble(features, market, rows, grid)
    return export.keep(build(features, market, export.keep(rows), grid)).order_by("unit").to_pyarrow()


def owners(export: Export, scores: OpenScores) -> np.ndarray:
    """Whose each open account or lead is: see `known_owners`.

    Parameters
    ----------
    export : Export
    scores : OpenScores

    Raises
    ------
    UsageError
        If the export has no owners.
    """
    found = known_owners(export, scores.entity, scores.unit, scores.account)
    if found is None:
        raise UsageError(
            "--by owner: neither accounts nor open opportunities have an owner in this export; export the column "
            "`owner`, or ask --by source or --by segment"
        )
    return found


def known_owners(export: Export, entity: Entity, unit: np.ndarray, account: np.ndarray) -> np.ndarray | None:
    """Whose some accounts or leads are: that of the newest open deal of each, or of its account; shape (n,).

    Parameters
    ----------
    export : Export
    entity : {"account", "lead"}
        Of which `unit` are the ids.
    unit, account : ndarray of str, shape (n,)
        Of a lead without an account, `account` is empty.

    Returns
    -------
    ndarray or None
        None where the export has no owners.
    """
    of_account, of_lead, asked = dict[str, str](), dict[str, str](), False
    accounts, deals = export.tables.accounts, export.intake.tables.open_deals
    if accounts is not None:
        column = next((name for name in accounts.columns if role_of(name, numeric=False) is OWNER), None)
        if column is not None:
            asked = True
            rows = accounts.select("account_id", owner=accounts[column].cast("string")).to_pandas().dropna()
            of_account |= dict(zip(rows["account_id"], rows["owner"], strict=True))
    if deals is not None:
        own = deals.filter(deals.owner.notnull()).select("opportunity_id", "owner")
        here = export.tables.opportunities.filter(export.tables.opportunities.status == "open")
        rows = here.inner_join(own, "opportunity_id").order_by("created_at", "opportunity_id")
        table = rows.select("account_id", "lead_id", "owner").to_pandas()
        asked |= bool(len(table))
        for key, of_unit in (("account_id", of_account), ("lead_id", of_lead)):
            known = table.dropna(subset=[key])
            of_unit |= dict(zip(known[key], known["owner"], strict=True))
    if not asked:
        return None
    # As objects: a series without any owner is one of numbers, which takes no text.
    own_owner = pd.Series(unit).map(of_account if entity == "account" else of_lead).astype(object)
    found = own_owner.fillna(pd.Series(account).map(of_account).astype(object))
    words = {owner: owner if are_ids([owner]) else HIDDEN for owner in found.dropna().unique()}
    return np.asarray(found.map(words).fillna(NOBODY), dtype=object)
