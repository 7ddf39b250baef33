"""A marked person in every place of an export and of a configuration: no byte of what closedwon leaves holds a mark."""

import gzip
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from benchmarks.traces.contents import contents
from tests.pipelines.conftest import QUICKEST, STILL, Ended, Run
from tests.pipelines.small_crm import AS_OF, Frames, people, write

pytestmark = pytest.mark.slow

#: One word that stands in every mark.
MARK = "canarymark"
ADDRESS = f"{MARK}.ada@lovelace.example"
#: A name of a person, which stands in large letters and in small.
NAME = f"Anna {MARK.title()}"
CRMS = ("salesforce", "hubspot", "dynamics", "zoho", "marketo", "odoo")
#: Marks that are numbers.
PHONE, SSN, IBAN, CARD = "+49 30 99887766", "078-05-1120", "DE89370400440532013000", "4111 1111 1111 1111"
MARKS = tuple(mark.encode() for mark in (MARK, MARK.title(), PHONE, SSN, IBAN, CARD, "99887766", "\x1b[31m"))


def marked() -> Frames:
    """A market of leads in which every kind of column holds marks."""
    frames = people(500, 120)
    leads, deals = frames["leads"], frames["opportunities"]
    count = len(leads)
    some = np.arange(count) % 9 < 4  # 44 %
    leads["email"] = [f"{MARK}{i}@lovelace.example" for i in range(count)]
    leads["source"] = np.where(some, f"Referred by: {ADDRESS}", leads["source"])
    leads["campaign"] = np.where(some, f"call {PHONE}", np.where(np.arange(count) % 2, "\x1b[31mFair\x1b[0m", "Web"))
    leads["title"] = np.where(some, f"CEO {MARK} (at) lovelace (dot) example", "CTO")
    leads["first_name"], leads["Last Name"] = MARK, f"{MARK} Lovelace"
    leads["ssn"], leads["remark"] = SSN, np.where(some, SSN, "none")
    leads["bank"], leads["paid_with"] = IBAN, np.where(some, CARD, "invoice")
    leads["reach"], leads["mobile_phone"] = PHONE, "4930" + pd.Series(range(count)).astype(str) + "99887766"
    leads["gender"], leads["religion"] = np.where(some, f"{MARK} f", f"{MARK} m"), MARK
    leads["kind_of_person"] = np.where(some, "female", "male")
    leads["profile"] = f"https://www.linkedin.com/in/{MARK}"
    leads["told_by"] = np.where(some, f"Anna {MARK}", np.where(np.arange(count) % 2, f"Thomas {MARK}", f"Julia {MARK}"))
    leads["segment"] = np.where(np.arange(count) % 3, "Prio", NAME)
    leads[f"asked {ADDRESS}"] = leads[f"Betreuer {NAME}__c"] = leads[PHONE] = leads["industry"]
    leads["size\x1b[31m"] = leads["industry"]
    deals["status"] = deals["status"].astype(object)
    deals.loc[deals.index[:2], "status"] = f"won by {ADDRESS}"
    deals["opportunity_type"] = np.where(np.arange(len(deals)) % 50, "New Business", f"Deal of {NAME}")
    deals["sold_to"], deals["amount note"] = ADDRESS, PHONE
    leads["owner"], deals["owner"] = NAME, np.where(np.arange(len(deals)) % 2, ADDRESS, NAME)
    frames["spend"] = pd.DataFrame(
        {
            "source": [f"Referred by: {ADDRESS}"] + 24 * ["web"],
            "campaign": 25 * [f"call {PHONE}"],
            "month": "2025-10-01",
        }
    ).assign(cost=100.0, remark=NAME)
    first = {name: leads[name].iloc[0] for name in leads.columns}
    bad = [
        {**first, "lead_id": ADDRESS},
        {**first, "lead_id": "L-bad-time", "created_at": f"asked {ADDRESS}"},
        {**first, "lead_id": "L-bad-time-2", "created_at": PHONE},
    ]
    frames["leads"] = pd.concat([leads.astype(object), pd.DataFrame(bad).astype(object)], ignore_index=True)
    days = pd.Timestamp(AS_OF) - pd.to_timedelta(np.arange(2 * count) % 300 + 1, unit="D")
    kinds = np.where(np.arange(2 * count) % 3 == 0, f"Mail to {ADDRESS}", "page_view")
    kinds = np.where(np.arange(2 * count) % 5 == 1, f"call with {NAME.lower()} task", kinds)
    who = np.resize(leads["lead_id"], 2 * count)
    who[:20] = ADDRESS
    frames["activities"] = pd.DataFrame(
        {"lead_id": who, "activity_type": kinds, "occurred_at": days, "note": f"{ADDRESS} {PHONE}"}
    )
    handed = pd.to_datetime(leads["created_at"]) + pd.Timedelta(days=1)
    frames["handoffs"] = pd.DataFrame(
        {"lead_id": leads["lead_id"], "handed_at": handed, "owner": np.where(some, ADDRESS, NAME)}
    ).assign(rejected_at=handed + pd.Timedelta(days=1), reason=np.where(some, f"ask {ADDRESS}", f"{NAME} left"))
    frames["overrides"] = pd.DataFrame(
        {"lead_id": leads["lead_id"], "set_at": handed, "grade": "A", "reason": f"{NAME} {PHONE}"}
    ).assign(expires_at="2026-06-01")
    frames["lead_history"] = pd.DataFrame(
        {"lead_id": leads["lead_id"], "known_at": leads["created_at"], "asked_by": ADDRESS, "reach": PHONE}
    )
    frames["opportunity_history"] = pd.DataFrame(
        {
            "opportunity_id": deals["opportunity_id"],
            "changed_at": deals["created_at"],
            "stage": np.resize([f"call {ADDRESS}", "Proposal", f"Waiting for {NAME}"], len(deals)),
        }
    )
    return frames


