"""Where the tables of an export that `closedwon init` mapped differ from those of the same market given as our own.

Records meet by the number at the end of their ids. A column of an export has another name, so an attribute of ours is
compared with the column whose cells are most often equal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from scoring.tables import Tables

_NUMBER = r"(\d+)(?:AAA)?$"
_IDS = ("account_id", "lead_id", "opportunity_id")
#: What tells the rows of a table apart; where nothing does, their cells as a whole are compared.
_KEYS = {"accounts": "account_id", "leads": "lead_id", "opportunities": "opportunity_id"}
#: Tables without attributes, and their columns.
_COLUMNS = {
    "activities": ("lead_id", "account_id", "occurred_at", "direction"),
    "opportunity_history": ("opportunity_id", "changed_at", "stage", "amount", "close_date", "probability"),
    "account_history": ("account_id", "known_at"),
    "contact_roles": ("opportunity_id", "lead_id"),
}


def differences(own: Tables, mapped: Tables) -> Iterator[str]:
    """A line for each table and column, with the share of rows that are equal.

    Parameters
    ----------
    own : Tables
        Of the canonical tables.
    mapped : Tables
        Of the mapping.
    """
    left, right = (frames(tables) for tables in (own, mapped))
    widths = {name: _width(left, name) for name in _IDS}
    left, right = ({name: _numbered(frame, widths) for name, frame in side.items()} for side in (left, right))
    for side in (left, right):
        if "activities" in side and "leads" in side:
            side["activities"] = _with_account(side["activities"], side["leads"])
    for name in sorted(left.keys() | right.keys()):
        if name not in left or name not in right:
            yield f"{name}: only in {'the canonical tables' if name in left else 'the mapping'}"
        elif name in _KEYS:
            yield from _by_key(name, left[name], right[name])
        elif name in _COLUMNS:
            yield from _by_cells(name, left[name], right[name])


def frames(tables: Tables) -> dict[str, pd.DataFrame]:
    """The tables as frames."""
    return {name: table.to_pandas() for name, table in tables.present()}


def _width(frames: Mapping[str, pd.DataFrame], column: str) -> int:
    ids = [frame[column].dropna() for frame in frames.values() if column in frame]
    return max((int(each.str.extract(r"(\d+)$", expand=False).str.len().max()) for each in ids if len(each)), default=7)


def _numbered(frame: pd.DataFrame, widths: Mapping[str, int]) -> pd.DataFrame:
    numbers = {
        name: frame[name].astype("string").str.extract(_NUMBER, expand=False).str[-width:].str.zfill(width)
        for name, width in widths.items()
        if name in frame
    }
    return frame.assign(**numbers)


def _with_account(activities: pd.DataFrame, leads: pd.DataFrame) -> pd.DataFrame:
    """Activities with the account for which they count: their own, else that of their lead."""
    of_lead = activities["lead_id"].map(dict(zip(leads["lead_id"], leads["account_id"], strict=True)))
    return activities.assign(account_id=of_lead.fillna(activities["account_id"]))


def _by_key(name: str, own: pd.DataFrame, mapped: pd.DataFrame) -> Iterator[str]:
    key = _KEYS[name]
    twice = int(mapped[key].duplicated().sum())
    both = own.merge(mapped.drop_duplicates(key), on=key, how="inner", suffixes=("", " mapped"))
    yield (
        f"{name}: {len(own):,} rows, {len(mapped):,} mapped; {len(own) - len(both):,} are missing, "
        f"{len(mapped) - twice - len(both):,} are new, {twice:,} twice"
    )
    found = {column: f"{column} mapped" if column in own else column for column in mapped if column != key}
    used = set()
    for column in (column for column in own if column != key):
        if column in found:
            best, share = found[column], _equal(both[column], both[found[column]])
        else:
            shares = {other: _equal(both[column], both[other]) for c, other in found.items() if c not in own}
            best, share = max(shares.items(), key=lambda pair: pair[1], default=("nothing", 0.0))
        used.add(best)
        if share < 1:
            apart = both[_cells(both[column]) != _cells(both[best])] if best in both else both
            first = apart.iloc[0]
            yield (
                f"  {column}: {share:.2%} equal to {best.removesuffix(' mapped')}; such as {key} {first[key]}: "
                f"{first[column]} and {first.get(best)}"
            )
    new = [c for c, other in found.items() if other not in used and c not in own and both[other].notna().any()]
    if new:
        yield f"  mapped beside them: {', '.join(new)}"


def _equal(own: pd.Series, mapped: pd.Series) -> float:
    return float((_cells(own) == _cells(mapped)).mean()) if len(own) else 1.0


def _cells(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(cells):
        return cells.dt.floor("min").astype("string").fillna("")
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.astype("float64").map("{:.6g}".format).replace("nan", "")
    words = {"true": "1", "false": "0", "ja": "1", "nein": "0", "yes": "1", "no": "0"}
    return cells.astype("string").str.strip().str.casefold().fillna("").replace(words)


def _by_cells(name: str, own: pd.DataFrame, mapped: pd.DataFrame) -> Iterator[str]:
    columns = [column for column in _COLUMNS[name] if column in own and column in mapped]
    yield f"{name}: {len(own):,} rows, {len(mapped):,} mapped"
    for n in range(2, len(columns) + 1):
        in_own, in_mapped = (
            Counter(zip(*(_cells(side[c]) for c in columns[:n]), strict=True)) for side in (own, mapped)
        )
        missing, new = in_own - in_mapped, in_mapped - in_own
        if missing or new:
            yield (
                f"  by {', '.join(columns[:n])}: {missing.total():,} are missing, {new.total():,} are new; such as "
                f"{next(iter(missing), '')} and {next(iter(new), '')}"
            )


def market_number(account_id: str) -> int:
    """The number of an account of a market, from its id in any layout."""
    found = re.search(_NUMBER, account_id)
    assert found is not None
    return int(found[1][-7:])
