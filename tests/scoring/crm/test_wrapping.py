"""What a CRM's own exports write around an id: its import gets the id without it."""

import ibis
import pytest

from scoring.crm.cells import is_record_id
from scoring.crm.dynamics.profile import DYNAMICS
from scoring.crm.hubspot.profile import HUBSPOT
from scoring.crm.profile import Profile
from scoring.crm.salesforce.profile import SALESFORCE
from scoring.crm.zoho.profile import ZOHO
from tests.scoring.crm.example_scores import cleared, leads, written

GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize(
    ("profile", "exported", "imported"),
    [
        (ZOHO, "zcrm_4150868000000100044", "4150868000000100044"),
        (ZOHO, "4150868000000100044.0", "4150868000000100044"),
        (HUBSPOT, "1701.0", "1701"),
        (DYNAMICS, f"{{{GUID.upper()}}}", GUID.upper()),
        (SALESFORCE, "00Q5e00001AbCdE", "00Q5e00001AbCdE"),
    ],
)
def test_an_id_is_written_without_its_wrapping(profile: Profile, exported: str, imported: str) -> None:
    assert written(profile, lead_id=exported)[0][1] == imported
    assert cleared(profile, lead_id=exported)[0][1] == imported


def test_an_id_in_a_field_of_ones_own_stays_as_it_is() -> None:
    own = ZOHO.renamed("lead", {"id": "Legacy_Id"})
    assert written(own, lead_id="zcrm_17.0")[0] == ("Legacy_Id", "zcrm_17.0")


def test_which_ids_are_of_a_crm() -> None:
    table = leads(*({"lead_id": id_} for id_ in ("zcrm_17", "17", "A17", "9" * 21, "zcrm_")))
    fits = table.select(id="lead_id", fits=is_record_id(table, ZOHO.columns["lead"][0]))
    found = ibis.duckdb.connect().to_pyarrow(fits).to_pylist()
    assert {row["id"] for row in found if row["fits"]} == {"zcrm_17", "17"}
