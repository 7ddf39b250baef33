"""The findings of a backtest, for a notebook: tables of the evidence, and two configurations compared."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from pipelines.config import Config
from pipelines.evaluation.backtest import build_evidence, compare_forecasts, cut_off_days, prepared_cut_offs
from pipelines.evaluation.parallel import backtest_all
from pipelines.evaluation.text_tables import backtest_lines, rows
from pipelines.intake.point_in_time import Export
from pipelines.reports.notebook.picture import Picture, of_curve
from scoring.entity import Entity
from scoring.evidence.backtest_evidence import BacktestEvidence
from scoring.evidence.baselines import CLOSEDWON
from scoring.evidence.comparison_result import Comparison, Measure
from scoring.evidence.plain import to_plain

OTHER = "other"


@dataclass(frozen=True)
class StudyBacktest:
    """The backtest of a configuration.

    Attributes
    ----------
    evidence : BacktestEvidence
        What the report is made from; `to_json` gives it as dicts.
    frame : DataFrame
        The forecasts: a row for each open entity at each cut-off, with its outcome.
    config : Config
        The configuration.
    """

    evidence: BacktestEvidence = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    config: Config = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """The comparison as a person reads it: each figure with its 95 % interval."""
        return _table(rows(self.evidence.comparison))

    @property
    def measures(self) -> pd.DataFrame:
        """Every measure as numbers: `ranking`, `measure`, `value`, `low`, `high`, and closedwon's lead likewise."""
        return _measures(self.evidence.comparison)

    def curve(self) -> Picture:
        """A picture of what is captured by share worked."""
        return of_curve(self.evidence)

    def against(self, other: "StudyBacktest") -> pd.DataFrame:
        """The measures of this configuration minus the other's, on the same rows and in pairs on the same resamples.

        Parameters
        ----------
        other : StudyBacktest
            The backtest of another configuration on the same export, entity and cut-offs.

        Returns
        -------
        DataFrame
            By measure: `this`, `other`, `difference`, and `low` and `high`, its 95 % interval.

        Raises
        ------
        ValueError
            If the two do not have the same rows.
        """
        keys = ["unit", "as_of"]
        others = other.frame[[*keys, f"value_{CLOSEDWON}", f"p_{CLOSEDWON}"]]
        others = others.rename(columns={f"value_{CLOSEDWON}": f"value_{OTHER}", f"p_{CLOSEDWON}": f"p_{OTHER}"})
        both = self.frame.merge(others, on=keys, how="outer", indicator=True)
        if (both["_merge"] != "both").any():
            raise ValueError("the two backtests have different rows: give both the same entity, export and cut-offs")
        names = [CLOSEDWON, OTHER]
        found = compare_forecasts(both.drop(columns="_merge"), names, self.evidence.entity, self.config).rankings
        own, others_own = found[CLOSEDWON].measures, found[OTHER].measures
        return pd.DataFrame(
            {
                name: {
                    "this": own[name].value,
                    "other": others_own[name].value,
                    "difference": difference.value,
                    "low": difference.low,
                    "high": difference.high,
                }
                for name, difference in found[OTHER].minus(CLOSEDWON).items()
            }
        ).T

    def __repr__(self) -> str:
        return "\n".join(backtest_lines(self.evidence))

    def _repr_html_(self) -> str:
        heading = backtest_lines(self.evidence)[:2]
        return f"<p>{' '.join(heading)}</p>{self.table.to_html()}"


def backtest_study(export: Export, entity: Entity, config: Config, folder: Path) -> StudyBacktest:
    """Backtest a configuration without messages.

    Parameters
    ----------
    export : Export
    entity : {"account", "lead"}
    config : Config
    folder : Path
        Where finished cut-offs are kept.

    Raises
    ------
    Refused
        If the history is too short.
    """

    def say(text: str) -> None:
        """Say nothing: a notebook shows results."""

    days = cut_off_days(export, entity, config, config.backtest.cut_offs, say)
    with prepared_cut_offs(export, entity, config, folder, days) as cut_offs:
        found = backtest_all(cut_offs, config, say)
        frame = pd.concat([cut_off.forecast() for cut_off, _ in found], ignore_index=True)
        return StudyBacktest(build_evidence(found, entity, config, export), frame, config)


def _table(cells: list[list[str]]) -> pd.DataFrame:
    head, *body = cells
    return pd.DataFrame([row[1:] for row in body], index=[row[0] for row in body], columns=head[1:])


def _measures(comparison: Comparison) -> pd.DataFrame:
    found = []
    for ranking, figures in comparison.rankings.items():
        for name, measure in figures.measures.items():
            lead = figures.minus(CLOSEDWON).get(name, Measure(None))
            leads = {"lead_value": lead.value, "lead_low": lead.low, "lead_high": lead.high}
            found.append({"ranking": ranking, "measure": name, **to_plain(measure), **leads})
    return pd.DataFrame(found)
