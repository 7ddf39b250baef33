"""The limits of Zoho CRM's editions. Zoho CRM, "Compare editions": custom fields of each module."""

from __future__ import annotations

from scoring.crm.profile import Plan

PLANS = {"standard": Plan(custom_fields=10), "professional": Plan(), "enterprise": Plan(), "ultimate": Plan()}
