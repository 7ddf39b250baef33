"""The files of `closedwon fields`. What stands in those of each CRM is tested in `tests/scoring/crm/<crm>`."""

from pathlib import Path

import pytest

from pipelines.config import Config, Crm
from pipelines.delivery.fields import fields
from pipelines.errors import UsageError
from scoring.crm.known import CONNECTORS, PROFILES
from tests.pipelines.delivery.crm_orgs import ORGS


@pytest.mark.parametrize("crm", PROFILES)
def test_the_definitions_are_written_as_they_are(tmp_path: Path, crm: str) -> None:
    lines: list[str] = []
    files = fields(Config(), tmp_path, crms=[crm], say=lines.append)
    found = {file.relative_to(tmp_path / crm).as_posix(): file.read_text(encoding="utf-8") for file in files}
    assert list(found.items()) == list(CONNECTORS[crm].definitions(PROFILES[crm]).items())
    assert [line.partition(":")[0] for line in lines] == [str(tmp_path / crm)]


@pytest.mark.parametrize("crm", PROFILES)
def test_no_field_is_made_for_the_id_or_for_one_left_out(tmp_path: Path, crm: str) -> None:
    names = {"rank": "", "id": "own_key", "grade": "x_our_grade__c"}
    config = Config(crm=Crm(**{crm: dict.fromkeys(PROFILES[crm].columns, names)}))
    fields(config, tmp_path, crms=[crm], say=lambda line: None)
    for entity in PROFILES[crm].columns:
        org, columns = ORGS[crm, entity], {column.source: column.header for column in PROFILES[crm].columns[entity]}
        read = set(org.fields(tmp_path / crm))
        assert {"x_our_grade__c", columns["status"]} <= read
        assert not {"own_key", columns["rank"], columns["grade"]} & read


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="choose another --out"):
        fields(Config(), tmp_path / "file", crms=["odoo"], say=lambda line: None)
