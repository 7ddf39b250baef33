"""The definitions of Odoo's fields: a CSV for the import of ir.model.fields."""

from __future__ import annotations

import csv

from scoring.crm.fields import FieldType, custom_columns, description, field_type, label
from scoring.crm.profile import Profile

#: The External ID of each model, by its technical name.
MODELS = {"res.partner": "base.model_res_partner", "crm.lead": "crm.model_crm_lead"}


class _Text(list[str]):
    """What a CSV writer writes to; no file, for nothing here touches one."""

    def write(self, line: str) -> None:
        self.append(line)


def definitions(profile: Profile) -> dict[str, str]:
    """Give a CSV of the fields of both models. Importing it needs the rights of an administrator of the settings.

    Parameters
    ----------
    profile : Profile
        Odoo's, with the names that the configuration gives to fields.

    Returns
    -------
    dict
        The content of the file by its name in the folder.
    """
    types: dict[FieldType, str] = {
        "text": "char",
        "percent": "float",
        "decimal": "float",
        "integer": "integer",
        "date": "date",
        "datetime": "datetime",
    }
    text = _Text()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("id", "model_id/id", "name", "field_description", "ttype", "help"))
    for entity, model in profile.objects.items():
        for column in custom_columns(profile, entity):
            key = f"closedwon_{entity}_{column.source}"
            kind = types[field_type(column)]
            rows.writerow((key, MODELS[model], column.header, label(column), kind, description(column)))
    return {"ir.model.fields.csv": "".join(text)}
