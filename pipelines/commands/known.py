"""The list of all commands, by group and in the order in which `closedwon --help` names them."""

from pipelines.commands import alignment, learning, nightly, planning, setup, site, sources, upkeep

#: The commands under the heading of their group.
GROUPS = {
    "first steps": setup.COMMANDS,
    "data and models": learning.COMMANDS,
    "scores": nightly.COMMANDS,
    "sales and marketing": (*planning.COMMANDS, *sources.COMMANDS, *alignment.COMMANDS, *site.COMMANDS),
    "the store": upkeep.COMMANDS,
}
COMMANDS = tuple(command for commands in GROUPS.values() for command in commands)
