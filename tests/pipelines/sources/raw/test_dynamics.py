"""Exports of Dynamics 365: views of a user, and what the Web API and its copies give, as our tables."""

from pathlib import Path

import pytest

from pipelines.sources.duckdb import connect
from pipelines.sources.files import open_sources
from pipelines.sources.raw.init import init
from pipelines.sources.raw.raw_tables import RawRelation
from pipelines.sources.raw.recognition import recognised
from scoring.crm.layouts import LAYOUTS
from tests.pipelines.sources.raw.dynamics_exports import dataverse, guid, views

A, C, L, D, T = (lambda number, kind=kind: guid(kind, number) for kind in range(1, 6))


def rows(folder: Path, out: Path) -> tuple[dict[str, list[dict[str, str]]], str]:
    """The tables that `init` makes of an export, their cells as text, and its page."""
    init(folder, out, say=lambda _: None)
    found = {}
    for name, source in open_sources(connect(), out / "crm.sql").tables.items():
        cells = source.raw.to_pyarrow().to_pylist()
        told = [{k: str(v) for k, v in row.items() if v is not None and k != "__row"} for row in cells]
        found[name] = sorted(told, key=lambda row: list(row.values()))
    return found, (out / "init.md").read_text()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[dict[str, str]]], str]:
    folder = tmp_path_factory.mktemp("views")
    views(folder / "raw")
    return rows(folder / "raw", folder / "out")


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[dict[str, str]]], str]:
    folder = tmp_path_factory.mktemp("dataverse")
    dataverse(folder / "raw")
    return rows(folder / "raw", folder / "out")


def test_names_of_a_view_find_their_records_unless_several_have_them(exported):
    tables, page = exported
    assert [(r["opportunity_id"], r.get("account_id"), r.get("lead_id")) for r in tables["opportunities"]] == [
        (D(1), A(1), C(1)),
        (D(2), A(2), None),  # BETA: the other Beta is inactive
        (D(3), None, C(3)),  # two active accounts are called Gamma
        (D(4), A(2), C(2)),  # the customer is a contact
    ]
    assert "1 deals name a customer that is no account of the export, or several" in page


def test_the_state_of_a_deal_its_amount_and_its_day_come_from_the_view(exported):
    assert [[r[k] for k in ("status", "amount", "closed_at", "currency")] for r in exported[0]["opportunities"]] == [
        ["Won", "$12,000.00", "5/20/2023", "US Dollar"],
        ["Won", "$10,000.00", "5/31/2023", "US Dollar"],  # no revenue and no day: both as planned
        ["Lost", "$10,000.00", "6/14/2023", "US Dollar"],
        ["Open", "$10,000.00", "5/31/2025", "US Dollar"],
    ]


def test_a_qualified_lead_is_the_contact_with_its_address(exported):
    tables, page = exported
    assert tables["leads"] == [
        {"lead_id": C(1), "account_id": A(1), "created_at": "2023-03-01 07:42:00", "email": "jane@acme.com",
         "title": "CFO", "source": "Web"},
        {"lead_id": C(2), "account_id": A(2), "created_at": "2023-03-31 07:42:00", "email": "john@beta.com",
         "title": "CTO"},
        {"lead_id": C(3), "created_at": "2023-03-31 07:42:00", "email": "sam@g.de", "title": "CTO"},
        {"lead_id": L(2), "created_at": "2023-03-01 07:42:00", "email": "kim@z.com", "source": "Fair"},
        {"lead_id": L(3), "created_at": "2023-03-01 07:42:00", "email": "k@z.com", "source": "Fair"},
    ]  # fmt: skip
    assert "1 leads are the contact that they became" in page


def test_attributes_are_those_that_can_be_known_before(exported):
    accounts = exported[0]["accounts"]
    assert accounts[0] == {
        "account_id": A(1), "domain": "https://acme.com", "created_at": "1/31/2023 7:42 AM", "industry": "Steel",
        "employees": "1,200", "address_1:_city": "Bonn", "tier_(cr123)": "A",
    }  # fmt: skip
    assert len(accounts) == 5


def test_a_deactivated_account_with_the_name_of_an_active_one_was_merged_into_it(exported):
    tables, page = exported
    assert [(r["account_id"], r.get("master_id")) for r in tables["accounts"] if "master_id" in r] == [(A(3), A(2))]
    assert "1 deactivated accounts have the name of the one active account of that name, and no other website" in page
    assert "deactivated accounts stay in" not in page


def test_only_what_was_done_counts_and_its_direction_follows(exported):
    tables, page = exported
    assert [
        (r["activity_id"], r["activity_type"], r.get("direction"), r.get("account_id"), r.get("lead_id"))
        for r in tables["activities"]
    ] == [
        (T(1), "phone call", "outbound", A(1), C(1)),
        (T(2), "email", "inbound", A(1), None),
        (T(3), "meeting", None, A(2), None),
        (T(7), "webinar registration", None, None, L(2)),
    ]
    assert "1 activities are planned, drafts, failed or canceled" in page
    assert "1 activities are the CRM's own" in page
    assert "1 activities belong to no person and no account of the export" in page


def test_views_of_one_table_are_read_as_one(exported):
    assert "the tables My Opps, Won Opportunities hold records of one table, opportunity" in exported[1]


