import pytest

from scoring.contracts.scores import score_columns
from scoring.crm.known import PROFILES
from scoring.crm.profile import Profile
from tests.scoring.crm.example_scores import ROW, written


def test_fields_can_have_other_names_and_be_left_out() -> None:
    profile = PROFILES["hubspot"].renamed("lead", {"id": "legacy_id", "rank": "call_order", "why_now": ""})
    row = dict(written(profile, lead_id="Ä 7" + "x" * 97))
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
        ("odoo", "lead", {"log_odds": "x_odds"}, "odoo gets no column 'log_odds'; its columns are id, status, "),
        ("zoho", "lead", {"id": ""}, "id cannot be left out"),
        ("zoho", "lead", {"rank": "id"}, "two fields of zoho would have the name 'id'"),
        *(
            ("zoho", "lead", {"rank": name}, "cannot be the name of a field")
            for name in ("=cmd|x", "+1", "-1", "@SUM(A1)", "\uff1dcmd", "a\nb", "a\tb", "\x00", " rank", "rank\u2028")
        ),
    ],
)
def test_a_name_that_cannot_be(crm: str, entity: str, names: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PROFILES[crm].renamed(entity, names)


@pytest.mark.parametrize("profile", [part for one in PROFILES.values() for part in (one, *one.beside)])
def test_columns_come_from_the_contract_and_no_two_have_one_name(profile: Profile) -> None:
    assert set(profile.columns) == set(profile.objects)
    for entity, columns in profile.columns.items():
        assert columns[0].source == f"{entity}_id"
        assert {column.source for column in columns} <= {*score_columns(entity), "status", ""}
        assert len({column.header for column in columns}) == len(columns)
        assert not any("email" in column.header.lower() for column in columns)
        assert ROW.keys() == set(score_columns("lead"))
