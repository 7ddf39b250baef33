"""Machines that click, on a few touches: what each rule sets aside, and that nothing else is."""

from dataclasses import replace

import ibis
import pytest

from pipelines.config import Input
from tests.pipelines.crm_export import LENIENT, export, read, rows

HEAD = "lead_id,activity_type,occurred_at,direction"


def log(*lines: str, head: str = HEAD) -> str:
    return "\n".join([head, *lines]) + "\n"


def click(lead: str, at: str) -> str:
    return f"{lead},email_click,2026-02-{at},inbound"


def sent(lead: str, at: str) -> str:
    return f"{lead},email_sent,2026-02-{at},outbound"


def kept(folder, text: str, bots: str = "behaviour", parquet: bool = False):
    export(folder, activities=text)
    if parquet:
        (table := ibis.duckdb.connect().read_csv(folder / "activities.csv")).to_parquet(folder / "activities.parquet")
        assert table.columns
        (folder / "activities.csv").unlink()
    return read(folder, replace(LENIENT, input=Input(max_reject_share=1.0, bots=bots)))


def inbound(intake) -> int:
    table = intake.tables.activities
    return int(table.filter(table.direction == "inbound").count().execute())


@pytest.mark.parametrize("parquet", [False, True], ids=["csv", "folded"])
def test_a_person_behind_a_scanner_keeps_the_rest(tmp_path, parquet) -> None:
    others = [sent("L2", "02T10:00:01"), "L2,form,2026-02-02T10:00:03,inbound", click("L2", "02T10:00:21")]
    touches = [*others, *(click("L2", f"03T10:00:0{s}") for s in (1, 2, 3, 4)), "L2,reply,2026-02-03T10:00:04,inbound"]
    intake = kept(tmp_path / "crm", log(*touches), parquet=parquet)
    assert inbound(intake) == 3
    assert "activities: 4 touches of machines are set aside: 4 clicks and more within 10 seconds" in intake.notes
    if parquet:
        assert sorted(intake.tables.log.days.kind.to_pyarrow().to_pylist()) == ["email_click", "form", "reply"]


#: Columns that may say that a machine clicked, and what each says of one click: of whom a click is set aside, and why.
MARKS = {
    "filtered_event": {"true": "the CRM flags them as a machine's"},
    "is_bot": {"Yes": "the CRM flags them as a machine's", "false": ""},
    "user_agent": {
        "Mozilla/5.0 (compatible; Googlebot/2.1)": "their agent names itself as a robot",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36": "",
    },
    "note": {"a bot": ""},
}


def test_what_is_marked_as_a_machine_s(tmp_path) -> None:
    cases = [(column, cell, why) for column, cells in MARKS.items() for cell, why in cells.items()]
    clicks = [
        f"L1,click {i},2026-02-02T10:00:01,inbound,{','.join(cell if name == column else '' for name in MARKS)}"
        for i, (column, cell, _) in enumerate(cases)
    ]
    text = log(*clicks, "L1,form,2026-02-02T10:00:01,inbound,,,,", head=",".join([HEAD, *MARKS]))
    intake = kept(tmp_path / "crm", text, bots="marked")
    left = [f"click {i}" for i, (*_, why) in enumerate(cases) if not why]
    assert rows(intake.tables.activities, "activity_type") == [*left, "form"]
    assert [note for note in intake.notes if "machines" in note] == [
        "activities: 2 touches of machines are set aside: the CRM flags them as a machine's",
        "activities: 1 touches of machines are set aside: their agent names itself as a robot, a scanner or a proxy",
    ]
    assert intake.counts["activities"].left_out == 3
    off = kept(tmp_path / "off", text, bots="off")
    assert inbound(off) == 7
    assert not any("machines" in note for note in off.notes)


def test_behaviour_is_not_looked_at_unless_it_is_asked_for(tmp_path) -> None:
    clicks = [click("L1", f"02T10:00:0{s}") for s in (1, 3, 6, 9)]
    assert inbound(kept(tmp_path / "crm", log(*clicks), bots="marked")) == 4


def test_an_export_without_seconds_is_said(tmp_path) -> None:
    intake = kept(tmp_path / "crm", log(*(click("L1", f"02T10:0{m}:00") for m in range(5))))
    assert any("have no seconds" in note for note in intake.notes)
