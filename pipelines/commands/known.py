"""The list of all commands, in the order in which `closedwon --help` names them."""

from pipelines.commands import alignment, learning, nightly, setup, upkeep

COMMANDS = (*setup.COMMANDS, *learning.COMMANDS, *nightly.COMMANDS, *alignment.COMMANDS, *upkeep.COMMANDS)
