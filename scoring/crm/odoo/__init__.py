"""Odoo."""

from __future__ import annotations

from scoring.crm.connector import Connector
from scoring.crm.odoo.fields import definitions
from scoring.crm.odoo.profile import ODOO, field_name
from scoring.crm.odoo.results import ANSWERS

CONNECTOR = Connector(ODOO, definitions, answers=ANSWERS, field_name=field_name)
