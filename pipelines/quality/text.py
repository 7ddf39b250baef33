"""The findings of `closedwon check` as lines for a person."""

from collections.abc import Iterator

from pipelines.quality.findings import EntityFindings, ExportFindings, TableFindings
from pipelines.quality.histories import first_days_in_words
from pipelines.redaction import indented
from scoring.entity import Entity

#: So many sudden changes are said.
MOST_CHANGES = 5
TO_TRUST = (
    'To use one of them anyway, name it in the configuration, [attributes] trust = ["name"]; to leave one',
    'out, drop = ["name"]. An account_history with the values and when they were known makes it safe.',
)


def lines(findings: ExportFindings) -> Iterator[str]:
    """The lines, from the tables to what is most worth mending."""
    yield f"\nTables, as known before {findings.as_of}"
    for name, table in findings.tables.items():
        yield _table(name, table)
    if findings.missing:
        yield "\nMissing tables"
        for name, without in findings.missing.items():
            yield f"  {name:<20} {without}"
    if findings.notes:
        yield "\nRead differently from how it was written, or not read"
        yield from map(indented, findings.notes)
    if findings.changes:
        yield "\nSudden changes"
        for change in findings.changes[:MOST_CHANGES]:
            yield f"  {change.sentence}"
        if len(findings.changes) > MOST_CHANGES:
            yield f"  and {len(findings.changes) - MOST_CHANGES} more, which --report and --json name"
    if findings.matching is not None:
        yield from findings.matching.lines()
    if findings.histories:
        yield "\nHistories"
        yield from (f"  {line}" for line in first_days_in_words(findings.histories))
    for entity, found in findings.entities.items():
        yield from _entity(entity, found)
    if any(found.quarantined for found in findings.entities.values()):
        yield "\n" + "\n".join(TO_TRUST)
    if findings.advice:
        yield "\nMost worth mending"
        for number, advice in enumerate(findings.advice, 1):
            yield f"  {number}. {advice.found}: {advice.mend}"


def _table(name: str, table: TableFindings) -> str:
    files = ", ".join(table.read_from[:3]) + (f" and {len(table.read_from) - 3} more" if table.read_from[3:] else "")
    rejected = sum(table.set_aside.values())
    return f"  {name:<20} {table.rows:>12,} rows from {files}" + (f", {rejected:,} rejected" if rejected else "")


def _entity(entity: Entity, found: EntityFindings) -> Iterator[str]:
    yield f"\n{entity.capitalize()}s"
    for sentence in found.wins.sentences(entity):
        yield f"  {sentence}"
    if found.rung is not None:
        yield f"  {found.rung.words}"
    scored = "customers are scored too" if found.wins.win == "any" else f"only open {entity}s are scored"
    yield f"  customers {found.customers:,}, open {found.open:,}: {scored}"
    yield f"  attributes to learn from: {', '.join(found.attributes) or 'none'}"
    for name, why in found.left_out.items():
        yield f"  left out {name}: {why}"
    for suspicion in found.quarantined:
        yield f"  looks like a leak, held back: {suspicion.attribute}, {suspicion.why}"
    for note in found.notes:
        yield f"  {note}"
