"""The list of all commands, in the order in which `closedwon --help` names them."""

from pipelines.commands import learning, nightly, setup, upkeep

COMMANDS = (*setup.COMMANDS, *learning.COMMANDS, *nightly.COMMANDS, *upkeep.COMMANDS)
