"""The promotion gate: may this challenger take over? Pure functions that return their reasons.

What is judged is the comparison (`comparison.compare`) on recent cut-offs that are over:

- `closedwon`, trained anew at each cut-off by the challenger's configuration on what an export of that day
  held, against what teams use today;
- `challenger` and `champion`, their two scorecards as they are, on the same rows;
- and, because nothing of the newest month has come true yet, whether what was learned from is whole (`inputs`).

A figure speaks against a challenger only *beyond noise*: when its whole 95 % interval does. The baselines are
the exception: what cannot show a plain gain over a rule of thumb is not worth its keep.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.evidence.comparison import CLOSEDWON, SIMPLE
from scoring.evidence.finding import Finding
from scoring.evidence.inputs import as_trained, flowing

NAMES = {
    "mql": "the MQL rule",
    "touches": "touch count",
    "recency": "recency",
    "source_rate": "the source's win rate",
    "naive_bayes": "naive Bayes",
    "champion": "the champion",
    "challenger": "the challenger",
    CLOSEDWON: "closedwon",
}
"""The contenders as a sentence calls them."""

ROUNDING = 1e-9
"""A difference that is not larger is none."""


@dataclass(frozen=True)
class Limits:
    """What the gate lets pass.

    Parameters
    ----------
    worst_ratio : float
        Predicted over actual wins must lie within 1 / worst_ratio and worst_ratio, beyond noise.
    least_skill : float
        The share of the log loss that must go, beyond what the mere base rate explains. Chance alone takes 0.3 % where
        wins are thousands; the weakest real market that was measured, 2.7 %.
    worst_shift, champions_shift : float
        How far a scorecard's mean probability on its own day may have shifted, as a factor. An old champion's day
        has been written over by more corrections than that of last night's challenger.
    """

    worst_ratio: float = 2.0
    least_skill: float = 0.005
    worst_shift: float = 1.25
    champions_shift: float = 1.5


@dataclass(frozen=True)
class Verdict:
    """Whether the challenger may be promoted, why or why not, and the figures it rests on."""

    promoted: bool
    reasons: tuple[str, ...]
    figures: dict[str, float]

    @property
    def words(self) -> str:
        """The reasons as one sentence."""
        return "; ".join(self.reasons)

    def record(self) -> dict[str, Any]:
        """As plain facts, for the registry."""
        return {"promoted": self.promoted, "reasons": self.words, **self.figures}


def judge(evidence: Mapping[str, Any], *, card: Mapping[str, Any], limits: Limits = Limits()) -> Verdict:
    """Judge a challenger by the comparison on past cut-offs, and by its scorecard.

    Parameters
    ----------
    evidence : mapping
        What `compare` returns for closedwon and the simple baselines, with challenger and champion where
        there is a champion. Of what was learned from, where it is known: `flow` (`inputs.by_kind`) and `own_days`,
        by scorecard what `inputs.as_trained` looks at.
    card : mapping
        The challenger's scorecard.
    limits : Limits

    Returns
    -------
    Verdict
        Promoted if every rule is kept. The reasons are all findings then, else those that speak against it.
    """
    findings = [whole(card), *_inputs(evidence, limits)]
    if evidence["wins"]:
        findings += [skilled(evidence, limits), better_than_baselines(evidence)]
        findings += [calibrated(evidence, name, limits) for name in (CLOSEDWON, "challenger") if _has(evidence, name)]
        if _has(evidence, "champion") and _has(evidence, "challenger"):
            findings.append(not_worse_than_champion(evidence))
    else:
        findings.append(Finding(False, "nothing was won after the cut-offs, so nothing shows its skill", {}))
    against = [finding.sentence for finding in findings if not finding.kept]
    figures = {k: v for finding in findings for k, v in finding.figures.items() if math.isfinite(v)}
    return Verdict(not against, tuple(against or [finding.sentence for finding in findings]), figures)


def judge_alone(card: Mapping[str, Any], least_skill: float = 0.0) -> Verdict:
    """Judge a challenger's scorecard by the periods held out of its training: where no cut-off can be judged.

    Its log loss there must beat that of a constant by more than `least_skill` (as a share). A scorecard
    without any term tells nobody apart and is refused.

    Parameters
    ----------
    card : mapping
        The scorecard, with the figures of its held-out periods.
    least_skill : float
    """
    held = card["held_out"]
    loss = min(held["held_out_log_loss"].values())
    constant = held["held_out_log_loss_constant"]
    skill = 1.0 - loss / constant
    figures = {"held_out_skill": skill, "held_out_log_loss": loss, "held_out_log_loss_constant": constant}
    if not card["terms"]:
        return Verdict(False, ("it learned nothing that tells one entity from another",), figures)
    if not held["held_out_rows"]:
        return Verdict(False, ("the history is too short to hold any of it out, so nothing shows its skill",), figures)
    measured = (
        f"on {held['held_out_rows']:,} rows held out, {held['held_out_winning_rows']:,} of them won, its log loss is "
        f"{loss:.5f}, without a model {constant:.5f} (skill {skill:.1%})"
    )
    return Verdict(skill > least_skill, (measured,), figures)


def whole(card: Mapping[str, Any]) -> Finding:
    """The scorecard is sound: it has terms, its tables are finite, and what it held out it foretold."""
    if not card["terms"]:
        return Finding(False, "it learned nothing that tells one entity from another", {})
    tables = {" by ".join(term["features"]): term["values"] for term in card["terms"]}
    tables |= {
        "base": card["base"],
        "amount": [card["amount"]["base"], *(t["values"] for t in card["amount"]["terms"])],
    }
    if broken := [name for name, values in tables.items() if not all(map(math.isfinite, _numbers(values)))]:
        return Finding(False, f"its tables are not finite: {', '.join(broken)}", {})
    if not card["held_out"]["held_out_rows"]:
        return Finding(True, "its scorecard is sound, though its history is too short to hold any of it out", {})
    alone = judge_alone(card)
    return Finding(alone.promoted, alone.reasons[0], alone.figures)


def _inputs(evidence: Mapping[str, Any], limits: Limits) -> Iterator[Finding]:
    """What was learned from is whole, and what is judged on is the same market."""
    if evidence.get("flow"):
        yield flowing(evidence["flow"])
    worst = {"challenger": limits.worst_shift, "champion": limits.champions_shift}
    for name, own_day in evidence.get("own_days", {}).items():
        yield as_trained(name, own_day, worst[name])


def skilled(evidence: Mapping[str, Any], limits: Limits) -> Finding:
    """It tells winners from others beyond noise, whatever has become of the base rate.

    Both figures are blind to a base rate that moved: AUC knows only the order, and the log loss is that at
    the actual rates (`measures.log_loss_skill`). Shuffled labels give an AUC about 0.5 and a skill below 0, or, with
    thousands of wins, one above it that is not worth a word: hence `Limits.least_skill`.
    """
    auc, skill = _figure(evidence, CLOSEDWON, "auc"), _figure(evidence, CLOSEDWON, "log_loss_skill")
    kept = auc["low"] > 0.5 and skill["value"] > limits.least_skill
    sentence = (
        f"it {'tells' if kept else 'does not tell'} who will win: its AUC after the cut-offs is {_spoken(auc, '.3f')}, "
        f"by chance 0.5, and its log loss at the actual win rates is {abs(skill['value']):.1%} "
        f"{'below' if skill['value'] > 0 else 'above'} that of a constant"
    )
    if 0 < skill["value"] <= limits.least_skill:
        sentence += f", where more than {limits.least_skill:.1%} is asked"
    return Finding(kept, sentence, _flat("auc", auc) | {"log_loss_skill": skill["value"]})


def better_than_baselines(evidence: Mapping[str, Any]) -> Finding:
    """At the team's capacity it captures more of the revenue than each of the simple baselines.

    A baseline that tells nobody apart captures what chance does. Where no amounts are known, wins stand in.
    """
    what, measure = _captured(evidence)
    own = _figure(evidence, CLOSEDWON, measure)
    present = [name for name in SIMPLE if _has(evidence, name)]
    if not present:
        return Finding(False, "no simple baseline was judged beside it", {})
    more = {name: _figure(evidence, name, measure, f"{CLOSEDWON}_minus") for name in present}
    closest = min(present, key=lambda name: more[name]["value"])
    kept = more[closest]["value"] > ROUNDING
    theirs = _figure(evidence, closest, measure)["value"]
    sentence = (
        f"working {evidence['share']:.1%} of what is open it captures {_spoken(own, '.1%')} of the {what}, "
        f"{'more than every simple baseline' if kept else 'not more than the simple baselines'}: "
        f"{NAMES[closest]} captures {theirs:.1%}, a difference of {_spoken(more[closest], '+.1%')}"
    )
    figures = _flat(measure, own) | {f"{measure}_over_{name}": more[name]["value"] for name in present}
    return Finding(kept, sentence, figures)


def calibrated(evidence: Mapping[str, Any], name: str, limits: Limits) -> Finding:
    """Its predicted wins are within bounds of the actual ones, beyond noise."""
    ratio, worst = _figure(evidence, name, "ratio"), limits.worst_ratio
    if math.isnan(ratio["low"]):
        return Finding(False, f"nothing can be said of how many wins {NAMES[name]} predicts", {})
    kept = ratio["low"] <= worst and ratio["high"] >= 1.0 / worst
    within = "within" if 1.0 / worst <= ratio["value"] <= worst else "though not beyond noise, outside"
    sentence = (
        f"{NAMES[name]} predicts {_spoken(ratio, '.2f')} times the wins that came, "
        f"{within if kept else 'outside'} {1.0 / worst:.2f} to {worst:.2f}"
    )
    return Finding(kept, sentence, _flat("ratio" if name == CLOSEDWON else f"ratio_of_{name}", ratio))


def not_worse_than_champion(evidence: Mapping[str, Any]) -> Finding:
    """The challenger's scorecard captures no less than the champion's on the same rows, beyond noise.

    A few large deals make revenue a noisy witness: one that captures less revenue, and beyond noise fewer
    wins, is worse too.
    """
    what, measure = _captured(evidence)
    own, theirs = _figure(evidence, "challenger", measure), _figure(evidence, "champion", measure)
    more = _figure(evidence, "champion", measure, "challenger_minus")
    wins = _figure(evidence, "champion", "wins_captured", "challenger_minus")
    fewer = more["value"] < 0.0 and wins["high"] < 0.0
    kept = more["high"] >= 0.0 and not fewer
    sentence = (
        f"on the same rows the challenger captures {own['value']:.1%} of the {what} and the champion "
        f"{theirs['value']:.1%}: {_spoken(more, '+.1%')} is {'no worse' if kept else 'worse'} beyond noise"
    )
    if more["high"] >= 0.0 and fewer:
        sentence += f", as it is {_spoken(wins, '+.1%')} of the wins"
    return Finding(kept, sentence, _flat("challenger_minus_champion", more))


def _has(evidence: Mapping[str, Any], name: str) -> bool:
    return name in evidence["contenders"]


def _captured(evidence: Mapping[str, Any]) -> tuple[str, str]:
    """What is captured, in words and as the measure: wins where nothing booked an amount."""
    return ("revenue", "revenue_captured") if evidence["revenue"] > 0 else ("wins", "wins_captured")


def _figure(evidence: Mapping[str, Any], name: str, measure: str, of: str = "measures") -> dict[str, float]:
    """A figure with its interval; NaN, of which nothing is true, where it says nothing."""
    found = evidence["contenders"][name][of].get(measure, {})
    return {key: math.nan if found.get(key) is None else float(found[key]) for key in ("value", "low", "high")}


def _flat(name: str, figure: Mapping[str, float]) -> dict[str, float]:
    return {name: figure["value"], f"{name}_low": figure["low"], f"{name}_high": figure["high"]}


def _spoken(figure: Mapping[str, float], form: str) -> str:
    value, low, high = (format(figure[key], form) for key in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def _numbers(values: Any) -> Iterator[float]:
    """Every number of a table, however nested."""
    if isinstance(values, list | tuple):
        for part in values:
            yield from _numbers(part)
    else:
        yield float(values)
