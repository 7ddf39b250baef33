"""`closedwon init`: from a raw export to a mapping, a configuration and a page that says what was decided."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pipelines.config_input import Input
from pipelines.disk import written_whole
from pipelines.errors import BadInput, UsageError
from pipelines.progress import Say
from pipelines.redaction import nameless
from pipelines.sources.duckdb import connect
from pipelines.sources.raw.init_page import page, proved_words
from pipelines.sources.raw.mapping_draft import Draft, Drafter
from pipelines.sources.raw.raw_source import RawSource, headers_of, open_raw
from pipelines.sources.raw.recognition import Recognised, recognised_layouts
from pipelines.sources.remote.address import Address
from pipelines.sources.remote.downloads import local
from scoring.crm.known import PROFILES
from scoring.crm.layout import Layout, raw_key
from scoring.crm.layouts import LAYOUTS

MAPPING, CONFIGURATION, PAGE = "crm.sql", "closedwon.toml", "init.md"


@dataclass(frozen=True)
class InitResult:
    """What init made: its files, and what the page says."""

    files: tuple[Path, ...]
    found: Recognised
    draft: Draft


def init(
    data: Path | Address,
    out: Path,
    *,
    layout: str = "",
    dates: str = "",
    time_zone: str = "",
    force: bool = False,
    say: Say,
) -> InitResult:
    """Write a mapping of a raw export, a configuration and a page.

    Parameters
    ----------
    data : Path or Address
        A folder, an archive, a workbook, a database file, or a database elsewhere with the export of a CRM.
    out : Path
        The folder for the files.
    layout : str
        The name of the layout; empty to recognise it.
    dates : {"", "day/month/year", "month/day/year"}
        The order of dates in the export.
    time_zone : str
        The zone of times without an offset, such as ``Europe/Berlin``; empty for UTC.
    force : bool
        Whether files that are there are replaced.
    say : callable
        Takes each line of progress.

    Raises
    ------
    UsageError
        If there is no such layout or time zone, or a file is there already.
    BadInput
        If no layout fits the export.
    """
    if layout and layout not in LAYOUTS:
        raise UsageError(f"--layout {layout} is not known: give one of {', '.join(LAYOUTS)}")
    zone = _zone(time_zone)
    there = [name for name in (MAPPING, CONFIGURATION, PAGE) if (out / name).exists()]
    if there and not force:
        raise UsageError(f"{out / there[0]} is there already, and may have been edited: name another --out, or --force")
    _require_writable(out)
    folder = local(data)
    heads = headers_of(folder)
    if isinstance(data, Address):
        data = data.within(heads.schemas)
    say(f"Looking at {data}: {len(heads.relations)} tables")
    layouts = [each for each in LAYOUTS.values() if not layout or each.name == layout or _may_be_beside(each, layout)]
    best, others = recognised_layouts(layouts, heads.relations)
    if not best.fits or (not layout and not best.sure):
        raise BadInput(_no_layout(data, heads, [best, *others]))
    for line in _not_read(best, others):
        say(line)
    connection = connect()
    wanted = {raw_key(part.name) for known in best.known.values() for part in known.parts or (known.found,)}
    raw = open_raw(connection.con, folder, lambda name: raw_key(name) in wanted, heads)
    found = recognised_layouts([best.layout, *(each.layout for each in best.beside)], raw.relations)[0]
    draft = Drafter(connection, found, dates, time_zone and (zone or "UTC")).draft()
    if "opportunities" in draft.dropped and not best.layout.beside:
        raise BadInput(f"{data} has the deals of {best.layout.title}, and {draft.dropped['opportunities']}")
    if any(view.name == "opportunities" and "created_at" not in view.columns for view in draft.views):
        say("deals have no creation date, without which nothing can be learned: export the column that has it")
    if draft.local:
        say(draft.local)
    if draft.proved:
        dates = draft.proved.order
        say(f"{proved_words(draft.proved)}: see input.dates in {CONFIGURATION}")
    texts = {
        MAPPING: _mapping(data, out, best, draft),
        CONFIGURATION: _configuration(best, {"input.dates": dates, "input.time_zone": zone}),
        PAGE: page(data, best, others, heads, draft),
    }
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as together:
        for name, text in texts.items():
            together.enter_context(written_whole(out / name)).write_text(text, encoding="utf-8")
    return InitResult(tuple(out / name for name in texts), best, draft)


def _zone(name: str) -> str:
    """A time zone as the configuration takes it."""
    try:
        return Input(time_zone=name).time_zone
    except UsageError as error:
        raise UsageError(
            f"--time-zone {name} is not known: give the full name of a time zone, such as Europe/Berlin"
        ) from error


def _may_be_beside(each: Layout, layout: str) -> bool:
    return bool(each.beside) and not LAYOUTS[layout].beside


def _not_read(best: Recognised, others: Sequence[Recognised]) -> list[str]:
    """What the export lacks, and what is there beside the layout that is read."""
    lines = [f"{best.layout.title}: {best.layout.beside}"] if best.layout.beside else []
    lines += [
        f"{nameless(left)} could be {name} too, and is not read, because {nameless(taken)} is; if both hold such "
        "records, export them with the same columns in the same language"
        for name, taken, left in best.double
    ]
    read = {known.found.name for known in best.known.values()}
    for other in others:
        mains = [other.known[name].found.name for name in other.layout.main if name in other.known]
        if other.sure and not read.intersection(mains):
            lines.append(
                f"{other.layout.title} is there too ({', '.join(mains)}), and is not read: one run reads the deals of "
                f"one CRM; --layout {other.layout.name} reads that one instead"
            )
    return lines


def _require_writable(out: Path) -> None:
    """Refuse a folder for the files that cannot be one, before the export is read."""
    folder = next(path for path in (out.absolute(), *out.absolute().parents) if os.path.lexists(path))
    if not folder.is_dir():
        raise UsageError(f"--out {out} cannot be a folder for the files: {folder} is none")
    if odd := [name for name in (MAPPING, CONFIGURATION, PAGE) if (out / name).is_dir()]:
        raise UsageError(f"{out / odd[0]} is a folder, where init writes a file: name another --out, or move it away")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"--out {out} cannot be written to: name another, or change the permissions of {folder}")


def _mapping(data: Path | Address, out: Path, best: Recognised, draft: Draft) -> str:
    where = data if isinstance(data, Address) else os.path.relpath(data.resolve(), out.resolve())
    head = [
        f"-- source: {where}",
        *(f"-- layout: {each.layout.name}, {each.layout.title}" for each in (best, *best.beside)),
        "--",
        "-- Each view is a table of closedwon, in DuckDB's SQL over the tables of the export (raw.…).",
        "-- Edit it as you like: `closedwon check --data crm.sql` says what came out, and names the line of a mistake.",
    ]
    return "\n\n".join(["\n".join(head), *(view.text for view in draft.views)]) + "\n"


def _configuration(best: Recognised, declared: Mapping[str, str]) -> str:
    lines = ["# Written by `closedwon init`; `closedwon config` prints every key with its meaning."]
    settings = dict(best.layout.settings) | {key: value for key, value in declared.items() if value}
    sections: dict[str, list[str]] = {}
    for name, value in settings.items():
        section, _, key = name.partition(".")
        sections.setdefault(section, []).append(f'{key} = "{value}"')
    if best.layout.crm in PROFILES:
        sections.setdefault("crm", []).append(f'files = ["{best.layout.crm}"]')
    for section, keys in sections.items():
        lines += ["", f"[{section}]", *keys]
    return "\n".join(lines) + "\n"


def _no_layout(data: Path | Address, heads: RawSource, ranked: Sequence[Recognised]) -> str:
    names = ", ".join(nameless(relation.name) for relation in heads.relations[:12]) or "no table"
    near = [found for found in ranked if found.known or found.marks]
    close = ""
    if any("airbytedata" in relation.by_key for relation in heads.relations):
        close = (
            "; tables with _airbyte_data hold records as JSON, which are unpacked from files, DuckDB and SQLite: copy "
            "them to Parquet, or name the schema with the tables that Airbyte makes of them"
        )
    elif near:
        tables, needed = ", ".join(near[0].known) or "nothing", " or ".join(near[0].layout.main)
        close = f"; nearest is {near[0].layout.name} (found: {tables}), which needs {needed}"
    return (
        f"{data} has the layout of no CRM that closedwon knows (it has {names}){close}; name one with --layout "
        f"({', '.join(LAYOUTS)}), or write crm.sql by hand (docs/input.md)"
        + "".join(f"; {nameless(note)}" for note in heads.notes[:3])
    )
