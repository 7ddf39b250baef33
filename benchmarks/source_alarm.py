"""Whether a source is named whose arrivals double while their deals halve, and how often one that did not change.

    python -m benchmarks.source_alarm                              # some minutes
    python -m benchmarks.source_alarm --write docs/evidence.md

What is simulated: a scorecard is trained on the demo's market as of its week 104, and scores everybody who arrives in
the 46 weeks after, one to two weeks after they arrived, as `closedwon sources` does. Arrivals of a source are drawn
from these scores. In the story, arrivals double from month 4 on, and are drawn so that the *true* chance to be won of
each, which the market knows and the scorecard does not, is a quarter of what it was: so half as many deals are won. In
a quiet year nothing changes but the number of arrivals: it is steady, has a season, or doubles at a drawn month.

The market's own flood is measured beside it. It looks like everybody else in all attributes, and is scored accordingly.
"""

import argparse
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import beta

from benchmarks import document
from pipelines.config import Config
from pipelines.demo import HORIZON_DAYS, write_crm
from pipelines.intake.point_in_time import read_export
from pipelines.planning.sources.arrival_values import STEP, arrival_values, look_days
from pipelines.training.fitting import fit_scorecard
from scoring.planning.sources.alarm import Alarm, watch
from scoring.simulator import simulate
from scoring.simulator.cycles import IDLE
from scoring.simulator.truth import win_probability
from scoring.timeline import day_number

BEGIN, END = document.marks("source_alarm")
#: Sources that are watched, the chance of a false alarm in a year over all of them, and the weeks of a watch.
SOURCES, CHANCE, WEEKS = 6, 0.05, 104
MONTH, CHANGE, MONTHS = 30, 4, 12
#: Days after its arrival on which somebody is looked at, at the earliest.
AFTER = 7
RATES = (20, 40, 80)
SEEDS, YEARS = 200, 500
#: Days within which a source must be named.
WITHIN = 61
TRAINED, LAST = 104, 150


@dataclass(frozen=True)
class Pool:
    """Arrivals of the market: what each was expected to bring, and its true chance to be won."""

    scored: np.ndarray
    true: np.ndarray

    def tilted(self, ratio: float) -> np.ndarray:
        """The chances to be drawn with which the mean of the true chance is `ratio` times what it is."""
        wanted = ratio * self.true.mean()
        log = np.log(self.true)

        def weights(power: float) -> np.ndarray:
            weight = np.exp(power * (log - log.max()))
            return np.asarray(weight / weight.sum())

        power = brentq(lambda power: weights(power) @ self.true - wanted, -20.0, 0.0)
        return weights(power)


