"""The hold-out protocol: the export at `as_of`, the outcomes after it, and the measures of a forecast.

A folder holds finished tables of the contract as `<table>.parquet` and a `meta.json` with `as_of` and
`horizon_days`. One dated example: with `as_of` 2018-04-01 and 90 days, a deal opened on 03-20 and won on
04-09 is *open* in the export, its lead is in the population, and the win counts: 04-09 is in
[2018-04-01, 2018-06-30).
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

TIMES = {
    "accounts": ("created_at",),
    "leads": ("created_at",),
    "activities": ("occurred_at", "known_at"),
    "opportunities": ("created_at", "known_at"),
    "account_history": ("known_at",),
    "lead_history": ("known_at",),
    "opportunity_history": ("changed_at",),
    "contact_roles": (),
    "spend": ("month",),
}
"""The columns that say when a row of each table came to be known; a row without a date counts as known."""


@dataclass(frozen=True)
class HoldOut:
    """One cut-off of one data set: facts before `as_of`, outcomes in `[as_of, as_of + horizon_days)`."""

    folder: Path
    as_of: pd.Timestamp
    horizon_days: int

    @property
    def name(self) -> str:
        """The data set: the name of its folder."""
        return self.folder.name

    @property
    def end(self) -> pd.Timestamp:
        """The first moment that no longer counts."""
        return self.as_of + pd.Timedelta(days=self.horizon_days)


def hold_out(folder: Path, as_of: str | None = None, horizon_days: int | None = None) -> HoldOut:
    """Return the published cut-off of `folder`, or another: develop on earlier ones, never on that."""
    meta = json.loads((folder / "meta.json").read_text())
    day = pd.Timestamp(as_of or meta["as_of"])
    if day != day.normalize():
        raise ValueError(f"as_of must be a date (midnight UTC); found {day}")
    return HoldOut(folder, day, int(horizon_days or meta["horizon_days"]))


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read every table of the contract that `folder` holds as parquet."""
    paths = {name: folder / f"{name}.parquet" for name in TIMES}
    return {name: pd.read_parquet(path) for name, path in paths.items() if path.exists()}


def known_at(tables: dict[str, pd.DataFrame], as_of: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Cut the tables to what an export taken at `as_of` held: later rows are gone, later closes open again.

    The amount of a re-opened deal stays only where deals carry one while they are open, as loan applications
    do; otherwise it was learned by closing and goes too.
    """
    past = {}
    for name, table in tables.items():
        known = pd.Series(True, index=table.index)
        for column in TIMES[name]:
            if column in table:
                known &= table[column].isna() | (table[column] < as_of)
        past[name] = table[known].reset_index(drop=True)
    if "opportunities" in past:
        past["opportunities"] = _reopen(past["opportunities"], tables["opportunities"], as_of)
    if "contact_roles" in past:
        roles = past["contact_roles"]
        past["contact_roles"] = roles[roles["opportunity_id"].isin(past["opportunities"]["opportunity_id"])]
    return past


def _reopen(known: pd.DataFrame, finished: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    later = known["closed_at"] >= as_of
    past = known.assign(status=known["status"].mask(later, "open"), closed_at=known["closed_at"].mask(later, pd.NaT))
    if "amount" in past and not finished.loc[finished["status"] == "open", "amount"].notna().any():
        past["amount"] = past["amount"].mask(past["status"] == "open")
    return past


def export_at(folder: Path, as_of: pd.Timestamp, out_folder: Path) -> None:
    """Write what an export of `folder` taken at `as_of` held to `out_folder`, as parquet."""
    past = known_at(read_tables(folder), as_of)
    out_folder.mkdir(parents=True, exist_ok=True)
    for name, table in past.items():
        table.to_parquet(out_folder / f"{name}.parquet", index=False)


def outcomes(folder: Path, as_of: pd.Timestamp, horizon_days: int) -> pd.DataFrame:
    """The outcomes of the leads that were known before `as_of` and not won before it.

    Returns
    -------
    pd.DataFrame
        One row a lead: `lead_id`; `lost` (all it had before `as_of` was lost); `won` (won new business in
        `[as_of, as_of + horizon_days)`); `amount` (what those wins were worth, 0 without one). The lost are
        among them, because a lost conversation can be re-opened; the published figures leave them out.
    """
    return outcomes_of(read_tables(folder), as_of, horizon_days)


def outcomes_of(tables: dict[str, pd.DataFrame], as_of: pd.Timestamp, horizon_days: int) -> pd.DataFrame:
    """The same as `outcomes`, of tables in memory.

    Of the tables of an export they are labels; these are mature if `as_of + horizon_days` is not after the export.
    """
    leads, deals = tables["leads"], tables["opportunities"]
    wins = deals[deals["status"] == "won"]
    if "opportunity_type" in wins:
        wins = wins[wins["opportunity_type"].fillna("new_business") == "new_business"]
    before = wins.loc[wins["closed_at"] < as_of, "lead_id"]
    over = (deals["status"] == "lost") & (deals["closed_at"] < as_of)
    alive = deals.loc[~over & (deals["created_at"] < as_of), "lead_id"]
    end = as_of + pd.Timedelta(days=horizon_days)
    booked = wins[(wins["closed_at"] >= as_of) & (wins["closed_at"] < end)].groupby("lead_id")["amount"].sum()
    known = leads["created_at"].isna() | (leads["created_at"] < as_of)
    ids = leads.loc[known & ~leads["lead_id"].isin(before), "lead_id"].reset_index(drop=True)
    return pd.DataFrame(
        {
            "lead_id": ids,
            "lost": ids.isin(deals.loc[over, "lead_id"]) & ~ids.isin(alive),
            "won": ids.isin(booked.index),
            "amount": ids.map(booked).fillna(0.0),
        }
    )


def measures(won: pd.Series, probability: pd.Series) -> dict[str, float]:
    """Measure the forecasts `probability` against the outcomes `won`, aligned by position.

    `brier_skill` is 1 - Brier / Brier of the constant that is the actual rate of these outcomes. Nobody knew
    that rate beforehand, so 0 is not a bad skill. `ratio` is mean predicted over actual.
    """
    from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

    y, p = np.asarray(won, dtype=float), np.asarray(probability, dtype=float)
    constant = np.full_like(p, y.mean())
    return {
        "auc": float(roc_auc_score(y, p)),
        "brier_skill": 1 - float(brier_score_loss(y, p)) / float(brier_score_loss(y, constant)),
        "log_loss": float(log_loss(y, p)),
        "ratio": float(p.mean() / y.mean()),
    }
