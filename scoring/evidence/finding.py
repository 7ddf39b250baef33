"""What one rule of a gate finds."""

from typing import NamedTuple


class Finding(NamedTuple):
    """Whether a rule is kept, a sentence that says so with figures, and the figures by name."""

    kept: bool
    sentence: str
    figures: dict[str, float]
