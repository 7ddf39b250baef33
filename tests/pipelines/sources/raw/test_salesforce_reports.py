"""Salesforce's reports: labels in the language of the user, names instead of ids, or the deals alone."""

from pathlib import Path

from tests.pipelines.sources.raw.exports import made

DEALS = """
"Opportunity-Name","Accountname","Phase","Schlusstermin","Erstelldatum","Betrag","Gewonnen","Geschlossen","Typ"
"A","Müller AG","Unterschrieben","13.05.2024","03.04.2024","1.234,50","1","1","New Business"
"B","Doppelt","Suche","23.06.2030","03.04.2024","900","0","0",""
"""
ACCOUNTS = """
"Accountname","Accountinhaber","Website","Branche","Erstelldatum"
"Müller AG","Jane","m.de","Stahl","03.01.2024"
"Doppelt","Jane","b.de","Wein","04.01.2024"
"Doppelt","Jane","c.de","Wein","04.01.2024"
"""
CONTACTS = '"Vorname","Nachname","Accountname","E-Mail","Titel"\n"Ann","Lee","Müller AG","a@m.de","CEO"\n'


def test_names_and_german_labels(tmp_path: Path) -> None:
    out = made(tmp_path, {"report1.csv": DEALS, "report2.csv": ACCOUNTS, "report3.csv": CONTACTS})
    assert out.rows("opportunities", "account_id", "status", "closed_at", "amount", "stage") == [
        ("Müller AG", "won", "13.05.2024", "1.234,50", "Unterschrieben"),
    ]
    assert "1 deals have neither an account nor a contact" in out.page
    assert [(*row,) for row in out.rows("leads", "account_id", "title")] == [("Müller AG", "CEO")]
    assert set(out.tables["accounts"][0]) == {"account_id", "domain", "created_at", "branche"}
    assert "1 name one that no account has, or several" in out.page
    assert "Ann" not in out.page + (tmp_path / "out" / "crm.sql").read_text("utf-8")


def test_a_report_of_deals_alone_names_its_accounts(tmp_path: Path) -> None:
    head = '"Opportunity Name","Account Name","Stage","Close Date","Created Date"\n'
    rows = '"A","Acme","Closed Won","5/13/2024","4/13/2024"\n"C","Acme","Closed Lost","6/23/2023","4/23/2023"\n'
    out = made(tmp_path, {"report1.csv": head + rows})
    assert out.rows("accounts", "account_id", "created_at") == [("Acme", "2023-04-23 00:00:00")]
    assert out.rows("opportunities", "account_id", "status") == [("Acme", "Closed Lost"), ("Acme", "Closed Won")]
    assert "Those that deals name, 1, stand in for them" in out.page
