"""Records that were merged into others: which one is still there, for what names the merged ones.

A CRM says it on the record that is gone (`MasterRecordId`), or on the one that is still there (`hs_merged_object_ids`
of HubSpot). A record may have been merged more than once: the last one counts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ibis

from pipelines.sources.files import Source
from pipelines.validation.ids.left_out import KEYS
from scoring.cells import ids

#: The columns of a record with the ids of those that were merged into it, without underscores.
LISTS = (
    "hsmergedobjectids", "hscalculatedmergedvids", "mergedobjectids", "mergedvids", "mergedids", "mergedrecordids",
    "mergedfrom", "mergedcontactids", "mergedcompanyids",
)  # fmt: skip
#: How often a record may have been merged on.
MOST = 8


def with_masters(connection: Any, source: Source) -> Source:
    """The source, whose `gone` names for each merged record the one that is still there, as its row writes its id.

    Parameters
    ----------
    connection : ibis backend
    source : Source
    """
    key, raw = KEYS.get(source.table, ""), source.raw
    lists = [c for c in source.columns if c.replace("_", "") in LISTS and raw[c].type().is_string()]
    if key not in source.columns or (source.gone is None and not lists):
        return source
    gone = source.gone
    named = 0 if gone is None else int(gone.filter(gone.master.notnull()).count().to_pyarrow().as_py())
    if not named and not lists:
        return source
    own = raw.select(id=ids.read_id(raw[key]), **{column: raw[column] for column in lists})
    own = connection.create_table(ibis.util.gen_name("own"), own.filter(own.id.notnull()), temp=True)
    there = ids.with_canonical(connection, own.select("id"), same="id")
    there = connection.create_table(
        ibis.util.gen_name("there"), there.group_by("same").agg(id=there.id.min()), temp=True
    )
    parts = [] if gone is None else [ids.with_canonical(connection, gone, into="master").select("gone", "into")]
    for column in lists:
        listed = own[column].re_replace(r"[\[\]{}\"'\s]", "").re_replace("[,|]", ";")
        each = own.filter(own[column].notnull()).select("id", one=listed.split(";").unnest())
        # `2651:1540840000000` is an id and the time of the merge.
        each = each.mutate(one=each.one.re_replace(":.*$", "").nullif(""))
        each = ids.with_canonical(connection, each.filter(each.one.notnull()), gone="one", into="id").select(
            "gone", "into"
        )
        parts.append(each.filter(each.gone != each["into"]))
    pairs = ibis.union(*parts) if len(parts) > 1 else parts[0]
    pairs = pairs.filter((pairs.gone != pairs["into"]).fill_null(True)).group_by("gone").agg(into=pairs["into"].max())
    pairs = connection.create_table(ibis.util.gen_name("merged"), pairs, temp=True)
    # A record that still has a row of its own is not gone.
    gone_ones = _followed(connection, pairs).anti_join(there.select(gone="same"), "gone")
    met = gone_ones.left_join(there, gone_ones["into"] == there.same)
    on = pairs.select(on="gone")
    met = met.left_join(on, met["into"] == on.on)
    met = met.select("gone", "into", circle=met.on.notnull(), master=met.id)
    met = connection.create_table(ibis.util.gen_name(f"gone_{source.table}"), met, temp=True)
    counted = met.aggregate(merged=met["into"].count(), found=met.master.count(), circle=met.circle.sum().fill_null(0))
    counted = counted.to_pyarrow().to_pylist()[0]
    found, circle, notes = int(counted["found"]), int(counted["circle"]), list(source.notes)
    if found:
        notes.append(f"{source.table}: {found:,} records were merged into others, which get what names them")
    if circle:
        notes.append(
            f"{source.table}: {circle:,} records name each other as the record into which they were merged: none of "
            "them counts; correct the column that names the record that is left"
        )
    if lost := int(counted["merged"]) - found - circle if not lists else 0:
        notes.append(f"{source.table}: {lost:,} records were merged into records that the export lacks")
    return replace(source, raw=raw.drop(*lists), gone=met.select("gone", "master"), notes=tuple(notes))


def _followed(connection: Any, pairs: ibis.Table) -> ibis.Table:
    """The pairs, with the last record into which one was merged."""
    found = pairs
    for _ in range(MOST):
        after = pairs.select(before="gone", after="into")
        both = found.left_join(after, found["into"] == after.before)
        if not int(both.filter(both.after.notnull()).count().to_pyarrow().as_py()):
            break
        both = both.select("gone", into=ibis.coalesce(both.after, both["into"]))
        found = connection.create_table(ibis.util.gen_name("followed"), both, temp=True)
    return found
