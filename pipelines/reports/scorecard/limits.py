"""The limits of a scorecard and of its evidence, stated plainly, those that bite first."""

from collections.abc import Mapping
from typing import Any

from pipelines.reports.drawing.numbers import count, decimals
from pipelines.reports.scorecard.worth import said_of, what_of
from scoring.evidence.baselines import BY_NAME, CLOSEDWON, SIMPLE
from scoring.scorecard import Scorecard

#: Wins below which intervals are too wide to tell contenders apart.
FEW_WINS = 100


def limits(scorecard: Scorecard, evidence: Mapping[str, Any] | None) -> list[str]:
    """Sentences, first those that this scorecard gives rise to, then those that always hold."""
    things, days = f"{scorecard.entity}s", scorecard.horizon_days
    always = [
        f"The money is what the {things} at the top of the list went on to book. Nobody was kept from working the "
        "others, so it says where the revenue was, not how much more there will be.",
        "Contributions are associations, not causes: that a demo raises the odds does not say that selling more "
        "demos would.",
        f"Only the first won new business within {days} days counts, neither expansion nor renewal. Amounts are added "
        "up as the CRM holds them, in one currency.",
        "An attribute without a history has only today's value, for all of the past. What the leak guard finds is left "
        "out; a value that was quietly corrected it cannot find.",
        "The base rate follows the newest months. It cannot tell a season, or a flood of leads, from a lasting change.",
    ]
    return [*(_own(things, evidence) if evidence else [_unjudged(things)]), *_of_scorecard(scorecard, things), *always]


def _unjudged(things: str) -> str:
    return (
        f"This scorecard of {things} has not been held against the past yet. Run closedwon backtest: until then "
        "nothing shows that it is better than what is done today."
    )


def _own(things: str, evidence: Mapping[str, Any]) -> list[str]:
    found = evidence["comparison"]
    judged = found["contenders"]
    said = []
    own = judged[CLOSEDWON]["measures"].get("ratio")
    if own and own["low"] is not None and not own["low"] <= 1.0 <= own["high"]:
        said.append(
            f"It expected {decimals(own['value'], 2)} times the wins that came ({decimals(own['low'], 2)} to "
            f"{decimals(own['high'], 2)}). The order is as good as shown; the sums of expected revenue are too "
            f"{'high' if own['value'] > 1 else 'low'} by about as much, if the market stays as it was."
        )
    measure = f"{what_of(evidence)}_captured"
    level = [
        BY_NAME[name].heading for name in SIMPLE if name in judged and said_of(_lead(judged[name], measure)) != "ahead"
    ]
    if level:
        said.append("At this capacity it is not shown to be better than: " + ", ".join(level) + ".")
    if found["wins"] < FEW_WINS:
        said.append(
            f"The evidence holds {count(found['wins'])} wins. The intervals are wide, and a difference inside of them "
            "is no difference."
        )
    if len(evidence["cut_offs"]) > 1:
        said.append(
            f"The {len(evidence['cut_offs'])} past dates look ahead into overlapping months. Intervals are over "
            f"{things}, not over markets: one unusual half-year moves all of them."
        )
    else:
        said.append("It was judged on a single past date: what holds there may not hold in another season.")
    return said


def _lead(judged: Mapping[str, Any], measure: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = judged.get(f"{CLOSEDWON}_minus", {}).get(measure)
    return found


def _of_scorecard(scorecard: Scorecard, things: str) -> list[str]:
    if scorecard.rung == "additive":
        return []
    return [
        f"It is the plainer of two models, a logistic regression on coarse bins, which did best with "
        f"{count(scorecard.wins)} wins to learn from: {things} that differ within a bin score alike."
    ]
