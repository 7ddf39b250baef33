"""Odoo: what `load` gives, by the docstring and the code of `odoo/models.py`, and what JSON-RPC puts around it.

Ids in the order of the file, or False where a message is an error: then all is rolled back. A message has type,
message, field, record and rows (from, to), counted from 0. "External API": a result, or an error with its data.
"""

import json
from collections.abc import Mapping, Sequence


def load(rows: int, errors: Mapping[int, str], warnings: Mapping[int, str], *, rpc: bool = False) -> str:
    """The answer to `load` of so many rows."""
    messages = [_message("error", row, text) for row, text in errors.items()]
    messages += [_message("warning", row, text) for row, text in warnings.items()]
    ids: Sequence[int] | bool = False if errors else list(range(41, 41 + rows))
    answer = {"ids": ids, "messages": messages}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": answer} if rpc else answer)


def _message(kind: str, row: int, text: str) -> dict[str, object]:
    return {"type": kind, "message": text, "record": row, "rows": {"from": row, "to": row}, "field": "x_closedwon_rank"}


def failed(text: str) -> str:
    """The answer to a call that ended with an exception."""
    data = {"name": "odoo.exceptions.AccessError", "message": text, "debug": "Traceback ..."}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": data}})
