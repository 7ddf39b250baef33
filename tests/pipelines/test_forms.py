"""The forms an export may have, the ladder of wins, and that a training repeats itself."""

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.pipelines.conftest import Run
from tests.pipelines.small_crm import AS_OF, Frames, people, shuffled, write


def as_accounts(frames: Frames) -> Frames:
    """The same people as accounts of one, with deals that name nothing else."""
    leads, deals = frames["leads"].drop(columns=["email", "source"]), frames["opportunities"]
    renamed = {"lead_id": "account_id"}
    return {"accounts": leads.rename(columns=renamed), "opportunities": deals.rename(columns=renamed)}


def cards(store: Path) -> list[dict[str, Any]]:
    return [
        json.loads(path.read_text()) for path in store.glob("artifacts/models/*/artifacts/artifacts/scorecard.json")
    ]


@pytest.mark.parametrize(
    ("entity", "frames"), [("lead", people()), ("account", as_accounts(people()))], ids=["leads only", "accounts only"]
)
def test_one_table_of_somebody_is_enough(closedwon: Run, tmp_path: Path, entity: str, frames: Frames) -> None:
    data = ("--data", write(frames, tmp_path / "crm"), "--as-of", AS_OF, "--store", tmp_path / "store")
    assert closedwon("train", *data).code == 0
    assert closedwon("promote", "--store", tmp_path / "store", "--force").code == 0
    assert closedwon("score", *data, "--out", tmp_path / "scores").code == 0
    scores = pd.read_parquet(tmp_path / "scores" / f"{entity}_scores.parquet")
    assert len(scores) == 500 - 120
    assert {path.name for path in (tmp_path / "scores").glob("*.parquet")} == {f"{entity}_scores.parquet"}


def test_forty_wins_get_the_plain_rung(closedwon: Run, tmp_path: Path) -> None:
    crm = write(people(wins=40), tmp_path / "crm")
    ended = closedwon("train", "--data", crm, "--as-of", AS_OF, "--store", tmp_path / "store")
    assert ended.code == 0, ended
    assert "rung logistic" in ended.out


def test_five_wins_are_refused_with_the_number_missing(closedwon: Run, tmp_path: Path) -> None:
    crm = write(people(wins=5), tmp_path / "crm")
    ended = closedwon("train", "--data", crm, "--as-of", AS_OF, "--store", tmp_path / "store")
    assert ended.code == 4
    found = re.search(r"at least 25 won .* (\d+) were found, (\d+) are missing", ended.err)
    assert found, ended.err
    assert int(found[1]) <= 5
    assert int(found[1]) + int(found[2]) == 25


def test_two_trainings_give_the_same_scorecard_whatever_the_order_of_rows(closedwon: Run, tmp_path: Path) -> None:
    for name, frames in (("first", people()), ("second", shuffled(people(), seed=5))):
        crm = write(frames, tmp_path / name)
        assert closedwon("train", "--data", crm, "--as-of", AS_OF, "--store", tmp_path / "store").code == 0
    first, second = cards(tmp_path / "store")
    assert first.pop("data") != second.pop("data")  # the files differ, their rows do not
    assert json.dumps(first) == json.dumps(second)


def test_a_history_cures_a_leaking_attribute(closedwon: Run, tmp_path: Path) -> None:
    frames = people()
    deals = frames["opportunities"]
    won = deals[deals["status"] == "won"].set_index("lead_id")["closed_at"]
    frames["leads"]["onboarding"] = frames["leads"]["lead_id"].map(won).notna().map({True: "gold", False: None})
    crm = write(frames, tmp_path / "without")
    assert "quarantined: onboarding" in closedwon("check", "--data", crm, "--as-of", AS_OF).out
    history = {"lead_id": won.index, "known_at": won.to_numpy(), "onboarding": "gold"}
    crm = write(frames | {"lead_history": pd.DataFrame(history)}, tmp_path / "with")
    assert "quarantined" not in closedwon("check", "--data", crm, "--as-of", AS_OF).out
    empty = {"lead_id": won.index, "known_at": won.to_numpy(), "onboarding": None}
    crm = write(frames | {"lead_history": pd.DataFrame(empty)}, tmp_path / "empty")
    assert "quarantined: onboarding" in closedwon("check", "--data", crm, "--as-of", AS_OF).out


def test_the_configuration_trusts_and_drops(closedwon: Run, tmp_path: Path) -> None:
    frames = people()
    won = set(frames["opportunities"].query("status == 'won'")["lead_id"])
    frames["leads"]["Tier"] = frames["leads"]["lead_id"].isin(won).map({True: "gold", False: None})
    crm = write(frames, tmp_path / "crm")
    config = tmp_path / "closedwon.toml"
    config.write_text('[attributes]\ntrust = ["Tier"]\ndrop = ["industry"]\n')
    said = closedwon("check", "--data", crm, "--as-of", AS_OF, "--config", config).out
    assert "attributes to learn from: size, source, tier" in said
    assert "quarantined" not in said
