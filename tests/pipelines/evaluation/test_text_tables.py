"""The comparison as a person reads it: literal lines, for a terminal and for a document."""

from typing import Any

import pytest

from pipelines.evaluation.comparison_table import COLUMNS, figure, markdown, rows, text, told


def said(value: float | None, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    return {"value": value, "low": low, "high": high}


#: One that ranks and foretells, one that only ranks, and one that nobody gave a name.
COMPARISON: dict[str, Any] = {
    "wins": 1_234,
    "revenue": 5_600_000.4,
    "share": 0.05,
    "contenders": {
        "closedwon": {
            "measures": {
                "revenue_captured": said(0.512, 0.461, 0.56),
                "auc": said(0.7444, 0.7, 0.79),
                "brier_skill": said(-0.012, -0.05, 0.01),
                "ratio": said(1.0, 0.9, 1.1),
                "touch_correlation": said(0.3, 0.2, 0.4),
            }
        },
        "touches": {
            "measures": {"revenue_captured": said(0.25, None, None), "auc": said(0.5)},
            "closedwon_minus": {"revenue_captured": said(0.262, 0.2, 0.32)},
        },
        "house_rule": {"measures": {"revenue_captured": said(None)}, "closedwon_minus": {}},
    },
}


@pytest.mark.parametrize(
    ("found", "form", "written"),
    [
        (said(0.512, 0.461, 0.56), ".1%", "51.2 % (46.1 to 56.0)"),
        (said(0.512, 0.461, 0.56), ".3f", "0.512 (0.461 to 0.560)"),
        (said(-0.05, -0.1, 0.0), "+.1%", "-5.0 % (-10.0 to +0.0)"),
        (said(0.0, 0.0, 0.0), ".2f", "0.00 (0.00 to 0.00)"),
        (said(0.25), ".1%", "25.0 %"),
        (said(1.0), ".2f", "1.00"),
        (said(None), ".1%", "-"),
        (None, ".1%", "-"),
    ],
)
def test_a_figure_with_its_interval(found: Any, form: str, written: str) -> None:
    assert figure(found, form) == written


def test_a_row_for_each_contender_by_the_name_that_people_call_it() -> None:
    head, *body = rows(COMPARISON)
    assert head == ["", *(heading for heading, *_ in COLUMNS)]
    assert [row[:4] for row in body] == [
        ["closedwon", "51.2 % (46.1 to 56.0)", "-", "0.744 (0.700 to 0.790)"],
        ["touch count", "25.0 %", "+26.2 % (+20.0 to +32.0)", "0.500"],
        ["house_rule", "-", "-", "-"],
    ]


def test_lines_for_a_terminal_stand_in_columns() -> None:
    head, *body = text(COMPARISON)
    assert head.startswith("             revenue captured       closedwon's lead")
    assert " ".join(body[0].split()) == "closedwon 51.2 % (46.1 to 56.0) - 0.744 -0.012 1.00 0.30"
    assert body[1].startswith("touch count  25.0 %                 +26.2 % (+20.0 to +32.0)  0.500  ")
    assert [line for line in [head, *body] if line != line.rstrip()] == []


def test_lines_for_a_document() -> None:
    head, rule, *body = markdown(COMPARISON)
    assert head == (
        "|  | revenue captured | closedwon's lead | AUC | Brier skill | predicted / actual | like touch count |"
    )
    assert rule == "| --- | --- | --- | --- | --- | --- | --- |"
    assert body[1] == "| touch count | 25.0 % | +26.2 % (+20.0 to +32.0) | 0.500 | - | - | - |"
    assert len(body) == 3


def test_what_the_table_is_made_of_stands_above_it() -> None:
    cut_offs = [{"as_of": "2025-08-31"}, {"as_of": "2025-09-30"}]
    evidence = {"entity": "lead", "horizon_days": 90, "cut_offs": cut_offs, "comparison": COMPARISON}
    first, second, empty, *table = told(evidence)
    assert first == (
        "Leads, 90 days ahead, on 2 cut-offs from 2025-08-31 to 2025-09-30: 1,234 wins worth 5,600,000 (horizons that "
        "overlap count each),"
    )
    assert second == "captured by working the best 5.0% of those open, with 95 % intervals:"
    assert (empty, table) == ("", text(COMPARISON))
