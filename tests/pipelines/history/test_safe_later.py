"""An attribute that the outcome empties or fills: held back as today, and used from when nights kept it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.commands.snapshot import keep_history
from pipelines.config import Config
from pipelines.demo import write_crm
from pipelines.errors import BadInput
from pipelines.history.kept_history import KeptHistory
from pipelines.intake.leak_guard import guard_attributes
from pipelines.intake.point_in_time import Export, read_export
from pipelines.training.training_set import build_training_set
from scoring.features.facts import market
from scoring.timeline import day_number
from tests.pipelines.intake.test_leak_guard import AS_OF, COUNT, Frames, crm, status_of

MARKET = crm()
CHANNEL = np.random.default_rng(1).choice(["fair", "web"], COUNT)


def exported(day: pd.Timestamp) -> Frames:
    """The market as an export of a day: a win empties `channel` and fills `region`."""
    accounts, leads, deals = (MARKET[name] for name in ("accounts", "leads", "opportunities"))
    closed = accounts["account_id"].map(deals.set_index("account_id")["closed_at"])
    won = ((status_of(MARKET) == "won") & (closed < day)).to_numpy()
    known = accounts.assign(channel=np.where(won, None, CHANNEL), region=np.where(won, "north", None))
    late = deals["closed_at"].isna() | (deals["closed_at"] >= day)
    then = deals.assign(status=deals["status"].mask(late, "open"), closed_at=deals["closed_at"].mask(late))
    tables = {"accounts": known, "leads": leads, "opportunities": then}
    return {name: table[table["created_at"] < day] for name, table in tables.items()}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, KeptHistory]:
    folder = tmp_path_factory.mktemp("nights")
    history = KeptHistory(folder / "history")
    for day in pd.date_range("2024-09-01", "2025-12-01", freq="56D"):
        write_crm(exported(day), folder / f"{day:%F}")
        export = read_export(folder / f"{day:%F}", Config(), day.date(), lambda text: None, with_pandera=False)
        keep_history(export, history, Config(), lambda text: None)
    write_crm(exported(pd.Timestamp(AS_OF)), folder / "now")
    return folder / "now", history


def suspected(export: Export) -> set[str]:
    guard = guard_attributes(market(export.tables, "account", keep=export.keep), export.day, Config(), export.keep)
    return {suspicion.attribute for suspicion in guard.suspected}


@pytest.mark.slow
def test_what_the_outcome_changes_is_used_from_when_nights_kept_it(kept: tuple[Path, KeptHistory]) -> None:
    data, history = kept
    plain = read_export(data, Config(), AS_OF, lambda text: None, with_pandera=False)
    assert {"channel", "region"} <= suspected(plain)
    with_past = read_export(data, Config(), AS_OF, lambda text: None, history=history, with_pandera=False)
    assert "channel" not in suspected(with_past)
    found = build_training_set(with_past.tables, "account", with_past.day, Config(), keep=with_past.keep)
    begun = day_number(pd.Timestamp("2024-08-31").date())
    frame = found.frame
    assert frame.loc[frame["as_of"] <= begun, "channel"].isna().all()
    later = frame[frame["as_of"] > begun + 56]
    true = later["unit"].map(dict(zip(MARKET["accounts"]["account_id"], CHANNEL, strict=True)))
    told = later["channel"].notna()
    assert told.mean() > 0.9
    assert (later.loc[told, "channel"] == true[told]).all()


@pytest.mark.slow
def test_an_export_with_later_news_is_not_kept(kept: tuple[Path, KeptHistory]) -> None:
    data, history = kept
    before = history.record()
    export = read_export(data, Config(), pd.Timestamp("2025-03-01").date(), lambda text: None, with_pandera=False)
    with pytest.raises(BadInput, match="contains changes dated"):
        keep_history(export, history, Config(), lambda text: None)
    assert history.record() == before
