"""The figures of one run compared with the floor and with the peers, and the aims of these comparisons."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import document
from benchmarks.speed.history import Figure


@dataclass(frozen=True)
class Ratio:
    """One comparison: its name, how many times, and the aim, which is a least or a most."""

    name: str
    times: float
    aim: float
    at_least: bool

    @property
    def reached(self) -> bool:
        """Whether the aim is reached."""
        return self.times >= self.aim if self.at_least else self.times <= self.aim


FEATURES = "features at {} cut-offs"
#: The stages of a night and of training, with the most floors that they may take.
FLOORS = {"night, first": 6.0, "night, next": 1.0, "training": 15.0}
#: Our rate by the rate of a peer, in rows, at the same size: stage, peer, at least.
PEERS = (
    ("scoring with reasons, {}", "LightGBM, TreeSHAP, {}", 500.0),
    ("scoring with reasons, {}", "LightGBM, bare prediction, {}", 1.0),
)
BUILDERS = {
    "DuckDB, SQL by hand": 1.0,
    "polars, streaming": 1.0,
    "pandas, each cut-off from the tables": 20.0,
    "pandas, common steps once": 20.0,
    "featuretools": 100.0,
}


def ratios(figures: Sequence[Figure], cut_offs: int = 24) -> list[Ratio]:
    """Every comparison that the figures allow."""
    by = {(figure.stage, figure.accounts): figure for figure in figures}
    comparisons = [
        Ratio(f"{figure.stage}, in floors", figure.ratio, FLOORS[figure.stage], False)
        for figure in figures
        if figure.stage in FLOORS and figure.ratio is not None
    ]
    pairs = [(a.format(e), b.format(e), aim) for e in ("accounts", "leads") for a, b, aim in PEERS]
    pairs += [(FEATURES.format(cut_offs), peer, aim) for peer, aim in BUILDERS.items()]
    for stage_name, peer, aim in pairs:
        for (stage, accounts), figure in by.items():
            if stage == peer and (measured := by.get((stage_name, accounts))):
                comparisons.append(Ratio(f"{stage_name}, by {peer}, rows/s", measured.rate / figure.rate, aim, True))
    for (stage, accounts), one in by.items():
        if stage == "features at 1 cut-off" and (many := by.get((FEATURES.format(cut_offs), accounts))):
            name = f"{many.stage}, by one cut-off, {accounts:,} accounts"
            comparisons.append(Ratio(f"{name}, from the files", many.seconds / one.seconds, 3.0, False))
            comparisons.append(Ratio(f"{name}, without reading", _unread(many) / _unread(one), 3.0, False))
    return comparisons


def _unread(figure: Figure) -> float:
    return figure.seconds - figure.more["read"]


def table(comparisons: Sequence[Ratio]) -> list[str]:
    """The comparisons as a table of Markdown."""
    rows = [
        (
            ratio.name,
            f"{ratio.times:,.0f}" if ratio.times >= 100 else f"{ratio.times:.2f}",
            f"{'at least' if ratio.at_least else 'at most'} {ratio.aim:g}",
            "yes" if ratio.reached else "no",
        )
        for ratio in comparisons
    ]
    return document.table(["what", "times", "aimed at", "reached"], rows, ["---", "---:", "---:", "---"])
