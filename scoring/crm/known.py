"""The CRMs that closedwon knows, by name: the one list that a new CRM is added to."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.crm import dynamics, hubspot, marketo, odoo, salesforce, zoho
from scoring.crm.connector import Connector
from scoring.crm.profile import Profile
from scoring.crm.results import AnswerFile, ResultsFile

CONNECTORS: Mapping[str, Connector] = {
    crm.CONNECTOR.profile.name: crm.CONNECTOR for crm in (salesforce, hubspot, dynamics, zoho, marketo, odoo)
}

PROFILES: Mapping[str, Profile] = {name: connector.profile for name, connector in CONNECTORS.items()}

RESULTS: tuple[tuple[str, ResultsFile], ...] = tuple(
    sorted(
        ((name, kind) for name, connector in CONNECTORS.items() for kind in connector.results),
        key=lambda found: -len(found[1].marks),
    )
)
"""The kinds of results files and the CRM of each, in the order in which they are tried: more marks come first."""

ANSWERS: tuple[tuple[str, AnswerFile], ...] = tuple(
    (name, kind) for name, connector in CONNECTORS.items() for kind in connector.answers
)
"""The kinds of answers and the CRM of each."""
