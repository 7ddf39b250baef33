"""What a night's scores add up to: wins and revenue of all, of each grade and segment, with intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.evidence.plain import from_plain, to_plain
from scoring.scorecard.forecast_error import Interval


@dataclass(frozen=True)
class ExpectedTotal:
    """The wins and the revenue that are expected of some entities within the horizon."""

    wins: Interval
    revenue: Interval


@dataclass(frozen=True)
class NightTotals:
    """The totals of a night.

    Attributes
    ----------
    total : ExpectedTotal
        Of all.
    parts : mapping
        By `grade` or the name of a feature, and by grade or level.
    """

    total: ExpectedTotal
    parts: Mapping[str, Mapping[str, ExpectedTotal]]

    @classmethod
    def from_json(cls, content: Mapping[str, object]) -> "NightTotals":
        """Read what `to_json` gave."""
        return from_plain(cls, content)

    def to_json(self) -> dict[str, object]:
        """Give plain data, as JSON takes it."""
        plain: dict[str, object] = to_plain(self)
        return plain
