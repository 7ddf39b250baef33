"""A CRM that imports only the files of changes and of retirements, and what it holds then."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.config import Changes


@dataclass
class Mirror:
    """The rows of a CRM that imports only changes and retirements, by id."""

    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    def imports(self, folder: Path, refuses: set[str]) -> None:
        """Import the files of a night, except the rows that the CRM refuses."""
        for row in rows_of(folder / "account_changes.csv"):
            if row["Id"] not in refuses:
                self.rows[row["Id"]] = row
        for row in rows_of(folder / "account_retire.csv"):
            self.rows.pop(row["Id"], None)

    def disagrees(self, folder: Path, refuses: set[str]) -> list[str]:
        """The ids whose grade or probability differs from the full file by more than the thresholds of `[changes]`."""
        full, limits = rows_of(folder / "account_scores.csv"), Changes()
        wrong = sorted(self.rows.keys() - {row["Id"] for row in full})
        for row in full:
            known = self.rows.get(row["Id"])
            if row["Id"] in refuses:
                continue
            if known is None or known["closedwon_Grade__c"] != row["closedwon_Grade__c"]:
                wrong.append(row["Id"])
                continue
            now, then = (float(x["closedwon_Win_Probability__c"]) / 100 for x in (row, known))
            if abs(now - then) > limits.least + 1e-5 and max(now, then) > limits.ratio * min(now, then) * 1.001:
                wrong.append(row["Id"])
        return wrong


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, by column."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
