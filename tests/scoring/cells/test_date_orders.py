"""The order of days and months that some columns of an export show, and others are read by."""

import pytest

from scoring.cells.date_orders import DateColumn, date_column, proved_order
from scoring.cells.time_forms import DAY_FIRST, MONTH_FIRST
from tests.scoring.cells.shapes_of_texts import shapes_of

DAY, TIMED = frozenset({("/", False)}), frozenset({("/", True)})


def _column(table: str, forms: frozenset[tuple[str, bool]], order: str = "") -> DateColumn:
    return DateColumn(table, "on", forms, order)


@pytest.mark.parametrize(
    ("columns", "proving", "order"),
    [
        # Another table shows it in the same form.
        ([_column("a", DAY), _column("b", DAY, DAY_FIRST)], 1, DAY_FIRST),
        ([_column("a", DAY), _column("b", DAY, MONTH_FIRST), _column("c", TIMED, MONTH_FIRST)], 1, MONTH_FIRST),
        # Nothing is in doubt, or its own table shows it.
        ([_column("b", DAY, DAY_FIRST)], 1, ""),
        ([_column("b", TIMED), _column("b", DAY, DAY_FIRST)], 1, ""),
        # The proof is of another form, of somebody's text, or there are two that contradict each other.
        ([_column("a", TIMED), _column("b", DAY, DAY_FIRST)], 1, ""),
        ([_column("a", DAY), _column("b", frozenset({("-", False)}), DAY_FIRST)], 1, ""),
        ([_column("a", DAY), _column("b", DAY, DAY_FIRST)], 0, ""),
        ([_column("a", DAY), _column("b", DAY, DAY_FIRST), _column("c", TIMED, MONTH_FIRST)], 1, ""),
        ([_column("a", DAY), _column("b", DAY)], 2, ""),
    ],
)
def test_an_order_is_proved_by_columns_of_the_same_form_that_agree(
    columns: list[DateColumn], proving: int, order: str
) -> None:
    found = proved_order(columns, columns[1 : 1 + proving] if len(columns) > 1 else columns[:proving])
    assert (found.order if found else "") == order


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["13/05/2025", "01/02/2025"], (DAY, DAY_FIRST)),
        (["01/02/2025 10:00", "03/04/2025 11:00"], (TIMED, "")),
        (["02/23/26", "02/23/26 08:55 PM"], (DAY | TIMED, MONTH_FIRST)),
        (["01.02.2025", "13.02.2025"], None),  # points have the day first
        (["2025-01-02"], None),
        (["1/2 of it"], None),
    ],
)
def test_what_a_column_shows(cells: list[str], found: tuple[frozenset[tuple[str, bool]], str] | None) -> None:
    column = date_column("a", "on", shapes_of(cells))
    assert ((column.forms, column.order) if column else None) == found
