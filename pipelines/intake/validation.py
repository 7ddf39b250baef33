"""One table at the door: every row is read, judged by its contract, and accepted or set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import ibis

from pipelines.config import Input
from pipelines.errors import BadInput
from pipelines.intake.column_types import ADDRESSES, Attribute, read_attribute
from pipelines.intake.rejects import DUPLICATE, Aside, Reject, set_aside
from pipelines.redaction import Message
from pipelines.sources.files import ROW, Source
from scoring.contracts import cells
from scoring.contracts.contract import GIVEN, Contract, given

#: The column of a judged row with the rule that it breaks.
RULE = "__rule"
#: Stands for the date of a row that has none: it was always known.
ALWAYS = ibis.literal("0001-01-01", type=cells.TIME)
REFERRED = {"account_id": "accounts", "lead_id": "leads"}


@dataclass(frozen=True)
class Accepted:
    """What became of one table: the good rows, the others, and what there is to say about both."""

    table: ibis.Table
    aside: Aside
    rejects: tuple[Reject, ...]
    read: int
    notes: tuple[str, ...]
    last_known: datetime | None


@dataclass(frozen=True)
class Validation:
    """What the rows of one table are judged by.

    Attributes
    ----------
    connection : ibis DuckDB backend
    source : Source
    contract : Contract
    attributes : mapping of Attribute
    accepted : mapping of ibis.Table
        The tables accepted before: what rows may refer to.
    settings : Input
    latest : datetime
        No time may be after it.
    assured : bool
        Whether pandera judges what was accepted once more.
    """

    connection: Any
    source: Source
    contract: Contract
    attributes: Mapping[str, Attribute]
    accepted: Mapping[str, ibis.Table]
    settings: Input
    latest: datetime
    assured: bool = True

    def run(self) -> Accepted:
        """Judge every row and hand on the accepted ones.

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

        They are read once, for all that follows; only a log, which may be long, stays where it lies.
        """
        rows = self._read()
        rows = rows.mutate(**{RULE: self.contract.broken(rows, self.latest)})
        if self._is_log:
            return rows
        return self.connection.create_table(f"judged_{self.source.table}", rows, temp=True)

    @property
    def _is_log(self) -> bool:
        return not (self.contract.unique or self.contract.attributes)

    def accept(self, rows: ibis.Table, tally: list[dict[str, Any]], rejected: ibis.Table | None) -> Accepted:
        """The accepted of the judged rows, given the count of each rule and the rejected ones (`ROW` and ``rule``).

        Raises
        ------
        BadInput
            If too many are rejected.
        """
        aside = set_aside(self.connection, self.source, rejected)
        rejects = aside.summary(self.contract.key, {r.name: r.about for r in self.contract.all_rules(self.latest)})
        read = sum(row["rows"] for row in tally) + len(aside.torn)
        self._require_few(rejects, read)
        good: Counter[str] = Counter()
        for row in tally:
            if row["rule"] is None:
                good.update({k: v for k, v in row.items() if v})
        if self._is_log and not any(good[f"unknown {c}"] for c in self.contract.references):
            rows = self._read(resolve=False)  # all they name is there: a join saved
        table = self._accept(rows, rejected)
        return Accepted(table, aside, rejects, read, self._notes(good), None)

    def require_columns(self) -> None:
        """Raise `BadInput` if the export lacks a column that it must have."""
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
            columns["__domain"] = cells.domain(raw[address])
        rows = self.contract.prepare(raw.select(**columns))
        for column in self.contract.references:
            if resolve and REFERRED[column] in self.accepted:
                rows = _resolved(rows, column, self.accepted[REFERRED[column]])
        return self._matched(rows) if by_domain else rows

    def _matched(self, leads: ibis.Table) -> ibis.Table:
        """Give leads without an account the one that has the domain of their address, and had it first.

        An account that came later, with the same domain, must not undo what was known before it.
        """
        accounts = self.accepted["accounts"]
        named = accounts.filter(accounts.domain.notnull() & accounts.domain.notin(self.settings.free_mail_domains))
        named = named.mutate(since=named.created_at.fill_null(ALWAYS))
        named = named.mutate(first=named.since.min().over(group_by="domain"))
        firsts = named.filter(named.since == named["first"])
        owners = firsts.group_by(__owned=firsts.domain).agg(__owner=firsts.account_id.min(), __claims=firsts.count())
        owners = owners.filter(owners["__claims"] == 1)
        found = leads.left_join(owners, leads["__domain"] == owners["__owned"])
        columns = {
            "account_id": ibis.coalesce(found.account_id, found["__owner"]),
            "__by_domain": found.account_id.isnull() & found["__owner"].notnull(),
        }
        return found.mutate(**columns).drop("__domain", "__owned", "__owner", "__claims")

    def tally(self, rows: ibis.Table) -> list[dict[str, Any]]:
        """Count rows and what is remarkable for each broken rule (None: no rule broken), in one scan."""
        remarks = {remark.words: remark.holds(rows).sum() for remark in self.contract.all_remarks()}
        for column in self.contract.references:
            left_out = ~rows[column].identical_to(given(rows, column))
            remarks[f"unknown {column}"] = (left_out & given(rows, column).notnull()).sum()
        if "__by_domain" in rows.columns:
            remarks["an account found by the domain of their address"] = rows["__by_domain"].sum()
        return rows.group_by(rule=rows[RULE]).agg(rows=rows.count(), **remarks).to_pyarrow().to_pylist()

    def rejected(self, rows: ibis.Table, any_broken: bool) -> ibis.Table | None:
        """List the rejected rows, `ROW` and ``rule``; None if every row is accepted."""
        parts = []
        if any_broken:
            parts.append(rows.filter(rows[RULE].notnull()).select(ROW, rule=RULE))
        if self.contract.unique:
            good = self.contract.settle(rows.filter(rows[RULE].isnull()))
            names = good.group_by(self.contract.key).agg(times=good.count())
            names = names.filter(names.times > 1)
            if names.count().execute():
                parts.append(self._later(good.semi_join(names, self.contract.key)))
        if not parts:
            return None
        rejected = ibis.union(*parts) if len(parts) > 1 else parts[0]
        return self.connection.create_table(f"rejected_{self.source.table}", rejected)

    def _later(self, doubles: ibis.Table) -> ibis.Table:
        """List all but the row known first of each id; among equals content decides, not order."""
        when = doubles.select(ROW, name=doubles[self.contract.key], when=doubles[self.contract.dates[0]])
        raw = self.source.raw.rename({f"raw {column}": column for column in self.source.columns})
        content = [f"raw {column}" for column in self.source.columns]
        # A row without a date was always known.
        order = [ibis.asc("when", nulls_first=True), *content]
        place = ibis.row_number().over(group_by="name", order_by=order)
        ranked = raw.inner_join(when, ROW).select(ROW, place=place)
        return ranked.filter(ranked.place > 0).select(ROW, rule=ibis.literal(DUPLICATE))

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
            # A log stays where it lies, other rows where they were judged.
            accepted = self.connection.create_view(self.source.table, table)
        else:
            accepted = self.connection.create_table(self.source.table, table)
            self.connection.drop_table(f"judged_{self.source.table}", force=True)
        if not in_place:
            # What came from the file, addresses and all, is not needed any more.
            self.source.forget(self.connection)
        if self.assured:
            # pandera takes a check over no rows for a failed one.
            judge_rows = not in_place and bool(accepted.count().execute())
            self.contract.validate(accepted, self.latest, rows=judge_rows)
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


def _resolved(rows: ibis.Table, column: str, referred: ibis.Table) -> ibis.Table:
    """Null a reference to what is not there; what was given stays beside it."""
    names = referred.select(__there=referred[column])
    found = rows.left_join(names, rows[column] == names["__there"])
    return found.mutate(**{column + GIVEN: found[column], column: found["__there"]}).drop("__there")