def pools(seed: int = 7, accounts: int = 6_000) -> tuple[Pool, Pool]:
    """The arrivals after the training, those of the flood apart."""
    market = simulate(accounts=accounts, seed=seed)
    trained, end = (market.start + pd.Timedelta(weeks=week) for week in (TRAINED, LAST))
    config = Config()
    config = replace(config, training=replace(config.training, horizon_days=HORIZON_DAYS))
    with tempfile.TemporaryDirectory() as folder:
        write_crm(market.export(trained), Path(folder))
        export = read_export(Path(folder), config, trained.date(), lambda text: None)
        scorecard = fit_scorecard(export.tables, "account", export.day, config, keep=export.keep).scorecard
    with tempfile.TemporaryDirectory() as folder:
        write_crm(market.export(end), Path(folder))
        export = read_export(Path(folder), config, end.date(), lambda text: None)
        created = export.tables.accounts.select("account_id", "created_at").to_pandas()  # type: ignore[union-attr]
        day = (created["created_at"].dt.normalize() - pd.Timestamp("1970-01-01")).dt.days.to_numpy()
        looked_on = look_days(day, AFTER, day_number(trained.date()))
        new = (day >= day_number(trained.date())) & (looked_on <= export.day)
        values = arrival_values(export, scorecard, created["account_id"][new].tolist(), looked_on[new])
    hidden = market.hidden.set_index("account_id").loc[values["unit"]]
    fit, neglected = hidden["fit"].to_numpy(), hidden["neglected"].to_numpy()
    stage = np.full(len(fit), IDLE)
    true = win_probability(fit, neglected, stage, TRAINED, HORIZON_DAYS // 7, market.parameters)
    scored, flooded = values["expected_revenue"].to_numpy(), hidden["flooded"].to_numpy()
    return Pool(scored[~flooded], true[~flooded]), Pool(scored[flooded], true[flooded])


def watched(arrived: np.ndarray, values: np.ndarray, rng: np.random.Generator) -> Alarm | None:
    """What the alarm says of a source at the end of the months."""
    looked_on = look_days(arrived, AFTER, 0)
    chance = CHANCE * WEEKS / 52 / SOURCES
    return watch(
        looked_on, values, rng.random(len(values)), begin=1 - STEP, end=MONTHS * MONTH + 1, weeks=WEEKS, chance=chance
    )


def arrivals(monthly: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The days of arrival, with so many expected in each month and twice the variance of chance alone."""
    counts = rng.negative_binomial(monthly, 0.5)
    return np.concatenate([month * MONTH + rng.integers(0, MONTH, n) for month, n in enumerate(counts)])


def story(pool: Pool, later: Pool, weights: np.ndarray | None, rate: int, seed: int) -> Alarm | None:
    """The channel whose arrivals double from month 4 on, drawn from `later` then."""
    rng = np.random.default_rng([seed, rate])
    months = np.arange(MONTHS)
    day = arrivals(rate * np.where(months >= CHANGE, 2.0, 1.0), rng)
    changed = day >= CHANGE * MONTH
    values = rng.choice(pool.scored, len(day))
    values[changed] = rng.choice(later.scored, int(changed.sum()), p=weights)
    return watched(day, values, rng)


def quiet(pool: Pool, rate: int, seed: int) -> Alarm | None:
    """A year in which only the number of arrivals changes."""
    rng = np.random.default_rng([seed, rate, 1])
    months = np.arange(MONTHS)
    shapes = (
        np.ones(MONTHS),
        1 + 0.3 * np.sin(2 * np.pi * (months + rng.integers(12)) / 12),
        np.where(months >= rng.integers(2, 10), 2.0, 1.0),
    )
    day = arrivals(rate * shapes[seed % 3], rng)
    return watched(day, rng.choice(pool.scored, len(day)), rng)


def interval(hits: int, of: int) -> str:
    """The interval (95 %) of a share, after Clopper and Pearson (1934)."""
    low = beta.ppf(0.025, hits, of - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, of - hits) if hits < of else 1.0
    return f"{low:.1%} to {high:.1%}"


def measured(pool: Pool, flood: Pool) -> list[str]:
    """The lines of the document."""
    weights = pool.tilted(0.25)
    fall = float(weights @ pool.scored) / float(pool.scored.mean())
    rows = []
    for rate in RATES:
        found = [story(pool, pool, weights, rate, seed) for seed in range(SEEDS)]
        flooded = [story(pool, flood, None, rate, seed) for seed in range(SEEDS)]
        silent = [quiet(pool, rate, seed) for seed in range(YEARS)]
        days = np.array([a.named_on - CHANGE * MONTH if a and a.rising else np.inf for a in found])
        right = (days > 0) & (days <= WITHIN)
        off = [abs(a.changed_on - AFTER - CHANGE * MONTH) for a in found if a and a.rising]
        false = sum(alarm is not None for alarm in silent)
        alarmed = sum(alarm is not None and alarm.rising for alarm in flooded)
        rows.append(
            (
                f"{rate}",
                f"{right.mean():.1%} ({interval(int(right.sum()), SEEDS)})",
                f"{np.median(days):.0f}, {np.quantile(days, 0.95, method='higher'):.0f}",
                f"{np.median(off):.0f}",
                f"{false} of {YEARS} ({interval(false, YEARS)})",
                f"{alarmed} of {SEEDS}",
            )
        )
    head = (
        "arrivals a month before",
        f"named within {WITHIN} days",
        "days until named: median, 95 %",
        "days by which the date is off: median",
        "false alarms in quiet source-years",
        "the market's own flood named",
    )
    return [
        f"{SEEDS} seeds a row. By the scorecard, the expected revenue of an arrival falls to {fall:.0%} of what it "
        "was, where the true chance to be won falls to 25 %. "
        f"{SOURCES} sources are watched. Stated are false alarms in at most {CHANCE:.0%} of the years over all of "
        f"them, which is {CHANCE / SOURCES:.2%} of the years of a source. "
        "In quiet years each fall counts as a false alarm, also without a rising volume.",
        "",
        *document.table(head, rows, ["---:"] * len(head)),
    ]


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and write into the document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.source_alarm")
    parser.add_argument("--write", type=Path, help="write the table into this document")
    options = parser.parse_args(arguments)
    lines = measured(*pools())
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