def test_ids_states_and_versions_of_a_copy_of_dataverse(copied):
    tables, page = copied
    assert tables["opportunities"] == [
        {"opportunity_id": D(1), "account_id": A(1), "lead_id": C(1), "created_at": "2023-04-13T07:42:00Z",
         "status": "won", "closed_at": "2023-05-20", "amount": "88", "stage": "2-Develop",
         "probability": "100", "is_deleted": "False"},
        {"opportunity_id": D(2), "account_id": A(3), "lead_id": C(2), "created_at": "2020-04-13T07:42:00Z",
         "known_at": "2023-05-01T07:42:00Z", "status": "lost", "closed_at": "2023-05-20", "amount": "100",
         "stage": "1-Qualify", "probability": "100", "is_deleted": "False"},
        {"opportunity_id": D(3), "account_id": A(3), "lead_id": L(2), "created_at": "2023-04-13T07:42:00Z",
         "status": "open", "closed_at": "2023-06-01", "amount": "100", "stage": "1-Qualify", "probability": "100",
         "is_deleted": "False"},
    ]  # fmt: skip
    assert "lost deals by reason: Canceled: 1" in page
    assert "1 deals were migrated" in page


def test_codes_become_labels_and_merged_accounts_name_their_master(copied):
    assert [
        {k: r[k] for k in ("account_id", "master_id", "is_deleted", "industry", "employees", "cr123_tier") if k in r}
        for r in copied[0]["accounts"]
    ] == [
        {"account_id": A(1), "is_deleted": "False", "industry": "Beratung", "employees": "1300", "cr123_tier": "Gold"},
        {"account_id": A(2), "is_deleted": "False", "master_id": A(1), "industry": "Beratung", "employees": "12",
         "cr123_tier": "Silver"},
        {"account_id": A(3), "is_deleted": "False", "industry": "Buchhaltung", "employees": "12",
         "cr123_tier": "Silver"},
        {"account_id": A(4), "is_deleted": "True", "industry": "Buchhaltung", "employees": "12"},
    ]  # fmt: skip


def test_parties_take_part_on_their_side(copied):
    assert [
        (r["activity_id"], r["activity_type"], r.get("direction"), r.get("account_id"), r["lead_id"])
        for r in copied[0]["activities"]
    ] == [
        (T(1), "email", "inbound", A(1), C(1)),
        (T(3), "meeting", None, A(1), C(1)),
        (T(3), "meeting", None, A(1), L(2)),
        (T(4), "phone call", "outbound", A(3), C(2)),
        (T(5), "cr123_demo_request", None, None, L(2)),
    ]


def test_the_audit_is_the_history_of_deals_that_are_not_older(copied):
    tables = copied[0]
    assert tables["opportunity_history"] == [
        {"opportunity_id": D(1), "changed_at": "2023-04-13 07:42:00", "stage": "1-Qualify"},
        {"opportunity_id": D(1), "changed_at": "2023-04-13 07:42:00", "amount": "72.0"},
        {"opportunity_id": D(1), "changed_at": "2023-04-15 07:42:00", "stage": "2-Develop"},
        {"opportunity_id": D(1), "changed_at": "2023-04-15 07:42:00", "amount": "80.0"},
    ]
    assert tables["account_history"] == [
        {"account_id": A(1), "known_at": "2023-01-31 07:42:00", "employees": "900"},
        {"account_id": A(1), "known_at": "2023-04-10 07:42:00", "employees": "1300"},
    ]
    assert tables["currencies"] == [{"currency": "EUR", "rate": "1.0"}, {"currency": "USD", "rate": "0.8"}]


LANGUAGES = {
    "Deutsch": (
        "Aktive Verkaufschancen 2024-11-02",
        "(Nicht ändern) Verkaufschance; (Nicht ändern) Geändert am; Thema; Potenzieller Kunde; Gesch. Umsatz; Status; "
        "Statusgrund; Erstellt am; Tatsächliches Abschlussdatum",
    ),
    "Français": (
        "Toutes",
        "(Ne pas modifier) Opportunité; (Ne pas modifier) Modifié le; Rubrique; Client potentiel; Revenu est.; Statut; "
        "Raison du statut; Créé le; Date de clôture réelle",
    ),
    "Español": (
        "Todas",
        "(No modificar) Oportunidad; (No modificar) Fecha de modificación; Tema; Cliente posible; Ingresos est.; "
        "Estado; Razón para el estado; Fecha de creación; Fecha de cierre real",
    ),
    "Nederlands": (
        "Blad1",
        "(Niet wijzigen) Verkoopkans; (Niet wijzigen) Gewijzigd op; Onderwerp; Potentiële klant; Geschatte omzet; "
        "Status; Statusreden; Gemaakt op; Werkelijke sluitingsdatum",
    ),
    "English, hidden columns cut": (
        "Pipeline Q3",
        "; Modified On; Topic; Potential Customer; Est. Revenue; Status; Status Reason; Created On; Actual Close Date",
    ),
}
COLUMNS = (
    *("opportunity_id", "modified_on", "topic", "customer_name", "estimated_value"),
    *("state_name", "reason_name", "created_on", "actual_close_date"),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_view_is_recognised_in_the_languages_of_its_users(language):
    name, header = LANGUAGES[language]
    labels = header.split("; ")
    relation = RawRelation(name, ("raw", name), dict.fromkeys((label for label in labels if label), "VARCHAR"))
    best = recognised(LAYOUTS.values(), [relation])[0]
    assert best.layout.name == "dynamics"
    known = best.known["opportunity"]
    found = [known.declared.actual(column, relation.by_key) or "" for column in COLUMNS]
    assert found == labels
