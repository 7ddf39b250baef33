"""Are totals right, and does closedwon know how sure it is? Cut-offs of simulated markets and of real data.

    CLOSEDWON_REAL_DATA=<folder> python -m benchmarks.calibration --write docs/evidence.md
    python -m benchmarks.calibration --only stepup-7 --only maven       # a part; finished cut-offs are kept

Each cut-off is trained on what was known then, and its totals are compared with the true expectation where it is known
(simulated) and with what came (real data). "Error" is |log(predicted / true)|. LightGBM and the logistic regression
learn on the same rows, from snapshots whose whole horizon is over; their revenue takes closedwon's expected amounts.
A cut-off takes half a minute; `--folder` keeps what it gave.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.forecasts.learned_span import with_learned_span
from models.outcome import TooFewWins
from pipelines.config import Config
from pipelines.demo import HORIZON_DAYS, write_crm
from pipelines.evaluation.backtest import prepared_cut_offs
from pipelines.evaluation.baseline_forecasts import forecasts
from pipelines.evaluation.cutoff import CutOff, upto_day, with_outcomes, write_whole
from pipelines.intake.point_in_time import read_export
from pipelines.training.fitting import fit_scorecard
from scoring.entity import Entity
from scoring.evidence.measures.totals import stated
from scoring.scorecard.forecast_error import ForecastError
from scoring.simulator import Market, Parameters, simulate
from scoring.simulator.market import START
from scoring.timeline import day_number

BEGIN, END = document.marks("calibration")
REAL_DATA = "CLOSEDWON_REAL_DATA"
FOLDER = Path(".bench/calibration")
VARIANTS = {
    "quiet": Parameters(season=0.0, drift=0.0, flood_share=0.0),
    "usual": Parameters(),
    "season": Parameters(season=0.3, flood_share=0.0),
    "stepup": Parameters(step=1.6, flood_share=0.0),
    "stepdown": Parameters(step=0.6, flood_share=0.0),
    "flood": Parameters(flood_share=0.3),
    "neglect": Parameters(neglected=("US",), flood_share=0.0),
    "dropped": Parameters(neglected=("US",), neglected_from=104, flood_share=0.0),
}
#: Seeds and their accounts, those of other seeds, and the weeks of the cut-offs. Steps and floods begin in week 104;
#: the neglected country is never called, the dropped one not from then on.
SIZES, USUAL_SIZE, WEEKS = {7: 3_000, 8: 5_000}, 4_000, (117, 130, 143, 156)
SIMULATED = tuple((START + timedelta(weeks=week)).isoformat() for week in WEEKS)
#: Real data: days ahead, the cut-offs, and the day up to which outcomes are known.
REAL = {
    "bpi2012": (30, ("2011-12-05", "2011-12-19", "2012-01-02", "2012-01-16", "2012-02-01"), "2012-03-03"),
    "olist": (90, ("2018-01-31", "2018-03-02", "2018-04-01"), "2018-06-30"),
    "maven": (
        90,
        ("2017-04-01", "2017-05-01", "2017-06-01", "2017-07-01", "2017-08-01", "2017-09-01"),
        "2017-11-30",
    ),
}
#: The rules, in words, by the column of their probabilities.
RULES = {
    "p_closedwon": "closedwon: half-life of one horizon",
    "p_span": "learned span of newest periods (before)",
    "p_ceiling": "LightGBM with touch counts",
    "p_logistic": "logistic regression",
}


@dataclass(frozen=True)
class Totals:
    """One cut-off: by rule the wins and revenue predicted, what is true of them, what came, and what held."""

    market: str
    day: str
    wins: dict[str, float]
    revenue: dict[str, float]
    true_wins: float
    true_revenue: float
    known: bool
    coverage: dict[str, int]
    parts: dict[str, int]
    by_part: dict[str, tuple[float, float]]

    @classmethod
    def of(cls, market: str, day: str, observed: pd.DataFrame, error: ForecastError) -> "Totals":
        """From the forecasts of a cut-off, with `p_<rule>`, the outcomes, and `p_true`, `value_true` if known."""
        known, amount = "p_true" in observed, observed["expected_amount"]
        found = stated(observed, {int(observed["as_of"].iloc[0]): error})
        true = observed["value_true"] if known else observed["amount"]
        groups = {f"grade {grade}": observed["grade"] == grade for grade in "ABCD"}
        groups |= {"open deal": observed["has_deal"], "no open deal": ~observed["has_deal"]}
        return cls(
            market,
            day,
            {rule: float(observed[rule].sum()) for rule in RULES},
            {rule: float((observed[rule] * amount).sum()) for rule in RULES},
            float(observed["p_true" if known else "won"].sum()),
            float(true.sum()),
            known,
            asdict(found.coverage),
            asdict(found.parts_coverage),
            {
                name: (float((observed["p_closedwon"] * amount)[rows].sum()), float(true[rows].sum()))
                for name, rows in groups.items()
            },
        )


def measured(cut_off: CutOff, market: str, simulated: Market | None) -> Totals | None:
    """Train at one cut-off, forecast, and compare; None with too few wins to learn from."""
    past = upto_day(cut_off)
    config = replace(cut_off.config, training=replace(cut_off.config.training, resamples=0))
    try:
        fitted = fit_scorecard(
            past.tables, cut_off.entity, cut_off.day, config, keep=past.keep, suspected_today=cut_off.later
        )
    except TooFewWins as error:
        print(f"{market} {cut_off.date}: {error}")
        return None
    observed = with_outcomes(
        forecasts(fitted, past.tables, cut_off.entity, cut_off.day, config, keep=past.keep), cut_off
    )
    span = pd.Series(with_learned_span(fitted, config.training), fitted.today["unit"].astype(str))
    observed["p_span"] = span.reindex(observed["unit"]).to_numpy()
    if simulated is not None:
        truth = simulated.truth(cut_off.date, config.training.horizon_days).set_index("account_id")
        truth = truth[["win_probability", "expected_revenue"]].reindex(observed["unit"])
        observed["p_true"], observed["value_true"] = truth.to_numpy().T
    error = fitted.scorecard.forecast_error
    assert error is not None, "a scorecard that was just trained says how far it may be off"
    return Totals.of(market, cut_off.date, observed, error)


@contextmanager
def cut_offs_of(market: str, days: Sequence[str]) -> Iterator[tuple[Sequence[CutOff], Market | None]]:
    """Some cut-offs of a market, ready to be trained at, and the market where it is simulated.

    Parameters
    ----------
    market : str
        A set of real data, or a variant and a seed, as `stepup-7`.
    days : sequence of str
        The days of the cut-offs.
    """
    name, _, seed = market.partition("-")
    horizon, _, until = REAL.get(name, (HORIZON_DAYS, (), ""))
    with tempfile.TemporaryDirectory(prefix="closedwon-cut-offs-") as folder:
        scratch, simulated, crm = Path(folder), None, Path(os.environ.get(REAL_DATA, ""), name)
        if name not in REAL:
            accounts = SIZES.get(int(seed), USUAL_SIZE)
            simulated = simulate(accounts=accounts, seed=int(seed), parameters=VARIANTS[name])
            until = str((simulated.start + pd.Timedelta(weeks=simulated.weeks)).date())
            crm = scratch / "crm"
            write_crm(simulated.export(until), crm)
        config = replace(Config(), training=replace(Config().training, horizon_days=horizon))
        export = read_export(crm, config, date.fromisoformat(until), lambda text: None)
        entity: Entity = "account" if simulated else "lead"
        numbers = [day_number(date.fromisoformat(day)) for day in days]
        with prepared_cut_offs(export, entity, config, scratch / "cut-offs", numbers) as cut_offs:
            yield cut_offs, simulated


def studied(market: str, kept: Path) -> Iterator[Totals]:
    """The cut-offs of one market, those that are kept already among them."""
    _, days, _ = REAL.get(market, (0, SIMULATED, ""))
    files = {day: kept / f"{market}-{day}.json" for day in days}
    if missing := [day for day, file in files.items() if not file.exists()]:
        with cut_offs_of(market, missing) as (cut_offs, simulated):
            for cut_off in cut_offs:
                if (found := measured(cut_off, market, simulated)) is not None:
                    write_whole(files[cut_off.date], asdict(found))
                    predicted = found.wins["p_closedwon"]
                    print(f"{market} {cut_off.date}: {predicted:.1f} of {found.true_wins:.1f}", flush=True)
    for file in files.values():
        if file.exists():
            yield Totals(**json.loads(file.read_text(encoding="utf-8")))


def lines_of(found: Sequence[Totals]) -> list[str]:
    """The tables: errors by rule, errors by market, coverage, and revenue by part on known truth."""
    markets = list(dict.fromkeys(one.market.partition("-")[0] for one in found))
    rows = []
    for rule, words in RULES.items():
        wins, revenue = (errors(found, rule, what) for what in ("wins", "revenue"))
        rows.append([words, f"{wins.mean():.3f}", f"{np.exp(wins.max()):.2f}", f"{revenue.mean():.3f}"])
    of_market = {name: [one for one in found if one.market.partition("-")[0] == name] for name in markets}
    by_market = [
        [name, str(len(some)), *(f"{errors(some, rule, 'wins').mean():.3f}" for rule in RULES)]
        for name, some in of_market.items()
    ]
    held = [
        [words, str(len(some)), *_held(some, "coverage"), *_held(some, "parts")]
        for words, some in (("all", found), *of_market.items())
    ]
    known = [one for one in found if one.known]
    parts = []
    for name in known[0].by_part if known else ():
        expected, true = (sum(one.by_part[name][i] for one in known) for i in (0, 1))
        parts.append([name, f"{expected / true:.2f}" if true > 0 else "-"])
    numbers = ["---", *["---:"] * 8]
    steady = errors([one for one in found if not one.market.startswith("dropped")] or found, "p_closedwon", "wins")
    worst = np.exp(steady.max())
    return [
        f"{len(found)} cut-offs of {len(of_market)} kinds of market:",
        "",
        *document.table(["rule", "wins: mean error", "worst, as a factor", "revenue: mean error"], rows, numbers[:4]),
        "",
        f"Without the dropped country, closedwon's mean error of wins is {steady.mean():.3f}, {worst:.2f} at worst.",
        "",
        "Mean error of wins, by market:",
        "",
        *document.table(["market", "cut-offs", *RULES.values()], by_market, numbers[: 2 + len(RULES)]),
        "",
        "How often closedwon's own intervals held the outcomes, in % (parts: the wins of grades and segments):",
        "",
        *document.table(
            [
                "market",
                "cut-offs",
                "wins 80",
                "wins 95",
                "revenue 80",
                "revenue 95",
                "parts 80",
                "parts 95",
            ],
            [row[:8] for row in held],
            numbers[:8],
        ),
        "",
        "Expected over true revenue, all simulated cut-offs together:",
        "",
        *document.table(["part", "expected / true"], parts, numbers[:2]),
    ]


def errors(found: Sequence[Totals], rule: str, what: str) -> np.ndarray:
    """|log(predicted / true)| of each cut-off."""
    pairs = np.array([(getattr(one, what)[rule], getattr(one, f"true_{what}")) for one in found])
    return np.abs(np.log(pairs[:, 0] / pairs[:, 1]))


def _held(found: Sequence[Totals], what: str) -> list[str]:
    """Of how many of 100 totals the intervals held: wins 80 and 95, revenue 80 and 95."""
    of = sum(getattr(one, what)["of"] for one in found)
    keys = ("wins_80", "wins_95", "revenue_80", "revenue_95")
    return [f"{100 * sum(getattr(one, what)[key] for one in found) / of:.0f}" for key in keys]


def main(arguments: list[str] | None = None) -> None:
    """Run the study, or a part of it."""
    markets = [f"{name}-{seed}" for seed in SIZES for name in VARIANTS]
    markets = [*(REAL if os.environ.get(REAL_DATA) else ()), *markets]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration")
    parser.add_argument("--only", action="append", choices=markets, help="repeatable; default: all")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where finished cut-offs are kept")
    parser.add_argument("--write", type=Path, help="write the tables into this file, between its marks")
    options = parser.parse_args(arguments)
    if not os.environ.get(REAL_DATA):
        print(f"{REAL_DATA} is not set: real data is left out")
    found = [one for market in options.only or markets for one in studied(market, options.folder)]
    lines = lines_of(found)
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
