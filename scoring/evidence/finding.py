"""What one rule of a gate finds, and the same under the name of its gate."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self


class Finding(NamedTuple):
    """Whether a rule is kept, a sentence that says so with figures, and the figures by name."""

    kept: bool
    sentence: str
    figures: dict[str, float]


@dataclass(frozen=True)
class GateResult:
    """What one gate of a night decided: as the run log, the metrics, the ledger and the manifest have it.

    Attributes
    ----------
    name : str
        The gate, such as `rows`.
    kept : bool
        Whether it lets the night pass.
    reason : str
        Why, in a sentence with figures.
    figures : mapping of float
        The figures by name.
    """

    name: str
    kept: bool
    reason: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, finding: Finding) -> Self:
        """Give a finding the name of its gate.

        Parameters
        ----------
        name : str
        finding : Finding
        """
        return cls(name, finding.kept, finding.sentence, finding.figures)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave; a record of an earlier version may lack the reason and the figures."""
        return cls(content["name"], content["kept"], content.get("reason", ""), content.get("figures", {}))

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"name": self.name, "kept": self.kept, "reason": self.reason, "figures": dict(self.figures)}
