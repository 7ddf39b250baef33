"""Marketo."""

from __future__ import annotations

from scoring.crm.connector import Connector
from scoring.crm.marketo.fields import definitions
from scoring.crm.marketo.profile import MARKETO, field_name
from scoring.crm.marketo.requests import requests
from scoring.crm.marketo.results import RECORD_ID, RESULTS

CONNECTOR = Connector(MARKETO, definitions, requests, results=RESULTS, record_id=RECORD_ID, field_name=field_name)
