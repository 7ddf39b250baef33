import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.contracts.scores import score_columns
from scoring.crm.known import PROFILES
from scoring.crm.profile import SCORES, accepted, guarded, rejected, retired
from tests.scoring.test_crm_salesforce import ROW, leads

GUID = "8f2b6a1c-0d3e-4f5a-9b7c-1234567890ab"
IDS = {
    "salesforce": "00Q5e00001AbCdEEAV", "hubspot": "51", "dynamics": GUID, "zoho": "3477061000000419001",
    "marketo": "318592", "odoo": "__export__.crm_lead_42_1a2b3c4d",
}  # fmt: skip
TEXTS = ("A", "1", "new", "the VP Sales asked for a demo, 3 days ago")
CELLS = ("29.0000", "1234567.01", "358024.43", "87.0", "0.0", *TEXTS)
EMPTIED = ("0", "0", "0", "0", "0", "none", "0", *("none",) * 6)


def cells(table):
    [row] = table.to_pyarrow().to_pylist()
    return row


def by_score(crm, row):
    """The cells in the order of the scores, whatever the order of the file."""
    at = {column.source: row[column.header] for column in PROFILES[crm].columns["lead"]}
    return tuple(at[source] for source in ("lead_id", *[column.source for column in SCORES]))


@pytest.mark.parametrize(
    ("crm", "headers", "empty", "times"),
    [
        (
            "salesforce",
            ("Id", "closedwon_Status__c", "closedwon_Win_Probability__c", "closedwon_Model_Version__c"),
            "#N/A",
            ("2018-04-01", "2018-04-01T03:12:45.000Z"),
        ),
        (
            "hubspot",
            ("Record ID", "closedwon_status", "closedwon_win_probability", "closedwon_model_version"),
            "none",
            ("2018-04-01", "2018-04-01T03:12:45Z"),
        ),
        (
            "dynamics",
            ("Lead", "closedwon Status", "closedwon Win Probability", "closedwon Model Version"),
            "none",
            ("2018-04-01", "2018-04-01T03:12:45Z"),
        ),
        (
            "zoho",
            ("id", "closedwon_Scored_At", "closedwon_Status", "closedwon_Model_Version"),
            "none",
            ("2018-04-01", "2018-04-01T03:12:45+00:00"),
        ),
        (
            "marketo",
            ("id", "closedwonStatus", "closedwonWinProbability", "closedwonModelVersion"),
            "none",
            ("2018-04-01", "2018-04-01T03:12:45+00:00"),
        ),
        (
            "odoo",
            ("id", "x_closedwon_status", "x_closedwon_win_probability", "x_closedwon_model_version"),
            "none",
            ("2018-04-01", "2018-04-01 03:12:45"),
        ),
    ],
)
def test_a_row_of_each_crm(crm, headers, empty, times):
    table = leads({"lead_id": IDS[crm]})
    row = cells(accepted(PROFILES[crm], "lead", table))
    assert (*list(row)[:3], list(row)[-1]) == headers
    assert by_score(crm, row) == (IDS[crm], "scored", *CELLS, *(empty,) * 4, *times, "12")
    cleared = cells(retired(PROFILES[crm], "lead", table.select("lead_id", "as_of", "scored_at")))
    assert list(cleared) == list(row)
    gone = ("#N/A",) * 13 if crm == "salesforce" else EMPTIED
    assert by_score(crm, cleared) == (IDS[crm], "retired", *gone, *times, empty)


