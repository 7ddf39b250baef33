"""The results files of Salesforce: of Bulk API 2.0 and of Data Loader.

Bulk API 2.0 Developer Guide, "Get Job Successful Record Results" and its neighbours: the columns of the job and
`sf__Id`, with `sf__Created` for records that were taken and `sf__Error` for others, in any order; records that were
never tried come back with the job's columns alone. Data Loader Guide, "Review Output Files": the job's columns, with
`ID` and `STATUS`, or with `ERROR`. In its Bulk API 2.0 mode Data Loader writes its columns first, so that two are named
`ID`: the first is Salesforce's and blank where there is no such record, the later one is the job's.
"""

from __future__ import annotations

from scoring.crm.results import ResultsFile

RESULTS = (
    ResultsFile(
        "failed records of Bulk API 2.0", ("sf__Error",), ("sf__Id", "sf__Created"), error="sf__Error", own="sf__Id"
    ),
    ResultsFile("successful records of Bulk API 2.0", ("sf__Created",), ("sf__Id",), taken=True, own="sf__Id"),
    ResultsFile("successes of Data Loader", ("STATUS",), ("ID",), taken=True, own="ID"),
    ResultsFile("errors of Data Loader", ("ERROR",), ("ID",), error="ERROR", own="ID"),
    ResultsFile("unprocessed records of Bulk API 2.0", (), reason="unprocessed"),
)

#: A record's id, of 15 or 18 characters.
RECORD_ID = "[0a][0-9A-Za-z]{14}|[0a][0-9A-Za-z]{17}"
