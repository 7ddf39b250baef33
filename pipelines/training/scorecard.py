"""From what was learned to the artifact: `scorecard.json`, plain data that is all a score needs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from models.calibration import knots
from models.outcome import AdditiveHazard
from models.tables.pairs import Pair
from models.tables.resampling import survival
from pipelines.config import Config
from pipelines.training.amounts import LearnedAmount
from scoring.entity import Entity
from scoring.features.spec import Feature
from scoring.leaks.guard import Suspicion
from scoring.scorecard.parts import (
    Amount,
    Calibration,
    Encoding,
    Entries,
    HeldOut,
    Quarantined,
    Reference,
    Term,
    entries,
)
from scoring.scorecard.reasons import LEAST, words_of_term
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import calendar_date

#: Decimals of the figures in a scorecard: far finer than any effect, coarse enough to be the same everywhere.
DECIMALS = 10


def assemble_scorecard(
    *,
    entity: Entity,
    as_of: int,
    config: Config,
    features: Sequence[Feature],
    encodings: Mapping[str, Encoding],
    hazard: AdditiveHazard,
    amount: LearnedAmount,
    reference: np.ndarray,
    quarantined: Sequence[Suspicion],
    trusted: Sequence[Suspicion] = (),
    left_out: dict[str, str],
    losses: int | None = None,
    since: date | None = None,
) -> Scorecard:
    """The scorecard.

    Parameters
    ----------
    entity : {"account", "lead"}
    as_of : int
        Day number of the training.
    config : Config
        Gives the horizon, the seed and the grades.
    features : sequence of Feature
        All that were offered; those that nothing was learned of are left out of the scorecard.
    encodings : mapping of Encoding
        The encoding of each feature, by name.
    hazard : AdditiveHazard
        Fitted.
    amount : LearnedAmount
    reference : ndarray of shape (n_entities, n_features)
        Codes of the entities open at `as_of`. Every table is centred on them, so that a contribution is the
        difference to the average entity and `base` the average one's log-odds; their percentiles are the 0 to
        100 of scores.
    quarantined : sequence of Suspicion
        What the leak guard kept out.
    trusted : sequence of Suspicion
        What it would have kept out, were it not trusted.
    left_out : dict
        Other attributes that were not used, and why.
    losses : int, optional
        How many entities lost a deal.
    since : date, optional
        The day of the first deal that was closed.
    """
    terms, base = terms_of(features, encodings, hazard, reference)
    amount_terms = tuple(
        Term(features=tuple(feature.name for feature in read), side="amount", values=_nested(table))
        for read, table in amount.tables()
        if np.ptp(table) > 0
    )
    used = {name for term in (*terms, *amount_terms) for name in term.features}
    scorecard = Scorecard(
        entity=entity,
        win=config.question.win,
        as_of=calendar_date(as_of),
        horizon_days=config.training.horizon_days,
        seed=config.training.seed,
        rung=hazard.rung_,
        amount_rung=amount.model.rung_,
        wins=hazard.report_["wins"],
        base=round(base, DECIMALS),
        period_offsets=tuple(round(x, DECIMALS) for x in hazard.period_offsets_),
        calibration=calibration_of(hazard),
        terms=terms,
        encodings={name: found for name, found in encodings.items() if name in used},
        amount=Amount(round(amount.base, DECIMALS), amount_terms),
        base_rate=0.0,
        grades={"A": config.grades.a, "B": config.grades.b, "C": config.grades.c},
        reference=Reference((0.0,) * 101, (0.0,) * 101),
        features=tuple(feature for feature in features if feature.name in used),
        quarantined=tuple(_recorded(suspicion) for suspicion in quarantined),
        trusted=tuple(_recorded(suspicion) for suspicion in trusted),
        left_out=left_out,
        held_out=HeldOut.from_json(hazard.report_),
        losses=losses,
        since=since,
    )
    return _referenced(scorecard, [feature.name for feature in features], reference)


def _recorded(suspicion: Suspicion) -> Quarantined:
    return Quarantined(suspicion.attribute, suspicion.rule, suspicion.why, suspicion.figures)


def terms_of(
    features: Sequence[Feature], encodings: Mapping[str, Encoding], hazard: AdditiveHazard, reference: np.ndarray
) -> tuple[tuple[Term, ...], float]:
    """The terms, each with the reference population at every entry (`counts`) and how sure it is (`stable`)."""
    base = hazard.base_
    terms: list[Term] = []
    for j, (feature, table) in enumerate(zip(features, hazard.tables_, strict=True)):
        counts = np.bincount(reference[:, j], minlength=len(table))
        centre = _mean(table, counts)
        base += centre
        if np.ptp(table) > 0:
            again = [resample.tables[j] for resample in hazard.resampled_]
            terms.append(_term([feature], encodings, table - centre, counts, again))
    for i, pair in enumerate(hazard.pairs_):
        two = [features[pair.a], features[pair.b]]
        counts = _together(pair, reference)
        centre = _mean(pair.table, counts)
        base += centre
        again = [resample.pairs[i].table for resample in hazard.resampled_]
        terms.append(_term(two, encodings, pair.table - centre, counts, again))
    return tuple(terms), base


def _term(
    features: Sequence[Feature],
    encodings: Mapping[str, Encoding],
    values: np.ndarray,
    counts: np.ndarray,
    again: Sequence[np.ndarray],
) -> Term:
    centred = [table - _mean(table, counts) for table in again]
    return Term(
        features=tuple(feature.name for feature in features),
        side=features[0].side,
        values=_nested(values),
        words=words_of_term(features, encodings),
        counts=entries(counts.tolist()),
        stable=_nested(survival(values, centred, LEAST)) if centred else None,
    )


def _mean(table: np.ndarray, counts: np.ndarray) -> float:
    """What the average entity has; without anyone, the entry of those of whom nothing is known."""
    return float(np.average(table, weights=counts)) if counts.sum() else float(table.flat[0])


def _together(pair: Pair, reference: np.ndarray) -> np.ndarray:
    """How many of the reference population are at each entry of a pair's table."""
    rows, columns = pair.table.shape
    cells = reference[:, pair.a] * columns + reference[:, pair.b]
    return np.bincount(cells, minlength=rows * columns).reshape(rows, columns)


