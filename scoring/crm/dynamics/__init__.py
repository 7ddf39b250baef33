"""Dynamics 365, and every other Dataverse."""

from __future__ import annotations

from scoring.crm.connector import Connector
from scoring.crm.dynamics.fields import definitions
from scoring.crm.dynamics.profile import DYNAMICS

CONNECTOR = Connector(DYNAMICS, definitions)
