"""The page of `closedwon init`: what was found, what was decided, and what could not be placed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.redaction import nameless
from pipelines.sources.raw.mapping_draft import Draft
from pipelines.sources.raw.raw_source import RawSource
from pipelines.sources.raw.recognition import Recognised
from pipelines.sources.remote.address import Address
from scoring.cells.date_orders import ProvedOrder
from scoring.contracts.crm import CONTRACTS

#: So many names of columns are told in a line.
_MOST = 40


def page(data: Path | Address, best: Recognised, others: Sequence[Recognised], heads: RawSource, draft: Draft) -> str:
    """The page in Markdown.

    Parameters
    ----------
    data : Path or Address
        The export.
    best : Recognised
        The layout that was taken.
    others : sequence of Recognised
        The other layouts, the best first.
    heads : RawSource
        All tables of the export.
    draft : Draft
    """
    lines = [f"# {_shown(data.name)}: {best.layout.title}", ""]
    lines.append(f"Recognised as the layout `{best.layout.name}` by {', '.join(best.marks) or 'its tables'}.")
    lines += [f"Beside it `{each.layout.name}`: {each.layout.title}." for each in best.beside]
    lines += [f"What is missing: {best.layout.beside}."] if best.layout.beside else []
    near = [found for found in others if found.fits]
    lines.append(
        f"Also close: {', '.join(f'`{found.layout.name}` ({len(found.marks)} marks)' for found in near[:3])}; "
        "`--layout NAME` takes another."
        if near
        else "No other layout came close."
    )
    lines += ["", "## Tables", "", "| table | rows | columns |", "| --- | ---: | --- |"]
    lines += [f"| {view.name} | {view.rows:,} | {_some(view.columns)} |" for view in draft.views]
    missing = [c.table for c in CONTRACTS if c.table not in {view.name for view in draft.views}]
    lines += ["", *(f"- No {table}: {draft.dropped.get(table, 'this layout has none')}." for table in missing)]
    decisions = [(view.name, text) for view in draft.views for text in view.decisions]
    lines += ["", "## Decisions", ""] if decisions else []
    for name, text in decisions:
        first, *rest = text.split("\n")
        kind, _, words = first.partition(":")
        alternatives = [line.strip() for line in rest if line.startswith("    ")]
        decision = " ".join([words.strip(), *(line.strip() for line in rest if not line.startswith("    "))])
        lines.append(f"- **{name}**{' (your choice)' if kind == 'choice' else ''}: {decision}")
        lines += [f"  `{line}`" for line in alternatives]
    if draft.proved:
        lines += ["", "## Dates", "", f"- {proved_words(draft.proved)}. If that is wrong, run it with `--dates`."]
    if draft.asked or draft.local:
        lines += ["", "## To be told", ""]
        lines += [f"- {draft.local[0].upper()}{draft.local[1:]}."] if draft.local else []
        lines += [
            f"- {_shown(name)} fits day/month/year and month/day/year: run `closedwon init` again with `--dates`."
            for name in draft.asked
        ]
    lines += ["", "## Not placed", ""]
    known = {part.name: name for name, found in best.known.items() for part in found.parts or (found.found,)}
    unread = [relation.name for relation in heads.relations if relation.name not in known]
    lines += [f"- Tables that this layout has no use for: {_some(unread)}."] if unread else []
    lines += [f"- {_shown(left)} could be {name} too; {_shown(taken)} was taken." for name, taken, left in best.double]
    for table, reasons in draft.left.items():
        lines += [
            f"- {_shown(table)}: {why}: {_some(columns)}."
            for why, columns in reasons.items()
            if why != "never an attribute"
        ]
    for table, reasons in draft.left.items():
        if never := reasons.get("never an attribute"):
            lines.append(
                f"- {_shown(table)}: never attributes (after the outcome, persons, bookkeeping): {_some(never)}."
            )
    lines += [f"- {nameless(note)}." for note in heads.notes]
    lines += ["", "## Next", "", "    closedwon check --data crm.sql --config closedwon.toml", ""]
    return "\n".join(lines)


def proved_words(proved: ProvedOrder) -> str:
    """What is said of an order of dates that some columns show and others are read by.

    Parameters
    ----------
    proved : ProvedOrder
    """
    return (
        f"dates in {_some(proved.holds_for)} fit day/month/year and month/day/year, and are read as {proved.order}, "
        f"because {_some(proved.shown_by)} of the same export, written in the same way, show it"
    )


def _some(names: Sequence[str]) -> str:
    return ", ".join(_shown(name) for name in names[:_MOST]) + (
        f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    )


def _shown(name: str) -> str:
    """A name of the export in the page, where a stroke would end a cell."""
    return nameless(name).replace("|", "\\|")
