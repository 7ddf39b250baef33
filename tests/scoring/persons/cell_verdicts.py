"""What an engine makes of cells that hold something of a person, and of cells that only look so."""

from typing import Any

import ibis

from scoring.persons import cells
from scoring.persons.written import SURE
from tests.scoring.persons.example_cells import DOUBTFUL, GUILTY, INNOCENT

#: Those of the literal tables, and commands to a terminal, blanks, nothing, names and words of traits.
CELLS = (
    *dict.fromkeys(line.strip() for text in (*GUILTY.values(), DOUBTFUL, INNOCENT) for line in text.splitlines()),
    *("\x1b[31mFair\x1b[0m", "a\tb\u200bc", " \u202eabc", "  ", "Ada Lovelace", "Müller, Anna", "female", "M"),
)


def verdicts(connection: Any) -> list[dict[str, Any]]:
    """What each pattern says of each cell, and what is shown of it."""
    table = ibis.memtable(
        {"place": range(len(CELLS)), "cell": list(CELLS)}, schema={"place": "int64", "cell": "string"}
    )
    cell = table.cell
    columns: dict[str, Any] = {look.words: cells.looks_like(cell, (look,)) for look in SURE}
    columns |= {"perhaps": cells.perhaps_personal(cell), "control": cells.with_control(cell)}
    columns |= {"address": cells.holds_address(cell), "bare": cells.without_control(cell), "shown": cells.shown(cell)}
    columns |= {"id": cells.shown(cell, is_id=True), "described": cells.shown(cell, is_described=True)}
    rows: list[dict[str, Any]] = connection.to_pyarrow(table.select("place", **columns)).to_pylist()
    return sorted(rows, key=lambda row: int(row["place"]))
