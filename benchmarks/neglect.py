"""Is neglect learned as disinterest? A country that sales never calls, with and without `[training] worked`.

    python -m benchmarks.neglect --write docs/evidence.md
    python -m benchmarks.neglect --only neglect-7       # a part; finished cut-offs are kept

At each cut-off of simulated markets two scorecards are trained, as sales works (`plain`) and on what sales worked
(`worked`). Both are compared with the truth as it will be, and with the truth if sales called the country too.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.calibration import SIMULATED, cut_offs_of
from models.outcome import TooFewWins
from pipelines.config import Config
from pipelines.evaluation.cutoff import CutOff, upto_day, write_whole
from pipelines.training.fitting import fit
from pipelines.training.training_set import TrainingSet, build_training_set
from scoring.scorecard.forecast_error import Interval
from scoring.simulator import Market

BEGIN, END = document.marks("neglect")
FOLDER = Path(".bench/neglect")
#: Kinds of market and their seeds; those in which the country is neglected.
MARKETS = (
    "neglect-8",
    "neglect-11",
    "quiet-7",
    "neglect-7",
    "dropped-8",
    "usual-7",
    "neglect-12",
    "flood-7",
    "stepup-7",
)
NEGLECTED, TRAININGS = ("neglect", "dropped"), ("plain", "worked")
#: The cut-offs: in weeks 130 and 156.
DAYS = SIMULATED[1::2]
#: The country that the variants `neglect` and `dropped` do not call.
COUNTRY = "US"
#: The share of the open accounts that sales can work.
CAPACITY = 0.05


@dataclass(frozen=True)
class Found:
    """One cut-off and one training.

    Attributes
    ----------
    market, day, training : str
    country, everyone : Interval
        The wins that are expected in the country, and in all.
    country_if_worked, country_as_it_is, everyone_if_worked, everyone_as_it_is : float
        The true ones, if sales calls everybody and as sales calls.
    captured : float
        The share of the revenue that the best 5 % bring, if worked, which its best 5 % bring.
    loss : float
        The log loss of its probabilities by the truth if worked, less that of the truth.
    wins : int
        Wins that it learned from.
    named : bool
        Whether it names the country as neglected.
    """

    market: str
    day: str
    training: str
    country: Interval
    everyone: Interval
    country_if_worked: float
    country_as_it_is: float
    everyone_if_worked: float
    everyone_as_it_is: float
    captured: float
    loss: float
    wins: int
    named: bool

    @classmethod
    def from_json(cls, content: dict[str, object]) -> "Found":
        """Read what was kept."""
        intervals = {name: Interval(**content[name]) for name in ("country", "everyone")}  # type: ignore[arg-type]
        return cls(**{**content, **intervals})  # type: ignore[arg-type]


def measured(cut_off: CutOff, name: str, market: Market) -> Iterator[Found]:
    """Train twice at one cut-off, and compare with both truths."""
    past = upto_day(cut_off)
    days = cut_off.config.training.horizon_days
    called = replace(market, hidden=market.hidden.assign(neglected=False))
    as_it_is, if_worked = (one.truth(cut_off.date, days).set_index("account_id") for one in (market, called))
    country = market.tables["accounts"].set_index("account_id")["country"]
    config = replace(cut_off.config, training=replace(cut_off.config.training, resamples=0, worked=True))
    try:
        known = build_training_set(
            past.tables, "account", cut_off.day, config, keep=past.keep, suspected_today=cut_off.later
        )
        yield from compared(name, cut_off.date, known, config, (if_worked, as_it_is), country)
    except TooFewWins as error:
        print(f"{name} {cut_off.date}: {error}")


def compared(
    name: str,
    day: str,
    known: TrainingSet,
    config: Config,
    truths: tuple[pd.DataFrame, pd.DataFrame],
    country: pd.Series,
) -> Iterator[Found]:
    """What both trainings expect beside the truths.

    Parameters
    ----------
    name, day : str
        Of the market and the cut-off.
    known : TrainingSet
        With what was worked.
    config : Config
    truths : tuple of DataFrame
        By account, the truth if all are called, and as sales calls.
    country : Series
        Of each account.
    """
    if_worked, as_it_is = truths
    plain = fit(replace(known, worked=None), config)
    trained = {"plain": plain, "worked": fit(known, config, as_it_is=plain)}
    for training, fitted in trained.items():
        today, card = fitted.today, fitted.scorecard
        scores = card.lookup.score(today)
        p, unit = scores["win_probability"], today["unit"].astype(str)
        true, also = (truth.reindex(unit) for truth in (if_worked, as_it_is))
        there = (country.reindex(unit) == COUNTRY).to_numpy()
        q, value = true["win_probability"].to_numpy(), true["expected_revenue"].to_numpy()
        error, wins = card.forecast_error, card.wins
        assert error is not None, "a scorecard that was just trained says how far it may be off"
        assert wins is not None, "and from how many wins it learned"
        segments = [] if card.neglect is None else card.neglect.segments
        own = [segment for segment in segments if (segment.feature, segment.value) == ("country", COUNTRY)]
        yield Found(
            name,
            day,
            training,
            own[0].if_worked if own and training == "worked" else error.wins(p[there], part=True).interval(),
            error.wins(p).interval(),
            float(q[there].sum()),
            float(also["win_probability"].to_numpy()[there].sum()),
            float(q.sum()),
            float(also["win_probability"].sum()),
            _top(scores["expected_revenue"], value) / _top(value, value),
            _loss(p, q) - _loss(q, q),
            wins,
            bool(own) and own[0].neglected,
        )


def _top(rank: np.ndarray, value: np.ndarray) -> float:
    first = np.argsort(-rank, kind="stable")[: max(1, round(CAPACITY * len(rank)))]
    return float(value[first].sum())


def _loss(p: np.ndarray, q: np.ndarray) -> float:
    p, q = np.clip(p, 1e-9, 1 - 1e-9), np.clip(q, 1e-9, 1 - 1e-9)
    return float(-(q * np.log(p) + (1 - q) * np.log1p(-p)).mean())


def studied(market: str, kept: Path) -> Iterator[Found]:
    """The cut-offs of one market, those that are kept already among them."""
    files = {day: kept / f"{market}-{day}.json" for day in DAYS}
    if missing := [day for day, file in files.items() if not file.exists()]:
        with cut_offs_of(market, missing) as (cut_offs, simulated):
            assert simulated is not None, "real data does not say what would be won if all were called"
            for cut_off in cut_offs:
                found = [asdict(one) for one in measured(cut_off, market, simulated)]
                write_whole(files[cut_off.date], {"found": found})
                for one in found:
                    print(
                        f"{market} {cut_off.date} {one['training']}: {one['country']['expected']:.1f} "
                        f"({one['country']['low_95']:.0f} to {one['country']['high_95']:.0f}), true "
                        f"{one['country_if_worked']:.1f} if called; all {one['everyone']['expected']:.1f} of "
                        f"{one['everyone_if_worked']:.1f}; captured {one['captured']:.3f}; "
                        f"loss {1e4 * one['loss']:.1f}; wins {one['wins']}; named {one['named']}",
                        flush=True,
                    )
    for file in files.values():
        yield from map(Found.from_json, json.loads(file.read_text(encoding="utf-8"))["found"])


def lines_of(found: Sequence[Found]) -> list[str]:
    """The tables: the country where it is neglected, and what the training does elsewhere."""
    there = [one for one in found if one.market.startswith(NEGLECTED)]
    rows = []
    for kind in NEGLECTED:
        for training in TRAININGS:
            some = [one for one in there if one.market.startswith(kind) and one.training == training]
            if some:
                held = sum(one.country.holds(one.country_if_worked) for one in some)
                rows.append([kind, training, str(len(some)), *_errors(some), f"{held} of {len(some)}", *_worth(some)])
    elsewhere = []
    for kind in dict.fromkeys(one.market.partition("-")[0] for one in found):
        for training in TRAININGS:
            some = [one for one in found if one.market.startswith(f"{kind}-") and one.training == training]
            if kind not in NEGLECTED:
                error = np.mean([abs(np.log(one.everyone.expected / one.everyone_if_worked)) for one in some])
                elsewhere.append([kind, training, str(len(some)), f"{error:.3f}", *_worth(some)])
    each = [
        [
            *(one.market, one.day, f"{one.country_as_it_is:.1f}", f"{one.country_if_worked:.1f}"),
            f"{one.country.expected:.1f} ({one.country.low_95:.0f} to {one.country.high_95:.0f})",
            "yes" if one.named else "no",
        ]
        for one in there
        if one.training == "worked"
    ]
    numbers = ["---", "---", *["---:"] * 6]
    head = ["market", "learned from", "cut-offs"]
    worth = ["captured, if worked", "loss x 10,000"]
    return [
        "The country that is not called; true is what it would win if called:",
        "",
        *document.table([*head, "expected / true", "held by the 95 % interval", *worth], rows, numbers[:7]),
        "",
        "Where nobody is neglected:",
        "",
        *document.table([*head, "error of all wins", *worth], elsewhere, numbers[:6]),
        "",
        "Each cut-off of the country, learned from what was worked:",
        "",
        *document.table(
            ["market", "cut-off", "true as it is", "true if called", "expected (95 %)", "named"],
            each,
            ["---", "---", "---:", "---:", "---:", "---"],
        ),
    ]


def _errors(found: Sequence[Found]) -> list[str]:
    expected, true = (
        sum(values) for values in zip(*((one.country.expected, one.country_if_worked) for one in found), strict=True)
    )
    return [f"{expected / true:.2f}"]


def _worth(found: Sequence[Found]) -> list[str]:
    captured, loss = np.mean([(one.captured, one.loss) for one in found], axis=0)
    return [f"{captured:.3f}", f"{1e4 * loss:.0f}"]


def main(arguments: list[str] | None = None) -> None:
    """Run the study, or a part of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.neglect")
    parser.add_argument("--only", action="append", choices=MARKETS, help="repeatable; default: all")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where finished cut-offs are kept")
    parser.add_argument("--write", type=Path, help="write the tables into this file, between its marks")
    options = parser.parse_args(arguments)
    lines = lines_of([one for market in options.only or MARKETS for one in studied(market, options.folder)])
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
