"""`closedwon match`: links of leads to accounts that wait for review, and records that are probably there twice."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipelines.config import Config
from pipelines.disk import write_figures
from pipelines.intake.point_in_time import Export
from pipelines.matching.findings import MatchFindings, matched
from pipelines.matching.review import MATCHES, write_review
from pipelines.progress import Say

#: What to do with the files.
NEXT = (
    "Review {file}: `accepted` says which links are used. Beside the other tables, as `matches`, they count from\n"
    "known_at on. Merge accounts and leads that are there twice in the CRM: closedwon follows that, and merges nothing."
)


def match(export: Export, config: Config, out: Path, file: Path | None = None, *, say: Say) -> MatchFindings:
    """Match the records of an export with one another, and write what must be reviewed.

    Parameters
    ----------
    export : Export
        Read with identities.
    config : Config
    out : Path
        The folder for the files.
    file : Path, optional
        A file that the figures are written to as JSON as well.
    say : callable
        Takes each line.

    Raises
    ------
    UsageError
        If names are to be compared without Splink, or a file cannot be written.
    """
    found = matched(export.intake, config)
    for line in found.findings.lines():
        say(line)
    # A match is used from the day on which somebody could have accepted it: an earlier score must stay as it was.
    known_at = max(export.as_of, datetime.now(UTC).date())
    counts = write_review(found, export.intake, config, out, known_at)
    say("")
    for name, rows in counts.items():
        say(f"  {out / f'{name}.csv'}  {rows:,} rows")
    if counts[MATCHES]:
        say(NEXT.format(file=out / f"{MATCHES}.csv"))
    if file is not None:
        write_figures(file, found.findings.to_json())
    return found.findings
