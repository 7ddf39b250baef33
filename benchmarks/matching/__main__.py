"""How right each step of the matching is where the truth is known, and how long it takes.

    python -m benchmarks.matching --write docs/evidence.md
    python -m benchmarks.matching --large --write docs/evidence.md   # and 200,000 accounts with 1.1 million leads

A seed takes minutes, since names are compared too; what is finished is kept. The large export is matched without names.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd

from benchmarks import document
from benchmarks.matching.market import Truth, write_market
from pipelines.config import Config
from pipelines.config_input import Matching
from pipelines.intake.intake import Intake, read_tables
from pipelines.matching.findings import Matched, matched

BEGIN, END = document.marks("matching")
ACCOUNTS, LEADS, SEEDS = 6_000, 30_000, (1, 2, 3)
LARGE = (200_000, 1_100_000)
FOLDER = Path(".bench/matching")
STEPS = ("id", "conversion", "domain", "related domain", "name", "name, at another domain")


@dataclass(frozen=True)
class Found:
    """What one step found on one market: so many of so many right, and how right the export alone said that it is.

    Attributes
    ----------
    seed : int
    step : str
    found, right : int
    could : int
        The leads, or pairs of records, that it could have found.
    stated : float, optional
        The precision that `closedwon match` says.
    """

    seed: int
    step: str
    found: int
    right: int
    could: int
    stated: float | None = None


def measured(seed: int, accounts: int = ACCOUNTS, leads: int = LEADS) -> list[Found]:
    """Match one market and compare with its truth."""
    config = replace(Config(), matching=Matching(names=True))
    with tempfile.TemporaryDirectory() as folder:
        truth = write_market(Path(folder), accounts, leads, seed)
        intake = read_tables(Path(folder), config, with_pandera=False, with_identities=True)
        found = matched(intake, config)
        return [*_links(seed, found, truth), *_doubles(seed, found, intake, truth)]


def _links(seed: int, found: Matched, truth: Truth) -> Iterator[Found]:
    assert found.people is not None
    assert found.names is not None
    assert found.findings.links is not None
    people = found.people.to_pandas().set_index("lead_id")
    company = {f"A{i}": c for i, c in enumerate(truth.company_of_account)}
    own = people.index.str[1:].astype(int)
    people["company"] = truth.company_of_lead[own]
    with_account = people["company"].isin(set(company.values()))
    people["step"] = "conversion"
    for step, column in (("related domain", "related_domain"), ("domain", "domain")):
        people.loc[people["account_id"] == people[column], "step"] = step
    people.loc[people["by_id"], "step"] = "id"
    people.loc[people["account_id"].isna(), "step"] = ""
    right = people["account_id"].map(company) == people["company"]
    stated = {step.name: step.precision for step in found.findings.links.steps}
    for step in STEPS[:4]:
        of_step = people["step"] == step
        yield Found(
            seed, step, int(of_step.sum()), int(right[of_step].sum()), int(with_account.sum()), stated.get(step)
        )
    links = found.names.links.to_pandas()
    links = links[links["good"]].set_index("lead_id")
    elsewhere = people["address"].notna() & ~people["free"].fillna(False).astype(bool)
    for step, at in ((STEPS[4], ~elsewhere), (STEPS[5], elsewhere)):
        mine = links[at.reindex(links.index)]
        good = mine["account_id"].map(company) == people["company"].reindex(mine.index)
        could = people["account_id"].isna() & with_account & at
        yield Found(seed, step, len(mine), int(good.sum()), int(could.sum()), stated.get("name"))


def _doubles(seed: int, found: Matched, intake: Intake, truth: Truth) -> Iterator[Found]:
    assert found.accounts_twice is not None
    assert found.people_twice is not None
    assert found.names is not None
    company, person = truth.company_of_account, truth.person_of_lead
    by_name = found.names.accounts.to_pandas()[["account_id", "same_as"]]
    sure = found.accounts_twice.to_pandas()[["account_id", "same_as"]]
    alike = pd.concat([sure, by_name]).drop_duplicates()
    doubled = len(company) - len(set(company.tolist()))
    people = found.people_twice.to_pandas().rename(columns={"lead_id": "account_id"})
    twice = len(person) - len(set(person.tolist()))
    for words, pairs, of, could in (
        ("accounts twice", sure, company, doubled),
        ("accounts twice, with names", alike, company, doubled),
        ("leads twice", people, person, twice),
    ):
        one, other = (pairs[column].str[1:].astype(int).to_numpy() for column in ("account_id", "same_as"))
        same = pairs[of[one] == of[other]]
        yield Found(seed, words, pairs["same_as"].nunique(), same["same_as"].nunique(), could)


@dataclass(frozen=True)
class Run:
    """One run of `closedwon match` on a large export."""

    accounts: int
    leads: int
    seconds: float
    cpu_seconds: float
    gigabytes: float


def large() -> Run:
    """Time a run on the large export, which is made once."""
    accounts, leads = LARGE
    data = FOLDER / "large"
    if not (data / "opportunities.parquet").exists():
        write_market(data, accounts, leads)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "pipelines", "match", "--data", str(data), "--out", str(FOLDER / "out")]
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(accounts, leads, time.monotonic() - start, cpu, after.ru_maxrss / 2**20)


def lines(found: Sequence[Found], run: Run | None) -> Iterator[str]:
    """The table of the document."""
    rows = pd.DataFrame([asdict(each) for each in found])
    cells = []
    for step, group in rows.groupby("step", sort=False):
        each = [f"{x:.3f}" for x in group["right"] / group["found"].clip(lower=1)]
        stated = group["stated"].dropna()
        cells.append(
            (
                str(step),
                f"{group['found'].mean():,.0f}",
                f"{group['right'].sum() / max(group['found'].sum(), 1):.3f}",
                f"{min(each)}-{max(each)}",
                f"{stated.mean():.3f}" if len(stated) else "",
                f"{group['right'].sum() / max(group['could'].sum(), 1):.3f}",
            )
        )
    head = ("step", "found", "precision", "lowest-highest", "stated by `match`", "recall")
    yield from document.table(head, cells, ("---", *["---:"] * 5))
    if run is not None:
        yield ""
        yield (
            f"`closedwon match` without names on {run.accounts:,} accounts and {run.leads:,} leads takes "
            f"{run.cpu_seconds:.0f} seconds of CPU and {run.gigabytes:.1f} GB at most."
        )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--large", action="store_true", help="also time a run on a large export")
    parser.add_argument("--only-large", action="store_true")
    parser.add_argument("--write", type=Path, help="the document to write to")
    options = parser.parse_args(arguments)
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept, timed = FOLDER / "found.json", FOLDER / "large.json"
    for seed in () if options.only_large else options.seed or SEEDS:
        done = json.loads(kept.read_text()) if kept.exists() else []
        done = [row for row in done if row["seed"] != seed] + [asdict(each) for each in measured(seed)]
        kept.write_text(json.dumps(done))
    if options.large or options.only_large:
        timed.write_text(json.dumps(asdict(large())))
    found = [Found(**row) for row in json.loads(kept.read_text())] if kept.exists() else []
    run = Run(**json.loads(timed.read_text())) if timed.exists() else None
    text = list(lines(found, run)) if found else [str(run)]
    print("\n".join(text))
    if options.write is not None:
        document.update(options.write, BEGIN, END, text)


if __name__ == "__main__":
    main()
