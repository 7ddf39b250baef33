"""What one rule of the gate says."""

from typing import NamedTuple


class Finding(NamedTuple):
    """Whether a rule is kept, in a sentence with its figures, and these by name."""

    kept: bool
    sentence: str
    figures: dict[str, float]
