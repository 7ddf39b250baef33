"""Drawn examples, many for one query, because compiling a query takes longer than computing it."""

from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

T = TypeVar("T")


def drawn(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """Exactly `count` examples of a strategy. A failing example is not made smaller: the test must name it."""
    examples: list[T] = []

    @settings(
        max_examples=count,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(strategy)
    def collect(example: T) -> None:
        examples.append(example)

    collect()
    assert len(examples) == count
    return examples
