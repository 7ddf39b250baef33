"""The promotion gate: may this challenger become the champion? Pure functions that return their reasons.

It decides by the comparison (`comparison.compare`) on recent cut-offs whose horizon is over:

- `closedwon`, trained anew at each cut-off with the challenger's configuration, on what an export of that day
  held, against what teams use today;
- `challenger` and `champion`, the two scorecards as they are, on the same rows;
- whether the data that they were trained on is complete (`inputs`), because the newest month has no outcomes yet.

A figure counts against a challenger only *beyond noise*: if its whole 95 % interval does. The baselines are the
exception: a model that shows no gain over a rule of thumb is not worth having. The wins it predicts are compared
with the interval that its scorecards state.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from scoring.entity import OPPORTUNITY, plural
from scoring.evidence.baselines import BY_NAME, CHALLENGER, CHAMPION, CLOSEDWON, SIMPLE
from scoring.evidence.comparison_result import Comparison, Measure
from scoring.evidence.finding import Finding
from scoring.evidence.promotion.deals import better_than_stages
from scoring.evidence.promotion.decision import Verdict
from scoring.evidence.promotion.inputs import TrainingInputs, as_many_as_trained, flowing
from scoring.evidence.promotion.without_value import WithoutValue, says_nothing_yet
from scoring.scorecard.forecast_error import Interval
from scoring.scorecard.parts import HeldOut
from scoring.scorecard.scorecard import Scorecard

#: A difference that is not larger than this is no difference.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Limits:
    """What the gate accepts.

    Parameters
    ----------
    least_skill : float
        The log loss must be lower than that of the base rate by more than this share. Chance alone gives 0.003 on
        thousands of wins; the weakest real market that was measured gives 0.027.
    worst_shift, champions_shift : float
        How far the mean probability of the challenger, and of the champion, may have shifted on the day it was
        trained, as a factor. The day of an old champion has had more corrections since than last night's.
    """

    least_skill: float = 0.005
    worst_shift: float = 1.25
    champions_shift: float = 1.5


def decide(
    comparison: Comparison,
    *,
    scorecard: Scorecard,
    stated: Mapping[str, Interval],
    inputs: TrainingInputs | None = None,
    limits: Limits = Limits(),
    without: Sequence[WithoutValue] = (),
) -> Verdict:
    """Decide on a challenger by the comparison on past cut-offs, and by its scorecard.

    Parameters
    ----------
    comparison : Comparison
        Of closedwon and the simple baselines, and of challenger and champion if there is a champion.
    scorecard : Scorecard
        The challenger's scorecard.
    stated : mapping of str to Interval
        By ranking, the wins that it predicted in all, with the interval that its scorecards state.
    inputs : TrainingInputs, optional
        What shows whether the training data is complete.
    limits : Limits
        What is accepted.
    without : sequence of WithoutValue
        Those for whom an attribute says nothing yet, over all cut-offs.

    Returns
    -------
    Verdict
        Promoted if every rule is kept. Then the reasons are all findings, otherwise the findings against it.
    """
    findings = [whole(scorecard), *(_inputs(inputs, limits) if inputs is not None else ())]
    if comparison.wins:
        better = better_than_stages if scorecard.entity == OPPORTUNITY else better_than_baselines
        findings += [skilled(comparison, limits), better(comparison)]
        findings += [calibrated(comparison, name, stated[name]) for name in (CLOSEDWON, CHALLENGER) if name in stated]
        trusted = frozenset(suspect.attribute for suspect in scorecard.trusted)
        findings += says_nothing_yet(without, plural(scorecard.entity), comparison.cut_offs, trusted)
        if _has(comparison, CHAMPION) and _has(comparison, CHALLENGER):
            findings.append(not_worse_than_champion(comparison))
    else:
        findings.append(Finding(False, "nothing was won after the cut-offs, so nothing shows its skill", {}))
    against = [finding.sentence for finding in findings if not finding.kept]
    figures = {k: v for finding in findings for k, v in finding.figures.items() if math.isfinite(v)}
    return Verdict(not against, tuple(against or [finding.sentence for finding in findings]), figures)


def decide_alone(scorecard: Scorecard, least_skill: float = 0.0) -> Verdict:
    """Decide on a challenger by the periods held out of its training alone: where no cut-off can be backtested.

    A scorecard without any term gives everybody the same score and is refused.

    Parameters
    ----------
    scorecard : Scorecard
        The scorecard, with the figures of its held-out periods.
    least_skill : float
        Its log loss there must be lower than that of a constant by more than this share.
    """
    held = _held_out(scorecard)
    loss, constant, skill = min(held.log_loss.values()), held.log_loss_constant, held.skill
    figures = {"held_out_skill": skill, "held_out_log_loss": loss, "held_out_log_loss_constant": constant}
    if not scorecard.terms:
        return Verdict(False, ("it learned nothing that tells one entity from another",), figures)
    if not held.rows:
        return Verdict(False, ("the history is too short to hold any of it out, so nothing shows its skill",), figures)
    measured = (
        f"on {held.rows:,} rows held out, {held.winning_rows:,} of them won, its log loss is "
        f"{loss:.5f}, without a model {constant:.5f} (skill {skill:.1%})"
    )
    return Verdict(skill > least_skill, (measured,), figures)


def whole(scorecard: Scorecard) -> Finding:
    """Whether the scorecard is sound: it has terms, finite tables, and skill on the rows held out of its training."""
    if not scorecard.terms:
        return Finding(False, "it learned nothing that tells one entity from another", {})
    tables: dict[str, Any] = {" by ".join(term.features): term.values for term in scorecard.terms}
    tables |= {
        "base": scorecard.base,
        "amount": [scorecard.amount.base, *(t.values for t in scorecard.amount.terms)],
    }
    if broken := [name for name, values in tables.items() if not all(map(math.isfinite, _numbers(values)))]:
        return Finding(False, f"its tables are not finite: {', '.join(broken)}", {})
    if not _held_out(scorecard).rows:
        return Finding(True, "its scorecard is sound, though its history is too short to hold any of it out", {})
    alone = decide_alone(scorecard)
    return Finding(alone.promoted, alone.reasons[0], dict(alone.figures))


def _held_out(scorecard: Scorecard) -> HeldOut:
    """What was measured on the rows held out of its training: `train` has always written it.

    Raises
    ------
    ValueError
    """
    if scorecard.held_out is None:
        raise ValueError("the scorecard does not say what was held out of its training: run `closedwon train` again")
    return scorecard.held_out


def _inputs(inputs: TrainingInputs, limits: Limits) -> Iterator[Finding]:
    """Whether the training data is complete, and the export shows the same market as the training did."""
    if inputs.flow:
        yield flowing(inputs.flow)
    worst = {CHALLENGER: limits.worst_shift, CHAMPION: limits.champions_shift}
    for name, own_day in inputs.own_days.items():
        yield as_many_as_trained(name, own_day, worst[name])


def skilled(comparison: Comparison, limits: Limits) -> Finding:
    """Whether it tells winners from others beyond noise, even if the base rate has changed.

    Neither figure depends on the base rate: the AUC uses the order alone, and the log loss is the one at the actual
    rates (`accuracy.log_loss_skill`). Shuffled labels give an AUC of about 0.5 and a skill below 0 or, on many
    wins, slightly above 0: hence `Limits.least_skill`.
    """
    auc, skill = _figure(comparison, CLOSEDWON, "auc"), _figure(comparison, CLOSEDWON, "log_loss_skill")
    kept = auc.low > 0.5 and skill.value > limits.least_skill
    sentence = (
        f"it {'tells' if kept else 'does not tell'} who will win: its AUC after the cut-offs is "
        f"{_in_words(auc, '.3f')}, by chance 0.5, and its log loss at the actual win rates is {abs(skill.value):.1%} "
        f"{'below' if skill.value > 0 else 'above'} that of a constant"
    )
    if 0 < skill.value <= limits.least_skill:
        sentence += f", where more than {limits.least_skill:.1%} is asked"
    return Finding(kept, sentence, _flat("auc", auc) | {"log_loss_skill": skill.value})


def better_than_baselines(comparison: Comparison) -> Finding:
    """Whether it captures more of the revenue than each of the simple baselines, at the team's capacity.

    A baseline that gives everybody the same value captures what chance does. If no amounts are known, wins count.
    """
    what = comparison.captures
    measure = f"{what}_captured"
    own = _figure(comparison, CLOSEDWON, measure)
    present = [name for name in SIMPLE if _has(comparison, name)]
    if not present:
        return Finding(False, "it was compared with no simple baseline", {})
    more = {name: _figure(comparison, name, measure, CLOSEDWON) for name in present}
    closest = min(present, key=lambda name: more[name].value)
    kept = more[closest].value > ROUNDING
    captured = _figure(comparison, closest, measure).value
    sentence = (
        f"working {comparison.share:.1%} of what is open it captures {_in_words(own, '.1%')} of the {what}, "
        f"{'more than every simple baseline' if kept else 'not more than the simple baselines'}: "
        f"{BY_NAME[closest].in_sentence} captures {captured:.1%}, a difference of {_in_words(more[closest], '+.1%')}"
    )
    figures = _flat(measure, own) | {f"{measure}_over_{name}": more[name].value for name in present}
    return Finding(kept, sentence, figures)


def calibrated(comparison: Comparison, name: str, stated: Interval) -> Finding:
    """Whether as many were won over all cut-offs as `name` predicted, by the interval that it states.

    One good model of twenty is outside its 95 % interval by chance. So that is said, and what is outside the interval
    of 99 % is refused.
    """
    low, high = stated.ratio
    ratio, wins = stated.expected / comparison.wins, comparison.wins
    least, most = stated.wins_99
    kept = least <= wins <= most
    sentence = (
        f"{BY_NAME[name].in_sentence} predicts {ratio:.2f} times the wins that came, "
        f"{'within' if stated.holds(wins) else 'outside'} the {low:.2f} to {high:.2f} that it states itself"
    )
    if kept and not stated.holds(wins):
        sentence += " for 95 of 100 cases, but not beyond 99 of 100"
    return Finding(
        kept, sentence, _flat("ratio" if name == CLOSEDWON else f"ratio_of_{name}", _Known(ratio, low, high))
    )


def not_worse_than_champion(comparison: Comparison) -> Finding:
    """Whether the challenger's scorecard captures no less than the champion's on the same rows, beyond noise.

    A few large deals make revenue a noisy measure. So a challenger is also worse if it captures less revenue and,
    beyond noise, fewer wins.
    """
    what = comparison.captures
    measure = f"{what}_captured"
    own, champions = _figure(comparison, CHALLENGER, measure), _figure(comparison, CHAMPION, measure)
    more = _figure(comparison, CHAMPION, measure, CHALLENGER)
    wins = _figure(comparison, CHAMPION, "wins_captured", CHALLENGER)
    fewer = more.value < 0.0 and wins.high < 0.0
    kept = more.high >= 0.0 and not fewer
    sentence = (
        f"on the same rows the challenger captures {own.value:.1%} of the {what} and the champion "
        f"{champions.value:.1%}: {_in_words(more, '+.1%')} is {'no worse' if kept else 'worse'} beyond noise"
    )
    if more.high >= 0.0 and fewer:
        sentence += f", and so is {_in_words(wins, '+.1%')} of the wins"
    return Finding(kept, sentence, _flat("challenger_minus_champion", more))


def _has(comparison: Comparison, name: str) -> bool:
    return name in comparison.rankings


class _Known(NamedTuple):
    """A figure with its interval, NaN where it is not known, so that every comparison with it is false."""

    value: float
    low: float
    high: float


def _figure(comparison: Comparison, name: str, measure: str, reference: str = "") -> _Known:
    """A figure of a ranking, or by how much that of a reference is larger."""
    ranking = comparison.rankings[name]
    found = (ranking.minus(reference) if reference else ranking.measures).get(measure, Measure(None))
    return _Known(*(math.nan if x is None else float(x) for x in (found.value, found.low, found.high)))


def _flat(name: str, figure: _Known) -> dict[str, float]:
    return {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}


def _in_words(figure: _Known, form: str) -> str:
    value, low, high = (format(x, form) for x in figure)
    return f"{value} ({low} to {high})"


def _numbers(values: Any) -> Iterator[float]:
    """Every number of a table, however nested."""
    if isinstance(values, list | tuple):
        for part in values:
            yield from _numbers(part)
    else:
        yield float(values)
