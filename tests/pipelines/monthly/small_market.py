"""A market of a few companies, whose January of 2026 can be counted by hand."""

from datetime import date
from pathlib import Path

import pandas as pd

from pipelines.config import Config, Sources
from pipelines.intake.point_in_time import Export, read_export

AS_OF = date(2026, 2, 10)
#: What a CRM may well hold, and a page must not obey; no source of it is large enough to be followed by itself.
HOSTILE = "<script>alert(1)</script>"
#: The day on which each company came, its source and segment; its touches as (day, direction); its deal as (opened,
#: closed, status, amount).
COMPANIES: dict[str, tuple[str, str, str, list[tuple[str, str]], list[tuple[str, str, str, float | None]]]] = {
    "A1": (
        "2025-03-02",
        "web",
        "Software",
        [("2025-12-01", "in"), ("2025-12-20", "out")],
        [("2026-01-05", "2026-01-20", "won", 5000.0)],
    ),
    "A2": (
        "2025-04-02",
        "web",
        "Software",
        [("2025-11-01", "out"), ("2025-12-01", "in")],
        [("2025-12-15", "2026-01-31", "won", 7000.0)],
    ),
    "A3": (
        "2025-04-09",
        "event",
        "Retail",
        [("2025-01-01", "out"), ("2025-06-01", "in")],
        [("2026-01-10", "", "open", 2000.0)],
    ),
    "A4": ("2025-05-02", "event", "Retail", [], [("2026-01-31", "2026-02-01", "lost", 900.0)]),
    "A5": (
        "2026-01-03",
        "web",
        HOSTILE,
        [("2026-01-04", "in"), ("2026-01-04", "in")],
        [("2026-02-01", "", "open", 100.0)],
    ),
    "A6": ("2026-01-04", "event", "Retail", [("2026-01-10", "in")], []),
    "A7": ("2025-06-02", "web", "Software", [("2025-06-03", "in")], [("2025-06-10", "2025-12-31", "won", None)]),
    "A8": ("2025-07-02", "web", "Software", [], []),
}
CONFIG = Config(sources=Sources(fewest=1))


def read(folder: Path) -> Export:
    """The export of the market."""
    kinds = {"in": ("demo_request", "inbound"), "out": ("call", "outbound")}
    rows = COMPANIES.items()
    accounts = [{"account_id": a, "created_at": day, "source": s, "segment": p} for a, (day, s, p, _, _) in rows]
    leads = [
        {"lead_id": f"L{a}", "account_id": a, "created_at": day, "title": "CFO", "source": s, "campaign": "spring"}
        for a, (day, s, _, _, _) in rows
    ]
    touches = [
        {"lead_id": f"L{a}", "activity_type": kinds[way][0], "occurred_at": day, "direction": kinds[way][1]}
        for a, (_, _, _, found, _) in rows
        for day, way in found
    ]
    deals = [
        {"opportunity_id": f"O{a}{i}", "account_id": a, "created_at": opened, "closed_at": closed, "status": status}
        | {"amount": amount}
        for a, (_, _, _, _, found) in rows
        for i, (opened, closed, status, amount) in enumerate(found)
    ]
    spend = [{"source": "web", "month": "2025-03-01", "cost": 600.0}]
    folder.mkdir()
    for name, table in {
        "accounts": accounts,
        "leads": leads,
        "activities": touches,
        "opportunities": deals,
        "spend": spend,
    }.items():
        pd.DataFrame(table).to_csv(folder / f"{name}.csv", index=False)
    return read_export(
        folder, CONFIG, AS_OF, lambda _: None, with_pandera=False, with_notes=False, with_identities=True
    )
