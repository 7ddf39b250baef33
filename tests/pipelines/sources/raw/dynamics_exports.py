"""Small exports of Dynamics 365, written from the headers that its maker documents and users have shown."""

import csv
from pathlib import Path


def guid(kind: int, number: int) -> str:
    """An id: 1 accounts, 2 contacts, 3 leads, 4 deals, 5 activities."""
    return f"{kind:08d}-0000-4000-8000-{number:012d}"


def _csv(path: Path, header: str, rows: list[list[object]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([header.split("|"), *rows])


def _hidden(record: str) -> str:
    return f"(Do Not Modify) {record}|(Do Not Modify) Row Checksum|(Do Not Modify) Modified On|"


def views(folder: Path) -> None:
    """Views of an American user: names instead of ids, two deals in two views, a name that two accounts have."""

    def of(kind: int, number: int) -> list[object]:
        return [guid(kind, number), "x", "11/2/2024 3:00 PM"]

    day, city = "2/28/2023 7:42 AM", "Bonn"
    _csv(
        folder / "All Accounts 11-2-2024 3-45-12 PM.csv",
        _hidden("Account") + "Account Name|Main Phone|Address 1: City|Primary Contact|Website|Created On|"
        "Industry|Status|"
        "Number of Employees|Owner|Tier (cr123)",
        [
            [*of(1, 1), "Acme", "1", city, "Jo", "https://acme.com", "1/31/2023 7:42 AM", "Steel", "Active", "1,200",
             "Me", "A"],
            [*of(1, 2), "Beta", "1", city, "Jo", "beta.com", day, "Steel", "Active", "120", "Me", "B"],
            [*of(1, 3), "beta", "1", city, "Jo", "Beta.com", day, "Steel", "Inactive", "120", "Me", "B"],
            [*of(1, 4), "Gamma", "1", city, "Jo", "g.de", day, "Steel", "Active", "120", "Me", "B"],
            [*of(1, 5), "Gamma", "1", city, "Jo", "g2.de", day, "Food", "Active", "120", "Me", "B"],
        ],
    )  # fmt: skip
    day = "3/31/2023 7:42 AM"
    _csv(
        folder / "People I follow.csv",
        _hidden("Contact") + "Full Name|Email|Company Name|Business Phone|Job Title|Created On|Status|Gender",
        [
            ["{" + guid(2, 1).upper() + "}", "x", day, "Jane Doe", "jane@acme.com", "Acme", "1", "CFO", day,
             "Active", "f"],
            [*of(2, 2), "John Roe", "john@beta.com", "Beta", "1", "CTO", day, "Active", "m"],
            [*of(2, 3), "Sam Poe", "sam@g.de", "Gamma", "1", "CTO", day, "Active", "m"],
        ],
    )  # fmt: skip
    # No day of this file says whether the month is first: those of the others do.
    day = "3/1/2023 7:42 AM"
    _csv(
        folder / "Leads.csv",
        _hidden("Lead") + "Name|Topic|Status Reason|Created On|Email|Company Name|Lead Source|Status",
        [
            [*of(3, 1), "Jane Doe", "t", "Qualified", day, "JANE@acme.com", "Acme", "Web", "Qualified"],
            [*of(3, 2), "Kim Loe", "t", "New", day, "kim@z.com", "Zed", "Fair", "Open"],
            [*of(3, 3), "Bo Bot", "t", "Cannot Contact", day, "k@z.com", "Zed", "Fair", "Disqualified"],
        ],
    )
    header = _hidden("Opportunity") + (
        "Topic|Potential Customer|Est. close date|Est. revenue|Contact|Status|Status Reason|Created On|"
        "Actual Close Date|"
        "Actual Revenue|Currency|Probability"
    )
    day, plan, usd = "4/13/2023 7:42 AM", "5/31/2023", "US Dollar"
    without = [*of(4, 2), "Deal", "BETA", plan, "$10,000.00", "", "Won", "Won", day, "", "$0.00", usd, "100"]
    won = [
        *of(4, 1),
        "Deal",
        "Acme",
        plan,
        "$10,000.00",
        "Jane Doe",
        "Won",
        "Won",
        day,
        "5/20/2023",
        "$12,000.00",
        usd,
        "100",
    ]
    _csv(folder / "Won Opportunities.csv", header, [won, without])
    _csv(
        folder / "My Opps.csv",
        header,
        [
            without,
            [*of(4, 3), "Deal", "Gamma", plan, "$10,000.00", "Sam Poe", "Lost", "Out-Sold", day, "6/14/2023",
             "$0.00", usd, "0"],
            [*of(4, 4), "Kim", "John Roe", "5/31/2025", "$10,000.00", "", "Open", "In Progress", day, "", "", usd,
             "20"],
        ],
    )  # fmt: skip
    day, late = "4/19/2023 7:42 AM", "4/22/2023 7:42 AM"
    _csv(
        folder / "All Activities.csv",
        _hidden("Activity")
        + "Subject|Regarding|Activity Type|Activity Status|Owner|Start Date|Created On|Status Reason",
        [
            [*of(5, 1), "s", "Jane Doe", "Phone Call", "Completed", "Me", "", day, "Made"],
            [*of(5, 2), "s", "Acme", "Email", "Completed", "Me", "", day, "Received"],
            [*of(5, 3), "s", "Kim", "Appointment", "Scheduled", "Me", late, day, "Busy"],
            [*of(5, 4), "s", "Kim", "Task", "Open", "Me", late, day, "Not Started"],
            [*of(5, 5), "s", "Acme", "Opportunity Close", "Completed", "Me", late, day, "Completed"],
            [*of(5, 6), "s", "Gamma", "Phone Call", "Completed", "Me", late, day, "Made"],
            [*of(5, 7), "s", "Kim Loe", "Webinar registration", "Completed", "Me", late, day, "Completed"],
        ],
    )


_SINK = "Id|SinkCreatedOn|SinkModifiedOn|IsDelete|versionnumber|"
_LABEL = "@OData.Community.Display.V1.FormattedValue"
_TYPE = "@Microsoft.Dynamics.CRM.lookuplogicalname"


def dataverse(folder: Path) -> None:
    """A copy of Dataverse that keeps versions: ids, codes, labels beside them or in tables of their own, an audit."""

    def of(kind: int, number: int, version: int = 1, deleted: str = "False") -> list[object]:
        return [
            guid(kind, number),
            "2024-01-01T00:00:00Z",
            "2024-01-01T00:00:00Z",
            deleted,
            version,
            guid(kind, number),
        ]

    day, owner, nobody = "2023-04-13T07:42:00Z", guid(9, 1), "00000000-0000-0000-0000-000000000000"
    first = "2023-01-31T07:42:00Z"
    _csv(
        folder / "account.csv",
        _SINK + "accountid|name|websiteurl|createdon|industrycode|numberofemployees|revenue|revenue_base|statecode|"
        f"statuscode|merged|_masterid_value|ownerid|customertypecode|address1_country|cr123_tier|cr123_tier{_LABEL}",
        [
            [*of(1, 1), "Acme", "acme.com", first, 7, 1200, 10, 11, 0, 1, "False", "", owner, 3, "DE", 100000001,
             "Gold"],
            [*of(1, 1, 2), "Acme", "acme.com", first, 7, 1300, 10, 11, 0, 1, "False", "", owner, 3, "DE", 100000001,
             "Gold"],
            [*of(1, 2), "Acme", "acme.de", day, 7, 12, 10, 11, 1, 2, "True", guid(1, 1), owner, 3, "DE", 100000002,
             "Silver"],
            [*of(1, 3), "Beta", "beta.com", day, 1, 12, 10, 11, 0, 1, "False", "", owner, "", "FR", 100000002,
             "Silver"],
            [*of(1, 4, 5, "True"), "Gone", "g.com", day, 1, 12, 10, 11, 0, 1, "False", "", owner, "", "FR", "", ""],
        ],
    )  # fmt: skip
    _csv(
        folder / "contact.csv",
        _SINK + "contactid|fullname|firstname|lastname|emailaddress1|jobtitle|_parentcustomerid_value|"
        f"_parentcustomerid_value{_TYPE}|createdon|statecode|_originatingleadid_value|gendercode",
        [
            [
                *of(2, 1),
                "Jane Doe",
                "Jane",
                "Doe",
                "jane@acme.com",
                "CFO",
                guid(1, 1),
                "account",
                day,
                0,
                guid(3, 1),
                2,
            ],
            [*of(2, 2), "John Roe", "John", "Roe", "john@beta.com", "CTO", guid(1, 3), "account", day, 0, nobody, 1],
        ],
    )
    _csv(
        folder / "lead.csv",
        _SINK + f"leadid|fullname|subject|emailaddress1|jobtitle|companyname|leadsourcecode|leadsourcecode{_LABEL}|"
        "statecode|statuscode|createdon|_parentcontactid_value",
        [
            [*of(3, 1), "Jane Doe", "x", "j@acme.com", "CFO", "Acme", 8, "Web", 1, 3, day, ""],
            [*of(3, 2), "Kim Loe", "x", "k@z.com", "CFO", "Zed", 9, "Fair", 0, 1, day, ""],
        ],
    )
    reason, usd, eur = f"statuscode{_LABEL}", guid(8, 1), guid(8, 2)
    _csv(
        folder / "opportunity.csv",
        _SINK + f"opportunityid|name|_customerid_value|_customerid_value{_TYPE}|_parentaccountid_value|"
        "_parentcontactid_value|_originatingleadid_value|createdon|overriddencreatedon|actualclosedate|estimatedclosedate|"
        "modifiedon|actualvalue|actualvalue_base|estimatedvalue|estimatedvalue_base|_transactioncurrencyid_value|"
        f"exchangerate|statecode|statuscode|{reason}|stepname|closeprobability",
        [
            [*of(4, 1, 1), "a", guid(1, 1), "account", guid(1, 1), guid(2, 1), guid(3, 1), day, "", "", "2023-06-01",
             day, "", "",
             100, 80, usd, 1.25, 0, 1, "In Progress", "1-Qualify", 20],
            [*of(4, 1, 2), "a", guid(1, 1), "account", guid(1, 1), guid(2, 1), guid(3, 1), day, "", "2023-05-20",
             "2023-06-01",
             day, 110, 88, 100, 80, usd, 1.25, 1, 3, "Won", "2-Develop", 100],
            [*of(4, 2), "b", guid(2, 2).upper(), "contact", "", "", "", "2020-04-13T07:42:00Z", "2023-05-01T07:42:00Z",
             "2023-05-20", "2023-06-01", day, 0, 0, 100, 100, eur, 1, 2, 4, "Canceled", "1-Qualify", 100],
            [*of(4, 3), "c", guid(1, 3), "account", guid(1, 3), "", guid(3, 2), day, "", "", "2023-06-01", day, "",
             "", 100, 100,
             eur, 1, 0, 2, "On Hold", "1-Qualify", 100],
        ],
    )  # fmt: skip
    _csv(
        folder / "transactioncurrency.csv",
        "transactioncurrencyid|isocurrencycode|currencyname|exchangerate|statecode",
        [[usd, "USD", "US Dollar", "1.25", 0], [eur, "EUR", "Euro", 1, 0]],
    )
    _csv(
        folder / "activitypointer.csv",
        _SINK
        + "activityid|activitytypecode|subject|_regardingobjectid_value|createdon|actualend|scheduledstart|senton|"
        "statecode|statuscode",
        [
            [*of(5, 1), "email", "s", guid(4, 1), day, day, "", day, 1, 4],
            [*of(5, 2), "opportunityclose", "s", guid(4, 1), day, day, "", "", 1, 2],
            [*of(5, 3), "appointment", "s", guid(1, 1), day, "", "2023-04-25T09:00:00Z", "", 3, 5],
            [*of(5, 4), "phonecall", "s", guid(2, 2), day, day, "", "", 1, 2],
            [*of(5, 5), "cr123_demo_request", "s", guid(3, 2), day, day, "", "", 1, 2],
        ],
    )
    _csv(
        folder / "email.csv",
        _SINK + "activityid|subject|_regardingobjectid_value|directioncode|senton|createdon|statecode|statuscode",
        [
            [*of(5, 1), "s", guid(4, 1), "False", day, day, 1, 4],
            [*of(5, 9), "s", guid(4, 1), "True", "", day, 0, 1],
        ],
    )
    _csv(
        folder / "phonecall.csv",
        _SINK + "activityid|subject|_regardingobjectid_value|directioncode|actualend|createdon|statecode|statuscode",
        [[*of(5, 4), "s", guid(2, 2), "True", day, day, 1, 2]],
    )
    _csv(
        folder / "activityparty.csv",
        "Id|activitypartyid|_activityid_value|_partyid_value|participationtypemask",
        [
            [guid(6, 1), guid(6, 1), guid(5, 1), guid(2, 1), 1],
            [guid(6, 2), guid(6, 2), guid(5, 1), owner, 2],
            [guid(6, 3), guid(6, 3), guid(5, 3), guid(2, 1), 5],
            [guid(6, 4), guid(6, 4), guid(5, 3), guid(3, 2), 5],
        ],
    )
    _csv(
        folder / "OptionsetMetadata.csv",
        "EntityName|OptionSetName|Option|IsUserLocalizedLabel|LocalizedLabelLanguageCode|LocalizedLabel",
        [
            ["account", "industrycode", 7, "False", 1033, "Consulting"],
            ["account", "industrycode", 1, "False", 1033, "Accounting"],
            ["account", "industrycode", 7, "False", 1031, "Beratung"],
            ["account", "industrycode", 1, "False", 1031, "Buchhaltung"],
        ],
    )
    changed = '{{"changedAttributes":[{{"logicalName":"{}","oldValue":"{}","newValue":"{}"}}]}}'
    _csv(
        folder / "audit.csv",
        "auditid|_objectid_value|objecttypecode|createdon|changedata|operation",
        [
            [guid(7, 1), guid(1, 1), "account", "2023-04-10T07:42:00Z", changed.format("numberofemployees", 900,
             1300), 2],
            [guid(7, 2), guid(4, 1), "opportunity", "2023-04-15T07:42:00Z", changed.format("stepname", "1-Qualify",
             "2-Develop"), 2],
            [guid(7, 3), guid(4, 1), "opportunity", "2023-04-15T07:42:00Z", changed.format("estimatedvalue", 90,
             100), 2],
            [guid(7, 4), guid(4, 1), "opportunity", "2023-04-16T07:42:00Z", "name~description", 2],
            [guid(7, 5), guid(4, 2), "opportunity", "2023-05-10T07:42:00Z", changed.format("stepname", "1", "2"), 2],
        ],
    )  # fmt: skip
