"""The hand-offs of an export: the rows of the table `handoffs`, or, where there is none, everybody who came."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipelines.handoffs.records import Records
from pipelines.history.owners import are_ids
from pipelines.intake.point_in_time import Export
from pipelines.planning.open_scores import HIDDEN, NOBODY
from pipelines.planning.sources.gap import TEAMS
from scoring.handoffs.answers import ACCEPTED, CONTRADICTORY, REJECTED, REPEATED, UNANSWERED, Reconciled, answers
from scoring.tables import row_count

#: What is read of the table.
COLUMNS = ("lead_id", "account_id", "handed_at", "owner", "accepted_at", "rejected_at", "reason")


@dataclass(frozen=True)
class Handed:
    """Who was handed over.

    Attributes
    ----------
    frame : DataFrame
        A row a hand-off that is shown, by time: `entity` and `unit` (who), `account` (its company), `team`,
        `handed_at`, `accepted_at`, `rejected_at`, `reason` (as exported: never shown), `state`, and `again_at`, when
        the same one was handed over the next time.
    counted : Reconciled or None
        Where each row of the table went; None without a table.
    teams : str
        What says whose each is.
    """

    frame: pd.DataFrame
    counted: Reconciled | None
    teams: str

    @property
    def assumed(self) -> bool:
        """Whether there is no table, so that arrival stands for the hand-off, and a touch for its acceptance."""
        return self.counted is None


def handed_over(records: Records, since: pd.Timestamp) -> Handed:
    """Read the hand-offs from a day on, as they were known before the day of the export.

    Parameters
    ----------
    records : Records
    since : Timestamp
    """
    export = records.export
    table = export.tables.handoffs
    if table is None:
        return _arrived(records, since)
    rows = table.select(*COLUMNS).to_pandas()
    rows["state"] = answers(rows)
    known = rows["lead_id"].notna() | rows["account_id"].notna()
    shown = known & (rows["handed_at"] >= since)
    states = rows.loc[shown, "state"].value_counts()
    assert export.intake.tables.handoffs is not None, "what is known of a table was read"
    count = export.intake.counts["handoffs"]
    counted = Reconciled(
        rows=count.read,
        broke_a_rule=count.rejected,
        left_out=count.left_out,
        not_known_yet=row_count(export.intake.tables.handoffs) - len(rows),
        of_unknown_records=int((~known).sum()),
        before_since=int((known & ~shown).sum()),
        **{state: int(states.get(state, 0)) for state in (ACCEPTED, REJECTED, UNANSWERED, CONTRADICTORY, REPEATED)},
    )
    frame = rows[shown & rows["state"].isin([ACCEPTED, REJECTED, UNANSWERED])]
    of_lead = frame["lead_id"].notna()
    frame = frame.assign(entity=np.where(of_lead, "lead", "account"), unit=frame["lead_id"].fillna(frame["account_id"]))
    frame["account"] = (
        frame["lead_id"].map(records.companies).fillna(frame["account_id"]).fillna("lead:" + frame["unit"])
    )
    frame = _again(frame)
    named, teams = _teams(export, frame)
    return Handed(frame.assign(team=named), counted, teams)


def _again(frame: pd.DataFrame) -> pd.DataFrame:
    """The hand-offs by time, each with the time at which the same record was handed over again."""
    ordered = frame.sort_values(["handed_at", "entity", "unit"], kind="stable").reset_index(drop=True)
    return ordered.assign(again_at=ordered.groupby(["entity", "unit"])["handed_at"].shift(-1))


def _arrived(records: Records, since: pd.Timestamp) -> Handed:
    """Everybody who came from a day on, as if handed over on arrival."""
    export, tables = records.export, records.export.tables
    entity = "lead" if tables.leads is not None else "account"
    table = tables.leads if tables.leads is not None else tables.accounts
    assert table is not None, "an export has leads or accounts"
    since_then = table.filter(table.created_at >= since)
    frame = since_then.select(unit=since_then[f"{entity}_id"], handed_at=since_then.created_at).to_pandas()
    account = frame["unit"].map(records.companies) if entity == "lead" else frame["unit"]
    frame = frame.assign(entity=entity, account=account, owner=None, reason=None, state=UNANSWERED)
    frame = frame.assign(accepted_at=pd.NaT, rejected_at=pd.NaT)
    frame = frame.astype({"accepted_at": "datetime64[us]", "rejected_at": "datetime64[us]"})
    frame = _again(frame)
    named, teams = _teams(export, frame)
    return Handed(frame.assign(team=named), None, teams)


def with_touches(handed: Handed, touched: pd.Series) -> Handed:
    """Without a table, whoever was touched is taken for accepted; with one nothing changes.

    Parameters
    ----------
    handed : Handed
    touched : Series of bool
        By row of the frame.
    """
    if not handed.assumed:
        return handed
    return replace(handed, frame=handed.frame.assign(state=np.where(touched, ACCEPTED, UNANSWERED)))


def _teams(export: Export, frame: pd.DataFrame) -> tuple[pd.Series, str]:
    """Whose each is: the team of its account, else its owner, of whom only an id or the name of a team is shown."""
    accounts = export.tables.accounts
    column = None if accounts is None else next((name for name in TEAMS if name in accounts.columns), None)
    team = pd.Series(None, index=frame.index, dtype=object)
    if accounts is not None and column is not None:
        rows = accounts.select("account_id", team=accounts[column].cast("string")).to_pandas()
        team = frame["account"].map(rows.set_index("account_id")["team"])
    owner = frame["owner"].astype(object)
    known = set(team.dropna())
    words = {one: one if are_ids([one]) or one in known else HIDDEN for one in owner.dropna().unique()}
    found = owner.map(words).where(owner.notna(), team)
    sources = [name for name, there in (("owner", owner.notna().any()), (str(column), team.notna().any())) if there]
    return found.fillna(NOBODY), " or ".join(sources)
