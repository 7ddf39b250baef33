"""The validation of one table: every row is read, checked against its contract, and accepted or rejected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import ibis

from pipelines.config_input import Input
from pipelines.errors import BadInput
from pipelines.redaction import Message
from pipelines.sources.files import ROW, Source
from pipelines.validation.accepted import Accepted as Accepted
from pipelines.validation.column_types import ADDRESSES, Attribute, read_attribute
from pipelines.validation.references import BY_DOMAIN, DOMAIN, REFERRED, linked_by_domain, resolved
from pipelines.validation.rejects import Reject, collect_rejected
from pipelines.validation.repeated_rows import REPEATED, SUPERSEDED, RepeatedRows, repeated_rows
from pipelines.validation.told_customers import OF_DELETED, customers_told, of_deleted, of_master, strays
from pipelines.validation.unknown_words import NO_DIRECTION, UNKNOWN_WORDS, word_notes
from scoring.contracts import cells
from scoring.contracts.contract import UNKNOWN, Contract, as_exported
from scoring.versions import with_newest

#: The column of a validated row with the rule that it breaks.
RULE = "__rule"
#: The rules of rows that are left out without being wrong.
QUIET = (SUPERSEDED, REPEATED, OF_DELETED)


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
    gone : mapping of ibis.Table
        By table, the ids (``gone``) of accounts and leads that are marked as deleted, and of the records into which they
        were merged (``master``; null for none).
    """

    connection: Any
    source: Source
    contract: Contract
    attributes: Mapping[str, Attribute]
    accepted: Mapping[str, ibis.Table]
    settings: Input
    latest: datetime
    with_pandera: bool = True
    gone: Mapping[str, ibis.Table] = field(default_factory=dict)

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
        any_broken = any(row["rule"] is not None for row in tally)
        repeated = self._repeated(rows) if self.contract.unique else None
        customers, notes = (
            customers_told(self.connection, rows, self.latest) if any_broken and self._has_deals else (None, [])
        )
        lone = (
            strays(self.connection, rows)
            if any(row.get("unknown account_id") for row in tally) and self._has_leads
            else None
        )
        notes += word_notes(rows, self.source.table, self.contract, tally, self.settings.max_reject_share)
        rejected = self.rejected(rows, any_broken, repeated)
        accepted = self.accept(rows, tally, rejected)
        table = accepted.table
        if repeated is not None and repeated.versions is not None and self._has_deals:
            table = self.connection.create_table("newest_deals", with_newest(table, repeated.versions), temp=True)
        return replace(
            accepted,
            table=table,
            last_known=self._last_known(table),
            notes=(*accepted.notes, *notes, *(repeated.notes if repeated else ()), *self._missed(accepted)),
            customers=customers,
            versions=repeated.versions if repeated else None,
            strays=lone,
        )

    def _missed(self, accepted: Accepted) -> list[str]:
        """What is not known of rows that were set aside."""
        table, torn = self.source.table, len(self.source.torn)
        if self._has_deals and torn:
            return [
                f"{table}: {torn:,} torn rows cannot tell whose deal they are: if it was won, its account looks open"
            ]
        if table in REFERRED.values() and accepted.rejects:
            count = sum(reject.count for reject in accepted.rejects)
            return [f"{table}: {count:,} rows are set aside; {table} without another row are not scored"]
        return []

    @property
    def _has_deals(self) -> bool:
        return self.source.table == "opportunities"

    @property
    def _has_leads(self) -> bool:
        return self.source.table == "leads"

    def _kept(self, rows: ibis.Table) -> list[str]:
        return [name for name in rows.columns if name in self.contract.fields or name in self.attributes]

    def _repeated(self, rows: ibis.Table) -> RepeatedRows | None:
        good = self.contract.settle(rows.filter(rows[RULE].isnull()))
        return repeated_rows(self.connection, good, self.source, self.contract, self._kept(rows))

    def validate(self) -> ibis.Table:
        """The rows as understood, each with the first rule that it breaks (`RULE`).

        They are computed once and kept. Only a log, which may be long, is read again each time.
        """
        rows = self._read()
        rows = of_deleted(rows.mutate(**{RULE: self.contract.first_broken_rule(rows, self.latest)}), self.gone)
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
        quiet = 0
        if rejected is not None:
            quiet = int(rejected.filter(rejected.rule.isin(QUIET)).count().to_pyarrow().as_py())
        loud = rejected.filter(rejected.rule.notin(QUIET)) if rejected is not None and quiet else rejected
        rejected_rows = collect_rejected(self.connection, self.source, loud)
        about = {rule.name: rule.about for rule in self.contract.all_rules(self.latest)}
        rejects = rejected_rows.summary(self.contract.key, about)
        read = sum(row["rows"] for row in tally) + len(rejected_rows.torn) + self.source.left_out
        self._require_few(rejects, read)
        good: Counter[str] = Counter()
        for row in tally:
            if row["rule"] is None:
                good.update({k: v for k, v in row.items() if v})
        if self._is_log and not any(good[f"unknown {c}"] for c in self.contract.references):
            rows = self._read(resolve=False)  # every reference is known: this saves a join
        table = self._accept(rows, rejected)
        notes = self._notes(good)
        if of_gone := sum(row["rows"] for row in tally if row["rule"] == OF_DELETED):
            notes = (
                *notes,
                f"{self.source.table}: {of_gone:,} rows are left out: they name only deleted accounts or leads",
            )
        return Accepted(table, rejected_rows, rejects, read, notes, None, self.source.left_out + quiet)

    def require_columns(self) -> None:
        """Raise `BadInput` if the export lacks a required column."""
        columns = self.source.columns
        for column in self.contract.required():
            if column not in columns:
                found = ", ".join(columns[:10]) + (", ..." if len(columns) > 10 else "")
                raise BadInput(
                    f"the table {self.source.table} ({self.source.path.name}) lacks the column {column}; it has {found}"
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
        rows = self.contract.prepare(raw.select(**columns), self.latest)
        for column in self.contract.references:
            if REFERRED[column] in self.gone:
                rows = of_master(rows, column, self.gone[REFERRED[column]])
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
        for flag in (name for name in rows.columns if name.startswith(UNKNOWN)):
            remarks[flag] = rows[flag].sum()
        if self.source.table == "activities":
            remarks[NO_DIRECTION] = as_exported(rows, "direction").isnull().sum()
        if BY_DOMAIN in rows.columns:
            remarks["an account found by the domain of their address"] = rows[BY_DOMAIN].sum()
        return rows.group_by(rule=rows[RULE]).agg(rows=rows.count(), **remarks).to_pyarrow().to_pylist()

    def rejected(self, rows: ibis.Table, any_broken: bool, repeated: RepeatedRows | None = None) -> ibis.Table | None:
        """The rows that are not accepted, as `ROW` and ``rule``; None if every row is accepted.

        Parameters
        ----------
        rows : ibis.Table
            As `validate` gives them.
        any_broken : bool
            Whether any of them breaks a rule.
        repeated : RepeatedRows, optional
            The rows of ids that several rows have.
        """
        parts = [] if repeated is None else [repeated.others]
        if any_broken:
            parts.append(rows.filter(rows[RULE].notnull()).select(ROW, rule=RULE))
        if not parts:
            return None
        rejected = ibis.union(*parts) if len(parts) > 1 else parts[0]
        return self.connection.create_table(f"rejected_{self.source.table}", rejected)

    def _require_few(self, rejects: tuple[Reject, ...], read: int) -> None:
        # A word that nobody knows is said by itself, and stops a night only where no deal is left: see `word_notes`.
        rejects = tuple(reject for reject in rejects if reject.rule not in UNKNOWN_WORDS)
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
        table = self.contract.settle(rows).select(self._kept(rows))
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
