"""The list of all commands, in the order in which `closedwon --help` names them."""

from pipelines.commands import alignment, learning, nightly, planning, setup, site, sources, upkeep

COMMANDS = (
    *setup.COMMANDS,
    *learning.COMMANDS,
    *nightly.COMMANDS,
    *planning.COMMANDS,
    *sources.COMMANDS,
    *alignment.COMMANDS,
    *site.COMMANDS,
    *upkeep.COMMANDS,
)
