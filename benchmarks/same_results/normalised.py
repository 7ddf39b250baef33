"""What two runs of the same code may differ in: each rule takes one such thing out of a text, and nothing else.

1. paths        the folder that a run wrote to, and the checkout that ran
2. drawn ids    of MLflow's runs and models, named by their order; run ids of the log; ids in the report's page
3. clock        moments and days of the clock while the run went on; moments of the data stay
4. durations    the seconds before a line of progress, and those of a run among the metrics
5. identities   the digits behind a night's name, the key of a folder of cut-offs, and the name of an import: all are
                digests of paths, drawn ids or moments
6. versions     of closedwon, and the commit
7. order        of cut-offs that processes work on side by side
8. free space   of the disk, and how many nights it has room for
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby

from benchmarks.same_results.run import Run

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+]00:00)?")
DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
#: Seconds, milliseconds or microseconds since 1970.
EPOCH = re.compile(r"\b(?:\d{10}(?:\d{3}(?:\d{3})?)?(?:\.\d+)?|\d\.\d+e\+09)\b")
LOG_RUN = re.compile(r"\b\d{8}T\d{6}Z-[0-9a-f]{6}\b")
SECONDS = re.compile(r"^\[ *\d+\.\d s\]", re.MULTILINE)
DURATION = re.compile(r"^(closedwon_run_duration_seconds\S*) \S+$", re.MULTILINE)
NIGHT = re.compile(r"\b(\d{4}-\d\d-\d\d_\d+)_[0-9a-f]{8}\b")
CUT_OFF_KEY = re.compile(r"\b(account|lead)/[0-9a-f]{16}/")
IMPORT = re.compile(r"\bimports/([a-z]+)_[0-9a-f]{16}\b")
VERSION = re.compile(r"\b(closedwon(?: version)?[ =/-]+)\d+\.\d+\.\d+\b")
FREE = re.compile(r"\b[\d.,]+ [kMGT]?B free: room for [\d,]+ nights\b")
PARALLEL = re.compile(r"(\d{4}-\d\d-\d\d): [^(\n]*\((\d+) of \d+\)")
#: A clock that was set back while a run went on would be worse than this.
SLACK = timedelta(seconds=2)


def normalised(text: str, run: Run) -> str:
    """Take out of a text what may differ, by the rules above.

    Parameters
    ----------
    text : str
        What a command printed or wrote.
    run : Run
        Where and when that was.
    """
    for path, name in ((run.folder, "<run>"), (run.checkout, "<checkout>")):
        text = text.replace(str(path), name)
    for identifier, name in run.names.items():
        text = text.replace(identifier, name)
    text = LOG_RUN.sub("<log run>", text)
    text = NIGHT.sub(r"\1_<identity>", text)
    text = CUT_OFF_KEY.sub(r"\1/<key>/", text)
    text = MOMENT.sub(_during(run, _moment, "<time>"), text)
    text = DAY.sub(_during(run, _moment, "<day>", whole_days=True), text)
    text = EPOCH.sub(_during(run, _since_1970, "<time>"), text)
    text = DURATION.sub(r"\1 <seconds>", SECONDS.sub("[<seconds>]", text))
    text = FREE.sub("<free space>", text)
    text = IMPORT.sub(r"imports/\1_<digest>", text)
    text = VERSION.sub(r"\1<version>", text).replace(run.commit.removesuffix("-dirty"), "<commit>")
    return "".join(_in_order(text))


def _during(
    run: Run, read: Callable[[str], datetime], name: str, *, whole_days: bool = False
) -> Callable[[re.Match[str]], str]:
    """Give what replaces a moment of the run by a name, and leaves any other."""
    begin, end = run.begin - SLACK, run.end + SLACK
    if whole_days:
        begin = begin.replace(hour=0, minute=0, second=0, microsecond=0)

    def replaced(found: re.Match[str]) -> str:
        try:
            moment = read(found[0])
        except ValueError:  # a number that only looks like a moment
            return found[0]
        # Minutes alone are cut down, and so are seconds.
        return name if begin - timedelta(minutes=1) <= moment <= end else found[0]

    return replaced


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _since_1970(text: str) -> datetime:
    digits = len(str(int(float(text))))
    return datetime.fromtimestamp(float(text) / 10 ** (digits - 10), UTC)


def _in_order(text: str) -> Iterator[str]:
    """Give the lines, those of cut-offs that ended one after the other by their day, and uncounted."""
    lines = text.splitlines(keepends=True)
    for parallel, group in groupby(lines, key=lambda line: PARALLEL.search(line) is not None):
        if not parallel:
            yield from group
            continue
        uncounted = [re.sub(r"\(\d+ of (\d+)\)", r"(one of \1)", line) for line in group]
        yield from sorted(uncounted, key=lambda line: PARALLEL_DAY.findall(line))


PARALLEL_DAY = re.compile(r"(\d{4}-\d\d-\d\d): ")
