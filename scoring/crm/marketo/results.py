"""The files of Marketo's Bulk Lead Import: failures and warnings.

Marketo developer documentation, "Bulk Lead Import" (Failures, Warnings) and "Bulk Program Member Import" (an example):
the columns of the file that was imported, and the reason as the last one. Of a row with a warning, a value was left
out.
"""

from __future__ import annotations

from scoring.crm.results import ResultsFile

FAILURE, WARNING = "Import Failure Reason", "Import Warning Reason"

RESULTS = (
    ResultsFile("failures of a bulk import", (FAILURE,), error=FAILURE, rest=True),
    ResultsFile("warnings of a bulk import", (WARNING,), taken=True, error=WARNING),
)

#: A record's id, a long number.
RECORD_ID = "[0-9]{7,}"
