"""A page as it was made: what draws it, its tables, and what the overview says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pipelines.reports.page import Navigation


@dataclass(frozen=True)
class Highlight:
    """A figure of a page that the overview repeats.

    Attributes
    ----------
    name : str
        Of the figure; the same name is the same number on every page.
    words : str
    value : float or str or None
    shown : str
        How it is put into words: a key of `page.WORDS`; empty for a text.
    """

    name: str
    words: str
    value: Any
    shown: str = ""


@dataclass(frozen=True)
class Made:
    """A page that is computed and can be drawn.

    Attributes
    ----------
    draw : callable
        Takes the navigation and gives the page as HTML.
    tables : mapping of DataFrame
        That lie beside it, by name; those without rows are left out.
    headlines : tuple of Highlight
    figures : mapping
        For `--json`, as plain data.
    metrics : mapping of float
        For MLflow, by name.
    """

    draw: Callable[[Navigation], str]
    tables: Mapping[str, pd.DataFrame]
    headlines: tuple[Highlight, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)


def hours(value: float | None) -> str:
    """Working hours in words."""
    return "none" if value is None else f"{value:,.0f} h" if value >= 100 else f"{value:.3g} h"
