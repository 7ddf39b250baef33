"""The promotion gate: may this challenger take over? A pure function that returns its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """Whether the challenger may be promoted, why or why not, and the figures it rests on."""

    promoted: bool
    reasons: tuple[str, ...]
    figures: dict[str, float]

    def record(self) -> dict[str, Any]:
        """As plain facts, for the registry."""
        return {"promoted": self.promoted, "reasons": "; ".join(self.reasons), **self.figures}


def judge(challenger: Mapping[str, Any], least_skill: float = 0.0) -> Verdict:
    """Judge a challenger's scorecard by the periods held out of its training.

    Its log loss there must beat that of a constant by more than `least_skill` (as a share). A scorecard
    without any term tells nobody apart and is refused.

    Parameters
    ----------
    challenger : mapping
        The scorecard, with the figures of its held-out periods.
    least_skill : float
    """
    held = challenger["held_out"]
    loss = min(held["held_out_log_loss"].values())
    constant = held["held_out_log_loss_constant"]
    skill = 1.0 - loss / constant
    figures = {"held_out_skill": skill, "held_out_log_loss": loss, "held_out_log_loss_constant": constant}
    if not challenger["terms"]:
        return Verdict(False, ("it learned nothing that tells one entity from another",), figures)
    if not held["held_out_rows"]:
        return Verdict(False, ("the history is too short to hold any of it out, so nothing shows its skill",), figures)
    measured = (
        f"on {held['held_out_rows']:,} rows held out, {held['held_out_winning_rows']:,} of them won, its log loss is "
        f"{loss:.5f}, without a model {constant:.5f} (skill {skill:.1%})"
    )
    return Verdict(skill > least_skill, (measured,), figures)
