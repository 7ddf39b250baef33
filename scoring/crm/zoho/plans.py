"""The limits of Zoho CRM's editions. Zoho CRM, "Compare editions": custom fields of each module."""

from __future__ import annotations

from scoring.crm.profile import Subscription

PLANS = {
    "standard": Subscription(custom_fields=10),
    "professional": Subscription(),
    "enterprise": Subscription(),
    "ultimate": Subscription(),
}
