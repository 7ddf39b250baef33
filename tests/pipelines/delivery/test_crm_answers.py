"""What each CRM says of an import, in the makers' own form, becomes what was taken, and everybody is counted once.

`tests.crm_answers` makes the answers from the makers' documentation and knows nothing of the readers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.config import Config
from pipelines.delivery.import_results import imported, refused
from scoring.crm.known import CONNECTORS
from tests.crm_answers import dynamics, hubspot, marketo, odoo, salesforce, zoho
from tests.crm_answers.rows import Row
from tests.pipelines.delivery.import_nights import sent_file, sent_rows, store_with

REASON = "the record of ada@example.com, again"
IDS = {
    "salesforce": [f"00Q00000000000{n}AAA" for n in range(6)],
    "dynamics": [f"00000000-0000-4000-8000-00000000000{n}" for n in range(6)],
    "odoo": [f"__export__.crm_lead_{n}" for n in range(6)],
}
NUMBERS = [str(10_000_000 + n) for n in range(6)]
Made = Callable[[Sequence[Row], Mapping[int, str]], str]


@dataclass(frozen=True)
class Kind:
    """A kind of results: which CRM, how they are made, and whether the file that was sent is given.

    `named` are the numbers of rows that it names of six, given those that were refused.
    """

    crm: str
    made: Made
    sent: bool = False
    rest: bool | None = None
    says_taken: bool = False
    says_refused: bool = True
    names: Mapping[str, str] | None = None


LEGACY = {"id": "Legacy_Number__c"}
KINDS = {
    "bulk 2.0, failed": Kind("salesforce", lambda rows, no: salesforce.bulk_2(rows, no)[1]),
    "bulk 2.0, successful": Kind(
        "salesforce", lambda rows, no: salesforce.bulk_2(rows, no)[0], says_taken=True, says_refused=False
    ),
    "bulk 2.0, unprocessed": Kind("salesforce", lambda rows, no: salesforce.unprocessed([rows[n] for n in no or [0]])),
    "loader, errors": Kind("salesforce", lambda rows, no: salesforce.loader(rows, no)[1]),
    "loader, successes": Kind(
        "salesforce", lambda rows, no: salesforce.loader(rows, no)[0], says_taken=True, says_refused=False
    ),
    "loader with bulk 2.0, errors": Kind("salesforce", lambda rows, no: salesforce.loader_bulk_2(rows, no)[1]),
    "loader with bulk 2.0, successes": Kind(
        "salesforce", lambda rows, no: salesforce.loader_bulk_2(rows, no)[0], says_taken=True, says_refused=False
    ),
    "loader with bulk 2.0, upsert, errors": Kind(
        "salesforce", lambda rows, no: salesforce.loader_bulk_2(rows, no)[1], names=LEGACY
    ),
    "loader, upsert, successes": Kind(
        "salesforce", lambda rows, no: salesforce.loader(rows, no)[0], says_taken=True, says_refused=False, names=LEGACY
    ),
    "failed and the file sent": Kind("salesforce", lambda rows, no: salesforce.bulk_2(rows, no)[1], sent=True),
    "hubspot, errors": Kind("hubspot", lambda rows, no: hubspot.errors(rows, no, "contacts", page=2)),
    "hubspot, errors and the file sent": Kind(
        "hubspot", lambda rows, no: hubspot.errors(rows, no, "contacts"), sent=True, rest=True
    ),
    "hubspot, error file": Kind("hubspot", lambda rows, no: hubspot.error_file(rows, no, "Contact")),
    "hubspot, error file and the file sent": Kind(
        "hubspot", lambda rows, no: hubspot.error_file(rows, no, "Contact"), sent=True, rest=True
    ),
    "marketo, failures": Kind("marketo", marketo.failures),
    "marketo, failures and the file sent": Kind("marketo", marketo.failures, sent=True, rest=True),
    "zoho": Kind("zoho", zoho.result, says_taken=True),
    "dynamics, error rows": Kind("dynamics", dynamics.error_rows),
    "dynamics, error rows and the file sent": Kind("dynamics", dynamics.error_rows, sent=True, rest=True),
    "dynamics, logs and the file sent": Kind(
        "dynamics", lambda rows, no: dynamics.logs(rows, no, data=True), sent=True, rest=True
    ),
    "dynamics, import data": Kind("dynamics", dynamics.data, says_taken=True),
    "dynamics, batch and the file sent": Kind(
        "dynamics",
        lambda rows, no: dynamics.batch(rows, no, [row["Lead"] for row in rows]),
        sent=True,
        says_taken=True,
    ),
    "odoo and the file sent": Kind("odoo", lambda rows, no: odoo.load(len(rows), no, {}), sent=True, rest=True),
    "odoo by JSON-RPC and the file sent": Kind(
        "odoo", lambda rows, no: odoo.load(len(rows), no, {}, rpc=True), sent=True, rest=True
    ),
}


def test_every_crm_has_an_answer() -> None:
    assert {kind.crm for kind in KINDS.values()} == set(CONNECTORS)


@pytest.mark.parametrize("no", [(), (1, 4), (0, 1, 2, 3, 4, 5)], ids=["none", "some", "all"])
@pytest.mark.parametrize("name", KINDS)
def test_everybody_is_counted_once(name: str, no: tuple[int, ...], tmp_path: Path) -> None:
    kind = KINDS[name]
    ids = IDS.get(kind.crm, NUMBERS)
    store = store_with(tmp_path, {day: {"lead": ids} for day in ("2025-12-28", "2025-12-29")})
    config = Config()
    if kind.names:
        config = Config(crm=type(config.crm)(**{kind.crm: {"lead": dict(kind.names)}}))
    rows = sent_rows(kind.crm, "lead", ids, **(kind.names or {}))
    text = kind.made(rows, dict.fromkeys(no, REASON))
    (tmp_path / "results").write_text(text, newline="")
    lines: list[str] = []
    sent = sent_file(tmp_path, rows) if kind.sent else None
    asked = "lead" if kind.crm in ("dynamics", "salesforce") else None
    said_no = set(no) if kind.says_refused else set[int]()
    if name.endswith("unprocessed"):
        said_no = set(no or [0])
    taken = set(range(6)) - set(no) if kind.says_taken or kind.rest else set[int]()
    if kind.crm == "odoo" and no:
        said_no, taken = set(range(6)), set()  # one error undoes the whole file
    unknown = set(range(6)) - said_no - taken if kind.sent else set[int]()
    if not said_no | taken | unknown:
        found = imported(store, config, tmp_path / "results", asked=asked, sent=sent, say=lines.append)
        assert found is None
        assert refused(store) == {}
        return
    found = imported(store, config, tmp_path / "results", asked=asked, sent=sent, say=lines.append)
    assert found is not None
    assert (found.crm, found.entity, found.nights) == (kind.crm, "lead", ("2025-12-29_2",))
    assert (found.taken, found.failed, found.unknown) == (len(taken), len(said_no), len(unknown))
    not_taken = frozenset(ids[number] for number in said_no | unknown)
    assert refused(store) == ({"lead": {kind.crm: not_taken}} if not_taken else {})
    total = len(taken | said_no | unknown)
    assert f"  {total} rows = {len(taken)} taken + {len(said_no)} refused + {len(unknown)} unknown" in lines
    assert "ada@example.com" not in "".join(file.read_text() for file in store.path.rglob("imports/*.json"))
