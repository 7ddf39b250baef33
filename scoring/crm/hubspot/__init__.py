"""HubSpot."""

from __future__ import annotations

from scoring.crm.connector import Connector
from scoring.crm.hubspot.fields import definitions
from scoring.crm.hubspot.plans import PLANS
from scoring.crm.hubspot.profile import HUBSPOT, field_name
from scoring.crm.hubspot.requests import requests
from scoring.crm.hubspot.results import ANSWERS, RECORD_ID, RESULTS

CONNECTOR = Connector(
    HUBSPOT, definitions, requests, PLANS, results=RESULTS, answers=ANSWERS, record_id=RECORD_ID, field_name=field_name
)
