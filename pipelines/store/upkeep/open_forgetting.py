"""`forgetting.json`: what a `closedwon forget` takes out of a store, for as long as it is not done."""

from pathlib import Path

JOURNAL = "forgetting.json"


def open_forgetting(store: Path) -> str:
    """What is to be said of a `forget` that was not completed; empty if there is none.

    Parameters
    ----------
    store : Path
    """
    if not (store / JOURNAL).exists():
        return ""
    return "a `closedwon forget` was not finished: run it again; otherwise the next night finishes it"
