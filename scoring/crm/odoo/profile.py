"""Odoo: a CSV for contacts (res.partner) and one for leads (crm.lead), for "Import records" and for ``load``.

The header of a column is its field's technical name. Records are found by ``id``, their External ID, such as
``__export__.res_partner_42_1a2b3c4d``, which is what "I want to update data" exports; only ``load`` understands the
numbers of the database (``id`` renamed to ``.id``), the import's page does not. The fields are custom fields, whose
names start with ``x_``, made once (``closedwon fields --crm odoo``): Char, Float, Integer, Date, Datetime; 12.5 for
12.5 %.

Rules of the format: comma, UTF-8, decimal point, dates and times as below. The import reads times in the time zone
of the user who imports, so that should be UTC. An empty cell empties the field. An External ID has no space in it.
One that Odoo does not know makes a new record; as a rule that fails because the name is missing, and then Odoo takes
no row of the file. So the file that clears fields leaves out those who are gone from the export. Odoo has no limit of
rows but advises small batches; its import took about 80 rows a second in a trial, so a part has at most 5,000 rows,
about a minute's work.
Odoo documentation, "Export and import data" and "External identifiers"; constraint name_nospaces of ir.model.data.
"""

from __future__ import annotations

from scoring.crm.profile import Column, Profile, scores_as


def field_name(score: str) -> str:
    """The name of the field of a score."""
    return f"x_closedwon_{score}"


_SCORES = scores_as(field_name)

ODOO = Profile(
    name="odoo",
    columns={
        "account": (Column("account_id", "id", "id", length=255, pattern=r"[^\s.]+(\.\S+)?"), *_SCORES),
        "lead": (Column("lead_id", "id", "id", length=255, pattern=r"[^\s.]+(\.\S+)?"), *_SCORES),
    },
    objects={"account": "res.partner", "lead": "crm.lead"},
    empty="none",
    max_bytes=100_000_000,
    max_rows=5_000,
    whole=True,
    time="%Y-%m-%d %H:%M:%S",
)
