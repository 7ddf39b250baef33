"""The words of a vocabulary that nobody knows, and activities without a direction: what they are taken for is said."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import ibis

from pipelines.config_input import Input
from pipelines.errors import BadInput
from pipelines.redaction import Message, nameless
from scoring.cells.flag_columns import says_yes_or_no
from scoring.cells.words import direction_of
from scoring.contracts.contract import UNKNOWN, Contract, as_exported
from scoring.contracts.deals import EXPECTED_CLOSE
from scoring.contracts.tally import Tally

#: Directions that are yes or no, in lower case.
FLAGS = ("true", "false", "1", "0")
#: The rules of rows with such a word that are set aside.
UNKNOWN_WORDS = ("unknown_status",)
#: Most words that one note shows.
SHOWN = 8
_RULE = "__rule"


def word_notes(rows: ibis.Table, table: str, contract: Contract, tally: Tally, settings: Input) -> list[str]:
    """What is to be said of unknown words, with the number of rows of each and what it is taken for.

    Parameters
    ----------
    rows : Table
        The validated rows.
    table : str
    contract : Contract
    tally : Tally
        The counts of the rows.
    settings : Input
        The run stops if more than its `max_reject_share` of the deals has an unknown status and is set aside, and none
        is won.

    Raises
    ------
    BadInput
        If the words of won deals are not known, for then every customer would be a prospect; or if a status of 0 and 1
        says probably no more than which deals are won.
    """
    notes = []
    if table == "opportunities":
        written = as_exported(rows, "status")
        number, is_open = written.isin(["0", "1", "2"]), rows.status == "open"
        coded = rows.aggregate(
            rows=number.sum().fill_null(0),
            lost=(rows.status == "lost").sum().fill_null(0),
            open=(number & is_open).sum().fill_null(0),
            dated=(number & is_open & rows[EXPECTED_CLOSE]).sum().fill_null(0),
        )
        count = coded.to_pyarrow().to_pylist()[0]
        if count["dated"] > count["open"] / 2 and not count["lost"] and not says_yes_or_no(settings.status_words):
            raise BadInput(
                f"the status of the table {table} is 0 or 1 and never 2, and {count['dated']:,} of {count['open']:,} "
                "deals with 0 have a close date: if it says which deals are won, map the column with the stage, or "
                'say what it means under [input]: status_words = {"0" = "lost", "1" = "won"}; if 0 is open, '
                '{"0" = "open"}'
            )
        if count["rows"]:
            notes.append(
                f"{table}: {count['rows']:,} rows have a number as status: 0 is read as open, 1 as won, 2 as lost"
            )
    for field in contract.fields:
        if table == "opportunities" and tally.remarked(f"another spelling of {field}"):
            notes.append(_spellings(rows, table, field))
        flag = UNKNOWN + field
        if flag not in rows.columns or not tally.unknown_words(field):
            continue
        asked = rows.filter(rows[flag]).select(
            word=as_exported(rows, field), means=rows[field], aside=rows[_RULE].isin(UNKNOWN_WORDS)
        )
        counted = asked.group_by("word", "means", "aside").agg(rows=asked.count()).to_pyarrow().to_pylist()
        counted.sort(key=lambda row: (-row["rows"], row["word"], str(row["means"])))
        notes.append(unknown_words_note(table, field, counted))
        aside = sum(row["rows"] for row in counted if row["aside"])
        every = tally.rows
        if aside > settings.max_reject_share * every and not int(
            rows.filter(rows.status == "won").count().to_pyarrow().as_py()
        ):
            raise BadInput(
                Message.with_example(
                    f"no deal of the table {table} is won, and {aside:,} of {every:,} have a status that is not known: "
                    "say what the words of your CRM mean under [input] in the configuration, such as "
                    'status_words = {"Signed" = "won"}; found:',
                    _listed([row for row in counted if row["aside"]]),
                )
            )
    if table == "activities" and tally.remarked("another spelling of direction"):
        written = as_exported(rows, "direction").lower()
        flags = rows.filter(rows[_RULE].isnull() & written.isin(FLAGS)).select(word=written, means=rows.direction)
        counted = flags.group_by("word", "means").agg(rows=flags.count()).to_pyarrow().to_pylist()
        notes += flag_notes(counted, settings)
    if tally.no_direction:
        empty = rows.filter(rows[_RULE].isnull() & as_exported(rows, "direction").isnull())
        kinds = empty.group_by("activity_type").agg(rows=empty.count()).to_pyarrow().to_pylist()
        notes += [direction_note([(row["activity_type"], row["rows"]) for row in kinds])] if kinds else []
    return notes


def flag_notes(counted: Sequence[dict[str, Any]], settings: Input) -> list[str]:
    """The note on directions that are yes or no: which is which depends on a name that the column may have lost.

    Parameters
    ----------
    counted : sequence of dict
        `word`, `means` and `rows`.
    settings : Input
        Nothing is to be said if its own words say what yes and no mean.
    """
    if not counted or says_yes_or_no(settings.direction_words):
        return []
    rows = sorted(counted, key=lambda row: (-row["rows"], row["word"]))
    return [
        f"activities: direction is {_listed(rows)}, as in directioncode of Dynamics; if it says whether an activity is "
        'incoming, say so under [input]: direction_words = {"true" = "inbound", "false" = "outbound"}'
    ]


def _spellings(rows: ibis.Table, table: str, field: str) -> str:
    """What the other spellings of the words of a field are read as, the most frequent first."""
    written = as_exported(rows, field)
    known = ~rows[UNKNOWN + field].fill_null(False) if UNKNOWN + field in rows.columns else ibis.literal(True)
    other = rows.filter(rows[_RULE].isnull() & written.notnull() & (written != rows[field]) & known)
    other = other.select(word=as_exported(other, field), means=other[field])
    counted = other.group_by("word", "means").agg(rows=other.count()).to_pyarrow().to_pylist()
    counted.sort(key=lambda row: (-row["rows"], row["word"], row["means"]))
    return f"{table}: spellings of {field}: {_listed(counted)}"


def unknown_words_note(table: str, field: str, counted: Sequence[dict[str, Any]]) -> str:
    """The note on the unknown words of one field.

    Parameters
    ----------
    table, field : str
    counted : sequence of dict
        `word`, `means` (null: nothing), `rows`, and for deals `aside`, the most frequent first.
    """
    return (
        f"{table}: unknown words in {field}: {_listed(counted)}; say what they mean under [input] in the "
        f"configuration: {SETTING[field]} = {{{json.dumps(nameless(counted[0]['word']), ensure_ascii=False)} = ...}}"
    )


#: The key of the configuration with the user's own words, by field.
SETTING = {"status": "status_words", "opportunity_type": "type_words", "direction": "direction_words"}


def direction_words_note(counted: Sequence[tuple[str, str, int]]) -> str:
    """The note on directions in unknown words.

    Parameters
    ----------
    counted : sequence of tuple
        Each word with a type of activity and the number of its rows.
    """
    means = _by_type([kind for _, kind, _ in counted])
    rows: Counter[tuple[str, str]] = Counter()
    for word, kind, count in counted:
        rows[word, means[kind] or "outbound"] += count
    lines = [{"word": word, "means": meant, "rows": count} for (word, meant), count in rows.items()]
    return unknown_words_note(
        "activities", "direction", sorted(lines, key=lambda row: (-row["rows"], row["word"], row["means"]))
    )


def _by_type(kinds: Sequence[str]) -> dict[str, str | None]:
    types = ibis.memtable({"type": sorted(set(kinds))}, schema={"type": "string"})
    return {row["type"]: row["means"] for row in types.mutate(means=direction_of(types.type)).to_pyarrow().to_pylist()}


def _listed(counted: Sequence[dict[str, Any]]) -> str:
    shown = [
        f"{nameless(row['word'])[:60]!r} ({row['rows']:,} rows, "
        + ("set aside" if row.get("aside") else f"read as {row['means']}")
        + ")"
        for row in counted[:SHOWN]
    ]
    more = len(counted) - SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def direction_note(counted: Sequence[tuple[str, int]]) -> str:
    """What activities without a direction are taken for.

    Parameters
    ----------
    counted : sequence of tuple
        Each type of activity with the number of its rows that have no direction.
    """
    means = _by_type([kind for kind, _ in counted])
    most_first = sorted(counted, key=lambda row: (-row[1], row[0]))
    parts = []
    for meant, words in (
        ("outbound", "as outbound, which changes no score, for they look like our own"),
        ("inbound", "as inbound"),
        (None, "as inbound too, for their type does not say who acts"),
    ):
        of_these = [(f"{nameless(kind)[:60]} ({rows:,})", rows) for kind, rows in most_first if means[kind] == meant]
        if of_these:
            rest = of_these[SHOWN:]
            more = f" and {len(rest)} more types ({sum(rows for _, rows in rest):,})" if rest else ""
            parts.append(", ".join(shown for shown, _ in of_these[:SHOWN]) + f"{more} {words}")
    return "activities: without a direction, read by their type: " + "; ".join(parts)
