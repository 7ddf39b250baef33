"""The roles of a buying group: what a contact role says, and what a title says where no contact role taught more.

A role is one of five. CRMs have more words for them: the standard lists of Salesforce (OpportunityContactRole), HubSpot
(buying roles), Dynamics (stakeholders), Zoho and Marketo are read. Words that name no part in a purchase, such as
`Influencer` and `Other`, and those of our own people, say nothing; other words are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from scoring.buying_groups.titles import DECISION_MAKERS, POSITIONS
from scoring.cells.words import plain_word

Role = Literal["economic buyer", "decision maker", "technical", "user", "procurement"]

#: In the order in which they are told.
ROLES: tuple[Role, ...] = ("economic buyer", "decision maker", "technical", "user", "procurement")

_WORDS: dict[Role, str] = {
    "economic buyer": "economic buyer, economic decision maker, budget holder, budget owner, budgetverantwortlicher, "
    "budgetverantwortliche, acheteur économique, comprador económico",
    "decision maker": "decision maker, decisionmaker, decider, final decision maker, executive sponsor, sponsor, "
    "project sponsor, approver, entscheider, entscheidungsträger, décideur, decisor, tomador de decisão, decisore",
    "technical": "technical, technical buyer, technical evaluator, technical decision maker, evaluator, "
    "developer/evaluator, engineering lead, technical lead, technischer entscheider",
    "user": "user, business user, end user, enduser, key user, champion, internal champion, coach, anwender, "
    "endanwender, utilisateur, utilisateur final, usuario, usuario final, usuário",
    "procurement": "procurement, purchasing, purchaser, legal, legal & compliance, legal and compliance, "
    "procurement/legal, einkauf, einkäufer, recht, achats, compras, acquisti",
}
#: Standard words that name no role of the five.
_NONE = (
    "other, none, influencer, blocker, gatekeeper, detractor, stakeholder, contact, primary, primary contact, "
    "employee, industry expert, product management, delivery professional, services sales representative, "
    "service professional, technical sales professional, account manager, territory manager, sales team, unknown, "
    "sonstige, autre, otro, outro"
)
WORDS: dict[str, Role | None] = {plain_word(word): None for word in _NONE.split(",")} | {
    plain_word(word): role for role, words in _WORDS.items() for word in words.split(",")
}


def role_of_cell(cell: str) -> Role | None:
    """The role that a contact role names; of several in one cell (`Champion;End User`) the first that is one."""
    roles = (WORDS.get(plain_word(part)) for part in cell.split(";"))
    return next((role for role in roles if role is not None), None)


def is_known(cell: str) -> bool:
    """Whether some word of a contact role is known, be it one that names no role."""
    return not plain_word(cell) or any(plain_word(part) in WORDS for part in cell.split(";"))


def of_position(level: str, department: str) -> Role | None:
    """The role that a seniority and a department usually have.

    Who buys or checks contracts is `procurement` at any level. Of decision makers those of finance and the heads of the
    company hold the budget, and all others decide. Below them IT is `technical`, and everybody else is a `user`.
    Students and assistants have none.
    """
    if level in ("student", "assistant"):
        return None
    if department in ("procurement", "legal"):
        return "procurement"
    if level in DECISION_MAKERS:
        heads = department == "management" and level == "c_level"
        return "economic buyer" if department == "finance" or heads else "decision maker"
    return "technical" if department == "it" else "user"


def of_positions(taught: Mapping[tuple[str, str], Role] | None = None) -> tuple[Role | None, ...]:
    """The role of each of `titles.POSITIONS`.

    Parameters
    ----------
    taught : mapping, optional
        By seniority and department the role that the contact roles of this company taught.
    """
    own = taught or {}
    return tuple(own.get(position) or of_position(*position) for position in POSITIONS)


def positions_by_role(roles: Iterable[Role | None]) -> dict[Role, tuple[int, ...]]:
    """For each role the places in `titles.POSITIONS` that have it.

    Parameters
    ----------
    roles : iterable of str or None
        As `of_positions` gives them.
    """
    by_position = list(roles)
    return {role: tuple(i for i, found in enumerate(by_position) if found == role) for role in ROLES}
