"""The columns of an export that no rule of a layout places: which are carried along as attributes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from pipelines.sources.formats.parquet_file import quoted
from pipelines.sources.raw.probes import Probes, is_plain, whole
from pipelines.sources.raw.sql.scope import Known
from pipelines.sources.source import header_key
from scoring.contracts.crm import CONTRACTS
from scoring.crm.layout import raw_key

#: A history has no more fields that become columns.
_MOST_FIELDS = 80
_FIELDS = frozenset(name for contract in CONTRACTS for name in contract.fields)


@dataclass
class Carrier:
    """It decides on each column of `alias.*`, and remembers what it left.

    Attributes
    ----------
    probes : Probes
    left : dict of dict of list of str
        By table and reason, the columns that are not carried.
    """

    probes: Probes
    left: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def carried(self, known: Known, placed: Collection[str], names: Collection[str]) -> list[str]:
        """The columns that may be attributes.

        Parameters
        ----------
        known : Known
        placed : collection of str
            The columns that the statement uses.
        names : collection of str
            The names that it gives.
        """
        taken = {raw_key(name) for name in names}
        filled = self.probes.filled(known.found)
        found, left = [], self.left.setdefault(known.found.name, {})
        for column, kind in known.found.types.items():
            if column in placed:
                continue
            if known.declared.is_never(column):
                why = "never an attribute"
            elif not is_plain(kind):
                why = "nested"
            elif header_key(known.declared.bare(column)) in _FIELDS or known.declared.bare_key(column) in taken:
                why = "has the name of a column of closedwon"
            elif column not in filled:
                why = "empty"
            else:
                found.append(column)
                continue
            left.setdefault(why, []).append(column)
        return found

    def pivoted(self, known: Known, column: str) -> list[tuple[str, str]]:
        """The fields of a long history that become columns, with their new names."""
        words = self.probes.connection.con.execute(
            f"SELECT DISTINCT {quoted(column)} FROM {whole(known.found)} WHERE {quoted(column)} IS NOT NULL "
            f"ORDER BY 1 LIMIT {_MOST_FIELDS}"
        ).fetchall()
        fields = [str(row[0]) for row in words]
        return [
            (name, name) for name in fields if not known.declared.is_never(name) and header_key(name) not in _FIELDS
        ]
