"""The cells of a CRM's files for all rows of a night, at the cost of a few rows.

Most columns of a score table have only a few different words. The cell of a word is the same in every row, so it is
computed once for each word. The cells of ids and numbers are computed for each row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from scoring.crm.profile import Column, Profile


class ScoreRows:
    """The rows of one entity in one night, as cells for the CRM profiles.

    Parameters
    ----------
    connection : ibis DuckDB backend
        Computes the cells; two tables are registered in it.
    entity : {'account', 'lead'}
    rows : pyarrow.Table
        The published score table; columns of words are dictionaries (`arrow_tables.collected`).
    """

    def __init__(self, connection: Any, entity: str, rows: pa.Table) -> None:
        self.entity = entity
        self.rows = rows
        codes = {}
        for name in rows.column_names:
            column = rows.column(name)
            if name in ("as_of", "scored_at"):  # the same in every row
                column = column.dictionary_encode()
            if pa.types.is_dictionary(column.type):
                codes[name] = column.unify_dictionaries()
        self._codes = codes
        connection.con.register("every_row", rows)
        connection.con.register("every_word", _words(codes))
        self._every_row, self._every_word = connection.table("every_row"), connection.table("every_word")

    def cells(self, profile: Profile) -> tuple[pa.Table, pa.ChunkedArray]:
        """Give the cells of every row, and the rule that its id breaks.

        Parameters
        ----------
        profile : Profile

        Returns
        -------
        pyarrow.Table
            Texts, some of them dictionaries; a column for each of the profile's columns.
        pyarrow.ChunkedArray
            The broken rule of each row, null for none. A row with a rule must not be written.
        """
        from scoring.crm.cells import broken_rule, cells

        columns = profile.columns[self.entity]
        few = [column for column in columns if self._is_word(column)]
        many = [column for column in columns if not self._is_word(column)]
        by_row = cells(profile, many, self._every_row)
        by_row = by_row.mutate(**{" rule": broken_rule(self._every_row, columns[0])})
        by_word = cells(profile, few, self._every_word).to_pyarrow()
        row_cells = by_row.to_pyarrow()
        texts = {column.header: row_cells.column(column.header) for column in many}
        texts |= {column.header: self._spread(column, by_word.column(column.header)) for column in few}
        return pa.table({column.header: texts[column.header] for column in columns}), row_cells.column(" rule")

    def _is_word(self, column: Column) -> bool:
        return column.kind in ("status", "fixed") or column.source in self._codes

    def _spread(self, column: Column, cells: pa.ChunkedArray) -> pa.ChunkedArray:
        """Give each row the cell of its word; the last of the cells is for rows without a word."""
        words = cells.combine_chunks()
        if column.source not in self._codes:
            same = pa.repeat(pa.scalar(0, pa.int32()), len(self.rows))
            return pa.chunked_array([pa.DictionaryArray.from_arrays(same, words[:1])])
        chunks = self._codes[column.source].chunks
        count = len(chunks[0].dictionary) if chunks else 0
        codes = [chunk.indices.cast(pa.int32()) for chunk in chunks]
        if self._codes[column.source].null_count:
            words = pa.concat_arrays([words[:count], words[-1:]])
            codes = [pc.fill_null(code, count) for code in codes]
        else:
            words = words[:count]
        return pa.chunked_array([pa.DictionaryArray.from_arrays(code, words) for code in codes], _CELLS)


_CELLS = pa.dictionary(pa.int32(), pa.string())


def _words(codes: dict[str, pa.ChunkedArray]) -> pa.Table:
    """The words of each column, one below the other; words in one row are unrelated, and the last row has none."""
    words = {name: column.chunk(0).dictionary if column.num_chunks else None for name, column in codes.items()}
    rows = 1 + max((len(column_words) for column_words in words.values() if column_words is not None), default=0)
    return pa.table(
        {
            name: pa.concat_arrays([column_words, pa.nulls(rows - len(column_words), column_words.type)])
            if column_words is not None
            else pa.nulls(rows, codes[name].type.value_type)
            for name, column_words in words.items()
        }
    )


def selected(cells: pa.Table, rows: Sequence[bool] | pa.Array | pa.ChunkedArray) -> pa.Table:
    """Select some of the rows.

    Parameters
    ----------
    cells : pyarrow.Table
    rows : sequence of bool
        Which rows, one for each row of `cells`.

    Returns
    -------
    pyarrow.Table
        `cells` itself, not a copy, if all rows are selected.
    """
    return cells if pc.all(rows).as_py() in (True, None) else cells.filter(rows)
