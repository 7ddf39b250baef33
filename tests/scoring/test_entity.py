"""Which entities a choice means."""

import pytest

from scoring.entity import asked_entities


@pytest.mark.parametrize(
    ("asked", "expected"),
    [(None, ("account", "lead")), ("both", ("account", "lead")), ("account", ("account",)), ("lead", ("lead",))],
)
def test_a_choice_means_one_entity_or_both(asked: str | None, expected: tuple[str, ...]) -> None:
    assert asked_entities(asked) == expected
