"""Whether the gap between plan and outcome names the cause that was planted.

    python -m benchmarks.gap_causes                              # a minute
    python -m benchmarks.gap_causes --write docs/evidence.md

What is simulated, without a CRM: two periods of a market, the first of which the plan is made from. Each has those who
are open on its first day and those who arrive, in three sources and two teams; who is followed up; who is won, sooner
or later; and amounts. In the second period one cause is changed for the worse. The plan is made, and the gap split, by
the code of `closedwon gap`. A history counts where the change explains most of the gap: where what it took, as the
generator knows it, is at least half of the gap that came, which has chance in it as well.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks import document
from scoring.planning.sources.gap import CAUSES, split
from scoring.planning.sources.review import AtRisk, planned

BEGIN, END = document.marks("gap_causes")
HISTORIES = 100
#: Sources by teams.
SOURCES, TEAMS = 3, 2
GROUPS = SOURCES * TEAMS
#: Companies that are open on the first day, those that arrive, and the usual chance of each to be won.
OPEN, ARRIVING, CHANCE = 500.0, 1500.0, 0.08
#: The deviation of the logarithm of the chance and of the amount, and the mean amount.
SPREAD, AMOUNT = 0.8, 20_000.0
#: What is left of a cause that is made worse: drawn between these.
LEFT = (0.3, 0.8)


@dataclass(frozen=True)
class Truth:
    """What a period is like."""

    volume: float = 1.0
    fit: float = 1.0
    follow_up: float = 0.8
    close_rate: float = 1.0
    timing: float = 0.7
    amount: float = AMOUNT

    def revenue(self) -> float:
        """The expected revenue."""
        heads = OPEN + ARRIVING * self.volume * self.fit
        return heads * CHANCE * self.follow_up * self.close_rate * self.timing * self.amount


def drawn(truth: Truth, rng: np.random.Generator) -> AtRisk:
    """A period: who was at risk, and how it went for each."""
    n_open, n_new = rng.poisson(OPEN), rng.poisson(ARRIVING * truth.volume)
    n = n_open + n_new
    new = np.arange(n) >= n_open
    usual = np.full(n, CHANCE)
    scored = usual * np.exp(rng.normal(-(SPREAD**2) / 2, SPREAD, n)) * np.where(new, truth.fit, 1.0)
    followed = rng.random(n) < truth.follow_up
    wins = followed & (rng.random(n) < np.minimum(scored * truth.close_rate, 1.0))
    in_time = wins & (rng.random(n) < truth.timing)
    # Of each later win a deal is open; deals are won in three of ten cases, so others are open beside them.
    late = (wins & ~in_time) | (followed & ~wins & (rng.random(n) < usual * (1 - truth.timing) * 7 / 3))
    amounts = truth.amount * np.exp(rng.normal(-0.125, 0.5, n))
    return AtRisk(
        group=rng.integers(0, GROUPS, n),
        new=new,
        usual=usual,
        scored=scored,
        followed=followed,
        open_deals=np.where(late, 0.3, 0.0),
        won=in_time,
        revenue=np.where(in_time, amounts, 0.0),
    )


def history(cause: str, seed: int) -> tuple[bool, bool, bool]:
    """Whether the cause explains most of the gap, is named as the largest, and the parts add up to the cent."""
    rng = np.random.default_rng([seed, CAUSES.index(cause)])
    usual = Truth()
    worse = replace(usual, **{cause: getattr(usual, cause) * rng.uniform(*LEFT)})
    before, now = drawn(usual, rng), drawn(worse, rng)
    arriving = np.full(GROUPS, ARRIVING * CHANCE / GROUPS)
    amount = float(before.revenue.sum() / max(before.won.sum(), 1))
    found = split(planned(now, before, arriving, amount), now.sums(GROUPS))
    gap = (found.planned - found.actual).sum() / 100
    took = usual.revenue() - worse.revenue()
    adds_up = bool((found.parts.sum(axis=1) == found.planned - found.actual).all())
    return took >= gap / 2 > 0, found.largest == cause, adds_up


def measured() -> list[str]:
    """The lines of the document."""
    rows = []
    for cause in CAUSES:
        found = np.array([history(cause, seed) for seed in range(HISTORIES)])
        most = found[:, 0]
        rows.append(
            (
                cause.replace("_", "-") if cause == "follow_up" else cause.replace("_", " "),
                f"{most.sum()}",
                f"{found[most, 1].sum()} ({found[most, 1].mean():.0%})",
                f"{found[:, 2].sum()} of {HISTORIES}",
            )
        )
    head = ("planted cause", "histories where it explains most", "named as the largest", "adds up to the cent")
    wins = Truth().revenue() / AMOUNT
    return [
        f"{HISTORIES} histories a row, with {wins:.0f} wins planned. "
        f"{LEFT[0]:.0%} to {LEFT[1]:.0%} are left of the planted cause, drawn evenly.",
        "",
        *document.table(head, rows, ["---", *["---:"] * 3]),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and write into the document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gap_causes")
    parser.add_argument("--write", type=Path, help="write the table into this document")
    options = parser.parse_args(arguments)
    lines = measured()
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
