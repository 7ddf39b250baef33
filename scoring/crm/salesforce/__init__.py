"""Salesforce."""

from __future__ import annotations

from scoring.crm.connector import Connector
from scoring.crm.salesforce.fields import definitions
from scoring.crm.salesforce.profile import SALESFORCE, field_name
from scoring.crm.salesforce.requests import requests
from scoring.crm.salesforce.results import RECORD_ID, RESULTS

CONNECTOR = Connector(SALESFORCE, definitions, requests, results=RESULTS, record_id=RECORD_ID, field_name=field_name)
