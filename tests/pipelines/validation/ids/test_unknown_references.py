"""References that are found nowhere: what stops the run, and the likely cause that is named. Now is 2026-04-01."""

import pytest

from pipelines.config import Config, Input
from pipelines.errors import BadInput
from tests.pipelines.crm_export import LENIENT, export, read
from tests.pipelines.validation.ids.test_references import LONG, accounts, accounts_of_deals, deals


@pytest.mark.parametrize(
    ("known", "written", "cause"),
    [
        ([f"a{i:04}" for i in range(12)], [f"A{i:04}" for i in range(12)], "differ in capitals only"),
        ([f"{i:06}" for i in range(1, 13)], [str(i) for i in range(1, 13)], "differ in leading zeros only"),
        ([f"ACC-{i}" for i in range(1, 13)], [str(i) for i in range(1, 13)], "their numbers agree"),
        ([f"ACC{i:05}" for i in range(1, 13)], [str(i) for i in range(1, 13)], "their numbers agree"),
        (
            [f"45000000000012{i:04}" for i in range(12, 1200, 100)],
            [f"45000000000012{i:04}"[:15] + "000" for i in range(12, 1200, 100)],
            "they agree in 15 digits only",
        ),
        (LONG, [f"0035g00000Ab{i:02}E" for i in range(12)], "begin as Salesforce's ids of contacts do"),
        ([str(i) for i in range(12)], [f"Acme {c} Inc" for c in "abcdefghijkl"], "they look like names"),
    ],
)
def test_a_column_of_which_hardly_anything_is_found_stops_the_run(tmp_path, known, written, cause):
    crm = export(tmp_path, accounts=accounts(*known), leads=None, opportunities=deals(*written))
    with pytest.raises(BadInput, match="of the 12 rows of opportunities .* with an account_id, 0 .*" + cause):
        read(crm)


def test_a_part_that_is_not_found_is_explained_by_the_same_causes(tmp_path):
    known = [f"ACC{i:03}" for i in range(40)]
    half = deals(*known[:20], *map(str.lower, known[20:]))
    crm = export(tmp_path, accounts=accounts(*known), leads=None, opportunities=half)
    with pytest.raises(BadInput, match=r"20 of 40 rows .* unknown_account .* differ in capitals only"):
        read(crm, Config())
    generous = Config(input=Input(max_reject_share=0.9))
    said = "20 unknown account_id. The likely cause: they differ in capitals only"
    assert any(said in note for note in read(crm, generous).notes)


def test_names_and_ids_of_another_table_are_recognised(tmp_path):
    names = [f"Firm{i}" for i in range(12)]
    by_name = "account_id,name\n" + "".join(f"{i},{name}\n" for i, name in enumerate(names))
    with pytest.raises(BadInput, match="they are in the column name of accounts, so these are no ids"):
        read(export(tmp_path / "names", accounts=by_name, leads=None, opportunities=deals(*names)))
    leads = "lead_id\n" + "".join(f"L{i}x\n" for i in range(12))
    wrong = deals(*(f"L{i}x" for i in range(12)))
    with pytest.raises(BadInput, match="they are the lead_id of leads"):
        read(export(tmp_path / "ids", accounts=accounts("A1", "A2"), leads=leads, opportunities=wrong))


def test_a_part_of_the_accounts_is_allowed_where_the_configuration_says_so(tmp_path):
    named = [f"A{i}" for i in range(52)]
    crm = export(tmp_path, accounts=accounts("A0"), leads=None, opportunities=deals(*named))
    with pytest.raises(BadInput, match="min_matched_share"):
        read(crm, Config(input=Input(max_reject_share=1.0, min_matched_share=0.2)))
    assert accounts_of_deals(read(crm, Config(input=Input(max_reject_share=1.0, min_matched_share=0.01)))) == ["A0"]


@pytest.mark.parametrize("mark", ["is_deleted", "set aside"])
def test_who_names_a_deleted_record_names_a_known_one(tmp_path, mark):
    names = [f"A{i:02}" for i in range(40)]
    cell = {"is_deleted": lambda i: f"2026-01-05,{i > 0}", "set aside": lambda i: "someday," if i else "2026-01-05,"}
    lines = "".join(f"{name},{cell[mark](i)}\n" for i, name in enumerate(names))
    crm = export(
        tmp_path, accounts="account_id,created_at,is_deleted\n" + lines, leads=None, opportunities=deals(*names)
    )
    intake = read(crm, Config(input=Input(max_reject_share=1.0, min_matched_share=0.2)))
    assert accounts_of_deals(intake) == ["A00"]
    assert (
        "opportunities: 39 of 40 rows with an account_id name a record that is deleted, merged or set aside"
        in intake.notes
    )


def test_few_references_are_not_judged(tmp_path):
    crm = export(tmp_path, accounts=accounts("A0"), leads=None, opportunities=deals("A0", *"bcdefghi"))
    assert accounts_of_deals(read(crm, LENIENT)) == ["A0"]


def test_histories_and_roles_that_match_nothing_stop_the_run_too(tmp_path):
    roles = "opportunity_id,lead_id\n" + "".join(f"O1,P{i}\n" for i in range(60))
    with pytest.raises(BadInput, match=r"of the 60 rows of contact_roles .* with a lead_id, 0"):
        read(export(tmp_path, contact_roles=roles))
