import pytest

from pipelines import ROOT
from pipelines.config_file import read_config
from pipelines.delivery.profiles import profiles
from pipelines.errors import UsageError
from scoring.crm.known import PROFILES


def config(tmp_path, text):
    file = tmp_path / "closedwon.toml"
    file.write_text(text)
    return read_config(file)


@pytest.mark.parametrize(
    ("text", "crms", "found"),
    [
        ("", [], ["salesforce"]),
        ("", ["odoo", "zoho", "odoo"], ["odoo", "zoho"]),
        ('[crm]\nfiles = ["hubspot", "dynamics"]', [], ["hubspot", "dynamics"]),
        ('[crm]\nfiles = ["hubspot"]', ["marketo"], ["marketo"]),
        ("[crm]\nfiles = []", [], list(PROFILES)),
    ],
)
def test_for_which_crms_files_are_written(tmp_path, text, crms, found):
    assert [profile.name for profile in profiles(crms, config(tmp_path, text))] == found


def test_names_of_ones_own(tmp_path):
    text = '[crm.salesforce.account]\nid = "Legacy__c"\nrank = "Priority__c"\nwhy_now = ""\n'
    [profile] = profiles([], config(tmp_path, text))
    assert profile.header("account", "account_id") == "Legacy__c"
    assert profile.header("account", "rank") == "Priority__c"
    assert profile.header("account", "why_now") is None
    assert profile.header("lead", "rank") == "closedwon_Rank__c"


@pytest.mark.parametrize(
    ("text", "crms", "message"),
    [
        ("", ["sap"], "--crm sap is not a known CRM; known are salesforce, hubspot, "),
        ("", ["hubspt"], "--crm hubspt is not a known CRM; did you mean 'hubspot'?"),
        ('[crm]\nfiles = ["HubSpot"]', [], "files in [crm]: HubSpot is not a known CRM; did you mean 'hubspot'?"),
        ('[crm]\nfiles = ["sap"]', [], "files in [crm]: sap is not a known CRM; known are salesforce"),
        ('[crm.sap.lead]\nrank = "x"', [], "unknown key 'sap' in [crm] of the configuration"),
        ("[crm.odoo.lead]\nrank = 3", [], "rank in [crm.odoo.lead] must be a text: found 3"),
        ('[crm.odoo]\nlead = "x"', [], "[crm.odoo.lead] is a section of the configuration, not a value: found 'x'"),
        ('[crm.odoo.deal]\nrank = "x"', [], "unknown section [crm.odoo.deal] of the configuration; odoo takes account"),
        ('[crm.odoo.acount]\nrank = "x"', [], "[crm.odoo.acount] of the configuration; did you mean 'account'?"),
        ('[crm.odoo.lead]\nranks = "x"', [], "unknown key 'ranks' in [crm.odoo.lead] of the configuration; did you m"),
        (
            '[crm.odoo]\nwin_probabilty = "x"',
            [],
            "unknown key 'win_probabilty' in [crm.odoo] of the configuration; did you mean 'win_probability' in "
            "[crm.odoo.account] or [crm.odoo.lead]?",
        ),
        ('[crm.odoo.lead]\nid = ""\nrank = "=x"', [], "[crm.odoo.lead] of the configuration: '=x' cannot be the name"),
    ],
)
def test_a_crm_or_field_that_is_not_known(tmp_path, text, crms, message):
    with pytest.raises(UsageError) as error:
        profiles(crms, config(tmp_path, text))
    assert message in str(error.value)


def test_what_the_document_configures(tmp_path):
    document = (ROOT / "docs" / "crm.md").read_text(encoding="utf-8")
    assert [crm for crm in PROFILES if f"\n| `{crm}` | " not in document] == []
    plans, own, named = (config(tmp_path, block.split("```")[0]) for block in document.split("```toml\n")[1:])
    free, standard = profiles([], plans)
    assert (free.max_bytes, len(standard.columns["lead"])) == (20_000_000, 11)
    [hubspot] = profiles(["hubspot"], own)
    assert hubspot.header("account", "account_id") == "erp_number"
    salesforce, marketo = profiles([], named)
    assert (salesforce.header("account", "expected_amount"), marketo.name) == (None, "marketo")
