"""The validation of one table: every row is read, checked against its contract, and accepted or rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import ibis

from pipelines.config_input import Input, Matching
from pipelines.sources.files import ROW, Source
from pipelines.sources.value_types import require_value_types
from pipelines.validation.column_formats import ColumnFormats, column_formats
from pipelines.validation.column_types import AttributeType, read_attribute
from pipelines.validation.date_system import require_1900
from pipelines.validation.deal_lines import still_open
from pipelines.validation.ids.account_links import REMARKS, STEPS, AccountLinks
from pipelines.validation.ids.exact_ids import require_exact_ids
from pipelines.validation.ids.link_sources import account_links
from pipelines.validation.ids.reference import ReferenceColumn, causes_of, of_samples
from pipelines.validation.ids.references import references_of
from pipelines.validation.money import Money, money_of, unusual_amounts
from pipelines.validation.rejected_customers import (
    OF_DELETED,
    RULE,
    facts_of_rejects,
    named_gone,
    of_deleted,
    of_masters,
)
from pipelines.validation.rejects import Accepted as Accepted
from pipelines.validation.rejects import collect_rejected, last_known, require_few, without_quiet
from pipelines.validation.repeated_rows import REPEATED, SUPERSEDED, RepeatedRows, repeated_rows
from pipelines.validation.unknown_words import UNKNOWN_WORDS, word_notes
from scoring.contracts.contract import Contract
from scoring.contracts.open_deals import deal_columns
from scoring.contracts.plans import PLANNED, closed_when_known, is_planned
from scoring.contracts.tally import Tally, tally
from scoring.tables import LINKED_AT
from scoring.versions import with_newest

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
    attributes : mapping of AttributeType
    accepted : mapping of ibis.Table
        The tables accepted before, to which rows may refer.
    settings : Input
    latest : datetime
        No time may be later.
    with_pandera : bool
        Whether pandera validates the accepted rows a second time.
    gone : mapping of ibis.Table
        By table, the ids of accounts and leads that are marked as deleted: see `Source`.
    left_out : mapping of ibis.Table
        By table, the ids of all records that are not among the accepted ones: see `ids.left_out.left_out_ids`.
    references : tuple of ReferenceColumn
        The columns in which some references are not written as the ids that they name.
    formats : ColumnFormats
        How the numbers and times are written.
    money : Money, optional
        How amounts get into the home currency.
    links : AccountLinks, optional
        What finds the accounts of leads without one.
    matching : Matching
    """

    connection: Any
    source: Source
    contract: Contract
    attributes: Mapping[str, AttributeType]
    accepted: Mapping[str, ibis.Table]
    settings: Input
    latest: datetime
    with_pandera: bool = True
    gone: Mapping[str, ibis.Table] = field(default_factory=dict)
    left_out: Mapping[str, ibis.Table] = field(default_factory=dict)
    references: tuple[ReferenceColumn, ...] = ()
    formats: ColumnFormats = field(default_factory=ColumnFormats)
    money: Money | None = None
    links: AccountLinks | None = None
    matching: Matching = field(default_factory=Matching)

    def run(self) -> Accepted:
        """Validate every row and give the accepted ones.

        Raises
        ------
        BadInput
            If ids were rounded, hardly any reference of a column is found, or too many rows are rejected.
        """
        require_value_types(self.source, self.contract)
        require_exact_ids(self.source, self.contract)
        validation = self.with_formats()
        share = self.settings.min_matched_share
        found = references_of(self.connection, self.source, self.contract, self.accepted, share, self.left_out)
        validation = replace(validation, references=found)
        links = account_links(
            self.connection, self.source, self.accepted, self.settings, self.matching, all_without=bool(found)
        )
        validation = replace(validation, links=links)
        rows = validation.validate()
        require_1900(rows, validation.formats.times, self.accepted, self.source.table)
        money = money_of(self.contract, rows.filter(rows[RULE].isnull()), self.accepted, self.settings)
        validation = replace(validation, money=money)
        if money is not None and money.conversion.foreign:
            rows = self.connection.create_table(f"converted_{self.source.table}", money.converted(rows), temp=True)
        counted = validation.tally(rows)
        of_rejects = facts_of_rejects(self.connection, self.source, rows, counted, self.latest)
        words = word_notes(rows, self.source.table, self.contract, counted, self.settings)
        repeated = validation.repeated(rows) if self.contract.unique else None
        plans = still_open(self.connection, rows, self.contract, repeated.others if repeated else None)
        any_broken = counted.rows_but_of(None, PLANNED) > 0
        accepted = validation.accept(rows, counted, validation.rejected(rows, any_broken, repeated))
        table, versions = accepted.table, repeated.versions if repeated else None
        if versions is not None and self.source.table == "opportunities":
            table = self.connection.create_table("newest_deals", with_newest(table, versions), temp=True)
        unusual = unusual_amounts(table) if self.source.table == "opportunities" else []
        return replace(
            accepted,
            table=table,
            last_known=last_known(table, self.contract.dates),
            notes=(*accepted.notes, *words, *of_rejects.notes, *(repeated.notes if repeated else ()), *unusual),
            customers=of_rejects.customers,
            strays=of_rejects.strays,
            versions=versions,
            lines=repeated.lines if repeated else 0,
            open_deals=plans,
        )

    def with_formats(self) -> Validation:
        """The same validation, which knows how the numbers and times of the table are written."""
        return replace(self, formats=column_formats(self.source, self.contract, self.settings))

    def validate(self) -> ibis.Table:
        """The rows as understood, each with the first rule that it breaks (`RULE`).

        They are computed once and kept. Only a log, which may be long, is read again each time, where that is quick.
        """
        rows = self._read()
        rows = rows.mutate(**{RULE: self.contract.first_broken_rule(rows, self.latest)})
        rows = of_deleted(rows, self._named_gone())
        if self._is_read_again:
            return rows
        return self.connection.create_table(f"validated_{self.source.table}", rows, temp=True)

    @property
    def _is_read_again(self) -> bool:
        """Not where times are texts that take regular expressions."""
        return self.source.table == "activities" and not self.formats.times

    def accept(self, rows: ibis.Table, counted: Tally, rejected: ibis.Table | None) -> Accepted:
        """The accepted ones of the validated rows.

        Parameters
        ----------
        rows : ibis.Table
            As `validate` gives them.
        counted : Tally
            As `tally` gives it.
        rejected : ibis.Table, optional
            As `rejected` gives it.

        Raises
        ------
        BadInput
            If too many are rejected.
        """
        wrong, quiet = without_quiet(rejected, QUIET)
        rejected_rows = collect_rejected(self.connection, self.source, wrong)
        about = {rule.name: rule.about for rule in self.contract.all_rules(self.latest)}
        rejects = rejected_rows.summary(self.contract.key, about)
        read = counted.rows_but_of(PLANNED) + len(rejected_rows.torn) + self.source.left_out
        # A word that nobody knows is said by itself, and stops a night only where no deal is left: see `word_notes`.
        reported = {*UNKNOWN_WORDS, *of_samples(self.references)}
        wrongly = [reject for reject in rejects if reject.rule not in reported]
        require_few(wrongly, read, self.settings.max_reject_share, causes_of(self.references))
        table, left_out = self._accept(rows, rejected), self.source.left_out + quiet
        accepted = Accepted(table, rejected_rows, rejects, read, self._notes(counted), None, left_out)
        steps = {} if self.links is None else STEPS
        linked = {step: counted.accepted_with(REMARKS[column]) for step, column in steps.items()}
        known = (None, "unknown_lead", "unknown_account")
        unknown = {column: counted.unknown(column, known) for column in self.contract.references}
        return replace(accepted, unknown={name: rows for name, rows in unknown.items() if rows}, linked=linked)

    def _read(self) -> ibis.Table:
        """Read the rows as understood."""
        raw = self.formats.applied(self.source.raw)
        columns = {ROW: raw[ROW], **self.contract.read(raw)}
        for name, attribute in self.attributes.items():
            value = read_attribute(raw[name], attribute)
            if value is not None:
                columns[name] = value
        if self.source.table == "opportunities":
            columns |= deal_columns(raw, self.source.columns, columns)
        if self.links is not None:
            columns |= self.links.columns(raw)
        rows = self.contract.prepare(raw.select(**columns), self.latest)
        if "closed_at" in self.contract.fields:
            rows = closed_when_known(rows, self.latest)
        rows = of_masters(rows, self._named_gone())
        for reference in self.references:
            rows = reference.resolved(rows)
        return rows if self.links is None else self.links.linked(rows)

    def tally(self, rows: ibis.Table) -> Tally:
        """Count the rows and the remarks for each broken rule, in one scan."""
        linked = {words: rows[column] for column, words in REMARKS.items() if column in rows.columns}
        return tally(rows, self.contract, RULE, linked)

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
            broken = rows.filter(rows[RULE].notnull() & (rows[RULE] != PLANNED))
            parts.append(broken.select(ROW, rule=RULE))
        if not parts:
            return None
        rejected = ibis.union(*parts) if len(parts) > 1 else parts[0]
        return self.connection.create_table(f"rejected_{self.source.table}", rejected)

    def repeated(self, rows: ibis.Table) -> RepeatedRows | None:
        """What was found in the rows of ids that several of the validated rows have."""
        good = self.contract.settle(rows.filter(rows[RULE].isnull()))
        return repeated_rows(self.connection, good, self.source, self.contract, self._kept(rows), self.settings)

    def _accept(self, rows: ibis.Table, rejected: ibis.Table | None) -> ibis.Table:
        if rejected is not None:
            rows = rows.anti_join(rejected, ROW)
        if self.contract.plan is not None:
            rows = rows.filter(~is_planned(rows, self.contract.plan, self.latest))
        table = self.contract.settle(rows).select(self._kept(rows))
        in_place = self._is_read_again and not self.source.copied
        if in_place or (self.source.table != "activities" and rejected is None):
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

    def _notes(self, counted: Tally) -> tuple[str, ...]:
        found = [remark.words for remark in self.contract.all_remarks()]
        found += REMARKS.values()
        notes = [] if self.links is None else [*self.links.notes]
        notes += [
            f"{self.source.table}: {rows} rows with {words}"
            for words in found
            if (rows := counted.accepted_with(words))
        ]
        for reference in self.references:
            if unknown := counted.unknown(reference.column, (None,)):
                share = f"{unknown / reference.filled:.1%} of {reference.filled}"
                words = f"rows with an unknown {reference.column}, left out"
                notes.append(f"{self.source.table}: {unknown} {words} ({share} that have one)")
            notes += reference.notes
        if of_deleted_records := counted.rows_of(OF_DELETED):
            words = "rows are left out: they name only deleted accounts or leads"
            notes.append(f"{self.source.table}: {of_deleted_records:,} {words}")
        if planned := counted.rows_of(PLANNED):
            notes.append(f"{self.source.table}: {planned:,} rows planned for the future, left out until then")
        return (*self.formats.notes, *(self.money.notes if self.money else ()), *notes)

    def _named_gone(self) -> Mapping[str, ibis.Table]:
        return named_gone(self.connection, self.references, self.gone)

    def _kept(self, rows: ibis.Table) -> list[str]:
        return [name for name in rows.columns if name in (*self.contract.fields, *self.attributes, LINKED_AT)]
