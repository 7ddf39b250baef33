"""What two runs of one program differ in is not seen as a difference, and everything else is."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from benchmarks.same_results.compared import Comparison, degree, documents, leaves, pages, texts
from benchmarks.same_results.files import compared, document, tables, taken_out
from benchmarks.same_results.normalised import normalised
from benchmarks.same_results.renames import renamed
from benchmarks.same_results.run import Run

DRAWN = "16127631b18740f9806ed9faeff240d7"
RUN = Run(
    checkout=Path("/code/old"),
    folder=Path("/results/before/live"),
    commit="bb675d24e131bb3b153ad4849f6040d3516c64f1",
    begin=datetime(2026, 11, 29, 15, 20, 30, tzinfo=UTC),
    end=datetime(2026, 11, 29, 15, 40, tzinfo=UTC),
    names={DRAWN: "<run 1>"},
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Where: paths and drawn ids.
        ("Reading /results/before/live/crm", "Reading <run>/crm"),
        ("/code/old/pipelines/__main__.py", "<checkout>/pipelines/__main__.py"),
        (f"artifacts/{DRAWN}/scorecard.json", "artifacts/<run 1>/scorecard.json"),
        ("run 20261129T152113Z-f46d0c ended", "run <log run> ended"),
        # When: moments of the run, in each CRM's way of writing; moments of the data stay.
        ("2026-11-29T15:21:13Z", "<time>"),
        ("2026-11-29T15:21:13.000Z", "<time>"),
        ("2026-11-29T15:21:13+00:00", "<time>"),
        ("2026-11-29 15:21:13", "<time>"),
        ("2026-11-29 15:20", "<time>"),
        ("2026-11-29T15:41:00Z", "2026-11-29T15:41:00Z"),
        ("2025-12-29T15:21:13Z", "2025-12-29T15:21:13Z"),
        ("made on 2026-11-29", "made on <day>"),
        ("as of 2025-12-29", "as of 2025-12-29"),
        ("seconds 1795966000", "seconds <time>"),
        ("revenue 1234567890", "revenue 1234567890"),
        ("seconds 1.795966e+09", "seconds <time>"),
        ("revenue 1.234567e+09", "revenue 1.234567e+09"),
        ("[ 17.6 s] Training", "[<seconds>] Training"),
        ("Training took 17.6 s", "Training took 17.6 s"),
        ('closedwon_run_duration_seconds{a="b"} 22.887', 'closedwon_run_duration_seconds{a="b"} <seconds>'),
        ('closedwon_scored_rows{a="b"} 22', 'closedwon_scored_rows{a="b"} 22'),
        # How much room there is on the disk; what a night takes stays.
        ("22 kB a night, 41.7 GB free: room for 72,933 nights", "22 kB a night, <free space>"),
        # Which: names made of digests, and versions.
        ("nights/2025-12-29_12_5f0c9a1e/", "nights/2025-12-29_12_<identity>/"),
        ("lead/55bfb9c41f2a1fbf/2025-06-30.parquet", "lead/<key>/2025-06-30.parquet"),
        ("store/imports/salesforce_133a8f6c415f8028.json", "store/imports/salesforce_<digest>.json"),
        ("closedwon 0.1.0, model version 2", "closedwon <version>, model version 2"),
        # Cut-offs end in any order; what they say stays theirs.
        (
            "  2025-06-30: 42 wins (1 of 2)\n  2025-05-31: 43 wins (2 of 2)\n",
            "  2025-05-31: 43 wins (one of 2)\n  2025-06-30: 42 wins (one of 2)\n",
        ),
        ("b: 2 of 3\na: 1 of 3\n", "b: 2 of 3\na: 1 of 3\n"),
    ],
)
def test_what_may_differ_is_taken_out_and_nothing_else(text: str, expected: str) -> None:
    assert normalised(text, RUN) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("12 accounts scored", "12 accounts scored", "equal"),
        ("hubspot gets 12 of them not", "12 accounts are not in the HubSpot file", "text only"),
        ("1,234 rows", "1234 rows are there", "text only"),
        ("2 of 3 rows", "of 3 rows, 2", "other order"),
        ("12 accounts scored", "13 accounts scored", "numbers"),
        ("skill 16.4%", "skill 16.5%", "numbers"),
        ("a shift of -0.1", "a shift of 0.1", "numbers"),
        ("12 accounts", "accounts", "numbers"),
    ],
)
def test_a_changed_number_is_told_from_a_changed_text(before: str, after: str, expected: str) -> None:
    assert degree(before, after) == expected


def test_a_difference_shows_its_first_lines_and_counts_the_others() -> None:
    before, after = "\n".join("abcdefghij"), "\n".join("ABCDEFGHIJ")
    found = texts("out", before, after, "prose").excerpt
    assert (found[:2], found[-1], len(found)) == (("@@ -1,10 +1,10 @@", "-a"), "... and 7 lines more", 15)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a\n" * 3000, "a\n" * 2999 + "b\n", ("@@ line 3000 @@", "-a", "+b")),
        ("a\n" * 3000, "a\n" * 3001, ("3,000 lines -> 3,001 lines, the first 2,000 are equal",)),
    ],
)
def test_a_difference_far_down_in_a_long_text_is_shown(before: str, after: str, expected: tuple[str, ...]) -> None:
    assert texts("a.csv", before, after, "data").excerpt == expected


@pytest.mark.parametrize(
    ("before", "after", "kind", "expected"),
    [
        ({"base": -5.25}, {"base": -5.25}, "data", "equal"),
        ({"base": -5.25}, {"base": -5.250001}, "data", "numbers"),
        ({"base": 1}, {"base": 1.0}, "data", "numbers"),
        ({"base": 1}, {"base": True}, "data", "numbers"),
        ({"base": float("nan")}, {"base": float("nan")}, "data", "equal"),
        ({"a": 1}, {"a": 1, "b": None}, "data", "numbers"),
        ({"rung": "boosted"}, {"rung": "trees"}, "data", "text only"),
        ({"gates": [{"reason": "12 are let pass"}]}, {"gates": [{"reason": "12 pass"}]}, "prose", "text only"),
        ({"gates": [{"reason": "12 are let pass"}]}, {"gates": [{"reason": "13 pass"}]}, "prose", "numbers"),
        ({"verdict": '{"auc": 0.5}'}, {"verdict": '{"auc": 0.6}'}, "data", "numbers"),
        ({"rows": [1, 2]}, {"rows": [2, 1]}, "data", "numbers"),
    ],
)
def test_of_a_document_messages_alone_are_prose(before: dict, after: dict, kind: str, expected: str) -> None:
    found = documents("a.json", leaves(before), leaves(after))
    assert (found.kind, found.degree) == (kind, expected)


def test_of_a_page_words_are_prose_and_drawings_are_data() -> None:
    def page(words: str, x: str) -> str:
        return f'<style>p {{width: 1px}}</style><p>{words}</p><svg aria-label="{words}"><rect x="{x}"/></svg>'

    def found(after: str) -> list[tuple[str, str]]:
        return [(part.kind, part.degree) for part in pages("report.html", page("3 wins told", "7"), after)]

    assert found(page("3 wins told", "7")) == [("prose", "equal")]
    assert found(page("3 wins", "7")) == [("prose", "text only"), ("data", "equal")]
    assert found(page("4 wins", "7")) == [("prose", "numbers"), ("data", "equal")]
    assert found(page("3 wins told", "8")) == [("prose", "equal"), ("data", "numbers")]
    assert found(page("3 wins told", "7").replace("1px", "2px")) == [("prose", "text only")]


SCORES = pa.table({"account_id": ["A1", "A2"], "win_probability": [0.5, float("nan")], "reason_1": ["x", "y"]})


@pytest.mark.parametrize(
    ("after", "expected", "excerpt"),
    [
        (SCORES, "equal", ""),
        (SCORES.set_column(2, "reason_1", [["x", "z"]]), "text only", "reason_1: 1 rows, first in row 1: 'y' -> 'z'"),
        (
            SCORES.set_column(1, "win_probability", [[0.25, float("nan")]]),
            "numbers",
            "win_probability: 1 rows, first in row 0: 0.5 -> 0.25, at most 5.0e-01 apart",
        ),
        (SCORES.slice(0, 1), "numbers", "rows: 2 -> 1"),
        (SCORES.select([1, 0, 2]), "numbers", "order of columns: "),
        (SCORES.drop_columns("reason_1"), "numbers", "column reason_1 string: only before"),
        (SCORES.cast(pa.schema([*list(SCORES.schema)[:2], ("reason_1", pa.large_string())])), "numbers", "column "),
    ],
)
def test_a_changed_cell_column_or_type_of_a_table_is_seen(after: pa.Table, expected: str, excerpt: str) -> None:
    found = tables("a.parquet", SCORES, after)
    assert found.degree == expected
    assert (found.excerpt or ("",))[0].startswith(excerpt)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["unit", "told_grade"], ["unit", "sent_grade"], {"told_grade": "sent_grade"}),
        (["told_grade"], ["told_grade", "sent_grade"], {}),  # it is there still
        (["told_grade"], ["unit"], {}),
        (["told_colour"], ["sent_colour"], {}),  # not declared
        (["v/a 1/verdict.without_x_came"], ["v/a 1/verdict.without_x_wins"], None),
        (["v/a 1/verdict.without_x_came"], ["v/a 2/verdict.without_x_wins"], {}),
    ],
)
def test_what_was_renamed(before: list[str], after: list[str], expected: dict[str, str] | None) -> None:
    assert renamed(before, after) == ({before[0]: after[0]} if expected is None else expected)


def test_a_renamed_column_is_compared_under_its_new_name() -> None:
    def degree_of(value: float) -> str:
        old, new = pa.table({"told_probability": [0.5, 0.25]}), pa.table({"sent_probability": [0.5, value]})
        return tables("a.parquet", old, new).degree

    assert (degree_of(0.25), degree_of(0.75)) == ("equal", "numbers")
    found = documents("m.db", {"verdict.without_x_came": "3.0"}, {"verdict.without_x_wins": "4.0"})
    assert (found.degree, found.excerpt) == ("numbers", ('verdict.without_x_wins: "3.0" -> "4.0"',))


def test_a_column_of_times_is_taken_out_only_if_all_are_of_the_run() -> None:
    during, earlier = datetime(2026, 11, 29, 15, 21), datetime(2025, 11, 29, 15, 21)
    nights = ["2025-11-24_1_deef9f0f", "2025-11-25_2_71e2306b"]
    table = pa.table({"scored_at": [during, during], "created_at": [during, earlier], "night": nights})
    assert taken_out(table, RUN).to_pydict() == {
        "scored_at": [None, None],
        "created_at": [during, earlier],
        "night": ["2025-11-24_1_<identity>", "2025-11-25_2_<identity>"],
    }


def test_the_digest_of_a_file_is_taken_out_only_if_it_is_right(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1\n")
    right = "4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865"
    outputs = '{{"outputs": [{{"path": "a.csv", "bytes": 2, "sha256": "{}"}}], "seconds": 3.5}}'
    manifest = tmp_path / "manifest.json"
    assert document(outputs.format(right), manifest) == {
        "outputs[0].path": "a.csv",
        "outputs[0].bytes": 2,
        "outputs[0].sha256": "as the file's",
    }
    assert document(outputs.format("0" * 64), manifest)["outputs[0].sha256"] == "0" * 64
    # The ledger has a file of that name, too, and another one.
    assert document(outputs.format("0" * 64), tmp_path / "night.json")["outputs[0].sha256"] == "as in the manifest"
    (tmp_path / "a.csv").unlink()
    assert document(outputs.format(right), manifest)["outputs[0].sha256"] == right


def test_a_file_on_one_side_only_is_data_unless_it_is_printed(tmp_path: Path) -> None:
    for side, name in (("before", "a.csv"), ("after", "b.txt")):
        (tmp_path / side).mkdir()
        (tmp_path / side / name).write_text("1\n")
    assert list(compared(tmp_path / "before", RUN, tmp_path / "after", RUN, ("*",))) == [
        Comparison("a.csv", "data", "on one side only", ("only before",)),
        Comparison("b.txt", "prose", "on one side only", ("only after",)),
    ]
