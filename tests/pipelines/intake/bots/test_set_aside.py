"""Machines that click, on a few touches: what each rule sets aside, and that nothing else is."""

from dataclasses import replace

import ibis
import pytest

from pipelines.config import Input
from tests.pipelines.crm_export import LENIENT, export, read

HEAD = "lead_id,activity_type,occurred_at,direction"


def log(*rows: str, head: str = HEAD) -> str:
    return "\n".join([head, *rows]) + "\n"


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
    rows = [*others, *(click("L2", f"03T10:00:0{s}") for s in (1, 2, 3, 4)), "L2,reply,2026-02-03T10:00:04,inbound"]
    intake = kept(tmp_path / "crm", log(*rows), parquet=parquet)
    assert inbound(intake) == 3
    assert "activities: 4 touches of machines are set aside: 4 clicks and more within 10 seconds" in intake.notes
    if parquet:
        assert sorted(intake.tables.log.days.kind.to_pyarrow().to_pylist()) == ["email_click", "form", "reply"]


MARKED = [
    ("filtered_event", "true", 1, "the CRM flags them as a machine's"),
    ("is_bot", "Yes", 1, "the CRM flags them as a machine's"),
    ("is_bot", "false", 2, ""),
    ("user_agent", "Mozilla/5.0 (compatible; Googlebot/2.1)", 1, "their agent names itself as a robot"),
    ("user_agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", 2, ""),
    ("note", "a bot", 2, ""),
]


@pytest.mark.parametrize(("column", "cell", "left", "said"), MARKED)
def test_what_is_marked_as_a_machine_s(tmp_path, column, cell, left, said) -> None:
    rows = (f"L1,email_click,2026-02-02T10:00:01,inbound,{cell}", "L1,form,2026-02-02T10:00:01,inbound,")
    text = log(*rows, head=f"{HEAD},{column}")
    intake = kept(tmp_path / "crm", text, bots="marked")
    assert inbound(intake) == left
    notes = [note for note in intake.notes if "machines" in note]
    assert (notes == []) if not said else (len(notes) == 1 and said in notes[0] and "1 touches" in notes[0])
    assert intake.counts["activities"].left_out == 2 - left
    assert inbound(kept(tmp_path / "off", text, bots="off")) == 2


def test_behaviour_is_not_looked_at_unless_it_is_asked_for(tmp_path) -> None:
    rows = [click("L1", f"02T10:00:0{s}") for s in (1, 3, 6, 9)]
    assert inbound(kept(tmp_path / "crm", log(*rows), bots="marked")) == 4


def test_an_export_without_seconds_is_said(tmp_path) -> None:
    intake = kept(tmp_path / "crm", log(*(click("L1", f"02T10:0{m}:00") for m in range(5))))
    assert any("have no seconds" in note for note in intake.notes)
