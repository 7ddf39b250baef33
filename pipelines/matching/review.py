"""The files for review: links of leads that are not sure, and accounts and people that are probably there twice.

They hold ids, never a name or an address.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.config import Config
from pipelines.disk import written_whole
from pipelines.errors import not_written
from pipelines.intake.intake import Intake
from pipelines.matching.findings import BY_NAME, Matched
from pipelines.validation.ids.link_sources import domain_links
from scoring.crm.cells import spreadsheet_safe

#: The file that goes back as the table `matches`, and the two others.
MATCHES, ACCOUNTS, PEOPLE = "matches", "accounts_twice", "leads_twice"


def write_review(matched: Matched, intake: Intake, config: Config, folder: Path, known_at: date) -> dict[str, int]:
    """Write the files, each as CSV and as Parquet, in place of those of an earlier run.

    Parameters
    ----------
    matched : Matched
    intake : Intake
    config : Config
    folder : Path
    known_at : date
        Since when an accepted match may be used.

    Returns
    -------
    dict
        The rows by file.

    Raises
    ------
    UsageError
        If they cannot be written.
    """
    connection = intake.connection
    files = {MATCHES: _matches(matched, intake, config, known_at)}
    if matched.accounts_twice is not None:
        files[ACCOUNTS] = _accounts(matched)
    if matched.people_twice is not None:
        files[PEOPLE] = matched.people_twice
    counts = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in files.items():
            rows = table if isinstance(table, pa.Table) else table.to_pyarrow()
            rows = rows.sort_by([(column, "ascending") for column in rows.column_names[:2]])
            with written_whole(folder / f"{name}.parquet") as temporary:
                pq.write_table(rows, temporary)
            kept = connection.create_table(ibis.util.gen_name(name), rows, temp=True)
            cells = {column: kept[column].cast("string") for column in kept.columns}
            safe = kept.select(**{column: spreadsheet_safe(cell) for column, cell in cells.items()})
            with written_whole(folder / f"{name}.csv") as temporary:
                safe.order_by(safe.columns[:2]).to_csv(temporary)
            counts[name] = len(rows)
    except OSError as error:
        raise not_written(
            error, f"the files cannot be written to {folder}: {error.strerror}; name another with --out"
        ) from None
    return counts


def _matches(matched: Matched, intake: Intake, config: Config, known_at: date) -> pa.Table:
    """The links that somebody must decide on: the best by name, and those of domains that several accounts claim."""
    rows: list[tuple[str, str, bool, str, float | None, str]] = []
    if matched.people is not None and intake.tables.accounts is not None:
        people = matched.people
        left = people.filter(people.account_id.isnull() & people.claimed & people.domain.isnull())
        left = left.select("lead_id", "address")
        found = domain_links(
            intake.connection,
            left.select("address"),
            intake.tables.accounts,
            config.input.free_mail_domains,
            config.matching,
        )
        assert found.domains is not None
        claims = found.domains.claims.select("address", "account_id").distinct()
        claimed = left.inner_join(claims, "address").select("lead_id", "account_id")
        why = "several accounts claim the domain of the address"
        rows += [(row["lead_id"], row["account_id"], False, "domain", None, why) for row in _rows(claimed)]
    if matched.names is not None:
        for row in matched.names.links.to_pylist():
            why = "the names are of one company" if row["good"] else "the names may be of one company"
            rows.append((row["lead_id"], row["account_id"], row["good"], BY_NAME, round(row["probability"], 4), why))
    names = ("lead_id", "account_id", "accepted", "step", "probability", "why")
    types = (pa.string(), pa.string(), pa.bool_(), pa.string(), pa.float64(), pa.string())
    sides = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    columns = {name: pa.array(side, kind) for name, side, kind in zip(names, sides, types, strict=True)}
    columns["accepted"] = pa.array([("no", "yes")[bool(good)] for good in sides[2]], pa.string())
    columns["known_at"] = pa.array([str(known_at)] * len(rows), pa.string())
    return pa.table(columns).select(["lead_id", "account_id", "known_at", "accepted", "step", "probability", "why"])


def _accounts(matched: Matched) -> pa.Table:
    assert matched.accounts_twice is not None
    rows = {(row["account_id"], row["same_as"]): (row["why"], None) for row in _rows(matched.accounts_twice)}
    for row in () if matched.names is None else matched.names.accounts.to_pylist():
        rows.setdefault((row["account_id"], row["same_as"]), ("names that are alike", round(row["probability"], 4)))
    pairs = sorted(rows)
    return pa.table(
        {
            "account_id": pa.array([one for one, _ in pairs], pa.string()),
            "same_as": pa.array([other for _, other in pairs], pa.string()),
            "why": pa.array([rows[pair][0] for pair in pairs], pa.string()),
            "probability": pa.array([rows[pair][1] for pair in pairs], pa.float64()),
        }
    )


def _rows(table: ibis.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found
