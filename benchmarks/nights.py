"""Thirty nights in a row: ledger, files, deltas and past explanations agree, whatever happens in between.

A simulated market is exported day after day and scored by the command line. On the way the sources are renamed bit by
bit (drift), an export lacks half its activities (refused, then repaired), the CRM rejects some rows (told again), a
model is trained and promoted, and rolled back. A mirror stands for the CRM: it is filled with the files of changes and
cleared with the retire files only, and must know every night what the full file says. Every night, all scores of some
past night are made again from the ledger and the registry.

    python -m benchmarks.nights [--nights 30] [--accounts 800]
"""

import argparse
import csv
import random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd

from pipelines.cli import main
from pipelines.config import Changes
from pipelines.demo import write_crm
from pipelines.store import ledger, registry
from pipelines.store.ledger import Night
from pipelines.store.store import Store
from scoring.reason_expressions import explained
from scoring.reasons import REASONS
from scoring.scorecard_expressions import scored
from scoring.simulator import Market, simulate
from scoring.timeline import day_number

START = pd.Timestamp("2025-12-29")
QUICK = "[training]\nmax_rows = 20_000\nmax_snapshots = 12\nresamples = 4\n"
#: What is made again of a past night, and must be as it was served: to rounding, and to the letter.
NUMBERS = ("log_odds", "fit_log_odds", "intent_log_odds", "win_probability", "expected_revenue", "intent_score")
WORDS = (*REASONS, "concern_1", "why_now", "grade")


@dataclass
class Mirror:
    """What a CRM knows that imports nothing but changes and retirements."""

    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    def imports(self, folder: Path, refuses: set[str]) -> None:
        """Take the files of a night, but for the rows that it refuses."""
        for row in _read(folder / "account_changes.csv"):
            if row["Id"] not in refuses:
                self.rows[row["Id"]] = row
        for row in _read(folder / "account_retire.csv"):
            self.rows.pop(row["Id"], None)

    def disagrees(self, folder: Path, refuses: set[str]) -> list[str]:
        """Whose grade, decile or probability is not what the full file says, to the thresholds of `[changes]`."""
        full, limits = _read(folder / "account_scores.csv"), Changes()
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


