"""Several rows with one id, in a table where an id names one row: which of them counts."""

from __future__ import annotations

import ibis

from pipelines.sources.files import ROW, Source
from pipelines.validation.rejects import DUPLICATE
from scoring.contracts import ids
from scoring.contracts.contract import Contract


def with_one_id(rows: ibis.Table, contract: Contract) -> ibis.Table | None:
    """The rows of the ids that several rows have, however these are written; None if there are none.

    Parameters
    ----------
    rows : ibis.Table
    contract : Contract
        Its key is the column with the ids.
    """
    id_ = rows[contract.key]
    # To compare ids as they are written is faster, and nearly always enough.
    every, different, doubtful = (
        rows.aggregate(every=rows.count(), different=id_.nunique(), doubtful=(~ids.is_canonical(id_)).sum())
        .to_pyarrow()
        .to_pylist()[0]
        .values()
    )
    if every == different and not doubtful:
        return None
    named = rows.mutate(__one=ids.canonical(id_))
    names = named.group_by("__one").agg(times=named.count())
    names = names.filter(names.times > 1)
    if not names.count().to_pyarrow().as_py():
        return None
    return named.semi_join(names, "__one").drop("__one")


def repeated_rows(repeated: ibis.Table, source: Source, contract: Contract) -> ibis.Table:
    """All rows of each id but the one known first; among rows known at the same time the content decides.

    Ids that differ only in how they are written are one id.

    Parameters
    ----------
    repeated : ibis.Table
        The settled rows of the ids that several rows have.
    source : Source
        Where they were read.
    contract : Contract

    Returns
    -------
    ibis.Table
        `ROW` and ``rule``.
    """
    when = repeated.select(ROW, name=ids.canonical(repeated[contract.key]), when=repeated[contract.dates[0]])
    raw = source.raw.rename({f"raw {column}": column for column in source.columns})
    content = [f"raw {column}" for column in source.columns]
    # A row without a date was always known.
    order = [ibis.asc("when", nulls_first=True), *content]
    position = ibis.row_number().over(group_by="name", order_by=order)
    ranked = raw.inner_join(when, ROW).select(ROW, position=position)
    return ranked.filter(ranked.position > 0).select(ROW, rule=ibis.literal(DUPLICATE))
