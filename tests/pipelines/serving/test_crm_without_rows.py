"""A file of all scores that has a header and no row: nobody would know that a CRM keeps its old scores."""

import datetime

import pytest

from pipelines.errors import Refused
from scoring.crm.known import PROFILES
from scoring.nights.parts import CrmCounts
from tests.pipelines.serving.test_publish import AS_OF, SALESFORCE, files, night, scores


def test_a_file_of_a_crm_with_a_header_alone_is_no_night(tmp_path):
    both = (SALESFORCE, PROFILES["hubspot"])
    night(tmp_path, lead=scores("lead", "L0"))
    before = files(tmp_path)
    for profiles, asked in (
        (both, {"wanted": ("hubspot", "salesforce")}),  # asked for by name
        ((PROFILES["hubspot"],), {}),  # nothing would have a row
    ):
        with pytest.raises(Refused, match="the hubspot file of leads would have a header and no row") as refused:
            night(tmp_path, profiles, day=AS_OF + datetime.timedelta(days=1), asked=asked, lead=scores("lead", "L1"))
        assert [gate.name for gate in refused.value.gates] == ["crm"]
        assert files(tmp_path) == before
    # Of all CRMs, which nobody named, one may have none; and who forces it is recorded.
    record = night(tmp_path, both, lead=scores("lead", "L1"))
    assert (record.forced, record.counts["lead"].crms) == (None, {"salesforce": 1, "hubspot": 0})
    forced = {"wanted": ("hubspot",), "force": True}
    record = night(
        tmp_path, both, day=AS_OF + datetime.timedelta(days=2), asked=forced, lead=scores("lead", "L1", "L2")
    )
    assert record.counts["lead"].delivered["hubspot"] == CrmCounts(0, left_out=2)
    assert [why.partition(" would")[0] for why in record.forced.over] == ["crm: the hubspot file of leads"]
