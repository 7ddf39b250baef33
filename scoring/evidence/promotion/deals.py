"""The rule of the gate for a scorecard of open deals: better probabilities than what sales forecasts with today."""

import math

from scoring.evidence.baselines import BY_NAME, CLOSEDWON, DEAL_PROBABILITIES
from scoring.evidence.comparison_result import Comparison, Measure
from scoring.evidence.finding import Finding

#: Differences below this are rounding.
ROUNDING = 1e-9


def better_than_stages(comparison: Comparison) -> Finding:
    """Whether its Brier score is below those of stage-weighting and of the probability that sales enters, if it does.

    Revenue captured is no rule here: sales works nearly all deals that are open, and asks which of them will come. But
    a scorecard that captures less of the revenue than one of them, beyond noise, is refused.

    Parameters
    ----------
    comparison : Comparison
        Of open deals.
    """
    present = [name for name in DEAL_PROBABILITIES if name in comparison.rankings]
    if not present:
        return Finding(False, "it was compared with no forecast that sales makes today", {})
    own = _value(comparison.rankings[CLOSEDWON].measures.get("brier_skill"))
    skills = {name: _value(comparison.rankings[name].measures.get("brier_skill")) for name in present}
    best = max(present, key=lambda name: skills[name])
    what = f"{comparison.captures}_captured"
    less = [
        name
        for name in present
        if (more := comparison.rankings[name].minus(CLOSEDWON).get(what)) and more.high is not None and more.high < 0
    ]
    kept = own > skills[best] + ROUNDING and not less
    sentence = (
        f"its Brier skill is {own:.3f}, {'above' if own > skills[best] + ROUNDING else 'not above'} the "
        f"{skills[best]:.3f} of {BY_NAME[best].in_sentence}"
    )
    if less:
        names = " and ".join(BY_NAME[name].in_sentence for name in less)
        sentence += f"; it captures less of the {comparison.captures} than {names}, beyond noise"
    return Finding(kept, sentence, {"brier_skill": own, **{f"brier_skill_of_{name}": x for name, x in skills.items()}})


def _value(measure: Measure | None) -> float:
    return math.nan if measure is None or measure.value is None else float(measure.value)
