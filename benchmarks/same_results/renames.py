"""Columns and keys that have other names since: a result from before a rename is compared under the new names."""

import re
from collections.abc import Collection

#: What the old name matches as a whole, and the new name.
RENAMES = (
    # Columns of the ledger's scores.
    (re.compile(r"told_(probability|grade|decile|why_now|missing_role)"), r"sent_\1"),
    # A tag of a model version in MLflow.
    (re.compile(r"(.*\bverdict\.without_\w+)_came"), r"\1_wins"),
)


def renamed(before: Collection[str], after: Collection[str]) -> dict[str, str]:
    """Give the declared renames between two results, the new name by the old one.

    A name that both sides have, or whose new name the other side lacks, is not among them: it is compared as it is.

    Parameters
    ----------
    before, after : collection of str
        The names of each side.
    """
    found = {}
    for name in before:
        for pattern, template in RENAMES:
            if (match := pattern.fullmatch(name)) and name not in after and match.expand(template) in after:
                found[name] = match.expand(template)
    return found
