"""The log and the records of runs, without the ids of who is forgotten.

They are JSON: only texts in it change, never a key and never a number. In the sentences that runs wrote, an id is a
whole word; one that may be a count or a word of the language is an id only after `lead` or the like.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipelines.disk import written_whole

#: What a text has in place of an id.
FORGOTTEN = "(forgotten)"
#: An id with fewer signs may be part of anything, and stays in sentences.
LEAST_SIGNS = 4
#: No count has so many digits.
LONGEST_COUNT = 11
#: The keys of sentences; the other texts are names, options and times.
SENTENCES = ("message", "reason")
#: What stands before an id.
_BEFORE = r"\b(?i:account|lead|opportunity|record|id)s?:? ['\"]?"


def id_pattern(ids: Iterable[str]) -> re.Pattern[str] | None:
    """What finds ids in a sentence; None if no id can be found in one.

    Parameters
    ----------
    ids : iterable of str
        In every spelling.
    """
    long = sorted((name for name in set(ids) if len(name) >= LEAST_SIGNS), key=lambda name: (-len(name), name))
    if not long:
        return None
    telling = [name for name in long if _tells(name)]
    parts = [rf"(?P<told>(?<![\w./-])(?:{'|'.join(map(re.escape, telling))}))"] if telling else []
    parts.append(rf"(?P<before>{_BEFORE})(?:{'|'.join(map(re.escape, long))})")
    return re.compile(rf"(?:{'|'.join(parts)})(?![\w/-]|[.,]\w)")


def _tells(name: str) -> bool:
    """Whether an id can only be an id: it has digits and letters, or more digits than a count."""
    digits = sum(sign.isdigit() for sign in name)
    letters = sum(sign.isalpha() for sign in name)
    return bool(digits and letters) or digits > LONGEST_COUNT


def without_words(file: Path, found: re.Pattern[str] | None) -> bool:
    """Write `FORGOTTEN` in a log, or in the record of a run, where ids are; tells whether there were any.

    Parameters
    ----------
    file : Path
        JSON, or a JSON object a line; a line that is cut off is taken for a sentence. Bytes that are not UTF-8 stay.
    found : pattern, optional
        What `id_pattern` gave.
    """
    if found is None:
        return False
    text = file.read_bytes().decode("utf-8", errors="surrogateescape")
    if file.suffix == ".json":
        left = _line(text, found, indent=1)
    else:
        left = "".join(_line(line, found) for line in text.splitlines(keepends=True))
    if left == text:
        return False
    with written_whole(file) as temporary:
        temporary.write_bytes(left.encode("utf-8", errors="surrogateescape"))
    return True


def _line(line: str, found: re.Pattern[str], indent: int | None = None) -> str:
    if not found.search(line):
        return line
    end = line[len(line.rstrip("\r\n")) :]
    try:
        content = json.loads(line)
    except ValueError:
        return _sentence(line, found)
    left = _value(content, found, sentence=False)
    return line if left == content else json.dumps(left, ensure_ascii=False, indent=indent) + end


def _value(value: Any, found: re.Pattern[str], *, sentence: bool) -> Any:
    if isinstance(value, dict):
        return {key: _value(inner, found, sentence=key in SENTENCES) for key, inner in value.items()}
    if isinstance(value, list):
        return [_value(inner, found, sentence=sentence) for inner in value]
    if not isinstance(value, str):
        return value
    if sentence:
        return _sentence(value, found)
    return FORGOTTEN if found.fullmatch(value) else value


def _sentence(text: str, found: re.Pattern[str]) -> str:
    return found.sub(lambda hit: f"{hit.groupdict().get('before') or ''}{FORGOTTEN}", text)
