"""Salesforce: a CSV for each of Account and Lead that Bulk API 2.0 and Data Loader take without a mapping.

The header of a column is its field's API name. Records are found by `Id`, because a score carries the CRM's
own id: ``sf data update bulk`` takes the file, and so does ``sf data upsert bulk --external-id Id``; neither
makes a new record. Where the ids come from another system, name the external id field that holds them
(`Profile.with_ids`) and upsert by that field. The other fields are custom fields, to be made once:

    kind        field type                       written as
    text        Text(length)                     one line, cut to the length
    percent     Percent(7, decimals)             12.5 for 12.5 %
    number      Number or Currency(., decimals)
    date        Date                             yyyy-MM-dd, the day in UTC
    datetime    Date/Time                        yyyy-MM-ddTHH:mm:ss.SSSZ, UTC

Rules of the format: comma, LF, UTF-8 (no byte order mark, which would become part of the first name), quotes
doubled, nothing trimmed; an empty cell leaves a field as it is and ``#N/A`` empties it; 100 MB an upload.
Bulk API 2.0 Developer Guide, "Prepare CSV Files" and "Valid Date Format in Records".
"""

from __future__ import annotations

from scoring.crm.profile import Column, Profile

_SCORES = (
    Column("win_probability", "closedwon_Win_Probability__c", "percent", decimals=4),
    Column("expected_amount", "closedwon_Expected_Amount__c", "number", decimals=2),
    Column("expected_revenue", "closedwon_Expected_Revenue__c", "number", decimals=2),
    Column("fit_score", "closedwon_Fit_Score__c", "number", decimals=1),
    Column("intent_score", "closedwon_Intent_Score__c", "number", decimals=1),
    Column("grade", "closedwon_Grade__c", "text", length=1),
    Column("rank", "closedwon_Rank__c", "number"),
    Column("reason_1", "closedwon_Reason_1__c", "text", length=255),
    Column("reason_2", "closedwon_Reason_2__c", "text", length=255),
    Column("reason_3", "closedwon_Reason_3__c", "text", length=255),
    Column("concern_1", "closedwon_Concern_1__c", "text", length=255),
    Column("why_now", "closedwon_Why_Now__c", "text", length=255),
    Column("as_of", "closedwon_As_Of__c", "date"),
    Column("scored_at", "closedwon_Scored_At__c", "datetime"),
    Column("model_version", "closedwon_Model_Version__c", "text", length=80),
)

SALESFORCE = Profile(
    name="salesforce",
    columns={
        "account": (Column("account_id", "Id", "id", length=255), *_SCORES),
        "lead": (Column("lead_id", "Id", "id", length=255), *_SCORES),
    },
    empty="#N/A",
    max_bytes=100_000_000,
)
