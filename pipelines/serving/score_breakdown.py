"""One entity's score, taken apart: where it starts, what each term adds, what it comes to. Computes, never prints."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from math import exp
from typing import Any, cast

import ibis
import numpy as np
import pandas as pd

from pipelines.intake.point_in_time import Export
from scoring.buying_groups.group_arrays import GroupColumns
from scoring.features.facts import MarketFacts
from scoring.features.snapshots import snapshots
from scoring.features.spec import Feature, Momentum
from scoring.opportunities.closing_columns import DAYS, closing_columns
from scoring.scorecard.parts import Category, Encoding
from scoring.scorecard.reasons import is_stable, phrase
from scoring.scorecard.scorecard import Scorecard
from scoring.timeline import Grid, calendar_date, day_number

#: Contributions below this, in log-odds, are told together: none of them moves the odds by a hundredth.
LEAST_SHOWN = 0.01


@dataclass(frozen=True)
class BreakdownTerm:
    """One term.

    Attributes
    ----------
    side : {"fit", "intent", "amount", "slip"}
    words : str
    value : str
        What the entity has, where the words only say a span.
    contribution : float
        Added to the log-odds, or to the logarithm of the amount.
    chance : float
        The win probability with this line and those above it; NaN for an amount.
    stable : bool
        False for what did not survive resampling: it counts, and is never given as a reason.
    """

    side: str
    words: str
    value: str
    contribution: float
    chance: float = float("nan")
    stable: bool = True

    @property
    def factor(self) -> float:
        """What the odds (or the amount) are multiplied by."""
        return exp(self.contribution)


@dataclass(frozen=True)
class ScoreBreakdown:
    """A score, term by term: `log_odds = base + the contributions of fit + those of intent`, to rounding.

    Attributes
    ----------
    entity, identifier : str
        What was scored: ``account`` or ``lead``, and its id.
    as_of : str
    horizon_days : int
    base, amount_base : float
        The log-odds, and the amount, that all begin with.
    start : float
        The win probability at `base`: of an entity that is average in everything.
    base_rate : float
        The mean win probability of the open ones at training.
    lines : tuple of BreakdownTerm
        Fit, then intent, then amount, then the slip of a deal; in each the largest first.
    scores : dict
        What the score file says: `win_probability`, `log_odds`, `expected_revenue`, ...
    group : tuple of two str
        The columns `buying_group` and `missing_role`; empty where nothing is known.
    overrides : tuple of dict
        What sales set in place of the score, as `override_figures` gives it. It changes no score.
    """

    entity: str
    identifier: str
    as_of: str
    horizon_days: int
    base: float
    start: float
    base_rate: float
    amount_base: float
    lines: tuple[BreakdownTerm, ...] = field(repr=False)
    scores: dict[str, Any] = field(repr=False)
    group: tuple[str, str] = ("", "")
    overrides: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The breakdown as plain data: whose it is, the scores, and the terms with their sides and words."""
        terms = [vars(line) | {"factor": line.factor} for line in self.lines]
        buying_group, missing_role = self.group
        return {
            self.entity: self.identifier,
            "as_of": self.as_of,
            "horizon_days": self.horizon_days,
            "base": self.base,
            "amount_base": self.amount_base,
            "base_rate": self.base_rate,
            **self.scores,
            "terms": terms,
            "buying_group": buying_group,
            "missing_role": missing_role,
            "override": self.overrides[0] if self.overrides else None,
        }

    def of(self, side: str) -> list[BreakdownTerm]:
        """The lines of one side."""
        return [line for line in self.lines if line.side == side]


def score_breakdown(
    scorecard: Scorecard, features: list[Feature], facts: MarketFacts, export: Export, identifier: str
) -> ScoreBreakdown | None:
    """The score breakdown of one entity, or None if none with this id is open.

    Parameters
    ----------
    scorecard : Scorecard
    features : list of Feature
    facts : MarketFacts
        Both as `point_in_time.scorecard_features` gives them.
    export : Export
    identifier : str
    """
    grid = Grid((export.day,))
    everyone = snapshots(facts.own, grid)
    one = export.keep(everyone.filter(everyone.unit == identifier))
    facts = _of_one(facts, one, export)
    accounts = facts.own if scorecard.entity == "account" else facts.account
    groups = GroupColumns.of(scorecard.buying_group, accounts, export.day, export.feature_arrays)
    rows = export.feature_arrays.assemble(features, facts, one, grid)
    if not len(rows):
        return None
    buying, missing = (column[0].as_py() for column in groups.columns(rows["account_id"]).values())
    found = of_row(scorecard, rows.to_pandas(), identifier, str(export.as_of))
    return replace(found, group=(buying, missing))


