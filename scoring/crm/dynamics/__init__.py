"""Dynamics 365, and every other Dataverse."""

from __future__ import annotations

from scoring.crm.connector import Connector
from scoring.crm.dynamics.fields import definitions
from scoring.crm.dynamics.profile import DYNAMICS, field_name
from scoring.crm.dynamics.requests import requests
from scoring.crm.dynamics.results import ANSWERS, RECORD_ID, RESULTS

CONNECTOR = Connector(
    DYNAMICS, definitions, requests, results=RESULTS, answers=ANSWERS, record_id=RECORD_ID, field_name=field_name
)
