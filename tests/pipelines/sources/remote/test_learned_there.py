"""A training and a night from PostgreSQL are those of the same rows in files, and keep no secret."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pytest

from pipelines.store import registry
from pipelines.store.store import Store
from tests.pipelines.conftest import QUICKEST, Run
from tests.pipelines.serving.typed_crm import load
from tests.pipelines.small_crm import AS_OF, people
from tests.pipelines.sources.remote.conftest import run

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


def scorecard(store: Path) -> dict[str, Any]:
    """The scorecard of a store, without what tells when and from what it was learned."""
    (file,) = store.rglob("models/*/artifacts/artifacts/scorecard.json")
    return {name: part for name, part in json.loads(file.read_text()).items() if name not in ("data", "trained_at")}


def kept(folder: Path) -> str:
    return "".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


def test_the_same_as_from_files(granted: str, tmp_path: Path, closedwon: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = people()
    frames["leads"] = frames["leads"].drop(columns="email")
    files = tmp_path / "files"
    files.mkdir()
    for name, frame in frames.items():
        frame.to_parquet(files / f"{name}.parquet", index=False)
    with psycopg.connect(granted, autocommit=True) as connection:
        load(connection, files, "people")
    run(granted, "GRANT USAGE ON SCHEMA people TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA people TO reader")
    run(granted, "CREATE INDEX by_id ON people.leads (size)")
    run(granted, "CLUSTER people.leads USING by_id")  # in another order
    address = granted.rpartition("&user=")[0] + "&user=reader&schema=people"
    file = tmp_path / "address"
    file.write_text(f"{address}&password=geheim77")
    file.chmod(0o600)
    config = tmp_path / "closedwon.toml"
    config.write_text(QUICKEST)
    nights = {}
    for name, data in (("files", str(files)), ("there", f"@{file}")):
        store = tmp_path / f"{name}-store"
        said = ("--as-of", AS_OF, "--store", store, "--config", config, "--quiet")
        assert closedwon("train", "--data", data, *said).code == 0
        assert closedwon("promote", "--store", store, "--force", "--quiet").code == 0
        ended = closedwon("score", "--data", data, *said, "--out", tmp_path / name)
        assert ended.code == 0, ended.err
        nights[name] = pd.read_parquet(tmp_path / name / "lead_scores.parquet").drop(columns="scored_at")
    assert scorecard(tmp_path / "there-store") == scorecard(tmp_path / "files-store")
    pd.testing.assert_frame_equal(nights["there"], nights["files"])
    stored = kept(tmp_path / "there-store") + kept(tmp_path / "there")
    assert "geheim77" not in stored
    assert f"@{file}" in stored
    with Store.open(tmp_path / "there-store") as opened:
        assert registry.trained_on(opened, "lead", 1) == f"@{file}"
    # The same rows again are the same night.
    store = tmp_path / "there-store"
    again = closedwon("score", "--data", f"@{file}", "--as-of", AS_OF, "--store", store, "--out", tmp_path / "there")
    assert (again.code, "already" in again.err + again.out) == (0, True), again.err
