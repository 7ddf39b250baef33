"""The columns of an export that no rule of a layout places: which are carried along as attributes."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from pipelines.sources.raw.probes import Probes, is_plain, whole_table
from pipelines.sources.raw.sql.scope import FoundTable
from pipelines.sources.source import header_key, person_words
from scoring.contracts.crm import CONTRACTS
from scoring.crm.layout import raw_key
from scoring.sql_text import quoted

#: A history has no more fields that become columns.
_MOST_FIELDS = 80
#: The code of a choice.
_CODE = re.compile(r"-?[0-9]+(\.0)?")
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
    _labels: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)

    def carried(self, known: FoundTable, placed: Collection[str], names: Collection[str]) -> list[str]:
        """The columns that may be attributes.

        Parameters
        ----------
        known : FoundTable
        placed : collection of str
            The columns that the statement uses.
        names : collection of str
            The names that it gives.
        """
        taken = {raw_key(name) for name in names}
        filled = self.probes.filled(known.found)
        found, left = [], self.left.setdefault(known.found.name, {})
        labelled = self._labelled(known)
        for number, (column, kind) in enumerate(known.found.types.items(), 1):
            if column in placed:
                continue
            shown = self.named(known, column)
            if (held := person_words(header_key(shown), shown)) is not None:
                left.setdefault(f"names with {held} in them", []).append(f"column {number}")
                continue
            if known.declared.is_never(column):
                why = "never an attribute"
            elif not is_plain(kind):
                why = "nested"
            elif column in labelled:
                why = "its labels are taken" if labelled[column] else "it says the same as the column of its name"
            elif header_key(known.declared.bare(column)) in _FIELDS or known.declared.bare_key(column) in taken:
                why = "has the name of a column of closedwon"
            elif column not in filled:
                why = "empty"
            else:
                found.append(column)
                continue
            if column not in (named := left.setdefault(why, [])):
                named.append(column)
        return found

    def named(self, known: FoundTable, column: str) -> str:
        """The name that a column gets when it is carried: that without a prefix, labels that of their choice."""
        taken = {labels: code for code, labels in self._labelled(known).items() if labels}
        return known.declared.bare(taken.get(column, column))

    def _labelled(self, known: FoundTable) -> dict[str, str]:
        """The codes that have a column of labels, by which it is taken; and labels of what is no code, without any."""
        if known.found.address in self._labels:
            return self._labels[known.found.address]
        found = self._labels[known.found.address] = {}
        for column in known.found.types:
            for suffix in known.declared.label_suffixes:
                labels = known.found.by_key.get(raw_key(column) + raw_key(suffix))
                if labels is None or labels == column:
                    continue
                codes, words = self.probes.words(known, column), self.probes.words(known, labels)
                coded = bool(codes) and all(_CODE.fullmatch(code) for code in codes - {""})
                if coded and any(word.isalpha() for label in words for word in label.split()):
                    found[column] = labels
                elif raw_key(suffix) != "name":
                    found[labels] = ""
        return found

    def pivoted(self, known: FoundTable, column: str) -> list[tuple[str, str]]:
        """The fields of a long history that become columns, with their new names."""
        words = self.probes.connection.con.execute(
            f"SELECT DISTINCT {quoted(column)} FROM {whole_table(known.found)} WHERE {quoted(column)} IS NOT NULL "
            f"ORDER BY 1 LIMIT {_MOST_FIELDS}"
        ).fetchall()
        fields = [str(row[0]) for row in words]
        return [
            (name, name)
            for name in fields
            if not known.declared.is_never(name)
            and header_key(name) not in _FIELDS
            and person_words(header_key(name), name) is None
        ]
