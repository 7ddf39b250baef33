"""What the cells of a file are, by one expression for all rows: what the faster way of a night is compared with."""

import ibis

from scoring.crm.cells import broken_rule, cells
from scoring.crm.profile import Profile


def accepted(profile: Profile, entity: str, scores: ibis.Table) -> ibis.Table:
    """The rows of the file as cells, in the order of `scores`."""
    columns = profile.columns[entity]
    return cells(profile, columns, scores.filter(broken_rule(scores, columns[0]).isnull()))


def rejected(profile: Profile, entity: str, scores: ibis.Table) -> ibis.Table:
    """The rows that the file leaves out: their id, and the first rule that it breaks."""
    column = profile.columns[entity][0]
    marked = scores.select(column.source, rule=broken_rule(scores, column))
    return marked.filter(marked.rule.notnull())
