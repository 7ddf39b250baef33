"""The same account features in polars, by its streaming engine, in an environment of its own.

All cut-offs are made in one pass, in the same way as in SQL (`sql_features.py`): what only grows carries the first
cut-off that sees it and is summed up over the cut-offs, what a window holds is counted for each cut-off that it
reaches. `titles` has what our rules read from the titles. `benchmarks/peers/polars.txt` has the pins.

    <its python> benchmarks/speed/polars_features.py EXPORT TITLES APART DAY DAY ... [--write FILE]
"""

import json
import sys
import time
from pathlib import Path

import polars as pl

ATTRIBUTES = (
    *("industry", "country", "region", "acquisition_channel", "territory", "uses_data_warehouse"),
    *("uses_marketing_automation", "annual_revenue", "legacy_score"),
)
COUNTED = ("kinds_30d", "kinds_90d", "people_30d", "people_90d", "decision_makers_90d", "departments_90d")
SILENCE_DAYS, LEAST_UNITS = 60, 30
KEY, FIRSTS = ["unit", "cut"], ("source", "campaign")


def day_of(moment):
    """Days since 1970."""
    return moment.cast(pl.Date).to_physical()


class Grid:
    """The cut-offs, evenly apart."""

    def __init__(self, days, apart):
        self.days, self.apart, self.first, self.last = days, apart, days[0], len(days) - 1
        self.table = pl.LazyFrame({"cut": range(len(days)), "as_of": days}, {"cut": pl.Int32, "as_of": pl.Int32})

    def first_after(self, day):
        """The position of the first cut-off after a day."""
        found = (day - self.first).floordiv(self.apart) + 1
        return pl.when(day < self.first).then(0).otherwise(found).cast(pl.Int32)

    def last_within(self, day, length):
        """The position of the last cut-off whose window of so many days holds a day; -1 if there is none."""
        found = (day + length - self.first).floordiv(self.apart)
        return pl.when(day + length < self.first).then(-1).otherwise(found.clip(upper_bound=self.last)).cast(pl.Int32)


def done(frame):
    """A table that several others are made from."""
    return frame.collect(engine="streaming").lazy()


def each_cut(frame, begins, ends):
    """Each row once for each cut-off from `begins` to `ends`."""
    reached = frame.filter(ends >= begins).with_columns(cut=pl.int_ranges(begins, ends + 1, dtype=pl.Int32))
    return reached.explode("cut")