def _of_one(facts: MarketFacts, one: ibis.Table, export: Export) -> MarketFacts:
    """The facts of one unit and of its account: nothing is computed of all others."""
    own = facts.own.among(one.select("unit"), export.keep)
    if facts.account is None:
        return replace(facts, own=own)
    return replace(facts, own=own, account=facts.account.among(one.select(unit="account_key"), export.keep))


def of_row(scorecard: Scorecard, frame: pd.DataFrame, identifier: str, as_of: str) -> ScoreBreakdown:
    """The score breakdown of one row.

    Parameters
    ----------
    scorecard : Scorecard
    frame : DataFrame of one row
        With the features of the scorecard.
    identifier : str
    as_of : str
        ISO date.
    """
    lookup = scorecard.lookup
    codes = {name: int(code[0]) for name, code in lookup.codes(frame).items()}
    features = scorecard.by_name
    values = {
        name: _value(frame[name].iloc[0], features[name], scorecard.encodings[name], code)
        for name, code in codes.items()
    }
    running, lines = scorecard.base, []
    entries = list(zip(scorecard.terms, lookup.contributions(frame)[0], strict=True))
    for side in ("fit", "intent"):
        own = [(term, float(x)) for term, x in entries if term.side == side]
        for term, contribution in sorted(own, key=lambda entry: -abs(entry[1])):
            running += contribution
            words: Any = term.words
            at = [codes[name] for name in term.features]
            for code in at:
                words = words[code]
            value = ", ".join(values[name] for name in term.features if values[name])
            chance = float(lookup.probability(np.array([running]))[0])
            lines.append(BreakdownTerm(side, words, value, contribution, chance, is_stable(term, *at)))
    amounts = []
    for term in scorecard.amount.terms:
        # The second feature of a pair only says whether the first counts.
        name, contribution = term.features[0], cast(Any, term.values)
        for of in term.features:
            contribution = contribution[codes[of]]
        words = phrase(features[name], scorecard.encodings[name], codes[name])
        amounts.append(BreakdownTerm("amount", words, values[name], float(contribution)))
    scores = {name: value[0].item() for name, value in lookup.score(frame).items()}
    slips: list[BreakdownTerm] = []
    if scorecard.closing is not None:
        found = closing_columns(scorecard, frame, 1, day_number(date.fromisoformat(as_of)))
        scores |= {name: calendar_date(found[name][0]).isoformat() for name in DAYS}
        slips = _slips(scorecard, frame)
        missed = float(found["slip_probability"][0])
        scores["slip_probability"] = None if np.isnan(missed) else missed
    return ScoreBreakdown(
        entity=scorecard.entity,
        identifier=identifier,
        as_of=as_of,
        horizon_days=scorecard.horizon_days,
        base=scorecard.base,
        start=float(lookup.probability(np.array([scorecard.base]))[0]),
        base_rate=scorecard.base_rate,
        amount_base=exp(scorecard.amount.base),
        lines=(*lines, *(line for part in (amounts, slips) for line in sorted(part, key=_by_size))),
        scores=scores,
    )


def _by_size(line: BreakdownTerm) -> float:
    return -abs(line.contribution)


def _slips(scorecard: Scorecard, frame: pd.DataFrame) -> list[BreakdownTerm]:
    """What each term adds to the log-odds that the close date entered is missed."""
    slip = None if scorecard.closing is None else scorecard.closing.slip
    found = []
    for term in () if slip is None else slip.terms:
        [name] = term.features
        encoding, feature = scorecard.encodings[name], scorecard.by_name[name]
        code = int(scorecard.lookup.encodings[name].codes(frame[name])[0])
        value = _value(frame[name].iloc[0], feature, encoding, code)
        found.append(BreakdownTerm("slip", phrase(feature, encoding, code), value, float(term.values[code])))
    return found


def _value(value: Any, feature: Feature, encoding: Encoding, code: int) -> str:
    """The value where its code's words do not say it: a number inside a span, or a level without a code of its own."""
    if code == 0 or isinstance(feature, Momentum):
        return ""
    if isinstance(encoding, Category):
        return str(value) if code == 1 else ""
    number = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3g}"
    words = phrase(feature, encoding, code)
    return (
        ""
        if re.search(rf"(: none|in the last day|\b{re.escape(number)}( days?)?( ago)?)$", words) and " to " not in words
        else number
    )
