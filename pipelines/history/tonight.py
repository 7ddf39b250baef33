"""What a night can keep: the tables of its export, and the day whose end they show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ibis


@dataclass(frozen=True)
class Tonight:
    """What an export says tonight, and of which day it is.

    Attributes
    ----------
    connection : ibis DuckDB backend
    tables : mapping of Table
        The accounts, the leads and the open deals, as far as they are there.
    day : date
        The day whose end they show.
    """

    connection: Any
    tables: dict[str, ibis.Table] = field(repr=False)
    day: date
