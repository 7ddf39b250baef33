"""The CRMs that closedwon writes files for, by name."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.crm.dynamics import DYNAMICS
from scoring.crm.hubspot import HUBSPOT
from scoring.crm.marketo import MARKETO
from scoring.crm.odoo import ODOO
from scoring.crm.profile import Profile
from scoring.crm.salesforce import SALESFORCE
from scoring.crm.zoho import ZOHO

PROFILES: Mapping[str, Profile] = {
    profile.name: profile for profile in (SALESFORCE, HUBSPOT, DYNAMICS, ZOHO, MARKETO, ODOO)
}
