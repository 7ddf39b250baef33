"""What the watches of the month page say of a whole year, and from when on the evidence was there."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.planted_year.market import CHANNEL, CHEAP, LEFT_ALONE, LOWER, SEGMENTS, YEAR, HandedMarket
from pipelines.config import Config
from pipelines.demo import write_crm
from pipelines.handoffs.handed import handed_over
from pipelines.handoffs.records import Records
from pipelines.handoffs.touches import touches
from pipelines.handoffs.waits import waits
from pipelines.intake.point_in_time import read_export
from pipelines.monthly.alarms import FOLLOW_DAYS, MonthAlarm, ToFollow, chance_of, of_follow_up, ties_of
from pipelines.monthly.alarms import LEFT_ALONE as FOLLOW_STRENGTHS
from pipelines.monthly.close_rate import of_close_rate
from pipelines.monthly.deals import all_deals
from pipelines.monthly.growth import month_begins, of_growth, ordered_deals
from pipelines.planning.sources.companies import companies, renamed
from scoring.planning.sources.alarm import STRENGTHS, WEEK, log_stakes
from scoring.planning.sources.cohorts import NO_SOURCE
from scoring.planning.sources.growth import RATIOS
from scoring.timeline import calendar_date, day_number

BEGIN = day_number(date(YEAR - 1, 1, 1))
END = date(YEAR + 1, 1, 1)
#: Weeks of a watch, the chance of a false alarm of each kind in it, and the fewest of a source or segment.
WATCH_WEEKS, FEWEST = 105, 30
CHANCE = chance_of(0.05, WATCH_WEEKS)
#: The kinds whose false alarms are counted here: that of sources is counted in `benchmarks.source_alarm`.
KINDS = ("growth", "close rate", "follow-up")


@dataclass(frozen=True)
class Year:
    """A year as the watches read it.

    Attributes
    ----------
    sources, segments : DataFrame
        All companies, as `Companies` has them, named by source and by segment.
    deals : DataFrame
    to_follow : ToFollow
    """

    sources: pd.DataFrame
    segments: pd.DataFrame
    deals: pd.DataFrame
    to_follow: ToFollow

    @classmethod
    def of(cls, market: HandedMarket) -> Year:
        """Read a market as of the end of the year as the page does, from the files of an export."""
        config = Config()
        with tempfile.TemporaryDirectory() as folder:
            write_crm(market.export(END), Path(folder))
            export = read_export(
                *(Path(folder), config, END, lambda text: None),
                with_pandera=False,
                with_notes=False,
                with_identities=True,
            )
            sources = companies(export, "account", "source", config)
            segments = renamed(sources, export, "segment", config)
            records = Records(export)
            frame = handed_over(records, pd.Timestamp(calendar_date(BEGIN - 28))).frame
            frame = frame.join(touches(records, frame, config).frame)
            frame = frame.join(waits(frame, pd.Timestamp(export.as_of), config.hours))
            return cls(sources.frame, segments.frame, all_deals(export), ToFollow.handed(frame, segments.frame))

    @classmethod
    def at_once(cls, market: HandedMarket) -> Year:
        """The same from the tables in memory, in a tenth of the time, for many years.

        Of what sales does, only the calls after hand-offs are read, and not those in deals.
        """
        tables = market.export(END)
        deals = tables["opportunities"]
        deals = deals[deals["opportunity_type"].eq("new_business")]
        deals = pd.DataFrame(
            {
                "opportunity_id": deals["opportunity_id"],
                "unit": deals["account_id"],
                "opened_day": _days(deals["created_at"]),
                "closed_day": _days(deals["closed_at"]),
                "status": deals["status"],
            }
        )
        accounts = tables["accounts"].set_index("account_id").sort_index()
        day = pd.Series(_days(accounts["created_at"]), index=accounts.index)
        won = deals[deals["status"] == "won"].groupby("unit")["closed_day"].min()
        frame = pd.DataFrame({"day": day.astype(np.int64), "name": accounts["acquisition_channel"].astype(object)})
        frame["in_deal"] = np.maximum(deals.groupby("unit")["opened_day"].min().reindex(frame.index), day)
        frame["won"] = np.maximum(won.reindex(frame.index), day)
        frame["ended"] = np.nan
        segments = frame.assign(name=accounts["industry"].fillna(NO_SOURCE).astype(object))
        handed = market.handoffs[market.handoffs["handed_at"] < pd.Timestamp(END)]
        calls = market.calls.sort_values("occurred_at")
        first = pd.merge_asof(
            handed.sort_values("handed_at"),
            calls[["lead_id", "occurred_at"]],
            left_on="handed_at",
            right_on="occurred_at",
            by="lead_id",
            direction="forward",
        )
        again = first.groupby("lead_id")["handed_at"].shift(-1)
        touched = first["occurred_at"].notna() & ~(first["occurred_at"] > again)
        followed = pd.DataFrame(
            {
                "entity": "lead",
                "unit": first["lead_id"],
                "account": first["account_id"],
                "handed_at": first["handed_at"],
                "touched_at": first["occurred_at"],
                "touched": touched,
                "ended": again.notna() & ~touched,
                "hours": (again - first["handed_at"]).dt.total_seconds() / 3600,
            }
        )
        return cls(frame, segments, deals, ToFollow.handed(followed, segments))

    def alarms(self) -> list[MonthAlarm]:
        """What the watches name by the end of the year."""
        end = day_number(END)
        return [
            *of_growth(self.sources, BEGIN, end, CHANCE, FEWEST)[0],
            *of_close_rate(self.deals, BEGIN, end, WATCH_WEEKS, CHANCE),
            *of_follow_up(self.to_follow, BEGIN, end, WATCH_WEEKS, CHANCE, FEWEST),
        ]

    def evidence(self) -> dict[tuple[str, str], date | None]:
        """By kind and name of each planted story, the day on which the evidence was there; None if it never was.

        It is that of somebody who knows which series changes, and from which week on, and stakes on that alone: the
        first day on which the stake has grown as much as the page asks of all its stakes together.
        """
        frame = self.to_follow.frame
        day = frame["day"].to_numpy(dtype=np.int64)
        followed = (frame["first"].to_numpy(dtype=np.float64) - day < FOLLOW_DAYS).astype(np.float64)
        closed = self.deals[self.deals["status"].isin(["won", "lost"]) & self.deals["closed_day"].notna()]
        won = (closed["status"] == "won").to_numpy(dtype=np.float64)
        closed_day, ties = closed["closed_day"].to_numpy(dtype=np.int64), ties_of(closed["opportunity_id"])
        found = {
            ("growth", CHANNEL): self._growth(),
            ("close rate", "all deals"): _sure(closed_day, won, ties, LOWER),
        }
        for segment in SEGMENTS:
            mine = (frame["name"] == segment).to_numpy()
            found["follow-up", segment] = _sure(
                day[mine] + FOLLOW_DAYS,
                followed[mine],
                ties_of(frame.index[mine]),
                LEFT_ALONE + timedelta(days=FOLLOW_DAYS),
                FOLLOW_STRENGTHS,
            )
        return found

    def _growth(self) -> date | None:
        frame = self.sources
        frame = frame[(frame["day"] >= BEGIN).to_numpy()]
        deals = ordered_deals(frame, (frame["name"] == CHANNEL).to_numpy(), month_begins(BEGIN, day_number(END)))
        since = int(np.searchsorted(month_begins(BEGIN, day_number(END)), day_number(CHEAP) + 1, "right") - 1)
        for at in range(day_number(CHEAP), day_number(END) + 1, WEEK):
            then = (deals.month >= since) & (deals.day < at)
            stake = np.logaddexp.reduce([deals.log_ratios(ratio)[then].sum() for ratio in RATIOS]) - np.log(len(RATIOS))
            if stake >= -np.log(CHANCE):
                return calendar_date(at)
        return None


def _sure(
    day: np.ndarray, values: np.ndarray, ties: np.ndarray, since: date, strengths: Sequence[float] = STRENGTHS
) -> date | None:
    """The first end of a week on which the stake on the true beginning is enough."""
    week = (day - (BEGIN - WEEK + 1)) // WEEK
    begun = (day_number(since) - (BEGIN - WEEK + 1)) // WEEK
    last = (day_number(END) + 1 - (BEGIN - WEEK + 1)) // WEEK
    for at in range(begun, last):
        then = (week >= 0) & (week <= at)
        if log_stakes(values[then], ties[then], week[then], at + 1, strengths)[begun] >= -np.log(CHANCE):
            return calendar_date(BEGIN - WEEK + 1 + (at + 1) * WEEK)
    return None


def _days(moments: pd.Series) -> np.ndarray:
    """Day numbers; NaN for none."""
    days = moments.to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype("int64").astype(np.float64))
