"""The raw exports that closedwon knows, by name: the one list that a new layout is added to."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.crm.dynamics import export as dynamics
from scoring.crm.hubspot import export as hubspot
from scoring.crm.layout import Layout
from scoring.crm.marketo import export as marketo
from scoring.crm.odoo import export as odoo
from scoring.crm.pipedrive import export as pipedrive
from scoring.crm.salesforce import export as salesforce
from scoring.crm.zoho import export as zoho

LAYOUTS: Mapping[str, Layout] = {
    layout.name: layout
    for crm in (salesforce, hubspot, dynamics, pipedrive, zoho, odoo, marketo)
    for layout in crm.LAYOUTS
}
