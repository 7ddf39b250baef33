"""What was decided on a challenger: the verdict of the gate, and whether somebody promoted it by force."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

#: The keys of a decision that are no figures.
FIXED = ("promoted", "reasons", "forced", "judged_as_of", "forced_by")


@dataclass(frozen=True)
class Verdict:
    """Whether the gate lets the challenger be promoted, why or why not, and the figures it rests on."""

    promoted: bool
    reasons: tuple[str, ...]
    figures: Mapping[str, float]

    @property
    def words(self) -> str:
        """The reasons as one sentence."""
        return "; ".join(self.reasons)


@dataclass(frozen=True)
class Decision:
    """What the registry keeps of the decision on a version.

    Attributes
    ----------
    verdict : Verdict
        Of the gate; of the training alone, where it was promoted by force and the gate was never asked.
    forced : bool
    as_of : str or None
        The day of the export that the gate decided by, an ISO date; None where the gate was not asked.
    forced_by : str or None
        Who promoted it by force.
    """

    verdict: Verdict
    forced: bool = False
    as_of: str | None = None
    forced_by: str | None = None

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave.

        Raises
        ------
        KeyError
            If it does not say whether the challenger was promoted.
        """
        reasons = content.get("reasons", ())
        return cls(
            Verdict(
                promoted=bool(content["promoted"]),
                reasons=tuple(reasons.split("; ") if isinstance(reasons, str) else reasons),
                figures={name: value for name, value in content.items() if name not in FIXED},
            ),
            forced=bool(content.get("forced", False)),
            as_of=content.get("judged_as_of"),
            forced_by=content.get("forced_by"),
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it: the figures stand beside the rest."""
        optional = {"judged_as_of": self.as_of, "forced_by": self.forced_by}
        return {
            "promoted": self.verdict.promoted,
            "reasons": self.verdict.words,
            **self.verdict.figures,
            "forced": self.forced,
            **{name: value for name, value in optional.items() if value is not None},
        }
