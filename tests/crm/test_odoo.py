"""Our files in a real CRM: a running Odoo takes them through its own "Import records", with nothing mapped by hand.

It is Odoo 11 Community, the newest that package registries have. The rules that the files rely on, `load` of the
records by External ID and the import's matching of headers to technical names, are the same in its successors.
"""

import csv
import datetime
import json
import uuid
from dataclasses import replace
from pathlib import Path

import ibis
import pytest

from pipelines.config import Config
from pipelines.delivery.fields import fields
from pipelines.delivery.files import Delivery, write_cells
from pipelines.delivery.import_results import imported, refused
from scoring.contracts.scores import score_columns
from scoring.crm.cells import cleared_rows
from scoring.crm.known import PROFILES
from tests.crm.odoo_server import Imported, Odoo
from tests.pipelines.delivery.import_nights import store_with
from tests.scoring.crm.expected_cells import accepted

pytestmark = [pytest.mark.crm, pytest.mark.slow]
PROFILE = PROFILES["odoo"]
MODELS = {"account": "res.partner", "lead": "crm.lead"}
NIGHT = {
    "as_of": datetime.date(2025, 12, 29),
    "scored_at": datetime.datetime(2025, 12, 29, 2, 14, 9),
    "model_version": "12",
    "win_probability": 0.29,
    "expected_amount": 1234567.006,
    "expected_revenue": 358024.43145,
    "fit_score": 87.0,
    "intent_score": 0.0,
    "grade": "A",
    "rank": 1,
    "log_odds": -1.0,
    "fit_log_odds": 1.0,
    "intent_log_odds": 2.0,
    "reason_1": 'the "VP, Sales" asked for a demo, 3 days ago',
    "reason_2": "=HYPERLINK(1)",
    "reason_3": "\u05d0\u05d1\u05d2 \u202e x",
    "concern_1": None,
    "why_now": None,
    "buying_group": "1 of 2: user",
    "missing_role": "",
    "score_change": -0.01,
    "trend": "falling",
}
#: What Odoo shows of that night.
SHOWN = {
    "x_closedwon_status": "scored",
    "x_closedwon_win_probability": 29.0,
    "x_closedwon_expected_amount": 1234567.01,
    "x_closedwon_expected_revenue": 358024.43,
    "x_closedwon_fit_score": 87.0,
    "x_closedwon_intent_score": 0.0,
    "x_closedwon_grade": "A",
    "x_closedwon_rank": 1,
    "x_closedwon_trend": "falling",
    "x_closedwon_reason_1": 'the "VP, Sales" asked for a demo, 3 days ago',
    "x_closedwon_reason_2": "'=HYPERLINK(1)",
    "x_closedwon_reason_3": "\u05d0\u05d1\u05d2 \u202e x",
    "x_closedwon_concern_1": "none",
    "x_closedwon_why_now": "none",
    "x_closedwon_as_of": "2025-12-29",
    "x_closedwon_scored_at": "2025-12-29 02:14:09",
    "x_closedwon_model_version": "12",
    "x_closedwon_buying_group": "1 of 2: user",
    "x_closedwon_missing_role": "none",
}
#: What it shows of an entity that left in the night after.
CLEARED = {
    "x_closedwon_status": "retired",
    "x_closedwon_win_probability": 0.0,
    "x_closedwon_expected_amount": 0.0,
    "x_closedwon_expected_revenue": 0.0,
    "x_closedwon_fit_score": 0.0,
    "x_closedwon_intent_score": 0.0,
    "x_closedwon_grade": "none",
    "x_closedwon_rank": 0,
    "x_closedwon_trend": "none",
    "x_closedwon_reason_1": "none",
    "x_closedwon_reason_2": "none",
    "x_closedwon_reason_3": "none",
    "x_closedwon_concern_1": "none",
    "x_closedwon_why_now": "none",
    "x_closedwon_as_of": "2025-12-30",
    "x_closedwon_scored_at": "2025-12-30 02:14:09",
    "x_closedwon_model_version": "none",
    "x_closedwon_buying_group": "none",
    "x_closedwon_missing_role": "none",
}
NEXT = {"as_of": datetime.date(2025, 12, 30), "scored_at": datetime.datetime(2025, 12, 30, 2, 14, 9)}
KINDS = {"char", "date", "datetime", "float", "integer"}


