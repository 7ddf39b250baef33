"""Whether lost deals are recorded: without them, a deal that is open looks like one that will be won."""

from pipelines.errors import Refused
from pipelines.intake.leak_guard import DEAL_STATE, LeakGuard


class NoneLost(Refused):
    """No deal was ever lost, so nothing shows which of the open ones will not be won."""


def require_losses(leak_guard: LeakGuard) -> None:
    """Raise `NoneLost` where the leak guard found that deals may be recorded only once they are won.

    Parameters
    ----------
    leak_guard : LeakGuard
        Of the training.
    """
    for one in leak_guard.suspected:
        if one.attribute == DEAL_STATE and not one.table:
            raise NoneLost(
                f"open deals cannot be scored: {one.why}. Export lost deals as well; if there are none, "
                f'`[attributes] trust = ["{DEAL_STATE}"]` says so'
            )
