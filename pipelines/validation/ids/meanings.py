"""What references mean that are not written as the id of a record: the ways to write an id, tried in turn."""

from __future__ import annotations

from typing import Any

import ibis

from scoring.cells import ids


def meanings_of(connection: Any, name: str, unmatched: ibis.Table, known: ibis.Table | None) -> ibis.Table:
    """Each reference with its meaning (`reference.Reference.meanings`), and ``how`` it was found.

    Each step is a table of its own. In one query, the text of each step would stand in the next several times, and
    DuckDB would take longer to read it than to answer.

    Parameters
    ----------
    connection : ibis backend
    name : str
        Of the table with the meanings.
    unmatched : ibis.Table
        ``written``, each once, and ``rows``, how many have it.
    known : ibis.Table, optional
        The column ``id`` of all records that may be meant; None if no table has them.

    Returns
    -------
    ibis.Table
        Beside the meaning, ``perhaps`` is the canonical id that is read, of a list the first, and ``digits`` that of a
        number with marks between its thousands.
    """
    rows = _ways_to_read(connection, name, unmatched)
    if known is None:
        # Nothing tells which way to write an id is the right one: the first in the alphabet stands for all.
        rows = rows.mutate(id=rows.written.min().over(group_by="canonical"), listed=ibis.null("string"))
        rows = rows.mutate(id=rows["id"].nullif(rows.written), unchecked=ibis.null("string"), whole=ibis.null("string"))
    else:
        rows = _looked_up(rows, known)
    rows = connection.create_table(f"{name}_found", rows, temp=True)
    meanings = connection.create_table(name, _decided(rows, known is not None), temp=True)
    for step in ("lists", "read", "found"):
        connection.drop_table(f"{name}_{step}", force=True)
    return meanings


def _ways_to_read(connection: Any, name: str, unmatched: ibis.Table) -> ibis.Table:
    """The references, with what each may be: an id, a list, the short form of an id, a number, nothing."""
    cell = unmatched.written
    parts = unmatched.mutate(bare=ids.bare_id(cell), of_list=ids.first_of(cell), marked=ids.has_thousands(cell))
    parts = connection.create_table(f"{name}_lists", parts, temp=True)
    parts = ids.with_canonical(connection, parts, canonical="written", first="of_list")
    lists = parts.written.contains(",") & parts.of_list.notnull() & ~parts.marked
    rows = parts.select(
        "written",
        "rows",
        "bare",
        "marked",
        "canonical",
        "first",
        nothing=ids.is_nothing(parts.written),
        rounded=ids.is_rounded(parts.written),
        short=ids.short_form(parts.written),
        digits=ids.digits_of(parts.written),
        # Lists of ids, such as `7,9`, show that `12,345` is one too.
        lists=lists.any().over(ibis.window()),
    )
    return connection.create_table(f"{name}_read", rows, temp=True)


def _looked_up(rows: ibis.Table, known: ibis.Table) -> ibis.Table:
    """The references, with the id that each way to read them finds."""
    same = known.group_by(same=ids.canonical(known.id)).agg(id=known.id.min())
    rows = rows.left_join(same, rows.canonical == same.same).drop("same")
    same = same.rename(listed="id")
    rows = rows.left_join(same, rows.first == same.same).drop("same")
    short = known.group_by(its_short=ids.short_form(known.id)).agg(unchecked=known.id.min(), times=known.count())
    short = short.filter(short.its_short.notnull() & (short.times == 1)).drop("times")
    rows = rows.left_join(short, rows.short == short.its_short).drop("its_short")
    # A number with marks between its thousands, in either table.
    same = known.group_by(its_digits=ids.digits_of(known.id)).agg(whole=known.id.min(), times=known.count())
    same = same.filter(same.its_digits.notnull() & (same.times == 1)).drop("times")
    rows = rows.left_join(same, rows.digits == same.its_digits).drop("its_digits")
    both_long = rows.unchecked.length() == rows.bare.length()
    return rows.mutate(unchecked=ibis.ifelse(both_long, ibis.null("string"), rows.unchecked))


def _decided(rows: ibis.Table, is_known: bool) -> ibis.Table:
    """The one meaning of each reference."""
    meant = ibis.coalesce(rows.id, rows.listed, rows.unchecked)
    other = ibis.coalesce(rows.id, rows.listed)
    how = ibis.cases(
        (rows.rounded, "rounded"),
        (rows.whole.notnull() & ~rows.nothing & other.notnull() & (other != rows.whole), "two ways"),
        (rows.whole.notnull() & ~rows.nothing & rows.id.isnull(), "thousands"),
        (rows.id.notnull() & ~rows.nothing, "respelled"),
        (rows.nothing & (meant.isnull() | ibis.literal(not is_known)), "nothing"),
        (rows.id.notnull(), "respelled"),
        (rows.listed.notnull(), "listed"),
        (rows.unchecked.notnull(), "unchecked"),
        else_="unknown",
    )
    rows = rows.mutate(how=how)
    listed = rows.how.isin(["two ways", "thousands"]) & rows.lists
    otherwise = ibis.ifelse(rows.id.notnull(), "respelled", ibis.ifelse(rows.listed.notnull(), "listed", "unknown"))
    rows = rows.mutate(how=ibis.ifelse(listed, otherwise, rows.how))
    rows = rows.mutate(id=ibis.ifelse(rows.how == "thousands", rows.whole, rows.id))
    nothing = rows.how == "nothing"
    meant = ibis.ifelse(nothing, ibis.null("string"), ibis.coalesce(rows.id, rows.listed, rows.unchecked))
    perhaps = ibis.coalesce(rows.first, rows.canonical)
    digits = ibis.ifelse(rows.marked, rows.digits, ibis.null("string"))
    return rows.select("written", "rows", "how", meant=meant, named=~nothing, perhaps=perhaps, digits=digits)


def perhaps_named(unknown: ibis.Table) -> ibis.Table:
    """The canonical ids that references may mean: ``written`` and ``id``, of a list the first.

    Parameters
    ----------
    unknown : ibis.Table
        As `meanings_of` gives it.
    """
    whole = unknown.filter(unknown.digits.notnull())
    return unknown.select("written", id="perhaps").union(whole.select("written", id="digits"))
