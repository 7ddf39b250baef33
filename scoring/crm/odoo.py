"""Odoo: a CSV for contacts (res.partner) and one for leads (crm.lead), for "Import records" and for ``load``.

The header of a column is its field's technical name. Records are found by ``id``, their External ID, such as
``__export__.res_partner_42_1a2b3c4d``, which is what "I want to update data" exports; numbers of the database (``id``
renamed to ``.id``) are understood by ``load`` alone, not by the import's page. The fields are custom fields, whose
names start with ``x_``, made once (``closedwon fields --crm odoo``): Char, Float, Integer, Date, Datetime; 12.5 for
12.5 %.

Rules of the format: comma, UTF-8, decimal point, dates and times as below, which the import reads in the time zone
of the user who imports: let that be UTC. An empty cell empties the field. An External ID has no space in it, and
one that Odoo does not know makes a new record: as a rule that fails for want of a name, and then no row of the file
is taken. So whoever is gone from the export is not named in the file that clears. Odoo names no limit of rows but
advises small batches; its import did some 80 rows a second when tried, so parts are kept to 5,000, a minute each.
Odoo documentation, "Export and import data" and "External identifiers"; constraint name_nospaces of ir.model.data.
"""

from __future__ import annotations

from scoring.crm.profile import Column, Profile, scores_as

_SCORES = scores_as(lambda score: f"x_closedwon_{score}")

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
