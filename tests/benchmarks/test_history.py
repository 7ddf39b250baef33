"""The history has a line for each figure, and the tables show the figures."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.speed.growth import picture
from benchmarks.speed.history import Figure, append, median, newest, replaced, table
from benchmarks.speed.ratios import Ratio, ratios
from benchmarks.speed.ratios import table as ratio_table

NIGHT = Figure("night, first", 200_000, 12.5, 20.0, 25_000_000, "activities", 5_600_000_000, floor=2.5)


def test_a_line_of_the_history(tmp_path: Path) -> None:
    append([NIGHT], tmp_path / "history.jsonl")
    append([replace(NIGHT, stage="floor", floor=None, more={"least": 2.46129})], tmp_path / "history.jsonl")
    first, second = map(json.loads, (tmp_path / "history.jsonl").read_text().splitlines())
    assert {"date", "commit", "changed", "cores", "versions"} <= first.keys()
    assert first["versions"].keys() >= {"python", "duckdb", "ibis-framework", "lightgbm"}
    figures = ("stage", "accounts", "seconds", "rows", "rate", "peak_bytes", "ratio")
    expected = ["night, first", 200_000, 12.5, 25_000_000, 2_000_000.0, 5_600_000_000, 5.0]
    assert [first[name] for name in figures] == expected
    assert (second["ratio"], second["more"]) == (None, {"least": 2.461})


def test_the_newest_figure_of_each_stage_and_size(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    assert newest(["night, first"], file) == []
    small = replace(NIGHT, accounts=50_000, seconds=3.0)
    append([NIGHT, small, replace(NIGHT, stage="explain"), replace(NIGHT, seconds=11.0)], file)
    assert [(figure.accounts, figure.seconds) for figure in newest(["night, first"], file)] == [
        (50_000, 3.0),
        (200_000, 11.0),
    ]


def test_the_median_with_the_most_memory() -> None:
    several = [replace(NIGHT, seconds=s, peak_bytes=m) for s, m in ((9.0, 3), (1.0, 7), (4.0, 5))]
    assert median(several) == replace(NIGHT, seconds=4.0, peak_bytes=7)


def test_the_table_of_stages() -> None:
    assert table([NIGHT, replace(NIGHT, stage="--help", rows=1, of="start", seconds=0.25, floor=None)])[2:] == [
        "| night, first | 200,000 | 12.50 | 20.00 | 25,000,000 activities | 2,000,000 | 5.6 GB | 5.00 |",
        "| --help | 200,000 | 0.25 | 20.00 | 1 start | 4 | 5.6 GB |  |",
    ]


def test_the_ratios_that_the_figures_allow() -> None:
    def figure(stage: str, seconds: float, rows: int, accounts: int = 200_000, read: float = 0.0) -> Figure:
        return replace(
            NIGHT, stage=stage, seconds=seconds, rows=rows, accounts=accounts, floor=None, more={"read": read}
        )

    comparisons = ratios(
        [
            NIGHT,
            replace(NIGHT, stage="night, next", seconds=5.0),
            figure("scoring with reasons, leads", 1.0, 600_000),
            figure("LightGBM, TreeSHAP, leads", 2.0, 1_000),
            figure("features at 1 cut-off", 3.0, 20_000, 20_000, read=1.0),
            figure("features at 24 cut-offs", 6.0, 300_000, 20_000, read=1.0),
            figure("featuretools", 300.0, 300_000, 20_000),
            figure("featuretools", 1.0, 300, 500),  # our features were not measured at this size
        ]
    )
    assert comparisons == [
        Ratio("night, first, in floors", 5.0, 6.0, False),
        Ratio("night, next, in floors", 2.0, 1.0, False),
        Ratio("scoring with reasons, leads, by LightGBM, TreeSHAP, leads, rows/s", 1200.0, 500.0, True),
        Ratio("features at 24 cut-offs, by featuretools, rows/s", 50.0, 100.0, True),
        Ratio("features at 24 cut-offs, by one cut-off, 20,000 accounts, from the files", 2.0, 3.0, False),
        Ratio("features at 24 cut-offs, by one cut-off, 20,000 accounts, without reading", 2.5, 3.0, False),
    ]
    assert [ratio.reached for ratio in comparisons] == [True, False, True, False, True, True]
    assert ratio_table(comparisons)[2:5] == [
        "| night, first, in floors | 5.00 | at most 6 | yes |",
        "| night, next, in floors | 2.00 | at most 1 | no |",
        "| scoring with reasons, leads, by LightGBM, TreeSHAP, leads, rows/s | 1,200 | at least 500 | yes |",
    ]


def test_a_table_is_written_between_its_marks() -> None:
    text = "Said.\n<!-- made by `python -m benchmarks.speed`: stages -->\nold\n<!-- to here: stages -->\nMore.\n"
    new = replaced(text, "stages", ["| a |"])
    assert new == (
        "Said.\n<!-- made by `python -m benchmarks.speed`: stages -->\n\n| a |\n\n<!-- to here: stages -->\nMore.\n"
    )
    assert replaced(new, "stages", ["| a |"]) == new
    with pytest.raises(
        ValueError, match=r"no marks <!-- made by .*: ratios --> and <!-- to here: ratios -->: put each"
    ):
        replaced(text, "ratios", [])


def test_the_growth_is_a_picture_of_its_figures() -> None:
    from xml.etree import ElementTree

    sizes = ((50_000, 1.0), (100_000, 2.0), (1_000_000, 30.0))
    figures = [replace(NIGHT, accounts=size, seconds=seconds, peak_bytes=10**9) for size, seconds in sizes]
    figures += [replace(figure, stage="night, next", seconds=figure.seconds / 10) for figure in figures]
    drawn = ElementTree.fromstring(picture(figures))
    words = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Seconds", "Peak memory, GB", "night, first", "night, next", "in proportion", "1 M", "50,000"} <= set(words)
    # Two plots of two stages at three sizes.
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}circle"))) == 12
    pens = [element.get("points") for element in drawn.iter("{http://www.w3.org/2000/svg}polyline")]
    # From 0.1 to 100 seconds: a hundredth of the height is a tenth of three decades; y points down.
    assert "0,66.7 23.14,56.6 100,17.4" in pens
    assert "0,66.7 100,23.3" in pens  # in proportion: 20 seconds for 20 times the accounts
    with pytest.raises(ValueError, match=r"two sizes or more, found sizes \[50000\]"):
        picture(figures[:1])
