"""The list of all commands, in the order in which `closedwon --help` names them."""

from pipelines.commands import alignment, calls, learning, nightly, planning, setup, sources, upkeep

COMMANDS = (
    *setup.COMMANDS,
    *learning.COMMANDS,
    *nightly.COMMANDS,
    *planning.COMMANDS,
    *sources.COMMANDS,
    *alignment.COMMANDS,
    *calls.COMMANDS,
    *upkeep.COMMANDS,
)
