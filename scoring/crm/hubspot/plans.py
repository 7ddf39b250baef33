"""The limits of HubSpot's subscriptions. Knowledge Base, "Set up import files", technical requirements and limits.

They count in any 24 hours, and for the import tool; the imports API takes 80,000,000 rows a day in paid accounts.
"""

from __future__ import annotations

from scoring.crm.profile import Subscription

_PAID = Subscription(imports_a_day=500, rows_a_day=10_000_000)

PLANS = {
    "free": Subscription(max_bytes=20_000_000, max_rows=500_000, imports_a_day=50, rows_a_day=500_000),
    "starter": _PAID,
    "professional": _PAID,
    "enterprise": _PAID,
}
