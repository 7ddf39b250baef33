"""The shapes of cells by Python alone: what `scoring.cells.shapes.shapes_in` must find on every engine."""

import re
from collections.abc import Iterable

from scoring.cells import cells
from scoring.cells.shapes import LONGEST, CellShape

ZERO = r"^[^0-9]*0"
FIRST = r"^[^0-9]*([0-9]{1,19})"
SECOND = r"^[^0-9]*[0-9]+[^0-9]+([0-9]{1,19})"
#: The largest number that an engine counts.
LARGEST = 2**63 - 1


def shapes_of(written: Iterable[str]) -> list[CellShape]:
    """The shapes of some texts; empty ones are left out."""
    found: dict[tuple[str, bool], list[tuple[int, int]]] = {}
    for cell in written:
        word = cell.strip()
        if word.lower() in cells.NULL_WORDS:
            continue
        pattern = re.sub("[0-9]", "9", word) if len(word) <= LONGEST else ""
        numbers = [int(match[1]) if (match := re.search(which, word)) else 0 for which in (FIRST, SECOND)]
        numbers = [number if number <= LARGEST else 0 for number in numbers]
        found.setdefault((pattern, re.search(ZERO, word) is not None), []).append((numbers[0], numbers[1]))
    return [
        CellShape(
            pattern,
            zero,
            len(numbers),
            sum(first > 12 for first, _ in numbers),
            sum(second > 12 for _, second in numbers),
            min(first for first, _ in numbers),
            max(first for first, _ in numbers),
        )
        for (pattern, zero), numbers in found.items()
    ]