@dataclass
class Nights:
    """A market, a store, and what became of each night."""

    folder: Path
    market: Market
    mirror: Mirror = field(default_factory=Mirror)
    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def run(self, command: str, *more: object) -> int:
        """A command, as from a shell."""
        config = () if command in ("rollback", "imported") else ("--config", self.folder / "c.toml")
        words = (command, *more, "--store", self.folder / "store", *config, "--quiet")
        return main([str(word) for word in words])

    def export(self, day: pd.Timestamp, *, drift: float, broken: bool = False) -> tuple[object, ...]:
        """What the CRM exports on a day, as words of a command."""
        tables = self.market.export(day)
        leads, accounts = tables["leads"].copy(), tables["accounts"].copy()
        shifted = accounts.index < drift * len(accounts)
        accounts.loc[shifted, "industry"] = "Renewables"
        tables |= {"leads": leads, "accounts": accounts}
        if broken:
            tables["activities"] = tables["activities"].iloc[::2]
        write_crm(tables, self.folder / "crm")
        return ("--data", self.folder / "crm", "--as-of", day.date(), "--entity", "account")

    def night(self, number: int, events: dict[int, str]) -> None:
        """One night, and what happens in it."""
        day, event = START + pd.Timedelta(days=number), events.get(number, "")
        data = self.export(day, drift=0.003 * number, broken=event == "broken export")
        if event == "retraining":
            assert self.run("train", *data) == 0
            assert self.run("promote", "--force", "--entity", "account") == 0
        if event == "rollback":
            assert self.run("rollback", "--entity", "account") == 0
        out, code = self.folder / "scores", self.run("score", *data, "--out", self.folder / "scores")
        if event == "broken export":
            assert code == 4
            before = self.past()[-1]
            assert (out / "latest").resolve().name == before.name
            code = self.run("score", *self.export(day, drift=0.003 * number), "--out", out)
        assert code == 0, f"night {number} ended with {code}"
        self._look(number, event, out / "latest" / "salesforce")

    def _look(self, number: int, event: str, files: Path) -> None:
        past = self.past()
        told_again = self.refused & {row["Id"] for row in _read(files / "account_changes.csv")}
        assert told_again == self.refused & {row["Id"] for row in _read(files / "account_scores.csv")}
        refuses = {row["Id"] for row in _read(files / "account_changes.csv")[:3]} if event == "CRM refuses" else set()
        self.mirror.imports(files, refuses)
        if refuses or self.refused:
            assert self.run("imported", self._results(files, refuses)) == 0
        self.refused = refuses
        made_again = random.Random(number).choice(past)
        night, served = past[-1].record, _served(past[-1], files.parent / "account_scores.parquet")
        self.rows.append(
            {
                "night": night.night,
                "version": night.models["account"],
                "what happened": event,
                **{name: getattr(night.counts["account"], name) for name in ("scored", "changed", "retired")},
                "ledger = files": served,
                "mirror agrees": not self.mirror.disagrees(files, refuses),
                "made again": made_again.name.rpartition("_")[0],
                "as served": self.made_again(made_again),
            }
        )

    def past(self) -> list[Night]:
        """The ledger."""
        with Store.open(self.folder / "store", writing=False) as store:
            return ledger.nights(store)

    def made_again(self, night: Night) -> bool:
        """Whether every score and reason of a past night comes out as it was served."""
        version = int(night.record.models["account"])
        with Store.open(self.folder / "store", writing=False) as store:
            scorecard, _ = registry.load_scorecard(store, "account", version)
        since = day_number(night.record.since)
        given = ibis.duckdb.connect().read_parquet(night.features("account"))
        again = explained(scorecard, scored(scorecard, given), as_of=day_number(night.as_of), since=since).execute()
        served = pd.read_parquet(night.scores("account")).set_index("account_id").sort_index()
        again = again.set_index("unit").sort_index()
        close = all((again[name] - served[name]).abs().max() <= 1e-9 for name in NUMBERS)
        return close and all((again[name] == served[name]).all() for name in WORDS)

    def _results(self, files: Path, refuses: set[str]) -> Path:
        """What Salesforce gives back of the file of changes: a row for each, in an order of its own."""
        rows = _read(files / "account_changes.csv")
        failed = [row for row in rows if row["Id"] in refuses]
        path = self.folder / ("failed.csv" if failed else "successful.csv")
        extra = {"sf__Id": "", "sf__Error": "UNABLE_TO_LOCK_ROW"} if failed else {"sf__Id": "", "sf__Created": "false"}
        chosen = sorted(failed or rows, key=lambda row: row["Id"])
        with path.open("w", newline="") as target:
            writer = csv.DictWriter(target, [*extra, *rows[0]])
            writer.writeheader()
            writer.writerows({**extra, **row, "sf__Id": row["Id"]} for row in chosen)
        return path


def _served(night: Night, file: Path) -> bool:
    """Whether the ledger holds what was published, cell by cell."""
    columns = ", ".join(duckdb.sql(f"SELECT * FROM read_parquet('{file}')").columns)
    one, two = (f"SELECT {columns} FROM read_parquet('{path}')" for path in (file, night.scores("account")))
    return not duckdb.sql(f"(({one}) EXCEPT ALL ({two})) UNION ALL (({two}) EXCEPT ALL ({one}))").fetchall()


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def happening(nights: int) -> dict[int, str]:
    """What happens in which night: spread over all of them."""
    events = ("CRM refuses", "broken export", "retraining", "CRM refuses", "rollback")
    return {(i + 1) * nights // (len(events) + 1): event for i, event in enumerate(events)}


def run(folder: Path, nights: int, accounts: int) -> list[dict[str, Any]]:
    """So many nights; a row of the table for each."""
    made = Nights(folder, simulate(accounts=accounts, seed=11))
    (folder / "c.toml").write_text(QUICK)
    assert made.run("train", *made.export(START - pd.Timedelta(days=1), drift=0)) == 0
    assert made.run("promote", "--force", "--entity", "account") == 0
    events = happening(nights)
    for number in range(nights):
        made.night(number, events)
    return made.rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as a table of Markdown."""
    said = {True: "yes", False: "NO"}
    cells = [
        [said[x] if isinstance(x, bool) else f"{x:,}" if isinstance(x, int) else x for x in row.values()]
        for row in rows
    ]
    lines = [list(rows[0]), ["---"] * len(rows[0]), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--accounts", type=int, default=800)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="closedwon-nights-") as place:
        found = run(Path(place), asked.nights, asked.accounts)
    print(table(found))
    wrong = [row["night"] for row in found if not all(value for value in row.values() if isinstance(value, bool))]
    raise SystemExit(f"these nights do not agree: {', '.join(wrong)}" if wrong else 0)
