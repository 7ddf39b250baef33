"""What machines that click cost, and what `[input] bots` brings back.

    python -m benchmarks.bots --write docs/evidence.md
    python -m benchmarks.bots --seed 7          # a part; what is finished is kept

The same simulated market twice: as it is, and with accounts behind mail gateways that click. A scorecard is trained on
each with and without the rules, and ranks the open accounts beside the truth. The points of the MQL rule rank as well.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from pipelines.config import Config
from pipelines.demo import HORIZON_DAYS, write_crm
from pipelines.intake.point_in_time import read_export
from pipelines.training.fitting import fit
from pipelines.training.training_set import build_training_set
from scoring.evidence.mql import MqlRule
from scoring.simulator import Market, simulate
from scoring.simulator.parameters import Parameters

BEGIN, END = document.marks("bots")
FOLDER = Path(".bench/bots")
SEEDS, ACCOUNTS = (7, 8, 11), 3_000
CLEAN, CLICKED = Parameters(), Parameters(scanner_share=0.15, follower_share=0.1)
#: What is compared: the words, whether machines click, and the setting; without one, the MQL rule ranks.
RANKINGS = (
    ("closedwon, nobody clicks but people", False, "off"),
    ("the same, with the rules of behaviour", False, "behaviour"),
    ("closedwon, machines click, without the rules", True, "off"),
    ("closedwon, machines click, with the rules", True, "behaviour"),
    ("MQL points, nobody clicks but people", False, ""),
    ("MQL points, machines click", True, ""),
)
#: The share of the open accounts that sales can work, and the days whose points count.
CAPACITY, POINT_DAYS = 0.05, 90


@dataclass(frozen=True)
class Found:
    """One ranking of one market.

    Attributes
    ----------
    seed : int
    ranking : str
    captured : float
        The share of the true expected revenue of the best 5 % that its best 5 % have.
    machines, caught : int
        Touches of machines, and how many of them are set aside.
    people, wronged : int
        People with touches of their own, and those of whom at least one is set aside.
    """

    seed: int
    ranking: str
    captured: float
    machines: int
    caught: int
    people: int
    wronged: int


def measured(seed: int, ranking: tuple[str, bool, str], market: Market) -> Found:
    """Rank the open accounts of a market at its default cut, beside the truth."""
    words, _, bots = ranking
    day = market.as_of.date()
    tables = market.export(day)
    true = market.truth(day, HORIZON_DAYS // 7 * 7).set_index("account_id")
    touches = tables["activities"]
    if not bots:
        open_ones = true[~true["is_customer"]]
        points = _points(touches, tables["leads"], market.as_of).reindex(open_ones.index).fillna(0.0)
        return Found(seed, words, _captured(points.to_numpy(), open_ones["expected_revenue"].to_numpy()), 0, 0, 0, 0)
    plain = Config()
    training = replace(plain.training, horizon_days=HORIZON_DAYS, resamples=0)
    config = replace(plain, training=training, input=replace(plain.input, bots=bots))
    with tempfile.TemporaryDirectory(prefix="closedwon-bots-") as folder:
        write_crm(tables, Path(folder) / "crm")
        export = read_export(Path(folder) / "crm", config, day, lambda text: None)
        known = build_training_set(export.tables, "account", export.day, config, keep=export.keep)
        fitted = fit(known, config)
        assert export.intake.tables.activities is not None
        kept = set(export.intake.tables.activities.activity_id.to_pyarrow().to_pylist())
    scores = fitted.scorecard.lookup.score(fitted.today)
    value = true["expected_revenue"].reindex(fitted.today["unit"].astype(str)).fillna(0.0).to_numpy()
    by_machine = touches["activity_id"].isin(market.machines)
    aside = ~touches["activity_id"].isin(kept)
    own = touches[~by_machine & touches["lead_id"].notna()]
    return Found(
        seed,
        words,
        _captured(scores["expected_revenue"], value),
        int(by_machine.sum()),
        int((by_machine & aside).sum()),
        own["lead_id"].nunique(),
        own.loc[aside.reindex(own.index), "lead_id"].nunique(),
    )


def _points(touches: pd.DataFrame, leads: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """The points of each account by the usual MQL rule, each touch counted."""
    rule = MqlRule()
    recent = touches[
        touches["occurred_at"].ge(as_of - pd.Timedelta(days=POINT_DAYS)) & touches["direction"].eq("inbound")
    ]
    whose = recent["account_id"].fillna(recent["lead_id"].map(leads.set_index("lead_id")["account_id"]))
    worth = recent["activity_type"].astype(str).map({kind: rule.of(kind) for kind in recent["activity_type"].unique()})
    return worth.groupby(whose).sum()


def _captured(rank: np.ndarray, value: np.ndarray) -> float:
    most = max(1, round(CAPACITY * len(value)))
    best = np.sort(value)[::-1][:most].sum()
    return float(value[np.argsort(-rank, kind="stable")[:most]].sum() / best)


def studied(seed: int, kept: Path) -> Iterator[Found]:
    """The rankings of one seed, those that are kept already among them."""
    made: dict[bool, Market] = {}
    for i, ranking in enumerate(RANKINGS):
        file = kept / f"{seed}-{i}.json"
        if not file.exists():
            clicked = ranking[1]
            if clicked not in made:
                made[clicked] = simulate(ACCOUNTS, seed=seed, parameters=CLICKED if clicked else CLEAN)
            found = measured(seed, ranking, made[clicked])
            print(found, flush=True)
            kept.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(asdict(found)), encoding="utf-8")
        yield Found(**json.loads(file.read_text(encoding="utf-8")))


def lines_of(found: Sequence[Found]) -> list[str]:
    """The table: what each ranking captures, and who is set aside."""
    rows = []
    for words, _, bots in RANKINGS:
        some = [one for one in found if one.ranking == words]
        captured = [one.captured for one in some]
        machines, caught, people, wronged = (
            sum(getattr(one, name) for one in some) for name in ("machines", "caught", "people", "wronged")
        )
        each = ", ".join(f"{one:.3f}" for one in captured)
        rows.append(
            [
                *(words, f"{np.mean(captured):.3f}", each),
                f"{caught / machines:.1%} of {machines:,}" if machines else "-",
                f"{wronged / people:.2%}" if bots and people else "-",
            ]
        )
    head = ["ranking", "captured", "each seed", "touches of machines set aside", "people set aside from wrongly"]
    return document.table(head, rows, ["---", *["---:"] * 4])


def main(arguments: list[str] | None = None) -> None:
    """Run the study, or a part of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bots")
    parser.add_argument("--seed", action="append", type=int, help="repeatable; default: all")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where finished rankings are kept")
    parser.add_argument("--write", type=Path, help="write the table into this file, between its marks")
    options = parser.parse_args(arguments)
    lines = lines_of([one for seed in options.seed or SEEDS for one in studied(seed, options.folder)])
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
