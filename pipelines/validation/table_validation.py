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
from pipelines.validation.column_formats import ColumnFormats, column_formats
from pipelines.validation.column_types import ADDRESSES, Attribute, read_attribute
from pipelines.validation.exact_ids import require_exact_ids
from pipelines.validation.mail_domains import DOMAIN, REMARKS, MailDomains, mail_domains
from pipelines.validation.money import Money, money_of, unusual_amounts
from pipelines.validation.references import Reference, references_of
from pipelines.validation.rejects import Reject, RejectedRows, collect_rejected
from pipelines.validation.repeated_rows import repeated_rows
from scoring.contracts import cells, ids
from scoring.contracts.contract import Contract, as_exported
from scoring.contracts.plans import PLANNED, closed_when_known, is_planned

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
    references : tuple of Reference
        The columns in which some references are not written as the ids that they name.
    formats : ColumnFormats
        How the numbers and times are written.
    money : Money, optional
        How amounts get into the home currency.
    mail_domains : MailDomains, optional
        The accounts of the domains of addresses, for leads.
    """

    connection: Any
    source: Source
    contract: Contract
    attributes: Mapping[str, Attribute]
    accepted: Mapping[str, ibis.Table]
    settings: Input
    latest: datetime
    with_pandera: bool = True
    references: tuple[Reference, ...] = ()
    formats: ColumnFormats = field(default_factory=ColumnFormats)
    money: Money | None = None
    mail_domains: MailDomains | None = None

    def run(self) -> Accepted:
        """Validate every row and give the accepted ones.

        Raises
        ------
        BadInput
            If ids were rounded, hardly any reference of a column is found, or too many rows are rejected.
        """
        require_exact_ids(self.source, self.contract)
        validation = self.with_formats()
        found = references_of(
            self.connection, self.source, self.contract, self.accepted, self.settings.min_matched_share
        )
        validation = replace(validation, references=found)
        validation = replace(validation, mail_domains=validation.owners_of_domains())
        rows = validation.validate()
        money = money_of(self.contract, rows.filter(rows[RULE].isnull()), self.accepted, self.settings)
        if money is not None:
            validation = replace(validation, money=money)
            if money.conversion.foreign:
                rows = self.connection.create_table(f"converted_{self.source.table}", money.converted(rows), temp=True)
        tally = validation.tally(rows)
        rejected = validation.rejected(rows, any(row["rule"] not in (None, PLANNED) for row in tally))
        accepted = validation.accept(rows, tally, rejected)
        unusual = unusual_amounts(accepted.table) if self.source.table == "opportunities" else []
        return replace(accepted, last_known=self._last_known(accepted.table), notes=(*accepted.notes, *unusual))

    def with_formats(self) -> Validation:
        """The same validation, which knows how the numbers and times of the table are written."""
        return replace(self, formats=column_formats(self.source, self.contract, self.settings))

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
        read = sum(row["rows"] for row in tally if row["rule"] != PLANNED) + len(rejected_rows.torn)
        self._require_few(rejects, read)
        good: Counter[str] = Counter()
        for row in tally:
            if row["rule"] is None:
                good.update({k: v for k, v in row.items() if v})
            elif row["rule"] == PLANNED:
                good[PLANNED] = row["rows"]
        table = self._accept(rows, rejected)
        return Accepted(table, rejected_rows, rejects, read, self._notes(good), None)

    def _read(self) -> ibis.Table:
        """Read the rows as understood."""
        raw = self.formats.applied(self.source.raw)
        columns = {ROW: raw[ROW], **self.contract.read(raw)}
        for name, attribute in self.attributes.items():
            value = read_attribute(raw[name], attribute)
            if value is not None:
                columns[name] = value
        if self.mail_domains is not None:
            columns[DOMAIN] = cells.domains(raw[self._address])
        rows = self.contract.prepare(raw.select(**columns))
        if "closed_at" in self.contract.fields:
            rows = closed_when_known(rows, self.latest)
        for reference in self.references:
            rows = reference.resolved(rows)
        if self.mail_domains is not None:
            rows = self.mail_domains.linked(rows)
        return rows

    @property
    def _address(self) -> str | None:
        """The column of leads with their addresses."""
        return next((c for c in ADDRESSES if c in self.source.columns), None)

    def owners_of_domains(self) -> MailDomains | None:
        """The accounts of the domains of addresses; None where no lead needs them, or no account has a domain."""
        address, raw = self._address, self.source.raw
        if self.source.table != "leads" or address is None or "accounts" not in self.accepted:
            return None
        alone = raw
        if "account_id" in raw.columns and not self.references:
            alone = raw.filter(ids.written_of(raw.account_id).isnull())
        addresses = alone.select(address=cells.domains(raw[address]))
        return mail_domains(self.connection, addresses, self.accepted["accounts"], self.settings.free_mail_domains)

    def tally(self, rows: ibis.Table) -> list[dict[str, Any]]:
        """Count the rows and the remarks for each broken rule (None: no rule is broken), in one scan."""
        remarks = {remark.words: remark.holds(rows).sum() for remark in self.contract.all_remarks()}
        for column in self.contract.references:
            left_out = ~rows[column].identical_to(as_exported(rows, column))
            remarks[f"unknown {column}"] = (left_out & as_exported(rows, column).notnull()).sum()
        remarks |= {words: rows[column].sum() for column, words in REMARKS.items() if column in rows.columns}
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
            broken = rows.filter(rows[RULE].notnull() & (rows[RULE] != PLANNED))
            parts.append(broken.select(ROW, rule=RULE))
        if self.contract.unique:
            good = self.contract.settle(rows.filter(rows[RULE].isnull()))
            # Ids that differ only in how they are written are one id.
            good = good.mutate(__id=ids.canonical(good[self.contract.key]))
            names = good.group_by("__id").agg(times=good.count())
            names = names.filter(names.times > 1)
            if names.count().execute():
                repeated = good.semi_join(names, "__id").drop("__id")
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
        if self.contract.plan is not None:
            rows = rows.filter(~is_planned(rows, self.contract.plan, self.latest))
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
        found += REMARKS.values()
        notes = [f"{self.source.table}: {good[words]} rows with {words}" for words in found if good[words]]
        for reference in self.references:
            if unknown := good[f"unknown {reference.column}"]:
                share = f"{unknown / reference.filled:.1%} of {reference.filled}"
                words = f"rows with an unknown {reference.column}, left out"
                notes.append(f"{self.source.table}: {unknown} {words} ({share} that have one)")
            notes += reference.notes
        if good[PLANNED]:
            notes.append(f"{self.source.table}: {good[PLANNED]:,} rows planned for the future, left out until then")
        return (*self.formats.notes, *(self.money.notes if self.money else ()), *notes)

    def _last_known(self, table: ibis.Table) -> datetime | None:
        if not self.contract.dates:
            return None
        last = table.aggregate(**{c: table[c].max() for c in self.contract.dates}).to_pyarrow().to_pylist()[0]
        return max((when for when in last.values() if when is not None), default=None)
