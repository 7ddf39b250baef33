"""What a user does with closedwon, from a first look at the tables to the third night, as command lines."""

import csv
import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.same_results.market import CRMS, Market
from benchmarks.same_results.run import Driver, Run, commit_of

#: Folders of a checkout's part: what is worked on, what came out, and the store after the first night.
LIVE, FINAL, FIRST_NIGHT = "live", "final", "first_night"
HELPED = (
    *("demo", "check", "train", "tune", "backtest", "promote", "rollback", "score"),
    *("explain", "monitor", "imported", "report", "fields", "status"),
)
ALL_CRMS = tuple(word for crm in CRMS for word in ("--crm", crm))


def travelled(checkout: Path, part: Path, market: Path, accounts: int, say: Callable[[str], None]) -> Run:
    """Drive a checkout through all commands, and keep what came out.

    Parameters
    ----------
    checkout : Path
        The folder with the code, absolute.
    part : Path
        The folder of this checkout's results, absolute; it is emptied first.
    market : Path
        The market's folder; where there is none yet, this checkout's demo makes it.
    accounts : int
        The size of the demo's market.
    """
    shutil.rmtree(part, ignore_errors=True)
    live = part / LIVE
    live.mkdir(parents=True)
    driver = Driver(checkout, live / "answers", say)
    driver.require_own_code()
    demo = live / "demo"
    words = ("--data", demo / "crm", "--store", demo / "store", "--out", demo / "scores")
    driver.run("demo", "demo", "--accounts", accounts, *words)
    there = Market(market) if market.exists() else Market.made(demo / "crm", market)
    until_first_night(driver, there, live)
    for name in ("store", "scores"):
        if (live / name).exists():  # a checkout that fails is compared all the same
            shutil.copytree(live / name, part / FIRST_NIGHT / name, symlinks=True)
    later_nights(driver, there, live)
    for command in HELPED:
        driver.run(f"help_{command}", command, "--help")
    live.rename(part / FINAL)
    names = drawn_ids(part / FINAL / "store") | drawn_ids(part / FINAL / "demo" / "store")
    run = Run(checkout, live, commit_of(checkout), driver.begin, datetime.now(UTC), names, driver.seconds)
    run.write(part, script_digest())
    return run


def until_first_night(driver: Driver, market: Market, live: Path) -> None:
    """Check, train, backtest, promote, and publish a first night."""
    night = market.nights[0]
    data = ("--data", market.crm, "--as-of", night, "--config", market.config)
    store, config = ("--store", live / "store"), ("--config", market.config)
    driver.run("check", "check", *data)
    driver.run("score_without_store", "score", *data, *store)
    driver.run("train", "train", *data, *store)
    driver.run("backtest", "backtest", *data, *store)
    driver.run("promote", "promote", *store, *config)
    driver.run("promote_by_force", "promote", *store, *config, "--force")  # whom the gate refused
    driver.run("score_unknown_crm", "score", *data, *store, "--crm", "salesforces")
    driver.run("score_first_night", "score", *data, *store, "--out", live / "scores", *ALL_CRMS)


def later_nights(driver: Driver, market: Market, live: Path) -> None:
    """Publish two more nights, record what Salesforce took, explain, look back, write the report and the fields."""
    first, second, third = market.nights
    store, config = ("--store", live / "store"), ("--config", market.config)
    scores = live / "scores"

    def data(night: object) -> tuple[object, ...]:
        return ("--data", market.crm, "--as-of", night, *config)

    explained = {entity: best(scores / "latest", entity) for entity in ("account", "lead")}
    driver.run("score_second_night", "score", *data(second), *store, "--out", scores, *ALL_CRMS)
    driver.run("score_second_again", "score", *data(second), *store, "--out", scores, *ALL_CRMS)
    refuse_rows(live / "scores" / "latest" / "salesforce" / "lead_scores.csv", live / "failedResults.csv")
    driver.run("imported", "imported", live / "failedResults.csv", *store, *config)
    # So long after the second night the gates may say no; what they say is compared, and the night is published.
    driver.run("score_third_night", "score", *data(third), *store, "--out", scores, *ALL_CRMS)
    driver.run("score_third_by_force", "score", *data(third), *store, "--out", scores, *ALL_CRMS, "--force")
    for entity, identifier in explained.items():
        driver.run(f"explain_{entity}", "explain", identifier, *data(first), *store)
        driver.run(f"explain_{entity}_at", "explain", identifier, "--at", first, *store)
    driver.run("explain_nobody", "explain", "nobody", "--at", first, *store)
    driver.run("monitor", "monitor", *data(third), *store, "--out", live / "monitor.json")
    driver.run("report", "report", *store, "--out", live / "report.html")
    driver.run("fields", "fields", *config, "--out", live / "fields", *ALL_CRMS)
    driver.run("status", "status", *store)
    driver.run("rollback", "rollback", *store)


def best(night: Path, entity: str) -> str:
    """Give the id that ranks first in a published night, or `nobody` where nothing was published."""
    file = night / f"{entity}_scores.parquet"
    return str(pq.read_table(file)[f"{entity}_id"][0]) if file.exists() else "nobody"


def refuse_rows(sent: Path, results: Path) -> None:
    """Write what Salesforce's Bulk API 2.0 would give back had it refused the first two rows that it was sent."""
    if not sent.exists():
        return
    with sent.open(newline="", encoding="utf-8-sig") as file:
        head, *rows = csv.reader(file)
    with results.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["sf__Id", "sf__Error", *head])
        writer.writerows(["", "ENTITY_IS_LOCKED:the entity is locked:--", *row] for row in rows[:2])


def drawn_ids(store: Path) -> dict[str, str]:
    """Give each id that MLflow drew a name by order: `<run 1>`, `<model 1>`."""
    if not (store / "mlflow.db").exists():
        return {}
    with closing(sqlite3.connect(f"file:{store / 'mlflow.db'}?mode=ro", uri=True)) as database:
        runs = database.execute("SELECT run_uuid FROM runs ORDER BY start_time").fetchall()
        models = database.execute("SELECT model_id FROM logged_models ORDER BY creation_timestamp_ms").fetchall()
    found = {identifier: f"<run {i + 1}>" for i, (identifier,) in enumerate(runs)}
    return found | {identifier: f"<model {i + 1}>" for i, (identifier,) in enumerate(models)}


def script_digest() -> str:
    """Give a digest of what drives a checkout: results of another script are not compared with."""
    files = (Path(__file__).with_name(f"{name}.py") for name in ("journey", "market", "run"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
