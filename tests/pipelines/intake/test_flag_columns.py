"""Columns of yes and no that are mapped to a word: `Incoming` to a direction, `IsWon` to a status."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.config import Config, Input
from pipelines.errors import BadInput
from tests.pipelines.crm_export import export, read, rows

WORDS = ("true", "False", "YES", "0", "")
TOUCHES = "lead_id,activity_type,occurred_at,{name}\n" + "".join(
    f"L1,meeting {i},2026-02-0{i + 1},{word}\n" for i, word in enumerate(WORDS)
)


@pytest.mark.parametrize(
    ("name", "own", "directions"),
    [
        ("Incoming", {}, ["inbound", "outbound", "inbound", "outbound", "inbound"]),
        ("Is Outgoing", {}, ["outbound", "inbound", "outbound", "inbound", "inbound"]),
        ("Incoming", {"both": "inbound"}, ["inbound", "outbound", "inbound", "outbound", "inbound"]),
        # What the user says of yes and no counts before the name; the other words are read as ever.
        (
            "Incoming",
            {"true": "outbound", "yes": "outbound"},
            ["outbound", "inbound", "outbound", "inbound", "inbound"],
        ),
    ],
)
def test_yes_under_incoming_is_inbound(tmp_path: Path, name: str, own: dict[str, str], directions: list[str]) -> None:
    folder = export(tmp_path, activities=TOUCHES.format(name=name))
    settings = Input(columns={f"activities.{name}": "direction"}, direction_words=own)
    intake = read(folder, Config(input=settings))
    assert [row[1] for row in rows(intake.tables.activities, "activity_type", "direction")] == directions
    said = f"activities: {name} is read as direction: yes is {directions[0]}, no is {directions[1]}"
    assert (said in intake.notes) is ("true" not in own)


def test_a_log_with_a_column_of_yes_and_no_is_folded(tmp_path: Path) -> None:
    folder = export(tmp_path)
    import datetime

    when = [datetime.datetime(2026, 2, day) for day in (1, 2)]
    log = {"lead_id": ["L1", "L1"], "activity_type": ["in", "out"], "occurred_at": when, "Incoming": [True, False]}
    pq.write_table(pa.table(log), folder / "activities.parquet")
    intake = read(folder, Config(input=Input(columns={"activities.Incoming": "direction"})))
    assert intake.tables.log is not None
    assert rows(intake.tables.log.days.filter(intake.tables.log.days.kind.notnull()), "kind") == ["in"]


@pytest.mark.parametrize("parquet", [False, True])
def test_a_direction_of_yes_and_no_is_said(tmp_path: Path, parquet: bool) -> None:
    lines = ("lead_id,activity_type,occurred_at,direction", "L1,a,2026-02-01,TRUE", "L1,b,2026-02-02,true")
    text = "\n".join([*lines, "L1,c,2026-02-03,false"]) + "\n"
    folder = export(tmp_path, activities=text)
    if parquet:
        import pandas as pd

        frame = pd.read_csv(folder / "activities.csv", dtype={"direction": str}, parse_dates=["occurred_at"])
        frame.to_parquet(folder / "activities.parquet")
        (folder / "activities.csv").unlink()
    notes = read(folder).notes
    assert (
        "activities: direction is 'true' (2 rows, read as outbound), 'false' (1 rows, read as inbound), as in "
        "directioncode of Dynamics; if it says whether an activity is incoming, say so under [input]: direction_words "
        '= {"true" = "inbound", "false" = "outbound"}'
    ) in notes
    told = read(folder, Config(input=Input(direction_words={"true": "inbound", "false": "outbound"})))
    assert not any("directioncode" in note for note in told.notes)


DEALS = "opportunity_id,account_id,created_at,closed_at,{names}\n"
ACCOUNTS = "account_id\nA1\nA2\nA3\n"
MAPPED = {"opportunities.IsWon": "status"}


def test_no_under_is_won_is_lost_where_the_deal_is_closed(tmp_path: Path) -> None:
    told = ("true,TRUE", "false,TRUE", "0,0")
    lines = "".join(f"O{i},A{i},2026-01-02,2026-02-10,{flags}\n" for i, flags in enumerate(told, 1))
    folder = export(tmp_path, accounts=ACCOUNTS, opportunities=DEALS.format(names="IsWon,IsClosed") + lines)
    intake = read(folder, Config(input=Input(columns=MAPPED)))
    assert rows(intake.tables.opportunities, "opportunity_id", "status") == [
        ("O1", "won"),
        ("O2", "lost"),
        ("O3", "open"),
    ]
    assert "opportunities: IsWon is read as status: yes is won, no is lost where IsClosed says yes, else open" in (
        intake.notes
    )


def test_is_won_alone_does_not_tell_lost_from_open(tmp_path: Path) -> None:
    lines = "O1,A1,2026-01-02,2026-02-10,true\nO2,A2,2026-01-02,2026-02-10,false\n"
    folder = export(tmp_path, accounts=ACCOUNTS, opportunities=DEALS.format(names="IsWon") + lines)
    with pytest.raises(BadInput, match=r"IsWon of opportunities to status: .* export IsClosed too; .*status_words"):
        read(folder, Config(input=Input(columns=MAPPED)))
    told = Input(columns=MAPPED, status_words={"true": "won", "false": "lost"})
    assert rows(read(folder, Config(input=told)).tables.opportunities, "status") == ["lost", "won"]


@pytest.mark.parametrize(
    ("lines", "own", "statuses"),
    [
        # Deals that are not won have a close date, and none is 2: it may be a flag.
        ("2026-02-10,1|2026-02-10,0|2026-02-11,0", {}, None),
        ("2026-02-10,1|2026-02-10,0|2026-02-11,0", {"0": "lost"}, ["lost", "lost", "won"]),
        ("2026-02-10,1|2026-02-10,0|2026-02-11,0", {"0": "open"}, ["open", "open", "won"]),
        ("2026-02-10,1|2026-02-10,2|2026-02-11,0", {}, ["lost", "open", "won"]),
        ("2026-02-10,1|,0|,0", {}, ["open", "open", "won"]),
        ("2026-02-10,1|2026-02-10,lost|2026-02-11,0", {}, ["lost", "open", "won"]),
    ],
)
def test_a_status_of_0_and_1_may_be_a_flag(
    tmp_path: Path, lines: str, own: dict[str, str], statuses: list[str] | None
) -> None:
    text = "".join(f"O{i},A{i},2026-01-02,{line}\n" for i, line in enumerate(lines.split("|"), 1))
    folder = export(tmp_path, accounts=ACCOUNTS, opportunities=DEALS.format(names="status") + text)
    config = Config(input=Input(status_words=own))
    if statuses is None:
        with pytest.raises(BadInput, match=r"is 0 or 1 and never 2, and 2 of 2 deals with 0 have a close date"):
            read(folder, config)
    else:
        assert sorted(rows(read(folder, config).tables.opportunities, "status")) == statuses
