"""What a backtest found, for a notebook: tables of the evidence, and one configuration held against another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.config import Config
from pipelines.evaluation.backtest import compared, cut_off_days, evidence_of, judged_of, orders
from pipelines.evaluation.comparison_table import rows, told
from pipelines.intake.point_in_time import Export
from pipelines.reports.notebook.picture import Picture, of_curve
from scoring.entity import Entity
from scoring.evidence.baselines import CLOSEDWON

OTHER = "other"


@dataclass(frozen=True)
class StudyBacktest:
    """A configuration judged on past days.

    Attributes
    ----------
    evidence : dict
        What the report is made from.
    frame : DataFrame
        The forecasts: a row for each open entity at each cut-off, with what came true.
    """

    evidence: dict[str, Any] = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    config: Config = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """The comparison as a person reads it: each figure with its 95 % interval."""
        return _table(rows(self.evidence["comparison"]))

    @property
    def measures(self) -> pd.DataFrame:
        """Every measure as numbers: `contender`, `measure`, `value`, `low`, `high`, and closedwon's lead likewise."""
        return _measures(self.evidence["comparison"])

    def curve(self) -> Picture:
        """What is captured against the share worked."""
        return of_curve(self.evidence)

    def against(self, other: "StudyBacktest") -> pd.DataFrame:
        """The measures of this configuration minus the other's, on the same rows and in pairs on the same resamples.

        Returns
        -------
        DataFrame
            By measure: `this`, `other`, `difference`, and `low` and `high`, its 95 % interval.

        Raises
        ------
        ValueError
            If the two were not judged on the same rows.
        """
        keys = ["unit", "as_of"]
        theirs = other.frame[[*keys, f"value_{CLOSEDWON}", f"p_{CLOSEDWON}"]]
        theirs = theirs.rename(columns={f"value_{CLOSEDWON}": f"value_{OTHER}", f"p_{CLOSEDWON}": f"p_{OTHER}"})
        both = self.frame.merge(theirs, on=keys, how="outer", indicator=True)
        if (both["_merge"] != "both").any():
            raise ValueError("the two were judged on other rows: give both the same entity, export and cut-offs")
        entity = self.evidence["entity"]
        found = compared(both.drop(columns="_merge"), [CLOSEDWON, OTHER], entity, self.config)["contenders"]
        return pd.DataFrame(
            {
                measure: {
                    "this": found[CLOSEDWON]["measures"][measure]["value"],
                    "other": found[OTHER]["measures"][measure]["value"],
                    "difference": said["value"],
                    "low": said["low"],
                    "high": said["high"],
                }
                for measure, said in found[OTHER][f"{CLOSEDWON}_minus"].items()
            }
        ).T

    def __repr__(self) -> str:
        return "\n".join(told(self.evidence))

    def _repr_html_(self) -> str:
        lead = told(self.evidence)
        return f"<p>{' '.join(lead[:2])}</p>{self.table.to_html()}"


def backtest_study(export: Export, entity: Entity, config: Config, folder: Path) -> StudyBacktest:
    """Judge a configuration on past days, quietly.

    Raises
    ------
    Refused
        If the history is too short.
    """

    def say(text: str) -> None:
        """Say nothing: a notebook shows results."""

    days = cut_off_days(export, entity, config, config.backtest.cut_offs, say)
    with orders(export, entity, config, folder, days) as ordered:
        found = judged_of(ordered, config, say)
        frame = pd.concat([order.forecast() for order, _ in found], ignore_index=True)
        return StudyBacktest(evidence_of(found, entity, config, export), frame, config)


def _table(cells: list[list[str]]) -> pd.DataFrame:
    head, *body = cells
    return pd.DataFrame([row[1:] for row in body], index=[row[0] for row in body], columns=head[1:])


def _measures(comparison: Mapping[str, Any]) -> pd.DataFrame:
    found = []
    for name, said in comparison["contenders"].items():
        for measure, figure in said["measures"].items():
            lead = said.get(f"{CLOSEDWON}_minus", {}).get(measure, {})
            more = {f"lead_{key}": lead.get(key) for key in ("value", "low", "high")}
            found.append({"contender": name, "measure": measure, **figure, **more})
    return pd.DataFrame(found)
