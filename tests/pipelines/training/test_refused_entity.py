"""One of two entities has too few wins: the other is trained, and the last line, the status and the code say so."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.store import last_run
from tests.pipelines.conftest import QUICKEST, Run
from tests.pipelines.small_crm import AS_OF, people, write

pytestmark = pytest.mark.slow
SAID = "the account scorecard was not trained: Training needs at least 25 won deals"


def test_the_entity_that_was_left_out_is_said_last(closedwon: Run, tmp_path: Path) -> None:
    crm = write(
        people(200, 60) | {"accounts": pd.DataFrame({"account_id": ["A1"], "industry": ["Software"]})}, tmp_path / "crm"
    )
    (tmp_path / "c.toml").write_text(QUICKEST)
    words = ("train", "--data", crm, "--as-of", AS_OF, "--config", tmp_path / "c.toml", "--store", tmp_path / "s")
    ended = closedwon(*words)
    # Nobody asked for accounts, and none is served: it is said, and no failure.
    assert (ended.code, ended.err) == (0, "")
    assert f"] Note: {SAID}" in ended.out.splitlines()[-1]
    record = last_run.read_last_run(tmp_path / "s", "train")
    assert record is not None
    assert (record.exit_code, record.message.startswith(SAID)) == (0, True)
    assert SAID in closedwon("status", "--store", tmp_path / "s").out
    ended = closedwon(*words, "--entity", "both", "--quiet")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.startswith(f"closedwon train: {SAID}")
    assert ended.err.endswith(". Registered: lead version 2\n")
    assert "; last training was refused (4) " in closedwon("status", "--store", tmp_path / "s").out
