"""Revenue as a product by cohort, source and segment, and the last months beside what used to be counted."""

from __future__ import annotations

import pandas as pd

from pipelines.config import Config
from pipelines.intake.point_in_time import Export
from pipelines.monthly.old_counts import old_counts
from pipelines.planning.sources.cohorts import SourceReport
from scoring.monthly.chain import Chain
from scoring.monthly.month import CalendarMonth

#: Months in the tables of months, with the one that is looked back at.
MONTHS = 12
#: The columns of a row of the product that are counts and money.
COUNTS = ("targets", "reached", "engaged", "won", "revenue")


def by_month(sources: SourceReport, month: CalendarMonth) -> pd.DataFrame:
    """The cohorts of the last months up to this one, all sources together."""
    wanted = [str(one) for one in month.until(MONTHS)]
    rows = sources.months[sources.months["month"].isin(wanted)]
    numbers = ["arrived", *COUNTS, *(f"{name}_completed" for name in COUNTS if name != "targets")]
    return rows.groupby("month", as_index=False)[numbers].sum().rename(columns={"month": "source"})


def products(by: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The product of each row, completed.

    Parameters
    ----------
    by : {"cohort", "source", "segment"}
    rows : DataFrame
        As a `SourceReport` has them, or `by_month`.
    """
    found = []
    for row in rows.to_dict("records"):
        counts = {name: float(row[name if name == "targets" else f"{name}_completed"]) for name in COUNTS}
        chain = Chain(**counts)
        factors = {name: getattr(chain, name) for name in ("reach", "engage", "close", "amount", "product")}
        completed = {f"{name}_completed": counts[name] for name in COUNTS if name != "targets"}
        to_date = {name: row[name] for name in COUNTS if name != "targets"}
        found.append({"by": by, "of": row["source"], "targets": row["targets"], **to_date, **completed, **factors})
    return pd.DataFrame(found)


def history(
    export: Export, config: Config, deals: pd.DataFrame, sources: SourceReport, month: CalendarMonth
) -> pd.DataFrame:
    """The last months: what used to be counted beside what came of it.

    Parameters
    ----------
    export : Export
    config : Config
        Has the MQL rule.
    deals : DataFrame
        As `deals.all_deals` gives them.
    sources : SourceReport
        By source.
    month : CalendarMonth
        The last that is shown.
    """
    wanted = month.until(MONTHS)
    found = old_counts(export, config, wanted)
    arrived = sources.months.groupby("month")[["arrived", "targets"]].sum()
    for name in ("arrived", "targets"):
        found[name] = found["month"].map(arrived[name])
    # Months before those that the sources are shown for are not known, and not 0.
    known = found["month"] >= f"{sources.since:%Y-%m}"
    found[["arrived", "targets"]] = found[["arrived", "targets"]].where(~known, found[["arrived", "targets"]].fillna(0))
    for name, money in (("opened", "pipeline"), ("won", "revenue")):
        grouped = deals.groupby(name)["amount"].agg(["count", "sum"])
        found[name] = found["month"].map(grouped["count"]).fillna(0).astype("int64")
        found[money] = found["month"].map(grouped["sum"]).fillna(0.0)
    return found