@pytest.fixture(scope="module")
def crm(odoo: Odoo, tmp_path_factory: pytest.TempPathFactory) -> Odoo:
    """Odoo with the fields of the scores, made by the file that `closedwon fields` writes."""
    [file] = fields(Config(), tmp_path_factory.mktemp("fields"), crms=["odoo"], say=lambda _: None)
    done = odoo.imported("ir.model.fields", file)
    assert done.errors == []
    assert None not in done.fields.values()
    return odoo


class Record:
    """A company or a lead in Odoo, and the External ID that its export gives it."""

    def __init__(self, crm: Odoo, entity: str) -> None:
        self.crm, self.model = crm, MODELS[entity]
        mark = uuid.uuid4().hex[:8]
        self.number = crm.create(self.model, name=f"Acme {mark}")
        name = f"{self.model.replace('.', '_')}_{self.number}_{mark}"
        crm.external_id(self.model, self.number, name)
        self.key = f"__export__.{name}"

    def shows(self, *fields: str) -> dict[str, object]:
        return self.crm.read(self.model, self.number, fields or tuple(SHOWN))


def scores(entity: str, *rows: dict[str, object]) -> ibis.Table:
    """A score table of that night; a row says its `id` and what else is different."""
    made = [{**dict.fromkeys(score_columns(entity)), **NIGHT, **row, f"{entity}_id": row["id"]} for row in rows]
    keys = score_columns(entity)
    return ibis.memtable([{key: row[key] for key in keys} for row in made], schema=ibis.schema(keys))


def gone(entity: str, *ids: str) -> ibis.Table:
    """Those who left in the next night."""
    return ibis.memtable([{f"{entity}_id": key} | NEXT for key in ids])


def files(entity: str, kind: Delivery, cells: ibis.Table, folder: Path, profile=PROFILE) -> tuple[Path, ...]:
    return write_cells(profile, entity, kind, cells.to_pyarrow(), folder).files


def night(crm: Odoo, entity: str, folder: Path, *rows: dict[str, object], kind="scores") -> Imported:
    [file] = files(entity, kind, accepted(PROFILE, entity, scores(entity, *rows)), folder)
    return crm.imported(MODELS[entity], file)


@pytest.mark.parametrize("entity", ["account", "lead"])
def test_the_fields_are_made_once(crm: Odoo, entity: str):
    made = crm.call(MODELS[entity], "fields_get", list(SHOWN), ["type", "string", "help"])
    assert set(made) == set(SHOWN)
    assert {field["type"] for field in made.values()} == KINDS
    assert made["x_closedwon_win_probability"]["string"] == "closedwon Win Probability"


def test_the_file_of_the_fields_may_be_imported_again(crm: Odoo, tmp_path: Path):
    [file] = fields(Config(), tmp_path, crms=["odoo"], say=lambda _: None)
    file.write_text("".join(file.read_text(encoding="utf-8").splitlines(keepends=True)[:3]), encoding="utf-8")
    before = crm.call("ir.model.fields", "search_count", [])
    assert crm.imported("ir.model.fields", file).errors == []
    assert crm.call("ir.model.fields", "search_count", []) == before


@pytest.mark.parametrize("entity", ["account", "lead"])
def test_three_nights(crm: Odoo, entity: str, tmp_path: Path):
    one, two = Record(crm, entity), Record(crm, entity)
    before = crm.call(MODELS[entity], "search_count", [])

    done = night(crm, entity, tmp_path / "1", {"id": one.key}, {"id": two.key, "grade": "D", "rank": 2})
    headers = ["id", *SHOWN]
    assert done == Imported(dict(zip(headers, headers, strict=True)), [])
    assert one.shows() == SHOWN
    assert two.shows() == SHOWN | {"x_closedwon_grade": "D", "x_closedwon_rank": 2}

    changed = {"id": two.key, "grade": "B", "why_now": "new: a visit to the price list"} | NEXT
    assert night(crm, entity, tmp_path / "2", changed, kind="changes").errors == []
    assert one.shows() == SHOWN
    assert two.shows("x_closedwon_grade", "x_closedwon_why_now", "x_closedwon_rank", "x_closedwon_as_of") == {
        "x_closedwon_grade": "B",
        "x_closedwon_why_now": "new: a visit to the price list",
        "x_closedwon_rank": 1,
        "x_closedwon_as_of": "2025-12-30",
    }

    [file] = files(entity, "retire", cleared_rows(PROFILE, entity, gone(entity, one.key)), tmp_path / "3")
    assert crm.imported(MODELS[entity], file).errors == []
    assert one.shows() == CLEARED
    assert two.shows("x_closedwon_status") == {"x_closedwon_status": "scored"}
    assert crm.call(MODELS[entity], "search_count", []) == before


