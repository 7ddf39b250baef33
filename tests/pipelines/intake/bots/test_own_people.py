"""Our own people and test records among the leads: who is left out, and what names only them."""

from dataclasses import replace

import ibis
import pytest

from pipelines.config import Input
from pipelines.intake.bots.own_people import at_domains, like
from tests.pipelines.crm_export import LENIENT, export, read, rows

OWN = [
    ("ann@acme.com", True),
    ("ann@mail.acme.com", True),
    ("ann <ann@acme.com>", True),
    ("ann@notacme.com", False),
    ("ann@acme.com.br", False),
    ("acme.com@x.example", False),
    ("ann@acmexcom", False),
    (None, False),
]
TESTS = [
    ("test@x.example", True),
    ("ann@example.com", True),
    ("latest@x.example", False),
    ("ann@example.com.br", False),
    ("ann@examplexcom", False),
    (None, False),
]


@pytest.mark.parametrize(
    ("cases", "rule", "names"),
    [(OWN, at_domains, ("Acme.com", "@other.example")), (TESTS, like, ("test@*", "*@Example.com"))],
    ids=["domains", "patterns"],
)
def test_addresses(cases, rule, names) -> None:
    table = ibis.memtable({"address": [address for address, _ in cases]}, schema={"address": "string"})
    found = table.select(left_out=rule(table.address, names)).to_pyarrow()["left_out"].to_pylist()
    assert [bool(one) for one in found] == [expected for _, expected in cases]


def test_own_people_are_left_out_with_what_names_only_them(tmp_path) -> None:
    leads = "lead_id,account_id,email\nL1,A1,ann@acme.com\nL2,A1,Test@x.example\nL3,A1,eve@beta.io\n"
    log = "lead_id,activity_type,occurred_at\nL1,form,2026-02-01\nL2,form,2026-02-01\nL3,form,2026-02-01\n"
    deals = "opportunity_id,account_id,created_at,status\nO1,A1,2026-02-01,open\n"
    folder = export(tmp_path / "crm", leads=leads, activities=log, opportunities=deals)
    assert rows(read(folder).tables.leads, "lead_id") == ["L1", "L2", "L3"]
    settings = Input(max_reject_share=1.0, own_domains=("acme.com",), test_addresses=("test@*",))
    intake = read(folder, replace(LENIENT, input=settings))
    assert rows(intake.tables.leads, "lead_id") == ["L3"]
    assert rows(intake.tables.activities, "lead_id") == ["L3"]
    assert intake.counts["leads"].left_out == intake.counts["activities"].left_out == 2
    assert [note for note in intake.notes if note.startswith("leads:")] == [
        "leads: 1 rows are left out: test records, by their address",
        "leads: 1 rows are left out: their address is at a domain of our own",
    ]
