"""What references mean that are not written as the id of a record: the ways to write an id, tried in turn."""

from __future__ import annotations

import ibis

from scoring.contracts import ids


def meanings_of(unmatched: ibis.Table, known: ibis.Table | None) -> ibis.Table:
    """Each reference with its meaning (`references.Reference.meanings`), and ``how`` it was found.

    Parameters
    ----------
    unmatched : ibis.Table
        ``written``, each once, and ``rows``, how many have it.
    known : ibis.Table, optional
        The column ``id`` of all records that may be meant; None if no table has them.
    """
    cell = unmatched.written
    rows = unmatched.mutate(
        canonical=ids.canonical(cell), first=ids.canonical(ids.first_of(cell)), nothing=ids.is_nothing(cell)
    )
    if known is None:
        # Nothing tells which way to write an id is the right one: the first in the alphabet stands for all.
        rows = rows.mutate(id=rows.written.min().over(group_by="canonical"), listed=ibis.null("string"))
        rows = rows.mutate(id=rows["id"].nullif(rows.written), unchecked=ibis.null("string"), whole=ibis.null("string"))
    else:
        same = known.group_by(same=ids.canonical(known.id)).agg(id=known.id.min())
        rows = rows.left_join(same, rows.canonical == same.same).drop("same")
        same = same.rename(listed="id")
        rows = rows.left_join(same, rows.first == same.same).drop("same")
        short = known.group_by(short=ids.short_form(known.id)).agg(unchecked=known.id.min(), times=known.count())
        short = short.filter(short.short.notnull() & (short.times == 1)).drop("times")
        rows = rows.left_join(short, ids.short_form(rows.written) == short.short).drop("short")
        # A number with marks between its thousands, in either table.
        same = known.group_by(digits=ids.digits_of(known.id)).agg(whole=known.id.min(), times=known.count())
        same = same.filter(same.digits.notnull() & (same.times == 1)).drop("times")
        rows = rows.left_join(same, ids.digits_of(rows.written) == same.digits).drop("digits")
        both_long = rows.unchecked.length() == ids.bare(rows.written).length()
        rows = rows.mutate(unchecked=ibis.ifelse(both_long, ibis.null("string"), rows.unchecked))
    meant = ibis.coalesce(rows.id, rows.listed, rows.unchecked)
    other = ibis.coalesce(rows.id, rows.listed)
    how = ibis.cases(
        (ids.is_rounded(rows.written), "rounded"),
        (rows.whole.notnull() & ~rows.nothing & other.notnull() & (other != rows.whole), "two ways"),
        (rows.whole.notnull() & ~rows.nothing & rows.id.isnull(), "thousands"),
        (rows.id.notnull() & ~rows.nothing, "respelled"),
        (rows.nothing & (meant.isnull() | ibis.literal(known is None)), "nothing"),
        (rows.id.notnull(), "respelled"),
        (rows.listed.notnull(), "listed"),
        (rows.unchecked.notnull(), "unchecked"),
        else_="unknown",
    )
    rows = rows.mutate(how=how)
    lists = rows.written.contains(",") & ids.first_of(rows.written).notnull() & ~ids.has_thousands(rows.written)
    # Lists of ids, such as `7,9`, show that `12,345` is one too.
    rows = rows.mutate(lists=lists.any().over(ibis.window()))
    listed = rows.how.isin(["two ways", "thousands"]) & rows.lists
    otherwise = ibis.ifelse(rows.id.notnull(), "respelled", ibis.ifelse(rows.listed.notnull(), "listed", "unknown"))
    rows = rows.mutate(how=ibis.ifelse(listed, otherwise, rows.how))
    rows = rows.mutate(id=ibis.ifelse(rows.how == "thousands", rows.whole, rows.id))
    nothing = rows.how == "nothing"
    meant = ibis.ifelse(nothing, ibis.null("string"), ibis.coalesce(rows.id, rows.listed, rows.unchecked))
    return rows.select("written", "rows", "how", meant=meant, named=~nothing)


def perhaps_named(unknown: ibis.Table) -> ibis.Table:
    """The canonical ids that references may mean: ``written`` and ``id``, of a list the first.

    Parameters
    ----------
    unknown : ibis.Table
        With ``written``.
    """
    first = ibis.coalesce(ids.first_of(unknown.written), unknown.written)
    marked = unknown.filter(ids.has_thousands(unknown.written))
    whole = marked.select("written", id=ids.digits_of(marked.written))
    return unknown.select("written", id=ids.canonical(first)).union(whole)
