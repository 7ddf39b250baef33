"""bpi2012 with the steps of its deals mapped as stages, beside the plain mapping, by `forecasts.protocol`.

    CLOSEDWON_REAL_DATA=<folder> python -m benchmarks.mapped_steps --write docs/evidence.md

In bpi2012 an application's own steps (`A_SUBMITTED`, `O_SENT`) are activities, most of the bank and so outbound, which
change no score. Mapped, those that `check` suggests are rows of `opportunity_history` and no activities. Both
forms are trained and measured at cut-offs whose horizon ends before the published one, and at that, on all that are not
yet won: AUC, Brier skill, log loss, predicted over actual wins, and the share of revenue of the best 5 %.
"""

import argparse
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import document
from benchmarks.calibration import REAL
from benchmarks.forecasts.protocol import HoldOut, hold_out, known_at, measures, outcomes, read_tables
from pipelines.config import Config
from pipelines.intake.point_in_time import read_export
from pipelines.quality.deal_steps import deal_steps
from pipelines.training.fitting import fit_scorecard

BEGIN, END = document.marks("mapped_steps")
DATA_SET = "bpi2012"
SHARES = (0.05,)
FORMS = ("plain", "steps as stages")
Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Measured:
    """One form of the export at one cut-off."""

    day: str
    form: str
    wins: int
    figures: tuple[float, ...]


def mapped(tables: Frames, steps: Iterable[str]) -> Frames:
    """The tables with these activity types as stages of the deal of their lead, and no longer as activities."""
    touches, deals = tables["activities"], tables["opportunities"]
    of_steps = touches["activity_type"].isin(list(steps))
    rows = touches[of_steps].merge(deals[["lead_id", "opportunity_id"]], on="lead_id")
    history = rows.rename(columns={"occurred_at": "changed_at", "activity_type": "stage"})
    return tables | {
        "activities": touches[~of_steps].reset_index(drop=True),
        "opportunity_history": history[["opportunity_id", "changed_at", "stage"]],
    }


def measured(case: HoldOut) -> list[Measured]:
    """Both forms at one cut-off."""
    known = known_at(read_tables(case.folder), case.as_of)
    truth = outcomes(case.folder, case.as_of, case.horizon_days).set_index("lead_id")
    steps: list[str] = []
    found = []
    for form in FORMS:
        tables = known if form == "plain" else mapped(known, steps)
        with tempfile.TemporaryDirectory(prefix="closedwon-steps-") as folder:
            for name, table in tables.items():
                table.to_parquet(Path(folder, f"{name}.parquet"), index=False)
            config = replace(Config(), training=replace(Config().training, horizon_days=case.horizon_days, resamples=0))
            export = read_export(Path(folder), config, case.as_of.date(), lambda text: None)
            if form == "plain":
                steps = [name for family in deal_steps(export.tables) for name in family.types]
                print(f"{case.as_of:%Y-%m-%d}: suggested as stages: {', '.join(steps)}", flush=True)
            fitted = fit_scorecard(export.tables, "lead", export.day, config, keep=export.keep)
            scores = pd.DataFrame(fitted.scorecard.lookup.score(fitted.today))
            scores.index = pd.Index(fitted.today["unit"].astype(str))
        both = truth.join(scores[["win_probability", "expected_revenue"]], how="left").fillna(0.0)
        found.append(Measured(f"{case.as_of:%Y-%m-%d}", form, int(both["won"].sum()), _figures(both)))
        print(found[-1], flush=True)
    return found


def _figures(both: pd.DataFrame) -> tuple[float, ...]:
    m = measures(both["won"], both["win_probability"])
    value, worth = both["expected_revenue"].to_numpy(), both["amount"].to_numpy()
    order = np.argsort(-value, kind="stable")
    shares = [float(worth[order[: round(share * len(order))]].sum() / worth.sum()) for share in SHARES]
    return (m["auc"], m["brier_skill"], m["log_loss"], m["ratio"], *shares)


def lines_of(found: list[Measured], published: str) -> list[str]:
    """The table: each cut-off in both forms, then the mean of the earlier ones."""
    forms = ("{:.3f}", "{:.3f}", "{:.4f}", "{:.2f}", "{:.1%}")
    rows = [
        [
            one.day + (" (published)" if one.day == published else ""),
            str(one.wins),
            one.form,
            *(form.format(x) for form, x in zip(forms, one.figures, strict=True)),
        ]
        for one in found
    ]
    earlier = [one for one in found if one.day != published]
    for form in FORMS if earlier else ():
        mean = np.mean([one.figures for one in earlier if one.form == form], axis=0)
        rows.append(["mean of the earlier", "", form, *(f.format(x) for f, x in zip(forms, mean, strict=True))])
    heads = ["cut-off", "wins", "form", "AUC", "Brier skill", "log loss", "predicted / actual"]
    heads += [f"revenue in the best {share:.0%}" for share in SHARES]
    return document.table(heads, rows, ["---", "---:", "---", *["---:"] * 5])


def main(arguments: list[str] | None = None) -> None:
    """Measure both forms at all cut-offs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mapped_steps")
    parser.add_argument("--as-of", action="append", help="repeatable; default: the earlier cut-offs and the published")
    parser.add_argument("--write", type=Path, help="write the table into this file, between its marks")
    options = parser.parse_args(arguments)
    root = os.environ.get("CLOSEDWON_REAL_DATA")
    if not root:
        print(f"skipped: CLOSEDWON_REAL_DATA is not set; it names the folder that holds {DATA_SET}")
        return
    published = hold_out(Path(root, DATA_SET))
    days = options.as_of or [*REAL[DATA_SET][1][:3], f"{published.as_of:%Y-%m-%d}"]
    found = [one for day in days for one in measured(hold_out(Path(root, DATA_SET), day))]
    lines = lines_of(found, f"{published.as_of:%Y-%m-%d}")
    print("\n".join(lines))
    if options.write:
        document.update(options.write, BEGIN, END, lines)


if __name__ == "__main__":
    main()
