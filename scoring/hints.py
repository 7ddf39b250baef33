"""Names in messages: which one was probably meant by one that is not known, and a name with its article."""

import difflib
from collections.abc import Iterable

#: How like a known name another must be, from 0 to 1: `sap` is not meant as `hubspot`, `hubspt` is.
LIKE = 0.6


def nearest(name: str, known: Iterable[str], like: float = LIKE) -> str | None:
    """The known name that is most like a name, whatever the case of its letters; None where none is like it.

    Parameters
    ----------
    name : str
    known : iterable of str
    like : float
        How like it must be, from 0 to 1.
    """
    by_letters = {each.lower(): each for each in known}
    near = difflib.get_close_matches(name.lower(), list(by_letters), n=1, cutoff=like)
    return by_letters[near[0]] if near else None


def hint(name: str, known: Iterable[str], otherwise: str = "it may have: ", like: float = LIKE) -> str:
    """The end of a sentence about a name that is not known: which one was meant, or else all that there are.

    Parameters
    ----------
    name : str
    known : iterable of str
    otherwise : str
        What stands before the list of all known names.
    like : float
        See `nearest`.
    """
    known = list(known)
    near = nearest(name, known, like)
    return f"did you mean {near!r}?" if near is not None else otherwise + ", ".join(known)


def with_article(name: str) -> str:
    """A name with its article: an account_id, a lead_id."""
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
