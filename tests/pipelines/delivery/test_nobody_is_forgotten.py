"""Whoever a CRM refused is sent again, whatever ids are blank, in whatever order rows and files come."""

import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.config import Config
from pipelines.delivery.import_results import imported, refused
from tests.crm_answers import marketo, salesforce
from tests.crm_answers.rows import Row
from tests.pipelines.delivery.import_nights import sent_file, sent_rows, store_with

#: Whether a row was refused, and whether its id is blank in what comes back.
ROWS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=8)
FAST = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])


def blanked(rows: list[Row], drawn: list[tuple[bool, bool]], key: str) -> list[Row]:
    return [dict(row) | ({key: ""} if blank else {}) for row, (_, blank) in zip(rows, drawn, strict=True)]


@pytest.mark.slow
@FAST
@given(drawn=ROWS, shuffled=st.randoms(use_true_random=False), errors_first=st.booleans(), loader=st.booleans())
def test_success_and_error_file(
    drawn: list[tuple[bool, bool]], shuffled: Random, errors_first: bool, loader: bool
) -> None:
    ids = [f"00Q00000000000{n}AAA" for n in range(len(drawn))]
    with tempfile.TemporaryDirectory() as folder:
        store = store_with(Path(folder), {day: {"lead": ids} for day in ("2025-12-28", "2025-12-29")})
        back = blanked(sent_rows("salesforce", "lead", ids), drawn, "Id")
        order = list(range(len(drawn)))
        shuffled.shuffle(order)
        no = {place: "no" for place, number in enumerate(order) if drawn[number][0]}
        made = salesforce.loader_bulk_2 if loader else salesforce.bulk_2
        texts = made([back[number] for number in order], no)
        if loader:  # Salesforce's own id of a success is ours; here it is as blank as ours
            texts = (texts[0].replace('"001000000000001AAA"', '""'), texts[1])
        for number, text in enumerate(reversed(texts) if errors_first else texts):
            file = Path(folder) / f"{number}.csv"
            file.write_text(text, newline="")
            found = imported(store, Config(), file, asked="lead", say=lambda line: None)
            rows = text.count("\n") - 1
            assert found is None if not rows else found is not None
            if found is not None:
                assert found.taken + found.failed + found.unknown == rows
        again = refused(store).get("lead", {}).get("salesforce", frozenset())
        assert {unit for unit, (was_refused, _) in zip(ids, drawn, strict=True) if was_refused} <= again
        if not any(was_refused and blank for was_refused, blank in drawn):
            assert again == {unit for unit, (was_refused, _) in zip(ids, drawn, strict=True) if was_refused}


@pytest.mark.slow
@FAST
@given(drawn=ROWS, shuffled=st.randoms(use_true_random=False))
def test_failures_and_the_file_that_was_sent(drawn: list[tuple[bool, bool]], shuffled: Random) -> None:
    ids = [str(10_000_000 + n) for n in range(len(drawn))]
    with tempfile.TemporaryDirectory() as folder:
        store = store_with(Path(folder), {day: {"lead": ids} for day in ("2025-12-28", "2025-12-29")})
        rows = sent_rows("marketo", "lead", ids)
        numbers = [number for number, (was_refused, _) in enumerate(drawn) if was_refused]
        shuffled.shuffle(numbers)
        failures = Path(folder) / "failures.csv"
        failures.write_text(marketo.failures(blanked(rows, drawn, "id"), dict.fromkeys(numbers, "no")))
        found = imported(store, Config(), failures, sent=sent_file(Path(folder), rows), say=lambda line: None)
        assert found is not None
        assert found.taken + found.failed + found.unknown == len(drawn)
        again = refused(store).get("lead", {}).get("marketo", frozenset())
        assert {ids[number] for number in numbers} <= again
        if not any(was_refused and blank for was_refused, blank in drawn):
            assert again == {ids[number] for number in numbers}
