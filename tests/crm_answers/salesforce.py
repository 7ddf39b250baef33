"""Salesforce: results of Bulk API 2.0, and the files of Data Loader.

Bulk API 2.0 Developer Guide, "Get Job Successful Record Results", "Get Job Failed Record Results" and "Get Job
Unprocessed Record Results": CSV with quoted cells; `sf__Id` and `sf__Created`, or `sf__Id` and `sf__Error`, before the
fields of the job; `sf__Id` of a failed record is blank unless it was found. Data Loader Guide, "Review Data Loader
Output Files": a success file with ID, the columns and STATUS, an error file with the columns and ERROR. Its source,
class BulkV2Connection: in Bulk API 2.0 mode it keeps the result of the API and names its columns ID, STATUS and ERROR.
"""

from collections.abc import Mapping, Sequence

from tests.crm_answers.rows import Row, as_csv, split


def bulk_2(rows: Sequence[Row], refused: Mapping[int, str]) -> tuple[str, str]:
    """The successful and the failed results of a job."""
    return _bulk_2(rows, refused, "sf__Id", "sf__Created", "sf__Error")


def loader_bulk_2(rows: Sequence[Row], refused: Mapping[int, str]) -> tuple[str, str]:
    """The success and the error file of Data Loader with "Use Bulk API 2.0"."""
    return _bulk_2(rows, refused, "ID", "STATUS", "ERROR")


def _bulk_2(rows: Sequence[Row], refused: Mapping[int, str], id_: str, created: str, error: str) -> tuple[str, str]:
    header = list(rows[0])
    taken, failed = split(rows, refused)
    success = [[row.get("Id", "001000000000001AAA"), "false", *row.values()] for row in taken]
    failure = [["", reason, *row.values()] for row, reason in failed]
    return as_csv([id_, created, *header], success, quoted=True), as_csv([id_, error, *header], failure, quoted=True)


def loader(rows: Sequence[Row], refused: Mapping[int, str]) -> tuple[str, str]:
    """The success and the error file of Data Loader without the Bulk API; columns of one name are one column."""
    header = list(rows[0])
    taken, failed = split(rows, refused)
    first = [] if header[0].upper() == "ID" else ["ID"]
    success = [[*["001000000000001AAA"] * len(first), *row.values(), "Item Updated"] for row in taken]
    failure = [[*row.values(), reason] for row, reason in failed]
    names = ["ID" if name.upper() == "ID" else name for name in header]
    return as_csv([*first, *names, "STATUS"], success, quoted=True), as_csv([*names, "ERROR"], failure, quoted=True)


def unprocessed(rows: Sequence[Row]) -> str:
    """The records of a job that were not tried."""
    return as_csv(list(rows[0]), [list(row.values()) for row in rows], quoted=True)
