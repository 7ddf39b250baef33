"""The signs of formulas: what a spreadsheet would compute, as a list and as the expression that engines read."""

import ibis

from scoring.cells.formulas import PATTERN, SIGNS

#: A text, and whether a spreadsheet reads it as a formula.
TEXTS = {
    "=1+1": True,
    "+49 30": True,
    "-5": True,
    "@SUM(A1)": True,
    "\t=1": True,
    "\r=1": True,
    "\n=1": True,
    "\uff1d1": True,
    "\uff0b1": True,
    "\uff0d1": True,
    "\uff201": True,
    "a=1": False,
    "1-1": False,
    "\\x": False,
    "]": False,
    "": False,
}


def test_the_list_and_the_expression_agree() -> None:
    assert {text: text.startswith(SIGNS) for text in TEXTS} == TEXTS
    table = ibis.memtable({"text": list(TEXTS)}, schema={"text": "string"})
    found = table.mutate(formula=table.text.re_search(PATTERN)).to_pyarrow().to_pylist()
    assert {row["text"]: row["formula"] for row in found} == TEXTS
