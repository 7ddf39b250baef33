"""The format of a file that closedwon keeps: a name and a number, such as `closedwon-night/1`.

A version reads what every version before it wrote, and refuses what a later one may mean something else by.
"""


class NewerFormat(ValueError):
    """A file was written by a later version, which may mean something else by it."""


def require_readable(found: str, newest: str, what: str) -> None:
    """Refuse a format of a later version, and one of another kind.

    Parameters
    ----------
    found : str
        The format that was found, such as `closedwon-night/2`.
    newest : str
        The newest one that this version reads.
    what : str
        What ought to have it, with its article: `a night's record`.

    Raises
    ------
    NewerFormat
        If its number is higher.
    ValueError
        If it has another name or no number.
    """
    kind, _, number = newest.rpartition("/")
    found_kind, _, found_number = found.rpartition("/")
    if found_kind != kind or not found_number.isdecimal():
        raise ValueError(f"{what} has a format such as {newest}; found {found!r}")
    if int(found_number) > int(number):
        raise NewerFormat(
            f"its format is {found}, and this version of closedwon reads up to {newest}: update closedwon"
        )
