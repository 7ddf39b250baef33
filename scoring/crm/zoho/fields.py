"""The definitions of Zoho's fields: bodies for the fields API. Zoho CRM API, "Create Custom Fields"."""

from __future__ import annotations

from typing import Any

from scoring.crm.fields import FieldType, as_json, custom_columns, field_type
from scoring.crm.profile import Profile

#: The most fields that one call creates.
FIELDS_A_CALL = 5


def definitions(profile: Profile) -> dict[str, str]:
    """Give bodies for ``/crm/v8/settings/fields?module=<module>``, which makes API names from labels.

    Parameters
    ----------
    profile : Profile
        Zoho's, with the names that the configuration gives to fields.

    Returns
    -------
    dict
        The content of each file by its name in the folder.
    """
    types: dict[FieldType, dict[str, Any]] = {
        "percent": {"data_type": "double", "length": 16, "decimal_place": 4},
        "decimal": {"data_type": "double", "length": 16, "decimal_place": 2},
        "integer": {"data_type": "integer", "length": 9},
        "date": {"data_type": "date"},
        "datetime": {"data_type": "datetime"},
    }
    files = {}
    for entity, module in profile.objects.items():
        bodies = [
            {"field_label": column.header.replace("_", " ")}
            | types.get(field_type(column), {"data_type": "text", "length": column.length})
            for column in custom_columns(profile, entity)
        ]
        for start in range(0, len(bodies), FIELDS_A_CALL):
            call = start // FIELDS_A_CALL + 1
            files[f"{module}_fields_{call}.json"] = as_json({"fields": bodies[start : start + FIELDS_A_CALL]})
    return files
