"""Salesforce's tracked fields, e-mails without a task, and what campaigns cost."""

import pytest

from tests.pipelines.sources.raw.exports import Made, made

EXPORT = {
    "Account.csv": "Id,Website,CreatedDate\n001A,acme.com,2024-01-01 08:00:00\n",
    "Contact.csv": "Id,AccountId,Email,CreatedDate\n003A,001A,a@acme.com,2024-03-01 08:00:00\n"
    "003B,001A,b@acme.com,2024-03-01 08:00:00\n",
    "Lead.csv": "Id,IsConverted,ConvertedContactId,CreatedDate\n00QA,1,003A,2024-02-01 08:00:00\n",
    "Opportunity.csv": "Id,AccountId,StageName,IsWon,IsClosed,CloseDate,CreatedDate\n"
    "006A,001A,Won,1,1,2024-05-01,2024-04-01 08:00:00\n006B,001A,Talks,0,0,2024-05-01,2024-04-02 08:00:00\n",
    "OpportunityFieldHistory.csv": """
Id,OpportunityId,Field,OldValue,NewValue,CreatedDate
1,006A,StageName,Talks,Won,2024-05-01 08:00:00
2,006A,StageName,New,Talks,2024-04-10 08:00:00
3,006A,Amount,100,200,2024-04-11 08:00:00
4,006B,created,,,2024-04-02 08:00:00
5,006A,Owner,x,y,2024-04-12 08:00:00
""",
    "Task.csv": "Id,WhoId,Type,IsClosed,CreatedDate\n00TA,003B,Email,1,2024-04-03 08:00:00\n",
    "EmailMessage.csv": """
Id,ActivityId,RelatedToId,Incoming,Status,MessageDate,CreatedDate,IsDeleted
02sA,00TA,006A,1,1,2024-04-03 08:00:00,2024-04-03 08:00:00,0
02sB,,006A,1,1,2024-04-04 08:00:00,2024-04-04 08:00:00,0
02sC,000000000000000AAA,006A,0,3,2024-04-05 08:00:00,2024-04-05 08:00:00,0
02sD,,006A,0,5,2024-04-06 08:00:00,2024-04-06 08:00:00,0
""",
    "EmailMessageRelation.csv": """
Id,EmailMessageId,RelationId,RelationType
1,02sB,00QA,FromAddress
2,02sB,005X,ToAddress
3,02sC,003A,ToAddress
4,02sC,003B,ToAddress
""",
    "Campaign.csv": "Id,Name,Type,StartDate,ActualCost,IsDeleted\n701A,Fair,Event,2024-02-01,900,0\n"
    "701B,Ads,Ads,,50,0\n701C,Old,Ads,2024-01-01,70,1\n",
    "CampaignMember.csv": "Id,CampaignId,LeadId,ContactId,HasResponded,FirstRespondedDate,CreatedDate\n"
    "00vA,701A,00QA,,1,2024-02-10,2024-02-01 08:00:00\n",
}


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """An organisation that tracks fields instead of stages, and synchronizes its mail."""
    return made(tmp_path_factory.mktemp("salesforce"), EXPORT)


@pytest.mark.parametrize(
    ("table", "columns", "rows"),
    [
        (
            "opportunity_history",
            ("opportunity_id", "changed_at", "stage", "amount"),
            [
                # What the first change of each field left is what the deal was created with.
                ("006A", "2024-04-01 08:00:00", "", "100"),
                ("006A", "2024-04-01 08:00:00", "New", ""),
                ("006A", "2024-04-10 08:00:00", "Talks", ""),
                ("006A", "2024-04-11 08:00:00", "", "200"),
                ("006A", "2024-05-01 08:00:00", "Won", ""),
            ],
        ),
        (
            "activities",
            ("activity_id", "lead_id", "account_id", "activity_type", "direction"),
            [
                # The e-mail of the task stands for itself once. Who wrote another one as a lead is the contact now.
                ("00TA", "003B", "", "email task", "inbound"),
                ("00vA", "003A", "", "event response", "inbound"),
                ("00vA", "003A", "", "event sent", "outbound"),
                ("02sB 00QA", "003A", "001A", "email", "inbound"),
                ("02sC 003A", "003A", "001A", "email", "outbound"),
                ("02sC 003B", "003B", "001A", "email", "outbound"),
            ],
        ),
        ("spend", ("campaign", "month", "cost"), [("Fair", "2024-02-01", "900")]),
    ],
)
def test_an_export_gives_these_rows(
    export: Made, table: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    assert export.rows(table, *columns) == rows
