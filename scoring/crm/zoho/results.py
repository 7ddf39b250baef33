"""The results file of Zoho CRM.

Bulk Write API, "Download Bulk Write Result": the first three columns of the job, then `STATUS`, `RECORD_ID` and
`ERRORS`, as a CSV in a zip.
"""

from __future__ import annotations

from scoring.crm.results import ResultsFile

RESULTS = (
    ResultsFile(
        "a bulk write result",
        ("STATUS", "ERRORS"),
        ("RECORD_ID",),
        taken=None,
        status="STATUS",
        taken_words=("added", "updated"),
        refused_words=("skipped", "unprocessed"),
        error="ERRORS",
        own="RECORD_ID",
    ),
)

#: A record's id, a long number.
RECORD_ID = "[0-9]{12,}"
