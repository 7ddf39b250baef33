"""Which entities a choice means."""

import pytest

from scoring.entity import CHOICES, asked_entities, plural


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, ("account", "lead", "opportunity")),  # whatever has a model
        ("both", ("account", "lead")),
        ("account", ("account",)),
        ("lead", ("lead",)),
        ("opportunity", ("opportunity",)),
    ],
)
def test_a_choice_means_one_entity_or_several(asked: str | None, expected: tuple[str, ...]) -> None:
    assert asked_entities(asked) == expected
    assert asked is None or asked in CHOICES


def test_an_entity_has_the_name_of_its_table() -> None:
    assert [plural(entity) for entity in ("account", "lead", "opportunity")] == ["accounts", "leads", "opportunities"]
