"""The table of the commands on raw exports: a command that does not end with 0 is said below it."""

from benchmarks.raw_commands import Ended, lines


def test_a_command_that_was_not_run_has_a_dash_and_one_that_failed_its_message() -> None:
    found = [
        Ended("Zoho", (0, 0, 0), "1,069", 61.2),
        Ended("real: marketo", (0, 3), "", 4.4, "closedwon check: the table opportunities is missing"),
    ]
    assert lines(found) == [
        "| export | `init` | `check` | `backtest` | wins to learn from | seconds of CPU |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        "| Zoho | 0 | 0 | 0 | 1,069 | 61 |",
        "| real: marketo | 0 | 3 | - | - | 4 |",
        "",
        "- real: marketo: closedwon check: the table opportunities is missing",
    ]
