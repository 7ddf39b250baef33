"""The forms that a CRM comes in, from leads alone to a database, and what each of them allows."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.pipelines.conftest import QUICK, QUICKEST, Ended, Run
from tests.pipelines.small_crm import AS_OF, Frames, people, write

pytestmark = pytest.mark.slow

FittedScorecard = Callable[..., dict[str, Any]]


def as_accounts(frames: Frames) -> Frames:
    """The same companies as accounts, each with its deal."""
    accounts = frames["leads"].drop(columns="email").rename(columns={"lead_id": "account_id"})
    return {
        "accounts": accounts,
        "opportunities": frames["opportunities"].rename(columns={"lead_id": "account_id"}),
    }


def in_pairs(frames: Frames) -> Frames:
    """Two leads to an account, known by the account's domain; attributes are the account's."""
    leads = frames["leads"].copy()
    number = [str(i // 2) for i in range(len(leads))]
    leads["email"] = [f"p{i}@company{n}.example" for i, n in enumerate(number)]
    accounts = leads.assign(account_id=number, domain=[f"company{n}.example" for n in number])
    accounts = accounts.groupby("account_id", as_index=False)[["created_at", "domain", "industry", "size"]].first()
    return {
        "accounts": accounts,
        "leads": leads.drop(columns=["industry", "size"]),
        "opportunities": frames["opportunities"],
    }


def with_accounts_named_in_deals_alone(frames: Frames) -> Frames:
    deals = frames["opportunities"]
    return frames | {"opportunities": deals.assign(account_id="A" + deals["lead_id"])}


def with_a_shared_account_and_no_table_of_them(frames: Frames) -> Frames:
    """Deals name the account alone, and so belong to both of its leads."""
    leads = frames["leads"].assign(account_id=[f"A{i // 2}" for i in range(len(frames["leads"]))])
    account_of = leads.set_index("lead_id")["account_id"]
    deals = frames["opportunities"].assign(account_id=lambda deals: deals["lead_id"].map(account_of))
    return {"leads": leads, "opportunities": deals.drop(columns="lead_id")}


@pytest.mark.parametrize(
    ("form", "entities"),
    [
        (lambda frames: frames, ["lead"]),
        (as_accounts, ["account"]),
        (in_pairs, ["account", "lead"]),
        (with_accounts_named_in_deals_alone, ["lead"]),
        (with_a_shared_account_and_no_table_of_them, ["lead"]),
    ],
    ids=["leads", "accounts", "both", "account_id in deals", "account_id in leads"],
)
def test_a_form_is_trained_on_and_scored(
    closedwon: Run, tmp_path: Path, form: Callable[[Frames], Frames], entities: list[str]
) -> None:
    data = ("--data", write(form(people(300, 80)), tmp_path / "crm"), "--as-of", AS_OF)
    store, out = ("--store", tmp_path / "store"), tmp_path / "scores"
    (tmp_path / "c.toml").write_text(QUICKEST)
    ended = closedwon("train", *data, *store, "--config", tmp_path / "c.toml")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count("registered as challenger") == len(entities)
    assert closedwon("promote", *store, "--force").code == 0
    assert closedwon("score", *data, *store, "--out", out, "--quiet") == Ended(0, "", "")
    assert sorted(path.name for path in out.glob("*.parquet")) == [f"{entity}_scores.parquet" for entity in entities]
    for entity in entities:
        scores = pd.read_parquet(out / f"{entity}_scores.parquet")
        assert len(scores) > 70
        assert scores["win_probability"].nunique() > 20


def test_forty_wins_are_enough_and_the_rung_is_said(closedwon: Run, tmp_path: Path) -> None:
    data = ("--data", write(people(300, 40), tmp_path / "crm"), "--as-of", AS_OF)
    ended = closedwon("train", *data, "--store", tmp_path / "store")
    assert (ended.code, ended.err) == (0, "")
    assert re.search("model: (logistic regression|weights of evidence), 39 wins", ended.out)


def test_five_wins_are_refused_with_the_number_that_is_missing(closedwon: Run, tmp_path: Path) -> None:
    data = ("--data", write(people(100, 5), tmp_path / "crm"), "--as-of", AS_OF)
    ended = closedwon("train", *data, "--store", tmp_path / "store", "--quiet")
    assert ended == Ended(
        4,
        "",
        "closedwon train: lead: Training needs at least 25 won deals with an outcome to learn from; "
        "4 were found, 21 are missing.\n",
    )
    assert closedwon("promote", "--store", tmp_path / "store").code == 2


def first_tier(accounts: pd.DataFrame) -> pd.Series:
    fits = (accounts["industry"] == "Software") == (accounts["size"] < 50)
    return fits.map({True: "silver", False: "bronze"})


def with_a_tier_that_the_win_overwrites(frames: Frames) -> Frames:
    """Silver or bronze from the start; onboarding makes it gold."""
    accounts, won = frames["accounts"], frames["opportunities"].query("status == 'won'")["account_id"]
    gold = accounts["account_id"].isin(won)
    return frames | {"accounts": accounts.assign(tier=first_tier(accounts).mask(gold, "gold"))}


def with_a_history_of_the_tier(frames: Frames) -> Frames:
    """Onboarding takes three days."""
    accounts, won = frames["accounts"], frames["opportunities"].query("status == 'won'")
    first = accounts[["account_id"]].assign(known_at=accounts["created_at"], tier=first_tier(accounts))
    then = won[["account_id"]].assign(known_at=won["closed_at"] + pd.Timedelta(days=3), tier="gold")
    return frames | {"account_history": pd.concat([first, then])}


def test_an_attribute_that_the_win_overwrites_is_held_back_and_a_history_cures_it(learned: FittedScorecard) -> None:
    frames = with_a_tier_that_the_win_overwrites(as_accounts(people(400, 100)))

    def features(scorecard: dict[str, Any]) -> set[str]:
        return {name for term in scorecard["terms"] for name in term["features"]}

    guarded = learned("guarded", frames, start=QUICKEST)
    assert [said["attribute"] for said in guarded["quarantined"]] == ["tier"]
    assert "tier" not in features(guarded)

    trusted = learned("trusted", frames, '[attributes]\ntrust = ["Tier"]\n', start=QUICKEST)
    assert trusted["quarantined"] == []
    assert "gold" in trusted["encodings"]["tier"]["levels"]

    dropped = learned("dropped", frames, '[attributes]\ndrop = ["tier", "size"]\n', start=QUICKEST)
    assert dropped["quarantined"] == []
    assert not {"tier", "size"} & features(dropped)

    history = with_a_history_of_the_tier(frames)
    cured = learned("cured", history, start=QUICKEST)
    assert cured["quarantined"] == []
    assert "tier" in features(cured)
    assert cured["encodings"]["tier"]["levels"] == ["bronze", "silver"]  # before a win nobody is gold

    nobodys = history | {"account_history": history["account_history"].assign(tier=None)}
    assert [said["attribute"] for said in learned("nobody's", nobodys, start=QUICKEST)["quarantined"]] == ["tier"]


#: What attributes may be called as well as anything else, and what our tables call their own columns.
CALLED = ("as_of", "unit", "_unit", "unit_right", "amount", "status", "days_known", "observed", "won_day", "place")
CALLED += ("text", "term_0", "code_0", "rank", "grade", "log_odds", "win_probability", "account_key", "value")


def with_columns(frames: Frames, names: tuple[str, ...], activity: str) -> Frames:
    """Attributes that tell something of who wins, and an activity, with these names."""
    rng, leads, deals = np.random.default_rng(1), frames["leads"].copy(), frames["opportunities"]
    for name in names:
        leads[name] = np.where(rng.random(len(leads)) < 0.5, leads["industry"], "Any")
    touches = deals[["lead_id"]].assign(activity_type=activity, occurred_at=deals["created_at"])
    return frames | {"leads": leads, "activities": touches}


def test_a_column_or_an_activity_may_be_called_like_one_of_ours(closedwon: Run, tmp_path: Path) -> None:
    # By their names these two are a status and a score, which are used only if they are trusted.
    (tmp_path / "c.toml").write_text(QUICK + '[attributes]\ntrust = ["status", "win_probability"]\n')
    plain = tuple(f"attribute_{i:02}" for i in range(len(CALLED)))
    found = []
    for crm, names, activity in (("plain", plain, "seen"), ("called", CALLED, "engaged")):
        folder = write(with_columns(people(300, 80), names, activity), tmp_path / crm)
        data = ("--data", folder, "--as-of", AS_OF, "--config", tmp_path / "c.toml", "--quiet")
        for command in (("train", *data), ("promote", "--force"), ("score", *data, "--out", tmp_path / "scores")):
            ended = closedwon(*command, "--store", tmp_path / f"{crm}-store")
            assert (ended.code, ended.err) == (0, "")
        found.append(pd.read_parquet(tmp_path / "scores" / "lead_scores.parquet").set_index("lead_id"))
    one, other = (scores[["log_odds", "expected_revenue", "grade"]].sort_index() for scores in found)
    pd.testing.assert_frame_equal(one, other, rtol=1e-9)
    assert (found[0]["reason_1"] != "").sum() == (found[1]["reason_1"] != "").sum()


def as_parquet(frames: Frames, folder: Path) -> Path:
    folder.mkdir()
    for name, table in frames.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    return folder


def as_zipped_csv(frames: Frames, folder: Path) -> Path:
    write(frames, folder)
    for path in list(folder.iterdir()):
        (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    return folder


def as_duckdb(frames: Frames, folder: Path) -> Path:
    with duckdb.connect(folder) as database:
        for name, table in frames.items():
            database.register("frame", table)
            database.execute(f"CREATE TABLE {name} AS SELECT * FROM frame")
    return folder


def test_the_container_of_the_tables_changes_no_score(closedwon: Run, tmp_path: Path) -> None:
    frames, store = people(300, 80), ("--store", tmp_path / "store", "--quiet")
    (tmp_path / "c.toml").write_text(QUICKEST)
    found = {}
    for save in (write, as_parquet, as_zipped_csv, as_duckdb):
        crm = save(frames, tmp_path / save.__name__)
        words = ("--data", crm, "--as-of", AS_OF, *store)
        if not found:
            assert closedwon("train", *words, "--config", tmp_path / "c.toml").code == 0
            assert closedwon("promote", *store, "--force").code == 0
        assert closedwon("score", *words, "--out", tmp_path / "scores", "--force").code == 0
        scores = pd.read_parquet(tmp_path / "scores" / "lead_scores.parquet").drop(columns="scored_at")
        found[save.__name__] = scores
    for scores in found.values():
        pd.testing.assert_frame_equal(scores, found["write"], check_exact=True)


def test_of_two_large_entities_one_is_trained_in_a_process_of_its_own(
    closedwon: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.training.train.cores", lambda: 2)
    crm = write(in_pairs(people(300, 80)), tmp_path / "crm")
    (tmp_path / "c.toml").write_text(QUICKEST + "max_snapshot_rows = 300\nmin_wins = 5\n")
    words = ("--data", crm, "--as-of", AS_OF, "--store", tmp_path / "store", "--config", tmp_path / "c.toml")
    ended = closedwon("train", *words)
    assert (ended.code, ended.err) == (0, "")
    assert "fitted in a process of its own while the next training set is read" in ended.out
    assert ended.out.count("registered as challenger") == 2
