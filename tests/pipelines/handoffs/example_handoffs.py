"""A CRM in which sales answers hand-offs and sets scores aside, two nights of a store, and an agreement.

As of 2026-06-01, a Monday. The agreement holds from April on; the nights are of 1 March and of 1 April.
"""

from datetime import date
from pathlib import Path

import pandas as pd

from pipelines.alignment.agreed import Agreed, keep
from pipelines.alignment.agreement_file import read_agreement
from tests.pipelines.crm_export import export

AS_OF = date(2026, 6, 1)
ACCOUNTS = """account_id,created_at,employees,owner_team
A1,2026-01-05,50,north
A2,2026-01-05,60,north
A3,2026-01-05,2000,south
A4,2026-01-05,70,
"""
LEADS = """lead_id,account_id,created_at,title
L1,A1,2026-01-07,CFO
L2,A1,2026-01-07,
L3,A2,2026-01-07,
L4,A2,2026-01-07,
L5,A2,2026-01-07,
L6,A2,2026-01-07,
L7,A3,2026-01-07,
L8,A4,2026-01-07,
L9,A4,2026-01-07,
L10,A4,2026-06-05,
"""
OPPORTUNITIES = """opportunity_id,account_id,lead_id,created_at,closed_at,status,amount
O1,A4,L8,2026-03-25,2026-04-20,won,1000
O2,A1,L2,2026-04-20,2026-05-20,lost,
O3,A2,L3,2026-05-02,,open,
"""
ACTIVITIES = """lead_id,account_id,activity_type,occurred_at,direction
L1,,call,2026-04-13 09:00:00,outbound
L1,,call,2026-04-13 12:00:00,outbound
L1,,call,2026-04-13 13:00:00,outbound
L2,,email_sent,2026-04-13 10:30:00,outbound
,A1,call,2026-04-14 11:00:00,outbound
L4,,call,2026-04-14 09:00:00,outbound
L5,,call,2026-04-14,outbound
L8,,meeting,2026-03-09 11:00:00,outbound
L8,,reply,2026-03-20 08:00:00,inbound
L9,,call,2026-04-20 10:30:00,outbound
L7,,call,2026-06-01 09:00:00,outbound
L3,,reply,2026-05-10 08:00:00,inbound
"""
#: What nobody may see: it is in a reason and an owner.
SECRET = "Anna Markowitz"
HANDOFFS = f"""lead_id,account_id,handed_at,owner,accepted_at,rejected_at,reason
L1,A1,2026-04-13 10:00:00,0055g00000A1B2C,2026-04-13 11:00:00,,
L1,A1,2026-04-13 10:00:00,0055g00000A1B2C,,,
L2,,2026-04-13 10:00:00,0055g00000A1B2C,,,
L3,,2026-05-29 15:00:00,{SECRET},,,
L4,,2026-04-13 10:00:00,,,2026-04-13 15:00:00,No budget - ask {SECRET}
L5,,2026-04-13 16:00:00,south,2026-04-14,,
L6,,2026-04-13 10:00:00,,,2026-04-12 09:00:00,Dublette
L7,,2026-04-13 10:00:00,,2026-06-01 10:00:00,,
L8,A4,2026-03-09 10:00:00,,2026-03-09 10:30:00,,
L9,,2026-04-13 10:00:00,,,,
L9,,2026-04-20 10:00:00,,,2026-04-21 10:00:00,{SECRET} said so
,A2,2026-04-13 10:00:00,,,2026-05-04 10:00:00,Dublette
L1,,2025-01-10 10:00:00,,,,
L1,,2026-06-01 00:00:00,,,,
L10,,2026-05-01 10:00:00,,,,
L99,,2026-05-01 10:00:00,{SECRET},,,{SECRET}
L1,,,,,,
"""
OVERRIDES = f"""lead_id,account_id,set_at,score,grade,reason,expires_at
L1,,2026-04-02 10:00:00,,D,not now,
L1,,2026-05-02 10:00:00,,C,{SECRET},2026-12-31
L2,,2026-04-02 10:00:00,90,,,2026-05-01
L3,,2026-04-02 10:00:00,,A,,
L8,,2026-03-02 10:00:00,50,,,
,A3,2026-04-02 10:00:00,,B,,
L3,,2026-06-01 10:00:00,,D,,
L3,,2026-05-01 10:00:00,,hot,,
L3,,2026-05-01 10:00:00,200,,,
L3,,2026-05-01 10:00:00,,,,
"""
NIGHTS = {
    "2026-03-01_1_aaaaaaaa": {"L1": ("B", 0.05), "L8": ("A", 0.2), "L9": ("A", 0.4)},
    "2026-04-01_2_bbbbbbbb": {
        **dict.fromkeys(("L1", "L2", "L3", "L5", "L7", "L9"), ("A", 0.2)),
        **{"L4": ("B", 0.08), "L6": ("C", 0.02), "L10": ("D", 0.001)},
    },
}
AGREEMENT = """
[agreement]
name = "2026-Q2"
first_day = 2026-04-01
last_day = 2026-06-30
[service_level]
a = 4
b = 24
[handoff]
reasons = ["no budget", "no such person"]
[parts.enterprise]
where = { employees = { at_least = 1000 } }
[parts.enterprise.service_level]
a = 2
"""


def crm(folder: Path, **tables: str | None) -> Path:
    """The tables as files."""
    texts = {"accounts": ACCOUNTS, "leads": LEADS, "opportunities": OPPORTUNITIES, "activities": ACTIVITIES}
    written: Path = export(folder, **(texts | {"handoffs": HANDOFFS, "overrides": OVERRIDES} | tables))
    return written


def past(store: Path) -> None:
    """The nights and the agreement in a store."""
    for name, leads in NIGHTS.items():
        rows = [(lead, grade, chance, 0.0) for lead, (grade, chance) in leads.items()]
        scores = pd.DataFrame(rows, columns=["lead_id", "grade", "win_probability", "log_odds"])
        folder = store / "ledger" / name
        folder.mkdir(parents=True)
        scored = scores.assign(scored_at=pd.Timestamp(name[:10]), model_version="1")
        scored = scored.assign(rank=1, expected_amount=1.0, expected_revenue=1.0, account_id="")
        scored.to_parquet(folder / "lead_scores.parquet")
    file = store / "agreement.toml"
    file.write_text(AGREEMENT, encoding="utf-8")
    keep(store, Agreed.of(read_agreement(file), date(2026, 3, 20)))