def test_a_second_import_of_a_night_changes_nothing(crm: Odoo, tmp_path: Path):
    record = Record(crm, "lead")
    for folder in ("once", "twice"):
        assert night(crm, "lead", tmp_path / folder, {"id": record.key}).errors == []
    assert record.shows() == SHOWN


def test_every_part_is_taken(crm: Odoo, tmp_path: Path):
    records = [Record(crm, "account") for _ in range(3)]
    cells = accepted(PROFILE, "account", scores("account", *({"id": record.key} for record in records)))
    parts = files("account", "scores", cells, tmp_path, replace(PROFILE, max_rows=2))
    assert [part.name for part in parts] == ["account_scores.csv", "account_scores_part_2.csv"]
    assert [crm.imported("res.partner", part).errors for part in parts] == [[], []]
    assert [record.shows() for record in records] == [SHOWN] * 3


def test_a_record_that_is_not_there_stops_the_whole_file_and_is_not_made(crm: Odoo, tmp_path: Path):
    record = Record(crm, "account")
    before = crm.call("res.partner", "search_count", [])
    [error] = night(crm, "account", tmp_path, {"id": record.key}, {"id": "__export__.res_partner_0"}).errors
    assert "res_partner_check_name" in error
    assert record.shows("x_closedwon_grade", "x_closedwon_win_probability") == {
        "x_closedwon_grade": False,
        "x_closedwon_win_probability": 0.0,
    }
    assert crm.call("res.partner", "search_count", []) == before


def test_numbers_of_the_database_are_for_load_alone(crm: Odoo, tmp_path: Path):
    record = Record(crm, "lead")
    numbered = PROFILE.renamed("lead", {"id": ".id"})
    [file] = files(
        "lead", "scores", accepted(numbered, "lead", scores("lead", {"id": str(record.number)})), tmp_path, numbered
    )
    done = crm.imported("crm.lead", file)
    assert done.fields[".id"] is None
    assert done.errors != []
    headers, *rows = csv.reader(file.read_text(encoding="utf-8").splitlines())
    assert crm.call("crm.lead", "load", headers, rows)["messages"] == []
    assert record.shows() == SHOWN


def test_times_are_read_in_the_time_zone_of_who_imports(crm: Odoo, tmp_path: Path):
    record = Record(crm, "lead")
    [user] = crm.call("res.users", "search", [["login", "=", "admin"]])
    crm.call("res.users", "write", [user], {"tz": "Europe/Brussels"})
    try:
        assert night(crm, "lead", tmp_path, {"id": record.key}).errors == []
    finally:
        crm.call("res.users", "write", [user], {"tz": "UTC"})
    moved = {"x_closedwon_as_of": "2025-12-29", "x_closedwon_scored_at": "2025-12-29 01:14:09"}
    assert record.shows(*moved) == moved


def test_what_odoo_answers_is_what_is_recorded(crm: Odoo, tmp_path: Path):
    record, missing = Record(crm, "lead"), "__export__.crm_lead_0"
    store = store_with(tmp_path, {day: {"lead": [record.key, missing]} for day in ("2025-12-28", "2025-12-29")})
    both = accepted(PROFILE, "lead", scores("lead", {"id": record.key}, {"id": missing}))
    one = accepted(PROFILE, "lead", scores("lead", {"id": record.key}))
    for name, cells, counts, not_taken in (
        ("both", both, (0, 2, 0), {"lead": {"odoo": {record.key, missing}}}),
        ("one", one, (1, 0, 0), {"lead": {"odoo": {missing}}}),
    ):
        [file] = files("lead", "scores", cells, tmp_path / name)
        headers, *rows = csv.reader(file.read_text(encoding="utf-8").splitlines())
        answer = tmp_path / f"{name}.json"
        answer.write_text(json.dumps(crm.call("crm.lead", "load", headers, rows)))
        found = imported(store, Config(), answer, sent=file, say=print)
        assert found is not None
        assert (found.taken, found.failed, found.unknown) == counts
        assert refused(store) == not_taken