def calibration_of(hazard: AdditiveHazard) -> Calibration:
    """The calibration of a fitted hazard, as the scorecard has it."""
    x, y = ([], []) if hazard.bend_ is None else knots(hazard.bend_)
    return Calibration(hazard.calibration_, tuple(x), tuple(y))


def _referenced(scorecard: Scorecard, names: list[str], reference: np.ndarray) -> Scorecard:
    """The scorecard with what the reference population sets: the percentiles of both sides, and the base rate."""
    lookup = scorecard.lookup
    index = {name: j for j, name in enumerate(names)}
    parts = lookup.score_codes({name: reference[:, index[name]] for name in lookup.features}, len(reference))
    if not len(reference):
        return scorecard
    fit, intent = (
        _rounded(np.quantile(parts[f"{side}_log_odds"], np.linspace(0, 1, 101))) for side in ("fit", "intent")
    )
    base_rate = round(float(parts["win_probability"].mean()), DECIMALS)
    grades = reachable(scorecard.grades, base_rate)
    return replace(scorecard, reference=Reference(fit, intent), base_rate=base_rate, grades=grades)


def reachable(grades: Mapping[str, float], base_rate: float) -> dict[str, float]:
    """The multiples of a base rate from which grades begin, where so large a multiple can be reached.

    Four times 30 % is more than certain. So above a base rate of 1 / (multiple + 1) the chance *not* to win must be so
    many times smaller than usual instead: for A a quarter of 70 %, which is a win probability of 82 %.

    Parameters
    ----------
    grades : mapping of float
        As configured, by grade.
    base_rate : float
        The mean probability of the reference population.
    """
    return {
        grade: multiple
        if multiple <= 1 or not base_rate
        else min(multiple, (1 - (1 - base_rate) / multiple) / base_rate)
        for grade, multiple in grades.items()
    }


def _nested(table: np.ndarray) -> Entries:
    return tuple(_nested(row) for row in table) if table.ndim > 1 else _rounded(table)


def _rounded(values: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(x), DECIMALS) for x in values)
