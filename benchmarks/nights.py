"""Thirty nights in a row: ledger, files, changes and past explanations agree, whatever happens in between.

A simulated market is exported day after day and scored by the command line. In between, industries are renamed bit by
bit (drift), an export lacks half of its activities (refused, then repaired), the CRM rejects some rows (sent again), a
model is trained and promoted, and rolled back. Somebody's files lie between ours, a record in the ledger is torn and
brought back from the backup, the disk is full, an account is forgotten, the store is upgraded. A mirror stands for the
CRM: it only imports the files of changes and of retirements, and every night it must hold what the full file holds.
Every night, all scores of one past night are computed again from the ledger and the registry.

    python -m benchmarks.nights [--nights 30] [--accounts 800] [--write]
"""

import argparse
import csv
import random
import resource
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd

from benchmarks import document
from benchmarks.traces.crm_mirror import Mirror, rows_of
from benchmarks.traces.earlier_release import made_earlier
from pipelines import ROOT
from pipelines.cli import main
from pipelines.commands.known import COMMANDS
from pipelines.demo import write_crm
from pipelines.store import ledger, registry
from pipelines.store.ledger import Night
from pipelines.store.store import Store
from scoring.scorecard.expressions import scored
from scoring.scorecard.reason_expressions import explained
from scoring.scorecard.reasons import REASONS
from scoring.simulator import Market, simulate
from scoring.timeline import day_number

START = pd.Timestamp("2025-12-29")
QUICK = "[training]\nmax_rows = 20_000\nmax_snapshots = 12\nresamples = 4\n"
#: What is computed again of a past night and must equal what was served: numbers up to rounding, words exactly.
NUMBERS = ("log_odds", "fit_log_odds", "intent_log_odds", "win_probability", "expected_revenue", "intent_score")
WORDS = (*REASONS, "concern_1", "why_now", "grade")
#: By command, its options.
OPTIONS = {command.name: {option.name for option in command.options} for command in COMMANDS}
#: What befalls the nights, in this order. What no command can do yet is left out.
EVENTS = (
    "CRM refuses", "stray files", "broken export", "retraining", "torn record", "CRM refuses", "upgrade", "full disk",
    "forget", "rollback",
)  # fmt: skip
#: The largest file that can be written while the disk is full.
FULL = 12_000

#: Where the table stands in the document.
MARKS = document.marks("nights")


@dataclass
class Nights:
    """A market, a store, and a row of results for each night."""

    folder: Path
    market: Market
    mirror: Mirror = field(default_factory=Mirror)
    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)

    def run(self, command: str, *more: object) -> int:
        """Run a command of closedwon, and give its exit code."""
        config = ("--config", self.folder / "c.toml") if "--config" in OPTIONS[command] else ()
        words = (command, *more, "--store", self.folder / "store", *config, "--quiet")
        return main([str(word) for word in words])

    def export(self, day: pd.Timestamp, *, drift: float, broken: bool = False) -> tuple[object, ...]:
        """Write the export of a day, and give the options of a command that reads it."""
        tables = self.market.export(day)
        leads, accounts = tables["leads"].copy(), tables["accounts"].copy()
        shifted = accounts.index < drift * len(accounts)
        accounts.loc[shifted, "industry"] = "Renewables"
        tables |= {"leads": leads, "accounts": accounts}
        for name, rows in tables.items():
            if self.forgotten and "account_id" in rows:
                tables[name] = rows[~rows["account_id"].isin(self.forgotten)]
        if broken:
            tables["activities"] = tables["activities"].iloc[::2]
        write_crm(tables, self.folder / "crm")
        return ("--data", self.folder / "crm", "--as-of", day.date(), "--entity", "account")

    def night(self, number: int, events: dict[int, str]) -> None:
        """Run one night with its event, and check it."""
        day, event = START + pd.Timedelta(days=number), events.get(number, "")
        data = self.export(day, drift=0.003 * number, broken=event == "broken export")
        if event == "retraining":
            assert self.run("train", *data) == 0
            assert self.run("promote", "--force", "--entity", "account") == 0
        if event == "rollback":
            assert self.run("rollback", "--entity", "account") == 0
        if event == "upgrade":
            made_earlier(self.folder / "store")
            assert self.run("upgrade") == 0
        if event == "forget":
            data = self._forget(data, day, 0.003 * number)
        out = self.folder / "scores"
        score = ("score", *data, "--out", out)
        if event == "stray files":
            for name in ("README", ".DS_Store", ".nfs0001", "2025-old/mine.csv"):
                for folder in (out / "nights", self.folder / "store" / "ledger"):
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / name).write_text("somebody's")
        with _befallen(event, self.past()[0].folder / ledger.RECORD if self.rows else None):
            code = self.run(*score)
        if event in ("broken export", "full disk", "torn record") and code:
            assert code == (4 if event == "broken export" else 1)
            assert (out / "latest").resolve().name == self.past()[-1].name
            code = self.run("score", *self.export(day, drift=0.003 * number), "--out", out)
        assert code == 0, f"night {number} ended with exit code {code}"
        self._check(number, event, out / "latest" / "salesforce")

    def _forget(self, data: tuple[object, ...], day: pd.Timestamp, drift: float) -> tuple[object, ...]:
        """Forget an account that was scored last night, which the CRM has deleted too; give the export without it."""
        who = rows_of(self.folder / "scores" / "latest" / "salesforce" / "account_scores.csv")[5]["Id"]
        assert self.run("forget", who) == 0
        self.forgotten.add(who)
        self.mirror.rows.pop(who, None)
        return self.export(day, drift=drift)

    def _check(self, number: int, event: str, files: Path) -> None:
        past = self.past()
        sent_again = self.refused & {row["Id"] for row in rows_of(files / "account_changes.csv")}
        assert sent_again == self.refused & {row["Id"] for row in rows_of(files / "account_scores.csv")}
        refuses = {row["Id"] for row in rows_of(files / "account_changes.csv")[:3]} if event == "CRM refuses" else set()
        self.mirror.imports(files, refuses)
        if refuses or self.refused:
            assert self.run("imported", self._results(files, refuses)) == 0
        self.refused = refuses
        past_night = random.Random(number).choice(past)
        night, served = past[-1].record, _served(past[-1], files.parent / "account_scores.parquet")
        self.rows.append(
            {
                "night": night.night,
                "version": night.models["account"],
                "what happened": event,
                **{name: getattr(night.counts["account"], name) for name in ("scored", "changed", "retired")},
                "ledger = files": served,
                "mirror agrees": not self.mirror.disagrees(files, refuses),
                "made again": past_night.name.rpartition("_")[0],
                "as served": self.recomputed(past_night),
            }
        )

    def past(self) -> list[Night]:
        """The nights in the ledger, oldest first."""
        with Store.open(self.folder / "store", writing=False) as store:
            return ledger.nights(store)

    def recomputed(self, night: Night) -> bool:
        """Whether the scores and reasons of a past night, computed again, are those that were served."""
        version = int(night.record.models["account"])
        with Store.open(self.folder / "store", writing=False) as store:
            scorecard, _ = registry.load_scorecard(store, "account", version)
        since = day_number(night.record.since)
        features = ibis.duckdb.connect().read_parquet(night.features("account"))
        again = explained(scorecard, scored(scorecard, features), as_of=day_number(night.as_of), since=since).execute()
        served = pd.read_parquet(night.scores("account")).set_index("account_id").sort_index()
        again = again.set_index("unit").sort_index()
        close = all((again[name] - served[name]).abs().max() <= 1e-9 for name in NUMBERS)
        return close and all((again[name] == served[name]).all() for name in WORDS)

    def _results(self, files: Path, refuses: set[str]) -> Path:
        """Write what Salesforce gives back for the file of changes: a row for each, in another order."""
        rows = rows_of(files / "account_changes.csv")
        failed = [row for row in rows if row["Id"] in refuses]
        path = self.folder / ("failed.csv" if failed else "successful.csv")
        extra = {"sf__Id": "", "sf__Error": "UNABLE_TO_LOCK_ROW"} if failed else {"sf__Id": "", "sf__Created": "false"}
        chosen = sorted(failed or rows, key=lambda row: row["Id"])
        with path.open("w", newline="") as target:
            writer = csv.DictWriter(target, [*extra, *rows[0]])
            writer.writeheader()
            writer.writerows({**extra, **row, "sf__Id": row["Id"]} for row in chosen)
        return path


