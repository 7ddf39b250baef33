"""Zoho CRM."""

from __future__ import annotations

from scoring.crm.connector import Connector
from scoring.crm.zoho.fields import definitions
from scoring.crm.zoho.plans import PLANS
from scoring.crm.zoho.profile import ZOHO, field_name
from scoring.crm.zoho.requests import requests
from scoring.crm.zoho.results import RECORD_ID, RESULTS

CONNECTOR = Connector(ZOHO, definitions, requests, PLANS, results=RESULTS, record_id=RECORD_ID, field_name=field_name)
