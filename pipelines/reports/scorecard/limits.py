"""The limits of a scorecard and of its evidence, in plain words, the most serious first."""

from pipelines.reports.drawing.numbers import count, decimals
from pipelines.reports.scorecard.neglect import limits_of
from pipelines.reports.scorecard.worth import lead_in_a_word, won_of
from scoring.entity import plural
from scoring.evidence.backtest_evidence import BacktestEvidence
from scoring.evidence.baselines import BY_NAME, CLOSEDWON, SIMPLE
from scoring.evidence.comparison_result import Measure
from scoring.scorecard.scorecard import Scorecard

#: Wins below which intervals are too wide to tell rankings apart.
FEW_WINS = 100
#: Skill that is worth a word.
LEAST_GAIN = 0.001


def limits_in_words(scorecard: Scorecard, evidence: BacktestEvidence | None) -> list[str]:
    """The limits as sentences: first those of this scorecard and its evidence, then those that always hold.

    Parameters
    ----------
    scorecard : Scorecard
        The scorecard.
    evidence : BacktestEvidence or None
        None if there was no backtest yet.
    """
    things = plural(scorecard.entity)
    always = [
        f"The money is what the {things} at the top of the list went on to book. Nobody was kept from working the "
        "others, so it says where the revenue was, not how much more there will be.",
        "Contributions are associations, not causes: that a demo raises the odds does not say that selling more "
        "demos would.",
        f"{_question(scorecard)} Amounts are added up as the CRM holds them, in one currency.",
        *_shared(scorecard),
        "An attribute without a history has only today's value, for all of the past. The leak guard leaves out what it "
        "finds; it cannot find a value that was corrected without a trace.",
        "The base rate follows what came true, with a half-life of one horizon. It lags behind a sudden change, and "
        "cannot tell a flood of leads from a lasting one.",
    ]
    return [
        *(_own(things, evidence) if evidence else [_no_backtest(things)]),
        *_of_scorecard(scorecard, things),
        *always,
    ]


def _question(scorecard: Scorecard) -> str:
    days = scorecard.horizon_days
    if scorecard.win == "any":
        return (
            f"The next won deal within {days} days counts, of any type, of customers too. Of several wins in these "
            "days only one is expected, so revenue is what the next deal brings."
        )
    return f"Only the first won new business within {days} days counts, neither expansion nor renewal."


def _shared(scorecard: Scorecard) -> list[str]:
    if scorecard.entity != "lead":
        return []
    return [
        "A lead's revenue is its share of a deal: a deal is shared among the leads that brought it, and among all "
        "of its account where nobody brought it who is known yet. So the leads of an account add up to the account. Do "
        "not add accounts and leads together."
    ]


def _no_backtest(things: str) -> str:
    return (
        f"This scorecard of {things} has not been tested on the past yet. Run closedwon backtest: until then "
        "nothing shows that it is better than what is done today."
    )


def _own(things: str, evidence: BacktestEvidence) -> list[str]:
    found, cut_offs = evidence.comparison, len(evidence.cut_offs)
    sentences = []
    sentences += _level(evidence)
    leads = {
        name: found.rankings[name].minus(CLOSEDWON).get(f"{found.captures}_captured")
        for name in SIMPLE
        if name in found.rankings
    }
    level = [BY_NAME[name].heading for name, lead in leads.items() if lead_in_a_word(lead) != "ahead"]
    if level:
        sentences.append("At this capacity it is not shown to be better than: " + ", ".join(level) + ".")
    if found.wins < FEW_WINS:
        sentences.append(
            f"The evidence holds {won_of(found, things)}. The intervals are wide, and a difference within "
            "them is no difference."
        )
    if cut_offs > 1:
        sentences.append(
            f"The {cut_offs} past dates look ahead into overlapping months. Intervals are over "
            f"{things}, not over markets: one unusual half-year moves all of them."
        )
    else:
        sentences.append("It was tested on a single past date: what holds there may not hold in another season.")
    return sentences


def _level(evidence: BacktestEvidence) -> list[str]:
    """What wins expected over wins that came say of sums: nothing, as long as the scorecards stated that it may be."""
    own = evidence.comparison.rankings[CLOSEDWON].measures.get("ratio", Measure(None))
    if own.value is None or own.low is None or own.high is None or own.low <= 1.0 <= own.high:
        return []
    more = "high" if own.value > 1 else "low"
    found = f"It expected {decimals(own.value, 2)} times the wins that came"
    if evidence.totals is None:
        return [
            f"{found} ({decimals(own.low, 2)} to {decimals(own.high, 2)}). The order is as good as shown; sums of "
            f"expected revenue were too {more}."
        ]
    total = evidence.totals.together
    low, high = (decimals(limit, 2) for limit in total.wins.ratio)
    if total.wins.holds(total.won):
        return [
            f"{found}, within the {low} to {high} that it states itself: totals may be so far off. This does not "
            f"show that today's sums are too {more}."
        ]
    return [
        f"{found}, outside the {low} to {high} that it states itself. The order is as good as shown; the sums of "
        f"expected revenue are too {more}, if the market stays as it was."
    ]


def _of_scorecard(scorecard: Scorecard, things: str) -> list[str]:
    neglect_limits = [] if scorecard.neglect is None else [limits_of(scorecard.neglect, things)]
    trusted = neglect_limits + [
        f"{suspect.attribute} is used because it is trusted, though it looks as if an outcome had filled it: "
        f"{suspect.reason}. If it did, the {things} that are still to win score too low."
        for suspect in scorecard.trusted
    ]
    if scorecard.rung == "additive":
        return trusted
    wins = count(scorecard.wins)
    if scorecard.rung == "evidence":
        plain = (
            f"With {wins} wins to learn from, weights of evidence did best: how often each value won beside how often "
            "it was to be expected. Values with few wins behind them say little."
        )
    else:
        plain = (
            f"With {wins} wins to learn from, a logistic regression on coarse bins did best: {things} that differ "
            "within a bin score alike."
        )
    return [*trusted, plain, *_next_ten(scorecard)]


def _next_ten(scorecard: Scorecard) -> list[str]:
    """What ten more wins would buy, as far as it was measured."""
    held = scorecard.held_out
    if held is None or held.next_ten is None:
        return []
    if held.next_ten < LEAST_GAIN:
        return [
            "Ten more wins would hardly make it better: from four fifths of the wins it learned about as much as from "
            "half of them."
        ]
    return [
        f"Ten more wins would raise its skill (how much lower its log loss is than without a model) from "
        f"{held.skill:.1%} to about {held.skill + held.next_ten:.1%}, as it "
        "learned less from half of the wins than from four fifths of them."
    ]
