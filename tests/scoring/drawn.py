"""Drawn examples, many of which are checked by one query: compiling a query takes longer than computing it."""

from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

T = TypeVar("T")


def drawn(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """Exactly `count` examples of a strategy. Whoever checks them says which one failed: none is made smaller."""
    found: list[T] = []

    @settings(
        max_examples=count,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(strategy)
    def collect(example: T) -> None:
        found.append(example)

    collect()
    assert len(found) == count
    return found