@pytest.mark.parametrize(
    ("trend", "grade", "told"),
    [
        ("rising", "B", ("Grade B", "Improving")),
        ("steady", "C", ("Grade C", "Steady")),
        ("falling", "D", ("Grade D", "Declining")),
        ("new", "A", ("Grade A", "Not enough info")),
    ],
)
def test_a_row_of_predictive_score(trend, grade, told):
    [predictive] = PROFILES["dynamics"].beside
    table = leads({"lead_id": GUID, "trend": trend, "grade": grade, "win_probability": 0.286})
    row = cells(accepted(predictive, "lead", table))
    assert row == {
        "Entity ID": GUID,
        "Entity type": "lead",
        "Score": "29",
        "Grade": told[0],
        "Score trend": told[1],
        "Score reasons": "the VP Sales asked for a demo, 3 days ago",
        "Scored on": "2018-04-01",
    }
    assert list(cells(retired(predictive, "lead", table)).values()) == [
        GUID, "lead", "0", "Grade D", "Not enough info", "none", "2018-04-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("crm", "lead_id", "rule"),
    [
        ("hubspot", "51", None),
        ("hubspot", "0017A", "id_is_not_of_this_crm"),
        ("dynamics", "1" * 37, "id_longer_than_36"),
        ("hubspot", "-51", "id_reads_as_formula"),
        ("dynamics", GUID.upper(), None),
        ("dynamics", f"{{{GUID[2:]}}}", "id_is_not_of_this_crm"),
        ("zoho", "3477061000000419001", None),
        ("zoho", "zcrm_3477061", "id_is_not_of_this_crm"),
        ("marketo", "1e5", "id_is_not_of_this_crm"),
        ("odoo", "base.partner", None),
        ("odoo", "a b", "id_is_not_of_this_crm"),
        ("odoo", "", "blank_id"),
    ],
)
def test_an_id_is_one_of_the_crm_or_set_aside(crm, lead_id, rule):
    profile, table = PROFILES[crm], leads({"lead_id": lead_id})
    assert accepted(profile, "lead", table).count().execute() == (rule is None)
    assert retired(profile, "lead", table).count().execute() == (rule is None)
    assert [row["rule"] for row in rejected(profile, "lead", table).to_pyarrow().to_pylist()] == [rule] * bool(rule)


def test_fields_can_have_other_names_and_be_left_out():
    profile = PROFILES["hubspot"].renamed("lead", {"id": "legacy_id", "rank": "call_order", "why_now": ""})
    row = cells(accepted(profile, "lead", leads({"lead_id": "Ä 7" + "x" * 97})))
    assert next(iter(row)) == "legacy_id"  # ids of another system may be any text
    assert row["legacy_id"] == "Ä 7" + "x" * 97
    assert row["call_order"] == "1"
    assert not {"closedwon_rank", "closedwon_why_now"} & set(row)
    assert profile.header("lead", "rank") == "call_order"
    assert profile.header("lead", "why_now") is None
    assert profile.header("account", "rank") == "closedwon_rank"


@pytest.mark.parametrize(
    ("crm", "entity", "names", "message"),
    [
        ("hubspot", "deal", {}, "hubspot takes no deals; it takes account, lead"),
        ("marketo", "account", {}, "marketo takes no accounts; it takes lead"),
        ("odoo", "lead", {"log_odds": "x_odds"}, "'log_odds' is not sent to odoo; what is: id, status, "),
        ("zoho", "lead", {"id": ""}, "id cannot be left out"),
        ("zoho", "lead", {"rank": "id"}, "two fields of zoho would be named 'id'"),
    ],
)
def test_a_name_that_cannot_be(crm, entity, names, message):
    with pytest.raises(ValueError, match=message):
        PROFILES[crm].renamed(entity, names)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\U0001f600" * 8, "\U0001f600" * 4),  # two units of UTF-16 each: what Dataverse and Salesforce count
        ("\U0001f600" * 3, "\U0001f600" * 3),
        ("x" * 8, "x" * 8),
        ("x" * 9, "x" * 8),
    ],
)
def test_text_fits_however_the_crm_counts(text, line):
    table = ibis.memtable({"text": [text]})
    assert cells(table.select(line=guarded(table.text, 8))) == {"line": line}


@settings(max_examples=3, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12), min_size=20))
def test_no_cell_is_empty_breaks_a_line_or_reads_as_a_formula(texts):
    rows = leads(*({"lead_id": text, "reason_1": text, "why_now": text} for text in texts))
    for profile in PROFILES.values():
        for part in (profile, *profile.beside):
            written = accepted(part, "lead", rows).to_pyarrow().to_pylist()
            assert len(written) + rejected(part, "lead", rows).count().execute() == len(texts)
            for cell in (cell for row in written for cell in row.values()):
                assert cell
                assert len(cell.splitlines()) == 1
                assert not cell.startswith(tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20"))


@pytest.mark.parametrize("profile", [part for one in PROFILES.values() for part in (one, *one.beside)])
def test_columns_come_from_the_contract_and_no_two_share_a_name(profile):
    assert set(profile.columns) == set(profile.objects)
    for entity, columns in profile.columns.items():
        assert columns[0].source == f"{entity}_id"
        assert {column.source for column in columns} <= {*score_columns(entity), "status", ""}
        assert len({column.header for column in columns}) == len(columns)
        assert not any("email" in column.header.lower() for column in columns)
        assert ROW.keys() == set(score_columns("lead"))
