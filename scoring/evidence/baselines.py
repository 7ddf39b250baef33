"""The baselines that closedwon is compared with: their names, their words, and how each one ranks.

This is the only list of them. The forecast columns, the gate, the comparison table and the report all read it. To add
a baseline, add an entry to `BASELINES` and, in `pipelines`, its forecast function to `RULES` or its estimator to
`ESTIMATORS`.
"""

from dataclasses import dataclass
from typing import Literal

from scoring.entity import OPPORTUNITY

#: What a column `value_<name>` holds. `value`: a number that is no probability, such as a count of touches.
#: `probability`: the probability of a win. `revenue`: that probability times the amount that closedwon expects.
RanksBy = Literal["value", "probability", "revenue"]


@dataclass(frozen=True)
class Baseline:
    """One ranking of a comparison.

    Parameters
    ----------
    name : str
        Its key in `evidence.json`, and the end of its columns `value_<name>` and `p_<name>`.
    title : str
        What people call it: in tables, and at the report with a capital letter.
    how : str
        How it ranks, in a few words.
    ranks_by : {"value", "probability", "revenue"}
        What it ranks by, see `RanksBy`. A baseline that ranks by `value` gives no probability.
    simple : bool
        Whether teams rank by it today. The gate compares closedwon with these and with no others.
    drawn : bool
        Whether the report draws its curve beside that of closedwon.
    article : str
        What stands before the title in a sentence, such as "the ".
    """

    name: str
    title: str
    how: str
    ranks_by: RanksBy = "revenue"
    simple: bool = False
    drawn: bool = False
    article: str = ""

    @property
    def in_sentence(self) -> str:
        """The title as a sentence uses it: `the MQL rule`."""
        return f"{self.article}{self.title}"

    @property
    def heading(self) -> str:
        """The title with a capital letter, except for the name of closedwon, which has none."""
        return self.title if self.name == CLOSEDWON else self.title[:1].upper() + self.title[1:]


CLOSEDWON, CHALLENGER, CHAMPION = "closedwon", "challenger", "champion"

#: What is compared with them. closedwon is refitted at each cut-off; the other two are scorecards as they are.
SCORECARDS = (
    Baseline(CLOSEDWON, "closedwon", "expected revenue"),
    Baseline(CHALLENGER, "challenger", "the scorecard that would replace it", article="the "),
    Baseline(CHAMPION, "champion", "the scorecard in use", article="the "),
)

#: In the order of tables and forecast columns.
BASELINES = (
    Baseline(
        "mql",
        "MQL rule",
        "points for activities and titles, added up",
        ranks_by="value",
        simple=True,
        drawn=True,
        article="the ",
    ),
    Baseline("touches", "touch count", "touches of the last 90 days", ranks_by="value", simple=True, drawn=True),
    Baseline("recency", "recency", "the most recently touched first", ranks_by="value", simple=True),
    Baseline(
        "source_rate",
        "source's win rate",
        "win rate of where they came from",
        ranks_by="probability",
        simple=True,
        article="the ",
    ),
    Baseline(
        "naive_bayes",
        "naive Bayes on fields",
        "how often each field's value won",
        ranks_by="probability",
        simple=True,
    ),
    Baseline("fit_only", "fit only", "who they are, without what they do"),
    Baseline("logistic", "logistic regression", "the same features, linear"),
    Baseline("ceiling", "LightGBM with touch counts", "no constraints, and touch counts"),
)

#: How sales forecasts open deals today: compared with a scorecard of opportunities, and with no other.
DEAL_BASELINES = (
    Baseline("stage_weighted", "stage-weighting", "win rate of the stage, times the amount entered"),
    Baseline(
        "crm_probability",
        "probability entered in the CRM",
        "what sales entered, times the amount entered",
        article="the ",
    ),
    Baseline("largest", "largest first", "the amount entered", ranks_by="value"),
)
#: Of these, those that give a probability.
DEAL_PROBABILITIES = tuple(baseline.name for baseline in DEAL_BASELINES if baseline.ranks_by != "value")
#: Of the other baselines, those that open deals are compared with as well.
OF_DEALS_TOO = ("touches", "logistic", "ceiling")
#: Every ranking that a comparison can hold, by name.
BY_NAME = {entry.name: entry for entry in (*SCORECARDS, *BASELINES, *DEAL_BASELINES)}
#: The names of what a backtest compares: closedwon and all baselines.
COMPARED = (CLOSEDWON, *(baseline.name for baseline in BASELINES))


def compared_names(entity: str) -> tuple[str, ...]:
    """The names of what a backtest of an entity compares: closedwon, and the baselines of that entity."""
    if entity != OPPORTUNITY:
        return COMPARED
    return (CLOSEDWON, *(baseline.name for baseline in DEAL_BASELINES), *OF_DEALS_TOO)


#: The names of the baselines that teams rank by today.
SIMPLE = tuple(baseline.name for baseline in BASELINES if baseline.simple)
#: The names of the baselines that are drawn beside closedwon.
DRAWN = tuple(baseline.name for baseline in BASELINES if baseline.drawn)