def config(folder: Path) -> Path:
    """A configuration that names a marked column, and the ids of every CRM in a field of the company's own."""
    fields = "\n".join(f'[crm.{crm}.lead]\nid = "Own_Key"' for crm in CRMS)
    file = folder / "c.toml"
    file.write_text(f'{QUICKEST}{STILL}[attributes]\ndrop = ["asked {ADDRESS}"]\n[gate]\ncut_offs = 1\n{fields}\n')
    return file


#: An agreement whose reasons and segments hold marks.
AGREEMENT = f"""
[agreement]
name = "2030-Q1"
first_day = 2030-01-01
last_day = 2030-03-31
[target_market]
source = ["Referred by: {ADDRESS}", "Fair"]
[handoff]
accepted = "{NAME} will call {PHONE}"
reasons = ["{NAME} has left", "write to {ADDRESS}"]
[approved]
sales = 2025-12-10
marketing = 2025-12-11
customer_success = 2025-12-11
"""


def found_in(folder: Path) -> list[str]:
    """The files with a mark in their name or in what they hold."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    return [
        f"{path.relative_to(folder)}: {mark!r}"
        for path in files
        for mark in MARKS
        if mark in path.name.encode() or any(mark in content for content in contents(path))
    ]


def test_the_search_finds_marks_wherever_they_hide(tmp_path: Path) -> None:
    pq.write_table(pa_table(), tmp_path / "one.parquet")
    with zipfile.ZipFile(tmp_path / "two.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.csv", f"id\n{ADDRESS}\n")
    (tmp_path / "three.gz").write_bytes(gzip.compress(ADDRESS.encode()))
    with duckdb.connect(str(tmp_path / "four.duckdb")) as database:
        database.execute("CREATE TABLE ids AS SELECT ? AS id", [ADDRESS])
    (tmp_path / f"{MARK}.txt").touch()
    assert {line.partition(":")[0] for line in found_in(tmp_path)} == {
        *("one.parquet", "two.zip", "three.gz", "four.duckdb", f"{MARK}.txt")
    }


def pa_table() -> Any:
    import pyarrow as pa

    return pa.table({"id": [ADDRESS] * 3})


def test_nothing_of_a_person_is_left_anywhere(closedwon: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crm, kept = write(marked(), tmp_path / "crm"), tmp_path / "kept"
    scratch = kept / "scratch"
    scratch.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setenv("TMPDIR", str(scratch))
    read = ("--data", crm, "--as-of", AS_OF, "--config", config(tmp_path))
    store = ("--store", kept / "store")
    all_crms = tuple(word for name in CRMS for word in ("--crm", name))
    scores = kept / "scores"
    ended: dict[str, Ended] = {}

    def run(name: str, *words: object) -> None:
        ended[name] = closedwon(*words)

    run("check", "check", *read, "--out", kept / "rejects", "--json", kept / "check.json")
    run("train", "train", *read, *store)
    run("promote", "promote", *store, "--config", tmp_path / "c.toml", "--force")
    run("score", "score", *read, *store, "--out", scores, *all_crms, "--force")
    assert list((kept / "store" / "history").glob("lead_*.parquet"))
    sent = (scores / "latest" / "salesforce" / "lead_scores.csv").read_text(encoding="utf-8-sig").splitlines()
    (tmp_path / "errors.csv").write_text(f"sf__Id,sf__Error,{sent[0]}\n,INVALID_EMAIL:{ADDRESS}:--,{sent[1]}\n")
    run("imported", "imported", tmp_path / "errors.csv", *store, "--config", tmp_path / "c.toml")
    run("explain", "explain", sent[1].partition(",")[0], *read, *store)
    run("monitor", "monitor", *read, *store, "--out", kept / "monitor.json")
    run("report", "report", *store, "--out", kept / "report.html")
    for by in ("source", "segment", "owner"):
        run(f"plan_{by}", "plan", *read, *store, "--until", "2026-03-01", "--by", by, "--out", kept / f"plan_{by}")
    run("sources", "sources", *read, "--by", "campaign", "--out", kept / "sources", "--json", kept / "sources.json")
    run("gap", "gap", *read, "--json", kept / "gap.json")
    run("retention", "retention", *read, "--by", "source", "--out", kept / "ret", "--json", kept / "retention.json")
    (tmp_path / "q.toml").write_text(AGREEMENT)
    run("agree", "agree", tmp_path / "q.toml", *read, *store, "--json", kept / "agree.json")
    run("snapshot", "snapshot", *read, *store)
    run("handoffs", "handoffs", *read, *store, "--out", kept / "handoffs", "--json", kept / "handoffs.json")
    week = ("--data", crm, "--week", AS_OF, "--config", tmp_path / "c.toml", *store)
    run("calls", "calls", *week, *all_crms, "--out", kept / "calls", "--json", kept / "calls.json")
    run("site", "site", *read, *store, "--out", kept / "site", "--json", kept / "site.json")
    run("failed_explain", "explain", ADDRESS, *read, *store)
    run("failed_engine", "score", *read, *store, "--engine", f"postgresql://u:{MARK}@127.0.0.1:1/db")
    broken = marked()
    broken["leads"]["created_at"] = f"asked {ADDRESS}"
    run("failed_input", "score", "--data", write(broken, tmp_path / "broken"), *store, "--out", scores)
    codes = {name: end.code for name, end in ended.items()}
    failed = {"failed_explain": 2, "failed_engine": 2, "failed_input": 3, "agree": 2}
    assert codes == dict.fromkeys(ended, 0) | failed, ended
    printed = {name: (end.out + end.err).encode() for name, end in ended.items()}
    shown = {name: [mark for mark in MARKS if mark in text] for name, text in printed.items()}
    assert {name: marks for name, marks in shown.items() if marks} == {}
    assert found_in(kept) == []
    # It was looked at, and said.
    assert "id_is_an_email_address" in ended["check"].out
    assert "left out reach: it holds phone numbers" in ended["check"].out
    said = json.loads((kept / "check.json").read_text())
    assert said["entities"]["lead"]["quarantined"]["kind_of_person"]["rule"] == "trait"
    assert "cells of source hold e-mail addresses" in ended["train"].out
