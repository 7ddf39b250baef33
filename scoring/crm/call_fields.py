"""The fields of a call in a CRM: in which week, in which order, why now, until when, and with whom.

They stand on the record itself. A view of "call week is this week", sorted by the order, is the list of an owner; the
next list writes another week, so nothing has to be cleared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from scoring.crm.profile import Column, Profile
from scoring.scores.columns import CrmField

CALL_FIELDS = (
    ("call_week", CrmField(1, "date", "The Monday of the week in which to call")),
    ("call_order", CrmField(2, "number", "1 is the first that the owner calls in that week")),
    ("call_reason", CrmField(3, "text", "What is new, and since when", length=255)),
    ("call_until", CrmField(4, "date", "From this day on that is no reason any more")),
    ("call_people", CrmField(5, "text", "Ids of the leads to talk to, and the role that is missing", length=255)),
)


def calls_profile(profile: Profile, field_name: Callable[[str], str]) -> Profile:
    """How a CRM takes calls: the same ids and limits as for scores, and the fields of a call.

    Parameters
    ----------
    profile : Profile
        Of the scores, with the names of the configuration.
    field_name : callable
        Gives the CRM's name of a field.
    """
    columns = tuple(
        Column(name, field_name(name), crm.kind, length=crm.length, decimals=crm.decimals) for name, crm in CALL_FIELDS
    )
    of_entity = {entity: (own[0], *columns) for entity, own in profile.columns.items()}
    return replace(profile, columns=of_entity, beside=())
