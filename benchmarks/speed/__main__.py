"""The time and memory of all stages at one size, beside a floor and beside peers on the same rows.

    python -m benchmarks.speed                                        # 200,000 accounts, all stages
    python -m benchmarks.speed --accounts 20000 --stages first next   # two of them, smaller
    python -m benchmarks.speed --growth 50000 100000 200000           # how a night grows; draws docs/growth.svg

Each stage runs in a process of its own, on data of the simulator that is made once and kept in .bench. The
floor is one plain DuckDB join of activities to leads, grouped by account and type, from the same files in the same
run: three times before the stages and three times after them. Every figure becomes a line of benchmarks/history.jsonl.
"""

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.speed import history, ratios
from benchmarks.speed.data import CACHE, NEXT, Data
from benchmarks.speed.history import Figure
from benchmarks.speed.stages import CUT_OFFS, ENTITIES, IMPORTS, PYTHON, Bench, start
from pipelines.disk import write_text

STAGES = (
    *("first", "next", "rebuilt", "training", "features", "scoring", "lightgbm"),
    *("sql", "polars", "pandas", "featuretools", "explain", "start"),
)
GROWTH = Path(__file__).parents[2] / "docs" / "growth.svg"


def measured(bench: Bench, stages: Sequence[str]) -> list[Figure]:
    """Run the stages between two measurements of the floor, and give all figures with the floor of this run."""
    bench.make_data()
    floors = [bench.work("floor", bench.data, ("floor", bench.data.export(NEXT)))]
    for stage in STAGES:
        if stage in stages:
            _run(bench, stage)
    floors.append(bench.work("floor", bench.data, ("floor", bench.data.export(NEXT))))
    times = [figure.more[f"time {i}"] for figure in floors for i in (1, 2, 3)]
    level = statistics.median(times)
    more = {"least": min(times), "most": max(times), "before": floors[0].seconds, "after": floors[1].seconds}
    bench.figures.insert(0, replace(floors[0], seconds=level, more=more))
    same = bench.data.accounts
    return [replace(figure, floor=level) if figure.accounts == same else figure for figure in bench.figures]


def _run(bench: Bench, stage: str) -> None:
    if stage == "first":
        bench.take("night, first", bench.first)
    elif stage == "next":
        bench.take("night, next", bench.next)
    elif stage == "rebuilt":
        bench.take("night, next, rebuilt", lambda: bench.next("--rebuild"))
    elif stage == "training":
        bench.take("training", bench.training)
    elif stage == "features":
        for data in dict.fromkeys((bench.data, bench.peers)):
            for many in (1, CUT_OFFS):
                bench.take(f"features at {many}", lambda data=data, many=many: bench.features(data, many))
    elif stage in ("scoring", "lightgbm"):
        for entity in ENTITIES:
            file = bench.matrix(entity)
            if stage == "scoring":
                bench.take(f"scoring, {entity}s", lambda e=entity, file=file: bench.scoring(e, file))
            for way in ("bare", "shap") if stage == "lightgbm" else ():
                bench.take(f"{way}, {entity}s", lambda e=entity, file=file, way=way: bench.lightgbm(e, file, way))
    elif stage == "pandas":
        for way in ("once", "each"):
            bench.take(f"pandas, {way}", lambda way=way: bench.pandas(way))
    elif stage in ("sql", "polars", "featuretools"):
        bench.take(stage, getattr(bench, stage))
    elif stage == "explain":
        bench.after_first()
        for name in ("explain, from the export", "explain, as served"):
            bench.take(name, lambda name=name: bench.explain(name))
    else:
        _starts(bench)


def _starts(bench: Bench) -> None:
    accounts = bench.data.accounts
    bench.say("start ...")
    bench.figures.append(start([PYTHON, "-c", "pass"], "python", accounts))
    bench.figures.append(start([PYTHON, "-m", "pipelines", "--help"], "--help", accounts))
    for module in IMPORTS:
        bench.figures.append(start([PYTHON, "-c", f"import {module}"], f"python and import {module}", accounts, 3))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=200_000, help="size of the market; about 120 activities each")
    parser.add_argument("--peer-accounts", type=int, default=20_000, help="size for the peers that make features")
    parser.add_argument("--champion-accounts", type=int, default=20_000, help="size that the champions learn from")
    parser.add_argument("--stages", nargs="+", choices=STAGES, default=STAGES)
    parser.add_argument("--repeat", type=int, default=1, help="runs of each stage; the median counts")
    parser.add_argument(
        "--growth", type=int, nargs="*", help="measure the first and next night at these sizes, and draw the picture"
    )
    parser.add_argument("--cache", type=Path, default=CACHE, help="where data and stores are kept")
    parser.add_argument("--history", type=Path, default=history.HISTORY)
    parser.add_argument("--picture", type=Path, default=GROWTH, help="where --growth draws")
    parser.add_argument("--write", type=Path, help="write the tables into this document, between their marks")
    options = parser.parse_args(arguments)
    options.cache = options.cache.resolve()
    peers, small = (Data(size, options.cache) for size in (options.peer_accounts, options.champion_accounts))
    grows = options.growth is not None
    figures: list[Figure] = []
    for size in (options.growth or [50_000, 100_000, 200_000]) if grows else [options.accounts]:
        bench = Bench(Data(size, options.cache), peers, small, options.repeat, lambda text: print(text, flush=True))
        measured_figures = measured(bench, ("first", "next") if grows else options.stages)
        history.append(measured_figures, options.history)
        figures += measured_figures
    tables = {"growth": history.table(figures)} if grows else {"stages": history.table(figures)}
    if not grows:
        tables["ratios"] = ratios.table(ratios.ratios(figures))
    if grows:
        from benchmarks.speed.growth import DRAWN, picture

        known = history.newest(DRAWN, options.history)  # also of sizes measured in other runs
        write_text(options.picture, picture(known))
    for name, lines in tables.items():
        print("\n".join(["", *lines]))
        if options.write:
            text = options.write.read_text(encoding="utf-8")
            write_text(options.write, history.replaced(text, name, lines))


if __name__ == "__main__":
    main()
