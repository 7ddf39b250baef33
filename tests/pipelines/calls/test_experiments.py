"""What the store keeps of an experiment, whose week it is, and when "because" is said."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.calls.experiment_effects import EffectFound
from pipelines.calls.experiment_text import sentence
from pipelines.calls.experiments import COLUMNS, Experiment, drawn_weeks, keep, members, named
from pipelines.errors import UsageError
from pipelines.serving.forgotten_rows import without_rows
from scoring.experiments.effects import Effect

KEPT = Experiment("spring", "account", ("B", "C"), 0, 0.1, 1_500, 0.14, (date(2026, 3, 2),), 4)


def who() -> pd.DataFrame:
    rows = [(f"A-{week}", "2026-03-02", week, "grade", "B", "", "inside sales", -2.0, np.nan) for week in range(4)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2026, 2, 23), {}),
        (date(2026, 3, 2), {"A-0": True, "A-1": False, "A-2": False, "A-3": False}),
        (date(2026, 3, 16), {"A-2": True, "A-3": False}),
        (date(2026, 3, 23), {"A-3": True}),
        (date(2026, 3, 30), {}),
    ],
)
def test_whose_week_it_is(tmp_path: Path, as_of: date, expected: dict[str, bool]) -> None:
    keep(tmp_path / "experiments", KEPT, who())
    (tmp_path / "experiments" / "._spring.json").write_bytes(b"\0\x05\x16\x07")
    assert drawn_weeks(tmp_path / "experiments", "account", as_of) == expected
    assert drawn_weeks(tmp_path / "experiments", "lead", as_of) == {}


def test_what_is_kept_is_read_again_and_forgotten(tmp_path: Path) -> None:
    keep(tmp_path, KEPT, who())
    assert named(tmp_path, "spring") == KEPT
    assert named(tmp_path, "autumn") is None
    assert "A-0" not in (tmp_path / "spring.json").read_text()
    assert without_rows(tmp_path / "account_spring.parquet", {"account": ["A-0"]}) == 1
    assert members(tmp_path, KEPT)["unit"].tolist() == ["A-1", "A-2", "A-3"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("../out", "", "letters, digits"),
        ("Anna-Markowitz", "", "names a person"),
        ("torn", "{", "JSONDecodeError"),
        ("later", '{"format": "x/2"}', "ValueError"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: str, why: str) -> None:
    if content:
        (tmp_path / f"{name}.json").write_text(content)
    with pytest.raises(UsageError, match=why):
        named(tmp_path, name)


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (Effect(39), "a talk: 39 known of 40 that an interval takes at least"),
        (Effect(90, 0.1, 0.02, 0.04, 0.16), "a talk: +10.0 points (+4.0 to +16.0, n = 90), because called soon"),
        (
            Effect(90, 0.1, 0.05, -0.05, 0.2),
            "a talk: +10.0 points (-5.0 to +20.0, n = 90), called soon: no effect is shown",
        ),
    ],
)
def test_because_is_said_only_where_the_interval_excludes_0(effect: Effect, expected: str) -> None:
    assert sentence(EffectFound("conversation", "called soon", "a talk", effect)) == expected
