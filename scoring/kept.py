"""What closedwon kept of attributes itself, night after night: the values of a record as each night found them changed.

Most CRMs export current values only. A row says all kept values of a record from its day on, empty ones too, until its
next row. The first row says what the values were when first recorded, and not since when: nothing changed then.

One dated example, of an account whose campaign is emptied when it becomes a customer. Nights were kept from 2026-03-01:

    2026-03-01  campaign webinar     at as_of 2026-02-01 it is today's: nothing was kept, and the leak guard decides
    2026-06-10  campaign empty       at as_of 2026-06-10 it is webinar, as it was
                                     at as_of 2026-06-11 it is empty
"""

from collections.abc import Sequence

import ibis

from scoring.timeline import day_of, known

#: The columns of the table that says since when each column of a table is kept; `since` is a day number.
SINCE = {"table": "string", "column": "string", "since": "int64"}
#: When the values of a row were first recorded.
KNOWN_AT = "known_at"


def kept_since(since: ibis.Table | None, table: str) -> dict[str, int]:
    """The day from which each column of a table is kept, by column.

    Parameters
    ----------
    since : Table, optional
        See `SINCE`.
    table : {"accounts", "leads"}
    """
    if since is None:
        return {}
    rows = since.filter(since.table == table).to_pyarrow().to_pylist()
    return {row["column"]: int(row["since"]) for row in sorted(rows, key=lambda row: str(row["column"]))}


def last_before(rows: ibis.Table, key: str, until: ibis.Value) -> ibis.Table:
    """The row of each record that held before a day: the newest known by then, or else its first.

    Parameters
    ----------
    rows : Table
        One row a record and day.
    key : str
        The columns that name a record, and whatever else the day depends on.
    until : ibis.Value
        The day number: of each row, or of all.
    """
    return _newest(rows.mutate(asked_day=until), [key])


def at_each(rows: ibis.Table, key: str, from_day: int | None = None) -> ibis.Table:
    """The row of each record that held at each `as_of`.

    Parameters
    ----------
    rows : Table
        One row a record, day and `as_of`.
    key : str
    from_day : int, optional
        Day number. With it, a record has a row only at an `as_of` after this day at which it had been recorded. Without
        it its first row held always.
    """
    if from_day is None:
        return _newest(rows.mutate(asked_day=rows.as_of), [key, "as_of"])
    recorded = rows.filter(known(ibis.greatest(day_of(rows[KNOWN_AT]), from_day), rows.as_of))
    return _newest(recorded.mutate(asked_day=recorded.as_of), [key, "as_of"])


def _newest(rows: ibis.Table, keys: Sequence[str]) -> ibis.Table:
    """Of the rows of each key the newest that is known at its `asked_day`, or the first where none is."""
    dated = rows.mutate(is_known=known(day_of(rows[KNOWN_AT]), rows.asked_day))
    held = dated.group_by([dated[key].name(f"{key}_held") for key in keys]).agg(
        held_at=ibis.coalesce(dated[KNOWN_AT].max(where=dated.is_known), dated[KNOWN_AT].min())
    )
    same = [dated[key] == held[f"{key}_held"] for key in keys]
    found = dated.inner_join(held, [*same, dated[KNOWN_AT] == held.held_at])
    return found.select(*[column for column in rows.columns if column != "asked_day"])


def as_kept(table: ibis.Table, rows: ibis.Table, key: str, columns: Sequence[str], as_of: int) -> ibis.Table:
    """A table of current values, with those of records that changed later as they were before `as_of`.

    Parameters
    ----------
    table : Table
    rows : Table
        What was kept of it.
    key : str
    columns : sequence of str
        Those that were kept before `as_of` already.
    as_of : int
        Day number.
    """
    traced = [column for column in columns if column in table.columns and column in rows.columns]
    if not traced:
        return table
    day = day_of(rows[KNOWN_AT])
    later = rows.filter(~known(day, as_of)).select(key).distinct()
    return with_held(table, last_before(rows.semi_join(later, key), key, ibis.literal(as_of)), key, traced)


def with_held(table: ibis.Table, held: ibis.Table, key: str, columns: Sequence[str]) -> ibis.Table:
    """A table with other values of some columns, empty ones too, for the records that have a row of those.

    Parameters
    ----------
    table : Table
    held : Table
        At most one row a record: its values.
    key : str
    columns : sequence of str
    """
    held = held.select(held_key=held[key], **{f"held_{i}": held[column] for i, column in enumerate(columns)})
    both = table.left_join(held, table[key] == held.held_key)
    values = {
        column: ibis.ifelse(both.held_key.notnull(), both[f"held_{i}"], both[column])
        for i, column in enumerate(columns)
    }
    return both.select(**{column: values.get(column, both[column]) for column in table.columns})
