"""The comparison of a backtest as a person reads it: a table of text, or of Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from scoring.evidence.baselines import BY_NAME

#: The columns: heading, whose figures, measure, and how a figure is written.
COLUMNS = (
    ("revenue captured", "measures", "revenue_captured", ".1%"),
    ("closedwon's lead", "closedwon_minus", "revenue_captured", "+.1%"),
    ("AUC", "measures", "auc", ".3f"),
    ("Brier skill", "measures", "brier_skill", ".3f"),
    ("predicted / actual", "measures", "ratio", ".2f"),
    ("like touch count", "measures", "touch_correlation", ".2f"),
)


def rows(comparison: Mapping[str, Any], intervals: int = len(COLUMNS)) -> list[list[str]]:
    """The heading, then a row for each ranking: its title and its figures, the first of them with 95 % intervals."""
    found = [["", *(heading for heading, *_ in COLUMNS)]]
    for name, said in comparison["contenders"].items():
        figures = [(said.get(whose, {}).get(measure), form) for _, whose, measure, form in COLUMNS]
        cells = [figure(one if i < intervals else alone(one), form) for i, (one, form) in enumerate(figures)]
        found.append([BY_NAME[name].title if name in BY_NAME else name, *cells])
    return found


def figure(said: Mapping[str, float | None] | None, form: str) -> str:
    """A figure with its interval: `0.512 (0.461 to 0.560)`, `51.2 % (46.1 to 56.0)`; a dash where there is none."""
    if said is None or said["value"] is None:
        return "-"
    value, low, high = (
        "" if x is None else format(x, form).removesuffix("%") for x in (said["value"], said["low"], said["high"])
    )
    unit = " %" if form.endswith("%") else ""
    return f"{value}{unit} ({low} to {high})" if low and high else f"{value}{unit}"


def alone(said: Mapping[str, float | None] | None) -> Mapping[str, float | None] | None:
    """A figure without its interval."""
    return said and {"value": said["value"], "low": None, "high": None}


def text(comparison: Mapping[str, Any]) -> list[str]:
    """Lines for a terminal: what is captured, and the lead, with their intervals."""
    table = rows(comparison, intervals=2)
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    return ["  ".join(_padded(row, widths)).rstrip() for row in table]


def markdown(comparison: Mapping[str, Any]) -> list[str]:
    """Lines for a document."""
    head, *body = rows(comparison)
    return [_line(head), _line(["---"] * len(head)), *(_line(row) for row in body)]


def told(evidence: Mapping[str, Any]) -> list[str]:
    """The table, and above it what it is made of."""
    comparison, cut_offs = evidence["comparison"], evidence["cut_offs"]
    return [
        f"{evidence['entity'].capitalize()}s, {evidence['horizon_days']} days ahead, on {len(cut_offs)} cut-offs from "
        f"{cut_offs[0]['as_of']} to {cut_offs[-1]['as_of']}: {comparison['wins']:,} wins worth "
        f"{comparison['revenue']:,.0f} (horizons that overlap count each),",
        f"captured by working the best {comparison['share']:.1%} of those open, with 95 % intervals:",
        "",
        *text(comparison),
    ]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
