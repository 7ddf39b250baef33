"""The raw exports that closedwon knows, by name: the one list that a new layout is added to."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.crm.layout import Layout
from scoring.crm.salesforce import export as salesforce

LAYOUTS: Mapping[str, Layout] = {layout.name: layout for crm in (salesforce,) for layout in crm.LAYOUTS}
