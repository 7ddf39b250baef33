"""What `monitor` found, as a person reads it: a table of the nights, one of the grades, and a verdict of a line."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.evaluation.comparison_table import figure

#: Features whose shift is shown.
TOLD = 5
HEAD = ("open", "won", "expected", "predicted / actual", "booked", "expected", "predicted / actual")


def printed(found: Mapping[str, Any]) -> list[str]:
    """Lines for a terminal, of one entity."""
    entity, looked, moved = found["entity"], found["hindsight"], found["drift"]
    lines = [f"{entity.capitalize()}s: scores as they were served, and what came true before {found['as_of']}"]
    if looked is None:
        until = found.get("wait_until")
        lines.append(f"  no score is old enough to be judged{f': wait until {until}' if until else ''}")
    else:
        lines += ["", *_nights(looked), "", *_grades(looked["grades"])]
    if moved is not None:
        lines += ["", *_drift(moved)]
    if found["notes"]:
        lines += ["", *(f"  note: {note}" for note in found["notes"])]
    if looked is not None:
        lines += ["", *(f"{entity}s: {looked[name]['sentence']}" for name in ("verdict", "revenue", "ranking"))]
    if moved is not None:
        lines.append(f"{entity}s: {moved['verdict']['sentence']}")
    return lines


def _nights(looked: Mapping[str, Any]) -> list[str]:
    """A row a night, one a version where there are several, and all together; a win counts in each night before it."""
    rows: list[Sequence[str]] = [("as of", "model", "days seen", *HEAD)]
    rows += [
        (row["as_of"], row["version"], f"{row['elapsed_days']} of {row['horizon_days']}", *_figures(row))
        for row in looked["nights"]
    ]
    if len(looked["versions"]) > 1:
        rows += [("all", row["version"], "", *_figures(row)) for row in looked["versions"]]
    if len(looked["nights"]) > 1:
        rows.append(("all", "", "", *_figures(looked["total"])))
    return _aligned(rows)


def _figures(row: Mapping[str, Any]) -> tuple[str, ...]:
    wins = (f"{row['wins']:,}", f"{row['expected_wins']:,.1f}", figure(row["ratio"], ".2f"))
    revenue = (f"{row['revenue']:,.0f}", f"{row['expected_revenue']:,.0f}", figure(row["revenue_ratio"], ".2f"))
    return (f"{row['rows']:,}", *wins, *revenue)


def _grades(grades: Sequence[Mapping[str, Any]]) -> list[str]:
    rows = [("grade", "scores", "won", "win rate so far", "expected so far")]
    for row in grades:
        rate = {"value": row["actual"], "low": row["low"], "high": row["high"]}
        count = (f"{row['rows']:,}", f"{row['wins']:,}")
        rows.append((row["grade"], *count, figure(rate, ".1%"), f"{row['predicted'] * 100:.1f} %"))
    return _aligned(rows)


def _drift(moved: Mapping[str, Any]) -> list[str]:
    """The scores and the features that have changed most since training: population stability index, and gaps."""
    rows = [("what changed", "PSI", "", "missing", "unknown")]
    changed = [row for row in moved["features"] if row["changed"]]
    for row in [*moved["scores"], *changed[:TOLD]]:
        gaps = [_then_now(row.get(name)) for name in ("missing", "unknown")]
        rows.append((row["name"], f"{row['psi']:.2f}", row["changed"] or "no change", *gaps))
    head = f"  night of {moved['as_of']} beside those open at the training of {moved['trained']} (version "
    lines = [f"{head}{moved['version']}):", *_aligned(rows)] if len(rows) > 1 else []
    if len(changed) > TOLD:
        lines.append(f"  and {len(changed) - TOLD} more features")
    return lines


def _then_now(shares: Sequence[float] | None) -> str:
    return "" if shares is None or max(shares) < 0.0005 else f"{shares[0]:.1%} -> {shares[1]:.1%}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
