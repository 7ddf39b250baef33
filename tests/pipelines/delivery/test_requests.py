"""The requests beside a night's files name each column of each file, and the fields that `closedwon fields` created."""

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines import ROOT
from pipelines.config import Config
from pipelines.delivery.fields import fields
from pipelines.delivery.files import write_cells
from pipelines.delivery.requests import write_requests
from scoring.crm.known import CONNECTORS, PROFILES
from scoring.crm.profile import Profile
from tests.crm_readers.requests import READERS, data_loader
from tests.pipelines.delivery.crm_orgs import ORGS

#: Of each CRM: the record types, the field that finds records, and a field of the company's own that does.
FOUND_BY = {
    "salesforce": ({"account": "Account", "lead": "Lead"}, "Id", "Legacy_Id__c"),
    "hubspot": ({"account": "companies", "lead": "contacts"}, "hs_object_id", "legacy_id"),
    "dynamics": ({"account": "account", "lead": "lead"}, "{table}id", "new_legacyid"),
    "zoho": ({"account": "Accounts", "lead": "Leads"}, "id", "Legacy_Id"),
    "marketo": ({"lead": "leads"}, "id", "legacyId"),
}
#: What makes records of ids that are not found: no update is offered there.
CREATES = {("marketo", False), ("marketo", True), ("salesforce", True)}


def sent(profile: Profile, entity: str, folder: Path) -> list[Path]:
    """The three files of an entity, the first in two parts."""
    cells = pa.table({column.header: ["x" * 30, "y" * 30] for column in profile.columns[entity]})
    files = []
    for kind in ("scores", "changes", "retire"):
        files += write_cells(profile, entity, kind, cells.slice(0, 2 if kind == "scores" else 1), folder).files  # type: ignore[arg-type]
    return files


def header(file: Path) -> list[str]:
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            text = archive.read(archive.namelist()[0]).decode()
    else:
        text = file.read_text(encoding="utf-8-sig")
    return next(csv.reader(io.StringIO(text)))


def test_every_crm_that_has_requests_is_read() -> None:
    assert set(READERS) == {crm for crm, connector in CONNECTORS.items() if connector.requests} == set(FOUND_BY)


@pytest.mark.parametrize("own", [False, True], ids=["own id", "another id"])
@pytest.mark.parametrize(("crm", "entity"), [pair for pair in sorted(ORGS) if pair[0] in READERS])
def test_requests(crm: str, entity: str, own: bool, tmp_path: Path) -> None:
    kinds, key, other = FOUND_BY[crm]
    profile = PROFILES[crm].renamed(entity, {"id": other, "concern_1": ""} if own else {})
    files = sent(replace(profile, max_rows=1), entity, tmp_path)
    assert len(files) == 4
    requests = {file.name: file.read_text() for file in write_requests(profile, entity, tmp_path)}
    fields(Config(), tmp_path / "fields", crms=[crm], say=lambda text: None)
    made = ORGS[crm, entity].fields(tmp_path / "fields" / crm)
    for file in files:
        (text,) = [
            text
            for name, text in requests.items()
            if name.partition(".")[0] in (f"{file.stem}_request", f"{entity}_job", f"{entity}_map")
        ]
        read = READERS[crm](text, file.name, header(file))
        assert (read.kind, read.key) == (kinds[entity], other if own else key.format(table=kinds[entity].lower()))
        assert read.creates == ((crm, own) in CREATES)
        assert len(read.fields) == (19 if own else 20)
        if crm == "dynamics":  # named by their display names in the file, by their logical names here
            assert read.fields[1:3] == ("new_closedwon_status", "new_closedwon_win_probability")
        else:
            assert set(read.fields) - {read.key, "Id", "id"} <= set(made)


def test_the_mapping_of_data_loader(tmp_path: Path) -> None:
    profile = PROFILES["salesforce"].renamed("account", {"id": "Legacy_Id__c"})
    names = [column.header for column in profile.columns["account"]]
    write_requests(profile, "account", tmp_path)
    assert data_loader((tmp_path / "account.sdl").read_text()) == {name: name for name in names}


def test_the_document_names_the_requests(tmp_path: Path) -> None:
    document = (ROOT / "docs" / "crm.md").read_text(encoding="utf-8")
    for crm in READERS:
        files = sent(PROFILES[crm], "lead", tmp_path / crm)
        assert f" {files[1].name}" in document or f"@{files[1].name}" in document
        names = [file.name for file in write_requests(PROFILES[crm], "lead", tmp_path / crm)]
        assert [
            name for name in names if not name.startswith(("lead_scores", "lead_retire")) and name not in document
        ] == []