def first_of(frame):
    """The day of the first row of each group, in the order of when it was known."""
    return frame.with_columns(known=(pl.col("moment") // 100_000), day=(pl.col("moment") % 100_000).cast(pl.Int32))


def people_of(export, titles, accounts):
    """The people, numbered in the order in which they became known."""
    leads = pl.scan_parquet(export / "leads.parquet")
    alone = accounts.group_by("domain").agg(pl.len(), account=pl.col("account_id").first()).filter(pl.col("len") == 1)
    leads = leads.with_columns(known=day_of(pl.col("created_at")), host=pl.col("email").str.split("@").list.get(1))
    leads = leads.join(alone.drop("len"), left_on="host", right_on="domain", how="left")
    leads = leads.with_columns(account=pl.coalesce("account_id", "account"))
    leads = leads.join(accounts.select("account_id", "unit"), left_on="account", right_on="account_id", how="left")
    leads = leads.join(titles, on="title", how="left").sort("known", "lead_id")
    bits = pl.when(pl.col("department").is_null()).then(0).otherwise(2 ** pl.col("department")).cast(pl.Int32)
    columns = (pl.col("decides").fill_null(False), bits.alias("department"), "source", "campaign")
    return done(leads.select("lead_id", "unit", "known", *columns).with_row_index("person"))


def engagement_days(export, people, accounts):
    """One row for each account, person, kind and day, with when it was first known."""
    touches = pl.scan_parquet(export / "activities.parquet").filter(pl.col("direction") == "inbound")
    kinds = touches.select("activity_type").unique().collect(engine="streaming")["activity_type"].sort().to_list()
    kind = pl.col("activity_type").cast(pl.Enum(kinds)).to_physical().cast(pl.Int32)
    of_people = people.select("lead_id", "person", "unit", first_known="known")
    touches = touches.select(
        "lead_id", "account_id", kind=kind, day=day_of(pl.col("occurred_at")), known=day_of(pl.col("known_at"))
    )
    touches = touches.join(of_people, on="lead_id", how="left")
    touches = touches.filter(pl.col("person").is_not_null() | pl.col("lead_id").is_null())
    by_account = accounts.select("account_id", own="unit")
    touches = touches.join(by_account, on="account_id", how="left").with_columns(unit=pl.coalesce("unit", "own"))
    touches = touches.filter(pl.col("unit").is_not_null())
    touches = touches.with_columns(
        known=pl.max_horizontal("known", "first_known"), person=pl.col("person").cast(pl.Int32).fill_null(-1)
    )
    days = touches.group_by("unit", "person", "kind", "day").agg(pl.col("known").min())
    of_people = people.select(pl.col("person").cast(pl.Int32), "decides", "department")
    days = days.join(of_people, on="person", how="left")
    return done(days.with_columns(pl.col("decides").fill_null(False), pl.col("department").fill_null(0))), kinds


def past(grid, days, calendar, people, kinds):
    """What only grows, by the cut-off that sees it first; and the names of the columns that are days."""
    since = grid.first_after(pl.col("known")).alias("cut")
    by_kind = done(days.group_by("unit", since, "kind", "decides").agg(pl.col("day").max()))
    shown = days.group_by("kind").agg(pl.col("unit").n_unique()).filter(pl.col("unit") >= LEAST_UNITS)
    shown = {kinds[code]: code for code in sorted(shown.collect(engine="streaming")["kind"])}
    day = pl.col("day")
    columns = {"engaged": day.max(), "decision_maker": day.filter("decides").max()}
    for name, code in shown.items():
        columns[name] = day.filter(pl.col("kind") == code).max()
        columns[f"decision_maker_{name}"] = day.filter((pl.col("kind") == code) & pl.col("decides")).max()
    before = pl.col("day").cum_max().shift().over("unit", order_by=["known", "day"])
    silent = calendar.with_columns(silent=pl.col("day") - before).filter(pl.col("silent") >= SILENCE_DAYS)
    moment = pl.col("known").cast(pl.Int64) * 100_000 + pl.col("day")
    new_kinds = first_of(days.group_by("unit", "kind").agg(moment=moment.min()))
    new_people = first_of(
        days.filter(pl.col("person") >= 0)
        .group_by("unit", "person")
        .agg(moment=moment.min(), decides=pl.col("decides").first())
    )
    known = people.filter(pl.col("unit").is_not_null())
    found = [
        by_kind.group_by(KEY).agg(**columns),
        silent.group_by("unit", since).agg(**{"return": day.max()}),
        new_kinds.group_by("unit", since).agg(new_kind=day.max()),
        new_people.group_by("unit", since).agg(new_person=day.max(), new_decision_maker=day.filter("decides").max()),
        known.group_by("unit", since).agg(
            people=pl.len(), decision_makers=pl.col("decides").sum(), departments=pl.col("department").bitwise_or()
        ),
    ]
    recent = [*columns, "return", "new_kind", "new_person", "new_decision_maker"]
    return found, recent


def breadth(grid, days, calendar):
    """What each window holds."""
    day = pl.col("day")
    days = days.with_columns(
        begins=grid.first_after(pl.col("known")), ends_30=grid.last_within(day, 30), ends_90=grid.last_within(day, 90)
    )
    bits = (2 ** pl.col("kind")).cast(pl.Int32).bitwise_or()
    grouped = days.filter(pl.col("ends_90") >= pl.col("begins"))
    grouped = grouped.group_by("unit", "person", "begins", "ends_30", "ends_90").agg(
        kinds=bits, decides=pl.col("decides").first(), department=pl.col("department").first()
    )
    each = each_cut(grouped, pl.col("begins"), pl.col("ends_90"))
    near = pl.when(pl.col("cut") <= pl.col("ends_30")).then(pl.col("kinds")).otherwise(0)
    each = each.with_columns(kinds_30=near)
    persons = each.group_by("unit", "person", "cut").agg(
        pl.col("kinds").bitwise_or(), pl.col("kinds_30").bitwise_or(), pl.col("decides", "department").first()
    )
    of_person = pl.col("person") >= 0
    found = persons.group_by(KEY).agg(
        kinds_30d=pl.col("kinds_30").bitwise_or().bitwise_count_ones(),
        kinds_90d=pl.col("kinds").bitwise_or().bitwise_count_ones(),
        people_30d=(of_person & (pl.col("kinds_30") > 0)).sum(),
        people_90d=of_person.sum(),
        decision_makers_90d=pl.col("decides").sum(),
        departments_90d=pl.col("department").bitwise_or().bitwise_count_ones(),
    )
    weeks = each_cut(calendar, grid.first_after(pl.col("known")), grid.last_within(day, 196))
    week = (grid.first + pl.col("cut") * grid.apart - 1 - day).floordiv(7)
    weeks = weeks.group_by(KEY).agg(weeks=(2**week).cast(pl.Int32).bitwise_or())
    recent, usual = (pl.col("weeks") & 15).bitwise_count_ones(), (pl.col("weeks") // 16).bitwise_count_ones()
    return found, weeks.select(*KEY, momentum=recent / 4 - usual / 24)


def deal_states(grid, export, people, accounts):
    """The open and the lost deals at each cut-off, and what is planned of the open ones."""
    deals = pl.scan_parquet(export / "opportunities.parquet").join(
        accounts.select("account_id", "unit"), on="account_id", how="left"
    )
    deals = deals.join(people.select("lead_id", of_lead="unit"), on="lead_id", how="left")
    deals = done(
        deals.select(
            "opportunity_id",
            "status",
            unit=pl.coalesce("unit", "of_lead"),
            opened=day_of(pl.col("created_at")),
            closed=day_of(pl.col("closed_at")),
            known=day_of(pl.col("known_at")),
            new=pl.col("opportunity_type") == "new_business",
        ).filter(pl.col("unit").is_not_null())
    )
    at = deals.join(grid.table, how="cross").filter(pl.col("known") < pl.col("as_of"))
    closed = (pl.col("closed") < pl.col("as_of")).fill_null(False)
    lost, new = closed & (pl.col("status") == "lost"), pl.col("new")
    states = at.group_by(KEY).agg(
        open_deal_days=pl.col("as_of").first() - pl.col("opened").filter(new & ~closed).min(),
        lost_deal_days=pl.col("as_of").first() - pl.col("closed").filter(new & lost).max(),
        deals_lost=lost.sum(),
        other_deals=(~new).sum(),
    )
    of_new = deals.filter("new").select("opportunity_id", "unit", "closed", "known")
    steps = pl.scan_parquet(export / "opportunity_history.parquet").with_row_index("position")
    steps = steps.join(of_new, on="opportunity_id").sort("opportunity_id", "changed_at", "position")
    stage, close = (pl.col(name).shift().over("opportunity_id") for name in ("stage", "close_date"))
    moved = (pl.col("close_date") > close).fill_null(False)
    steps = steps.with_columns(changed=day_of(pl.col("changed_at")), begins=pl.col("stage").ne_missing(stage))
    slips = moved.cum_sum().over("opportunity_id")
    steps = steps.with_columns(known=pl.max_horizontal("known", "changed"), slips=slips)
    current = done(steps).join(grid.table, how="cross").filter(pl.col("known") < pl.col("as_of"))
    current = done(current.filter(pl.col("closed").is_null() | (pl.col("closed") >= pl.col("as_of"))))
    newest = pl.struct("changed_at", "position")
    last = ("unit", "amount", "close_date", "slips")
    plans = current.group_by("opportunity_id", "cut").agg(pl.col(*last).sort_by(newest).last())
    plans = plans.group_by(KEY).agg(pl.col("amount").max(), pl.col("close_date").min(), pl.col("slips").max())
    begun = current.filter("begins").filter(pl.col("changed_at") == pl.col("changed_at").max().over(KEY))
    stages = begun.group_by(KEY).agg(pl.col("stage", "changed").max())
    plans = plans.join(stages, on=KEY, how="full", coalesce=True)
    return deals, states, plans


def features(export, titles, grid):
    """The features of every open account at the cut-offs."""
    accounts = pl.scan_parquet(export / "accounts.parquet").with_row_index("unit")
    accounts = accounts.with_columns(pl.col("unit").cast(pl.Int32), created=day_of(pl.col("created_at")))
    accounts = done(accounts.select("unit", "account_id", "domain", "created", "employees", *ATTRIBUTES))
    people = people_of(export, pl.scan_parquet(titles), accounts)
    days, kinds = engagement_days(export, people, accounts)
    calendar = done(days.group_by("unit", "day").agg(pl.col("known").min()))
    parts, recent = past(grid, days, calendar, people, kinds)
    deals, states, plans = deal_states(grid, export, people, accounts)
    every = accounts.select("unit").join(grid.table.select("cut"), how="cross")
    for part in parts:
        every = every.join(part, on=KEY, how="left")
    sums = [pl.col(name).fill_null(0).cum_sum().over("unit", order_by="cut") for name in ("people", "decision_makers")]
    # A maximum passes over cut-offs without news.
    news = {name: pl.col(name).cum_max().forward_fill().over("unit", order_by="cut") for name in recent}
    departments = pl.col("departments").fill_null(0).cumulative_eval(pl.element().bitwise_or())
    every = every.with_columns(*sums, departments.over("unit", order_by="cut"), **news)
    won = deals.filter(pl.col("new") & (pl.col("status") == "won"))
    bought = won.group_by("unit").agg(bought=pl.max_horizontal("closed", "known").min())
    found = accounts.join(grid.table, how="cross").filter(pl.col("created") < pl.col("as_of"))
    found = found.join(bought, on="unit", how="left")
    found = found.filter(pl.col("bought").is_null() | (pl.col("bought") >= pl.col("as_of"))).drop("bought")
    history = pl.scan_parquet(export / "account_history.parquet").filter(pl.col("employees").is_not_null())
    history = done(history.join(accounts.select("account_id", "unit"), on="account_id").sort("known_at"))
    found = found.with_columns(moment=pl.col("as_of").cast(pl.Date).cast(pl.Datetime("us"))).sort("moment")
    sizes = history.select("unit", pl.col("known_at").cast(pl.Datetime("us")), size="employees")
    found = found.join_asof(
        sizes, left_on="moment", right_on="known_at", by="unit", allow_exact_matches=False, check_sortedness=False
    )
    has_history = history.select("unit", has_history=pl.lit(True)).unique()
    found = found.join(has_history, on="unit", how="left")
    size = pl.coalesce("size", pl.when(pl.col("has_history").is_null()).then(pl.col("employees")))
    known = people.filter(pl.col("unit").is_not_null())
    first = [
        known.filter(pl.col(name).is_not_null())
        .sort("person")
        .group_by("unit", maintain_order=True)
        .agg(pl.col(name).first(), pl.col("known").first().alias(f"{name}_known"))
        for name in FIRSTS
    ]
    for part in first:
        found = found.join(part, on="unit", how="left")
    for part in (every, *breadth(grid, days, calendar), states, plans):
        found = found.join(part, on=KEY, how="left")
    as_of = pl.col("as_of")
    columns = {
        "employees": size,
        "days_known": as_of - pl.col("created"),
        **{f"days_since_{name}": as_of - pl.col(name) for name in recent},
        "known_people": pl.col("people"),
        "known_decision_makers": pl.col("decision_makers"),
        "known_departments": pl.col("departments").bitwise_count_ones(),
        **{f"first_{name}": pl.when(pl.col(f"{name}_known") < as_of).then(pl.col(name)) for name in FIRSTS},
        **{name: pl.col(name).fill_null(0) for name in (*COUNTED, "momentum", "deals_lost", "other_deals")},
        "open_deal_days": pl.col("open_deal_days"),
        "lost_deal_days": pl.col("lost_deal_days"),
        "deal_stage": pl.col("stage"),
        "deal_stage_days": as_of - pl.col("changed"),
        "open_deal_amount": pl.col("amount"),
        "open_deal_amount_known": pl.when(pl.col("amount").is_not_null()).then(1),
        "days_to_expected_close": day_of(pl.col("close_date")) - as_of,
        "expected_close_moved": pl.col("slips"),
    }
    return found.select("account_id", "as_of", *ATTRIBUTES, **columns).collect(engine="streaming")


def main():
    """Make the features, and print what they took."""
    words, target = sys.argv[1:], None
    if "--write" in words:
        at = words.index("--write")
        words, target = words[:at], words[at + 1]
    export, titles, apart, *days = words
    began, cpu = time.perf_counter(), time.process_time()
    table = features(Path(export), titles, Grid([int(day) for day in days], int(apart)))
    taken = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu}
    if target is not None:
        table.write_parquet(target)
    more = {"read": 0.0, "build": taken["seconds"], "features": table.width - 2, "cut-offs": len(days)}
    print(json.dumps({**taken, "rows": table.height, "of": "snapshots", "more": more}))


if __name__ == "__main__":
    main()
