"""What the figures of one run say of each other: ours beside the floor and the peers, and what was aimed at."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.speed.history import Figure


@dataclass(frozen=True)
class Ratio:
    """One comparison: how many times, and what was aimed at, which is at least or at most so much."""

    what: str
    times: float
    aim: float
    at_least: bool

    @property
    def reached(self) -> bool:
        """Whether it is as good as was aimed at."""
        return self.times >= self.aim if self.at_least else self.times <= self.aim


FEATURES = "features at {} cut-offs"
#: The stages of a night and of training, with the most floors that they may take.
FLOORS = {"night, first": 6.0, "night, next": 1.0, "training": 15.0}
#: Rates of ours by rates of theirs, per row, at the same size: stage, peer, at least.
PEERS = (
    ("scoring with reasons, {}", "LightGBM, TreeSHAP, {}", 500.0),
    ("scoring with reasons, {}", "LightGBM, bare prediction, {}", 1.0),
)
BUILDERS = {
    "pandas, each cut-off from the tables": 20.0,
    "pandas, common steps once": 20.0,
    "featuretools": 100.0,
}


def ratios(figures: Sequence[Figure], cut_offs: int = 24) -> list[Ratio]:
    """Every comparison that the figures allow."""
    by = {(figure.stage, figure.accounts): figure for figure in figures}
    made = [
        Ratio(f"{figure.stage}, in floors", figure.ratio, FLOORS[figure.stage], False)
        for figure in figures
        if figure.stage in FLOORS and figure.ratio is not None
    ]
    pairs = [(a.format(e), b.format(e), aim) for e in ("accounts", "leads") for a, b, aim in PEERS]
    pairs += [(FEATURES.format(cut_offs), peer, aim) for peer, aim in BUILDERS.items()]
    for ours, theirs, aim in pairs:
        for (stage, accounts), figure in by.items():
            if stage == theirs and (own := by.get((ours, accounts))):
                made.append(Ratio(f"{ours}, by {theirs}, rows/s", own.rate / figure.rate, aim, True))
    for (stage, accounts), one in by.items():
        if stage == "features at 1 cut-off" and (many := by.get((FEATURES.format(cut_offs), accounts))):
            what = f"{many.stage}, by one cut-off, {accounts:,} accounts"
            made.append(Ratio(f"{what}, from the files", many.seconds / one.seconds, 3.0, False))
            made.append(Ratio(f"{what}, without reading", _unread(many) / _unread(one), 3.0, False))
    return made


def _unread(figure: Figure) -> float:
    return figure.seconds - figure.more["read"]


def table(made: Sequence[Ratio]) -> list[str]:
    """The comparisons as a table of Markdown."""
    lines = ["| what | times | aimed at | reached |", "| --- | ---: | ---: | --- |"]
    for ratio in made:
        times = f"{ratio.times:,.0f}" if ratio.times >= 100 else f"{ratio.times:.2f}"
        aim = f"{'at least' if ratio.at_least else 'at most'} {ratio.aim:g}"
        lines.append(f"| {ratio.what} | {times} | {aim} | {'yes' if ratio.reached else 'no'} |")
    return lines
