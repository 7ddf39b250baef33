"""HubSpot."""

from __future__ import annotations

from scoring.crm.connector import Connector
from scoring.crm.hubspot.fields import definitions
from scoring.crm.hubspot.profile import HUBSPOT

CONNECTOR = Connector(HUBSPOT, definitions)
