import csv

from scoring.crm.odoo.fields import definitions
from scoring.crm.odoo.profile import ODOO


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_a_csv_of_fields() -> None:
    [(name, text)] = definitions(ODOO).items()
    assert name == "ir.model.fields.csv"
    found = rows(text)
    assert [row["name"] for row in found] == [
        column.header for entity in ("account", "lead") for column in ODOO.columns[entity][1:]
    ]
    assert found[1] == {
        "id": "closedwon_account_win_probability",
        "model_id/id": "base.model_res_partner",
        "name": "x_closedwon_win_probability",
        "field_description": "closedwon Win Probability",
        "ttype": "float",
        "help": "Chance of a won deal within the horizon, in percent",
    }
    assert {row["model_id/id"] for row in found} == {"base.model_res_partner", "crm.model_crm_lead"}
    assert all(row["name"].startswith("x_") for row in found)


def test_a_name_is_quoted() -> None:
    [text] = definitions(ODOO.renamed("lead", {"rank": 'x_a,"b'})).values()
    assert 'crm.model_crm_lead,"x_a,""b",closedwon Rank,integer,1 is the first to call\n' in text
    assert 'x_a,"b' in [row["name"] for row in rows(text)]
