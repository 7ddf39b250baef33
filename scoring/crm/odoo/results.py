"""The answer of Odoo to `load`, and to the import of its page, `execute_import` or, until Odoo 12, `do`.

Odoo's source, `odoo/models.py`, `load`: the ids of the records in the order of the file, or false, and messages with
their type, their text and the first and last row that they are about, 0 being the row below the header. One error
undoes the import of the whole file. Newer versions import in batches and name the next row, 0 after the last one. `do`
(`base_import/models/base_import.py`) gives the messages alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoring.crm.results import Answer, AnswerFile, Answers

UNDONE = "undone, because Odoo refused other rows of the file"


def _loaded(pages: Sequence[Any]) -> Answers | None:
    """Read one answer, with or without what JSON-RPC puts around it."""
    if pages and all(isinstance(page, Mapping) and {"type", "message"} <= page.keys() for page in pages):
        return _answers({"messages": pages})
    if len(pages) != 1 or not isinstance(pages[0], Mapping):
        return None
    (page,) = pages
    if "jsonrpc" in page and isinstance(failed := page.get("error"), Mapping):
        data = failed.get("data")
        message = (data.get("message") if isinstance(data, Mapping) else None) or failed.get("message")
        return Answers((), rest=False, rest_error=str(message or UNDONE))
    page = page.get("result") if "jsonrpc" in page else page
    if isinstance(page, list):
        return _answers({"messages": page})
    if not isinstance(page, Mapping) or "ids" not in page or not isinstance(page.get("messages"), list):
        return None
    return _answers(page)


def _answers(page: Mapping[str, Any]) -> Answers:
    messages = [message for message in page["messages"] if isinstance(message, Mapping)]
    undone = page.get("ids") is False or any(message.get("type") == "error" for message in messages)
    rows = [
        Answer(took=not undone, error=str(message.get("message", "")), rows=(row,))
        for message in messages
        if not undone or message.get("type") == "error"
        for row in _rows(message)
    ]
    return Answers(rows, rest=not undone, rest_error=UNDONE if undone else "", tried=page.get("nextrow") or None)


def _rows(message: Mapping[str, Any]) -> Sequence[int]:
    rows, record = message.get("rows"), message.get("record")
    if isinstance(rows, Mapping) and isinstance(rows.get("from"), int) and isinstance(rows.get("to"), int):
        return range(rows["from"], rows["to"] + 1)
    return [record] if isinstance(record, int) else []


ANSWERS = (AnswerFile("the answer to load", _loaded),)
