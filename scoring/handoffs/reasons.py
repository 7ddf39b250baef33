"""Why something was rejected or set aside, as far as that is shown: a reason that was agreed, or one of a short list.

What somebody typed may name a person, so no such text is shown: it is matched, and what matches nothing is "other".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

NO_REASON, OTHER = "none given", "other"


@dataclass(frozen=True)
class ReasonKind:
    """A reason that is known by its words.

    Attributes
    ----------
    name : str
    about : {"data", "timing", "fit"}
        What it says of who was handed over. None of these says that a deal was lost.
    words : str
        A regular expression on the text in lower case.
    """

    name: str
    about: str
    words: str


#: The first that matches counts.
CATEGORIES = (
    ReasonKind(
        "duplicate", "data", r"dupl|dublett|doppelt|doublon|already (exists|in (the )?crm)|same (lead|contact|person)"
    ),
    ReasonKind(
        "wrong contact data",
        "data",
        r"no such person|wrong (number|person|contact|e-?mail|phone)|invalid|bounce|bad data|incorrect|left the company"
        r"|fake|spam|test (lead|record)|ung[uü]ltig|falsche (nummer|daten|adresse)|ausgeschieden",
    ),
    ReasonKind(
        "competitor or partner",
        "fit",
        r"competitor|competition|partner|vendor|supplier|agency|wettbewerb|konkurren|lieferant|concurrent",
    ),
    ReasonKind("no budget", "timing", r"budget|too expensive|no money|funding|zu teuer|price"),
    ReasonKind(
        "not now",
        "timing",
        r"timing|not (right )?now|later|next (year|quarter|month)|too early|not ready|nurture|on hold|sp[aä]ter"
        r"|zu fr[uü]h|n[aä]chstes? (jahr|quartal)|plus tard",
    ),
    ReasonKind(
        "not reached",
        "timing",
        r"no (answer|response|reply|contact)|unreach|not reach|cannot reach|voice ?mail|unresponsive|nicht erreich"
        r"|keine antwort",
    ),
    ReasonKind(
        "outside the target market",
        "fit",
        r"target|\bicp\b|not a fit|no fit|poor fit|too small|too large|too big|region|country|territory|industry"
        r"|student|job ?seeker|consumer|private person|zu klein|zielgruppe",
    ),
    ReasonKind("no interest", "fit", r"no interest|not interested|no need|kein interesse|kein bedarf|pas int[eé]ress"),
)
_SIGNS = re.compile(r"[\W_]+")


def _plain(text: str) -> str:
    return _SIGNS.sub(" ", text.lower()).strip()


def known_reason(text: str | None, agreed: Sequence[str] = ()) -> str:
    """The reason that a text means: one of the agreed list, the name of a category, "other" or "none given".

    Parameters
    ----------
    text : str or None
        As somebody typed or picked it.
    agreed : sequence of str
        The short list of the agreement that held then.

    Examples
    --------
    >>> known_reason("No budget - ask Anna Markowitz again", ["no budget", "no such person"])
    'no budget'
    >>> [known_reason(text) for text in ("Dublette", "not now, maybe in May", "Anna said no", None)]
    ['duplicate', 'not now', 'other', 'none given']
    """
    plain = _plain(text or "")
    if not plain:
        return NO_REASON
    for reason in sorted(agreed, key=lambda one: -len(one)):
        if (wanted := _plain(reason)) and (plain == wanted or plain.startswith(f"{wanted} ")):
            return reason
    return next((one.name for one in CATEGORIES if re.search(one.words, plain)), OTHER)


def about(reason: str) -> str:
    """What a reason says something about: "data", "timing" or "fit"; empty where nobody knows.

    Parameters
    ----------
    reason : str
        As `known_reason` gives it: a reason of an agreement is looked up by its words.
    """
    plain = _plain(reason)
    return next((one.about for one in CATEGORIES if one.name == reason or re.search(one.words, plain)), "")
