"""Salesforce: a CSV for each of Account and Lead that Bulk API 2.0 and Data Loader take without a mapping.

The header of a column is its field's API name. Records are found by `Id`, because a score carries the CRM's
own id: ``sf data update bulk`` takes the file, and so does ``sf data upsert bulk --external-id Id``; neither
makes a new record. Where the ids come from another system, name the external id field that holds them
(`Profile.renamed`) and upsert by that field. The other fields are custom fields, which are made once
(``closedwon fields --crm salesforce``):

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

from scoring.crm.profile import Column, Profile, scores_as


def field_name(score: str) -> str:
    """The name of the field of a score."""
    return f"closedwon_{score.title()}__c"


_SCORES = scores_as(field_name)

SALESFORCE = Profile(
    name="salesforce",
    columns={
        "account": (Column("account_id", "Id", "id", length=255), *_SCORES),
        "lead": (Column("lead_id", "Id", "id", length=255), *_SCORES),
    },
    objects={"account": "Account", "lead": "Lead"},
    empty="#N/A",
    empties=True,
    max_bytes=100_000_000,
    max_rows=100_000_000,
    time="%Y-%m-%dT%H:%M:%S.000Z",
)
