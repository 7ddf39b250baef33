"""The comparison of one result of two checkouts: equal, or different in its text, or in its numbers."""

import difflib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from benchmarks.same_results.renames import renamed

EQUAL, TEXT, ORDER, NUMBERS, ONE_SIDE = "equal", "text only", "other order", "numbers", "on one side only"
#: In the order of how bad they are.
DEGREES = (EQUAL, TEXT, ORDER, NUMBERS, ONE_SIDE)
DATA, PROSE = "data", "prose"

NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")
#: Keys whose text is a message for a person, wherever they stand.
MESSAGES = {"reason", "reasons", "message", "notes", "over", "sentence", "description", "words", "command_line"}
#: What a difference is shown by: lines, and characters of each.
LINES, WIDTH = 14, 220
#: Lines of a text that a diff is made of.
LONG = 2_000


@dataclass(frozen=True)
class Comparison:
    """What became of one result.

    Attributes
    ----------
    name : str
        The file, or the part of it.
    kind : str
        `data` or `prose`: a message may be put in better English, data may not change at all.
    degree : str
        One of `DEGREES`.
    excerpt : tuple of str
        The first lines that differ.
    """

    name: str
    kind: str
    degree: str
    excerpt: tuple[str, ...] = ()

    @property
    def worse(self) -> tuple[bool, int]:
        """What to order by: data before prose, and the worst last."""
        return self.kind == DATA, DEGREES.index(self.degree)


def numbers(text: str) -> list[str]:
    """Give the numbers in a text, in order, without the commas between thousands."""
    return [found.replace(",", "") for found in NUMBER.findall(text)]


def degree(before: str, after: str) -> str:
    """Say in what two texts differ."""
    if before == after:
        return EQUAL
    one, other = numbers(before), numbers(after)
    if one == other:
        return TEXT
    return ORDER if Counter(one) == Counter(other) else NUMBERS


def texts(name: str, before: str, after: str, kind: str) -> Comparison:
    """Compare two texts as they are."""
    found = degree(before, after)
    if found == EQUAL:
        return Comparison(name, kind, found)
    return Comparison(name, kind, found, shown(_lines(before.splitlines(), after.splitlines())))


def _lines(before: list[str], after: list[str]) -> list[str]:
    """Give the lines that differ; of long texts of equal length, which a diff takes minutes for, place by place."""
    if len(before) == len(after) > LONG:
        indexes = [i for i, (one, two) in enumerate(zip(before, after, strict=True)) if one != two]
        return [line for i in indexes for line in (f"@@ line {i + 1} @@", f"-{before[i]}", f"+{after[i]}")]
    lines = difflib.unified_diff(before[:LONG], after[:LONG], n=0, lineterm="")
    found = [line for line in lines if not line.startswith(("---", "+++"))]
    return found or [f"{len(before):,} lines -> {len(after):,} lines, the first {LONG:,} are equal"]


def shown(lines: list[str]) -> tuple[str, ...]:
    """Give the first lines, cut to a width, and how many there are more."""
    more = [f"... and {len(lines) - LINES:,} lines more"] if len(lines) > LINES else []
    return tuple([line if len(line) <= WIDTH else line[:WIDTH] + " ..." for line in lines[:LINES]] + more)


def leaves(value: Any, at: str = "") -> dict[str, Any]:
    """Give every plain value in a JSON document by where it stands: `terms[3].values[0]`.

    A text that is itself a JSON object is opened as well.
    """
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return {at: value}
    if isinstance(value, Mapping) and value:
        inner = [leaves(item, f"{at}.{name}" if at else str(name)) for name, item in value.items()]
    elif isinstance(value, list) and value:
        inner = [leaves(item, f"{at}[{i}]") for i, item in enumerate(value)]
    else:
        return {at: value}
    return {key: item for part in inner for key, item in part.items()}


def is_message(key: str) -> bool:
    """Whether a message for a person stands there."""
    *_, last = re.split(r"[./]", re.sub(r"\[\d+\]", "", key))
    return last in MESSAGES


def documents(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Compare two JSON documents, given as their leaves; what differs in messages alone is prose.

    Parameters
    ----------
    name : str
        The file.
    before, after : mapping
        What `leaves` gives.
    """
    names = renamed(before, after)
    before = {names.get(key, key): value for key, value in before.items()}
    keys = list(dict.fromkeys([*before, *after]))
    absent = object()
    other = [key for key in keys if not _same(before.get(key, absent), after.get(key, absent))]
    if not other:
        return Comparison(name, DATA, EQUAL)
    lines = [f"{key}: {_excerpt(before, key)} -> {_excerpt(after, key)}" for key in other]
    data = [key for key in other if not is_message(key)]
    if not data:
        one, two = ("\n".join(str(side.get(key, "")) for key in other) for side in (before, after))
        return Comparison(name, PROSE, degree(one, two), shown(lines))
    figures = any(
        not (isinstance(before.get(key, absent), str) and isinstance(after.get(key, absent), str))
        or degree(before[key], after[key]) not in (EQUAL, TEXT)
        for key in data
    )
    return Comparison(name, DATA, NUMBERS if figures else TEXT, shown(lines))


def _same(before: Any, after: Any) -> bool:
    """Whether two leaves are equal; 1 and 1.0 and true are not, and NaN is itself."""
    return type(before) is type(after) and (before == after or (before != before and after != after))


def _excerpt(side: Mapping[str, Any], key: str) -> str:
    return json.dumps(side[key], ensure_ascii=False)[: WIDTH // 3] if key in side else "(absent)"


class Page(HTMLParser):
    """An HTML page in two parts.

    Attributes
    ----------
    words : list of str
        What a person reads, labels of drawings for screen readers among it.
    drawn : list of str
        Tags with the attributes that place, size and colour something.
    """

    LABELS = ("aria-label", "title", "alt", "href", "id", "class", "lang", "content")

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.drawn: list[str] = []
        self._inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag's attributes."""
        self._inside.append(tag)
        self.words += [value for name, value in attrs if value and name in self.LABELS[:3]]
        if placed := [f'{name}="{value}"' for name, value in attrs if name not in self.LABELS]:
            self.drawn.append(f"{tag} {' '.join(placed)}")

    def handle_data(self, data: str) -> None:
        """Keep words, without the blanks around them."""
        if (words := " ".join(data.split())) and self._inside[-1:] not in (["style"], ["script"]):
            self.words.append(words)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass


def pages(name: str, before: str, after: str) -> list[Comparison]:
    """Compare two HTML pages: their words, which are prose, and their drawings, which are data."""
    if before == after:
        return [Comparison(name, PROSE, EQUAL)]
    one, two = Page(before), Page(after)
    found = [
        texts(f"{name} (words)", "\n".join(one.words), "\n".join(two.words), PROSE),
        texts(f"{name} (drawings)", "\n".join(one.drawn), "\n".join(two.drawn), DATA),
    ]
    if all(part.degree == EQUAL for part in found):
        return [Comparison(name, PROSE, TEXT, ("tags, style or script differ, words and drawings do not",))]
    return found