@contextmanager
def _befallen(event: str, record: Path | None) -> Iterator[None]:
    """What is in the way of a night's first run, and is out of the way after it."""
    if event == "full disk":
        before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, handler)
    elif event == "torn record" and record is not None:
        whole = record.read_bytes()
        record.write_bytes(whole[: len(whole) // 2])
        try:
            yield
        finally:
            record.write_bytes(whole)  # from the backup
    else:
        yield


def _served(night: Night, file: Path) -> bool:
    """Whether the ledger holds exactly what was published, cell by cell."""
    columns = ", ".join(duckdb.sql(f"SELECT * FROM read_parquet('{file}')").columns)
    one, two = (f"SELECT {columns} FROM read_parquet('{path}')" for path in (file, night.scores("account")))
    return not duckdb.sql(f"(({one}) EXCEPT ALL ({two})) UNION ALL (({two}) EXCEPT ALL ({one}))").fetchall()


def events_of(nights: int) -> dict[int, str]:
    """The events by number of the night, spread over all nights."""
    events = [event for event in EVENTS if event not in ("upgrade", "forget") or event in OPTIONS]
    return {(i + 1) * nights // (len(events) + 1): event for i, event in enumerate(events)}


def run(folder: Path, nights: int, accounts: int) -> list[dict[str, Any]]:
    """Run the nights, and give a row of the table for each."""
    simulation = Nights(folder, simulate(accounts=accounts, seed=11))
    (folder / "c.toml").write_text(QUICK)
    assert simulation.run("train", *simulation.export(START - pd.Timedelta(days=1), drift=0)) == 0
    assert simulation.run("promote", "--force", "--entity", "account") == 0
    events = events_of(nights)
    for number in range(nights):
        simulation.night(number, events)
    return simulation.rows


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as a table of Markdown."""
    words = {True: "yes", False: "NO"}
    cells = [
        [words[x] if isinstance(x, bool) else f"{x:,}" if isinstance(x, int) else x for x in row.values()]
        for row in rows
    ]
    return "\n".join(document.table(list(rows[0]), cells))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--accounts", type=int, default=800)
    parser.add_argument("--write", action="store_true", help="write the table to docs/operations.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="closedwon-nights-") as folder:
        rows = run(Path(folder), options.nights, options.accounts)
    print(table(rows))
    if options.write:
        document.update(ROOT / "docs" / "operations.md", *MARKS, [f"{date.today()}:", "", *table(rows).splitlines()])
    wrong = [row["night"] for row in rows if not all(value for value in row.values() if isinstance(value, bool))]
    raise SystemExit(f"these nights do not agree: {', '.join(wrong)}" if wrong else 0)
