"""Which activities are a conversation, by the names of their types: somebody talked with somebody, and both took part.

What a CRM exports seldom says it. An inbound reply, meeting, call or visit is one. Of our own touches, which also count
when nobody answers, only those are whose name says that it took place: "call connected", "meeting held".
"""

from collections.abc import Iterable
from re import compile as pattern

from scoring.outcomes.worked import personal

_REPLY = pattern(r"(^|[^a-z])(repl(y|ies|ied)|respon[ds]|respuesta|r[eé]pon[ds]|risposta|antwoord)|antwort")
#: What was only wanted, planned or tried.
_NOT_YET = pattern(
    r"request|miss|no[ _-]?show|cancel|voice ?mail|attempt|schedul|book|invit|plan|no[ _-]answer|auto|declin|reminder"
    r"|anfrage"
)
#: What says of our own touch that it took place.
_HELD = pattern(
    r"connected|held|completed|answered|conversation|spoke|took[ _-]?part|attended|done|gef[uü]hrt|erreicht"
)


def is_conversation(kind: str, direction: str) -> bool:
    """Whether a type of activity says by its name that two people talked.

    Parameters
    ----------
    kind : str
        The type of activity.
    direction : {"inbound", "outbound"}

    Examples
    --------
    >>> [is_conversation(kind, "inbound") for kind in ("reply", "meeting", "demo_request", "email_open")]
    [True, True, False, False]
    >>> [is_conversation(kind, "outbound") for kind in ("call", "call connected", "meeting held", "email_sent")]
    [False, True, True, False]
    """
    name = kind.lower()
    if _NOT_YET.search(name):
        return False
    if direction == "inbound":
        return personal(name) or bool(_REPLY.search(name))
    return personal(name) and bool(_HELD.search(name))


def conversations(kinds: Iterable[tuple[str, str]], asked: Iterable[str]) -> list[tuple[str, str]]:
    """The types and directions that count as conversations, in alphabetical order.

    Parameters
    ----------
    kinds : iterable of tuple of str
        Each type of activity with its direction.
    asked : iterable of str
        Types that count whatever their names say; none: those that say it by their names.
    """
    wanted = set(asked)
    return sorted((kind, way) for kind, way in kinds if (kind in wanted if wanted else is_conversation(kind, way)))
