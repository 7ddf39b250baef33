"""The validation of one table: every row is read, checked against its contract, and accepted or rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import ibis

from pipelines.config_input import Input
from pipelines.errors import BadInput
from pipelines.redaction import Message
from pipelines.sources.files import ROW, Source
from pipelines.validation.column_types import ADDRESSES, Attribute, read_attribute
from pipelines.validation.references import BY_DOMAIN, DOMAIN, REFERRED, linked_by_domain, resolved
from pipelines.validation.rejects import Reject, RejectedRows, collect_rejected
from pipelines.validation.repeated_rows import repeated_rows
from scoring.contracts import cells
from scoring.contracts.contract import Contract, as_exported

#: The column of a validated row with the rule that it breaks.
RULE = "__rule"


@dataclass(frozen=True)
class Accepted:
    """The result of the validation of one table: accepted rows, rejected rows, and notes on both."""

    table: ibis.Table
    rejected_rows: RejectedRows
    rejects: tuple[Reject, ...]
    read: int
    notes: tuple[str, ...]
    last_known: datetime | None


@dataclass(frozen=True)
class Validation:
    """The validation of the rows of one table.

    Attributes
    ----------
    connection : ibis DuckDB backend
    source : Source
    contract : Contract
    attributes : mapping of Attribute
    accepted : mapping of ibis.Table
        The tables accepted before, to which rows may refer.
    settings : Input
    latest : datetime
        No time may be later.
    with_pandera : bool
        Whether pandera validates the accepted rows a second time.
    """

    connection: Any
    source: Source
    contract: Contract
    attributes: Mapping[str, Attribute]
    accepted: Mapping[str, ibis.Table]
    settings: Input
    latest: datetime
    with_pandera: bool = True

    def run(self) -> Accepted:
        """Validate every row and give the accepted ones.

        Raises
        ------
        BadInput
            If a required column is missing or more than the allowed share of rows is rejected.
        """
        self.require_columns()
        rows = self.validate()
        tally = self.tally(rows)
        rejected = self.rejected(rows, any(row["rule"] is not None for row in tally))
        accepted = self.accept(rows, tally, rejected)
        return replace(accepted, last_known=self._last_known(accepted.table))

    def validate(self) -> ibis.Table:
        """The rows as understood, each with the first rule that it breaks (`RULE`).

        They are computed once and kept. Only a log, which may be long, is read again each time.
        """
        rows = self._read()
        rows = rows.mutate(**{RULE: self.contract.first_broken_rule(rows, self.latest)})
        if self._is_log:
            return rows
        return self.connection.create_table(f"validated_{self.source.table}", rows, temp=True)

    @property
    def _is_log(self) -> bool:
        return not (self.contract.unique or self.contract.attributes)

    def accept(self, rows: ibis.Table, tally: list[dict[str, Any]], rejected: ibis.Table | None) -> Accepted:
        """The accepted ones of the validated rows.

        Parameters
        ----------
        rows : ibis.Table
            As `validate` gives them.
        tally : list of dict
            As `tally` gives it.
        rejected : ibis.Table, optional
            As `rejected` gives it.

        Raises
        ------
        BadInput
            If too many are rejected.
        """
        rejected_rows = collect_rejected(self.connection, self.source, rejected)
        about = {rule.name: rule.about for rule in self.contract.all_rules(self.latest)}
        rejects = rejected_rows.summary(self.contract.key, about)
        read = sum(row["rows"] for row in tally) + len(rejected_rows.torn)
        self._require_few(rejects, read)
        good: Counter[str] = Counter()
        for row in tally:
            if row["rule"] is None:
                good.update({k: v for k, v in row.items() if v})
        if self._is_log and not any(good[f"unknown {c}"] for c in self.contract.references):
            rows = self._read(resolve=False)  # every reference is known: this saves a join
        table = self._accept(rows, rejected)
        return Accepted(table, rejected_rows, rejects, read, self._notes(good), None)

    def require_columns(self) -> None:
        """Raise `BadInput` if the export lacks a required column."""
        columns = self.source.columns
        for column in self.contract.required():
            if column not in columns:
                found = ", ".join(columns[:10]) + (", ..." if len(columns) > 10 else "")
                raise BadInput(
                    f"the table {self.source.table} ({self.source.name}) lacks the column {column}; it has {found}"
                )

    def _read(self, *, resolve: bool = True) -> ibis.Table:
        """Read the rows as understood; without ``resolve``, references are taken as they are."""
        raw = self.source.raw
        columns = {ROW: raw[ROW], **self.contract.read(raw)}
        for name, attribute in self.attributes.items():
            value = read_attribute(raw[name], attribute)
            if value is not None:
                columns[name] = value
        address = next((c for c in ADDRESSES if c in raw.columns), None)
        by_domain = self.source.table == "leads" and address is not None and "accounts" in self.accepted
        if by_domain:
            columns[DOMAIN] = cells.domain(raw[address])
        rows = self.contract.prepare(raw.select(**columns))
        for column in self.contract.references:
            if resolve and REFERRED[column] in self.accepted:
                rows = resolved(rows, column, self.accepted[REFERRED[column]])
        if by_domain:
            rows = linked_by_domain(rows, self.accepted["accounts"], self.settings.free_mail_domains)
        return rows

    def tally(self, rows: ibis.Table) -> list[dict[str, Any]]:
        """Count the rows and the remarks for each broken rule (None: no rule is broken), in one scan."""
        remarks = {remark.words: remark.holds(rows).sum() for remark in self.contract.all_remarks()}
        for column in self.contract.references:
            left_out = ~rows[column].identical_to(as_exported(rows, column))
            remarks[f"unknown {column}"] = (left_out & as_exported(rows, column).notnull()).sum()
        if BY_DOMAIN in rows.columns:
            remarks["an account found by the domain of their address"] = rows[BY_DOMAIN].sum()
        return rows.group_by(rule=rows[RULE]).agg(rows=rows.count(), **remarks).to_pyarrow().to_pylist()

    def rejected(self, rows: ibis.Table, any_broken: bool) -> ibis.Table | None:
        """The rejected rows, as `ROW` and ``rule``; None if every row is accepted.

        Parameters
        ----------
        rows : ibis.Table
            As `validate` gives them.
        any_broken : bool
            Whether any of them breaks a rule; if not, only duplicates are looked for.
        """
        parts = []
        if any_broken:
            parts.append(rows.filter(rows[RULE].notnull()).select(ROW, rule=RULE))
        if self.contract.unique:
            good = self.contract.settle(rows.filter(rows[RULE].isnull()))
            names = good.group_by(self.contract.key).agg(times=good.count())
            names = names.filter(names.times > 1)
            if names.count().execute():
                repeated = good.semi_join(names, self.contract.key)
                parts.append(repeated_rows(repeated, self.source, self.contract))
        if not parts:
            return None
        rejected = ibis.union(*parts) if len(parts) > 1 else parts[0]
        return self.connection.create_table(f"rejected_{self.source.table}", rejected)

    def _require_few(self, rejects: tuple[Reject, ...], read: int) -> None:
        count = sum(reject.count for reject in rejects)
        allowed = self.settings.max_reject_share
        if count > allowed * read:
            worst = rejects[0]
            text = (
                f"{count} of {read} rows of the table {worst.table} ({count / read:.1%}) break a rule, and "
                f"at most {allowed:.1%} may (max_reject_share in [input]); the most frequent is {worst.rule} "
                f"({worst.count} rows), as in:"
            )
            raise BadInput(Message.with_example(text, worst.example))

    def _accept(self, rows: ibis.Table, rejected: ibis.Table | None) -> ibis.Table:
        if rejected is not None:
            rows = rows.anti_join(rejected, ROW)
        kept = [name for name in rows.columns if name in self.contract.fields or name in self.attributes]
        table = self.contract.settle(rows).select(kept)
        in_place = self._is_log and not self.source.copied
        if in_place or not (self._is_log or rejected is not None):
            # A log stays in its file, other rows in the table in which they were validated.
            accepted = self.connection.create_view(self.source.table, table)
        else:
            accepted = self.connection.create_table(self.source.table, table)
            self.connection.drop_table(f"validated_{self.source.table}", force=True)
        if not in_place:
            # What was read from the file, addresses included, is not needed any more.
            self.source.forget(self.connection)
        if self.with_pandera:
            # For pandera, a check over no rows fails.
            with_rows = not in_place and bool(accepted.count().execute())
            self.contract.validate(accepted, self.latest, rows=with_rows)
        return accepted

    def _notes(self, good: Counter[str]) -> tuple[str, ...]:
        found = [remark.words for remark in self.contract.all_remarks()]
        found.append("an account found by the domain of their address")
        notes = [f"{self.source.table}: {good[words]} rows with {words}" for words in found if good[words]]
        unknown = {column: good[f"unknown {column}"] for column in self.contract.references}
        notes += [f"{self.source.table}: {n} rows with an unknown {c}, left out" for c, n in unknown.items() if n]
        return tuple(notes)

    def _last_known(self, table: ibis.Table) -> datetime | None:
        if not self.contract.dates:
            return None
        last = table.aggregate(**{c: table[c].max() for c in self.contract.dates}).to_pyarrow().to_pylist()[0]
        return max((when for when in last.values() if when is not None), default=None)
