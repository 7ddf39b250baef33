"""Whether the intervals of an experiment hold: simulated trials whose effect is known. Seconds.

    python -m benchmarks.experiments --write docs/experiments.md

A trial has twelve weekly waves of sixty accounts. A conversation is more likely for those with a higher score, and a
call in the first week adds to it, in each later week a third less. It is looked at after every wave, with the code of
`closedwon experiment`.
"""

import argparse
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import document
from scoring.experiments.assignment import WEEKS, folds, week_of
from scoring.experiments.effects import FIRST_AGAINST_LAST, FOLDS, effect, values
from scoring.experiments.intervals import detectable, needed

BEGIN, END = document.marks("experiments")
WAVES, A_WAVE, Z = 12, 60, 1.959963984540054
EFFECTS = (0.0, 0.1, 0.2)
#: A week later, a call has done a third less of what it does.
_LEFT = 1 - np.arange(WEEKS) / (WEEKS - 1)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trial:
    """Who took part, n in all: week, log-odds before, fold, and random numbers for its outcome."""

    week: NDArray[np.int64]
    log_odds: Floats
    fold: NDArray[np.int64]
    chance: Floats

    @classmethod
    def drawn(cls, number: int, n: int) -> "Trial":
        """A trial by its number."""
        random, name = np.random.default_rng(number), f"trial {number}"
        units = [f"A-{i}" for i in range(n)]
        week = np.array([week_of(name, unit) for unit in units], dtype=np.int64)
        return cls(week, random.normal(-2.0, 0.8, n), folds(name, units, FOLDS), random.uniform(size=n))

    def of_each(self, outcome: Floats, n: int | None = None) -> Floats:
        """The doubly robust values of the first n."""
        return values(
            outcome[:n], self.week[:n], self.log_odds[:n, None], self.fold[:n], np.asarray(FIRST_AGAINST_LAST)
        )

    def happened(self, added: float) -> Floats:
        """Whether it came, where a call in the first week adds so much to its probability."""
        chance = np.minimum(1 / (1 + np.exp(-self.log_odds)), 0.75) + added * _LEFT[self.week]
        return np.asarray(self.chance < chance, dtype=np.float64)


def coverage(trials: int) -> list[list[str]]:
    """How often the intervals hold the true effect, and how often an effect is shown."""
    rows = []
    for true in EFFECTS:
        end = looking = fixed = fixed_looking = shown = 0
        for number in range(trials):
            trial = Trial.drawn(number, WAVES * A_WAVE)
            outcome, holds, naive, found = trial.happened(true), True, True, False
            for n in range(A_WAVE, WAVES * A_WAVE + 1, A_WAVE):
                one = effect(trial.of_each(outcome, n), WAVES * A_WAVE)
                assert one.low is not None
                assert one.high is not None
                assert one.estimate is not None
                assert one.error is not None
                inside = one.low <= true <= one.high
                usual = abs(one.estimate - true) <= Z * one.error
                holds, naive, found = holds and inside, naive and usual, found or one.is_shown
            end, fixed = end + inside, fixed + usual
            looking, fixed_looking, shown = looking + holds, fixed_looking + naive, shown + found
        counts = (fixed, fixed_looking, end, looking, shown)
        rows.append([f"{true:.0%}", *(f"{count / trials:.1%}" for count in counts)])
    return rows


def power(trials: int) -> list[list[str]]:
    """The smallest effect that was stated, what is refused for it, and how often that effect is found."""
    rows = []
    for n in (150, 400, 1_000, 2_500):
        base = float(np.mean([Trial.drawn(number, n).happened(0.0).mean() for number in range(20)]))
        least = detectable(n, base).effect
        found = 0
        for number in range(trials):
            trial = Trial.drawn(10_000 + number, n)
            found += effect(trial.of_each(trial.happened(least)), n).is_shown
        refused = "refused" if least > 0.1 else "started"
        cells = (f"{n:,}", f"{base:.1%}", f"{least:.1%}", f"{found / trials:.0%}", refused, f"{needed(0.1, base):,}")
        rows.append(list(cells))
    return rows


def surrogate(trials: int) -> list[list[str]]:
    """The effect on the score after 30 days beside that on wins, where one stands for the other and where not."""
    rows = []
    n = WAVES * A_WAVE
    cases = (("a call adds 6 points to both", 0.06, 0.06), ("a call adds 12 points to the score only", 0.12, 0.0))
    for words, of_score, of_wins in cases:
        estimates, detected = [], 0
        for number in range(trials):
            trial = Trial.drawn(20_000 + number, n)
            before = np.minimum(1 / (1 + np.exp(-trial.log_odds)), 0.75)
            score, won = before + of_score * _LEFT[trial.week], trial.happened(of_wins)
            gap = effect(trial.of_each(score - won), n)
            detected += gap.is_shown
            estimates.append([trial.of_each(score).mean(), trial.of_each(won).mean(), gap.estimate])
        mean = np.array(estimates, dtype=np.float64).mean(axis=0)
        rows.append([words, *(f"{100 * value:+.1f}" for value in mean), f"{detected / trials:.0%}"])
    return rows


def lines_of(trials: int) -> list[str]:
    """The text with the tables."""
    error = 2 * sqrt(0.95 * 0.05 / trials)
    covered = document.table(
        [
            "true effect",
            "1.96 errors, at the end",
            "1.96 errors, every look",
            "ours, at the end",
            "ours, every look",
            "shown",
        ],
        coverage(trials),
        ["---:"] * 6,
    )
    found = document.table(
        ["accounts", "base rate", "smallest effect", "found", "with --smallest 0.10", "needed for 0.10"],
        power(trials),
        ["---:", "---:", "---:", "---:", "---", "---:"],
    )
    gaps = document.table(
        ["market", "score", "wins", "score less wins", "bias is shown"],
        surrogate(trials),
        ["---", "---:", "---:", "---:", "---:"],
    )
    return [
        f"{trials} trials of {WAVES} weekly waves of {A_WAVE} accounts. In 95 % of them or more the interval ought to",
        f"hold the true effect; two binomial errors are {error:.1%}:",
        "",
        *covered,
        "",
        f"The smallest effect stated before the start, and in how many of {trials} trials of that effect it is found:",
        "",
        *found,
        "",
        f"The score after 30 days as a surrogate for wins, in points, means of {trials} trials:",
        "",
        *gaps,
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run the trials."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.experiments")
    parser.add_argument("--trials", type=int, default=400)
    parser.add_argument("--write", type=Path, help="write the tables into this file, between its marks")
    options = parser.parse_args(arguments)
    lines = lines_of(options.trials)
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
