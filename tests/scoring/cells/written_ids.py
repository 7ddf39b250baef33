"""Ids as exports write them, and what an engine makes of each."""

from typing import Any

import ibis

from scoring.cells import ids

WRITTEN = (
    "0015g00000AbCdE", "0015g00000AbCdEAAV", "0015G00000ABCDEAAV", "001bm00001ZL000AA1", "123456789012345",
    "{0F8FAD5B-D9CB-469F-A165-70867728950E}", "0f8fad5bd9cb469fa16570867728950e", "1000", "1000.0", "1000,00",
    "zcrm_1000", " A7\u00a0", "\ufeffA7", "'007", '="007"', "A0;A1", '["A0","A1"]', "[17, 'Acme']", "123:Acme",
    '{"name": "Acme, Inc.", "value": 17}', "4.5E+17", "1,23457E+15", "12E5", "450000000000123008.0",
    "000000000000000AAA", "{00000000-0000-0000-0000-000000000000}", "(No value)", "--None--", "0", "0.0", "-", "\\N",
    "#N/A", "Acme Inc.", "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e", "1,000,000", "A1.0", "zcrm_A", "",
)  # fmt: skip


def forms(connection: Any) -> list[dict[str, Any]]:
    """Each form of each id, as an engine computes it."""
    table = ibis.memtable(
        {"place": range(len(WRITTEN)), "id": list(WRITTEN)}, schema={"place": "int64", "id": "string"}
    )
    found = (ids.canonical, ids.read_id, ids.is_nothing, ids.is_rounded, ids.first_of, ids.short_form, ids.is_canonical)
    columns = {form.__name__: form(table.id) for form in found}
    rows: list[dict[str, Any]] = connection.to_pyarrow(table.select("place", **columns).order_by("place")).to_pylist()
    return rows
