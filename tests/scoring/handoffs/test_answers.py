"""What sales answered, by hand; and that every row goes somewhere, whatever the rows are."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.handoffs.answers import answers, surely_before
from scoring.handoffs.promises import OUTCOMES, promises
from scoring.handoffs.reasons import about, known_reason


def table(*rows: tuple[str, str, str | None, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["lead_id", "handed_at", "accepted_at", "rejected_at"]).assign(account_id=None)
    times = ["handed_at", "accepted_at", "rejected_at"]
    return frame.assign(**{name: pd.to_datetime(frame[name], format="ISO8601") for name in times})


#: Who, handed over, accepted, rejected, and what that is.
CASES = [
    ("waits", "2027-01-04 10:00", None, None, "unanswered"),
    ("accepted", "2027-01-04 10:00", "2027-01-04 11:00", None, "accepted"),
    ("rejected", "2027-01-04 10:00", None, "2027-01-05 09:00", "rejected"),
    ("thought again", "2027-01-04 10:00", "2027-01-04 11:00", "2027-01-05 09:00", "rejected"),
    ("taken after all", "2027-01-04 10:00", "2027-01-06 11:00", "2027-01-05 09:00", "accepted"),
    ("both at once", "2027-01-04 10:00", "2027-01-05 09:00", "2027-01-05 09:00", "contradictory"),
    ("before it came", "2027-01-04 10:00", "2027-01-03 11:00", None, "contradictory"),
    ("an hour before", "2027-01-04 10:00", None, "2027-01-04 09:00", "contradictory"),
    ("a date of the day", "2027-01-04 10:00", "2027-01-04", None, "accepted"),
    ("a date of the day before", "2027-01-04 10:00", "2027-01-03", None, "contradictory"),
    ("handed over on a date", "2027-01-04", "2027-01-04 09:00", None, "accepted"),
    ("one day says both", "2027-01-04 10:00", "2027-01-05 09:00", "2027-01-05", "contradictory"),
    # Twice in the export, and once more at another time: the row with the latest answer counts.
    ("twice", "2027-01-04 10:00", "2027-01-04 11:00", None, "repeated"),
    ("twice", "2027-01-04 10:00", "2027-01-04 11:00", "2027-01-05 09:00", "rejected"),
    ("twice", "2027-01-04 10:00", None, None, "repeated"),
    ("twice", "2027-02-04 10:00", None, None, "unanswered"),
]


def test_each_answer() -> None:
    found = answers(table(*(case[:4] for case in CASES)))
    assert [(case[0], state) for case, state in zip(CASES, found, strict=True)] == [(c[0], c[4]) for c in CASES]


TIMES = st.sampled_from(["2027-01-04", "2027-01-04 10:00", "2027-01-04 12:00", "2027-01-05", None])


@settings(max_examples=12)
@given(st.lists(st.tuples(st.sampled_from("ab"), TIMES.filter(bool), TIMES, TIMES), min_size=1), st.randoms())
def test_no_order_changes_an_answer(rows: list[tuple[str, str, str | None, str | None]], random: object) -> None:
    frame = table(*rows)
    shuffled = frame.sample(frac=1, random_state=random.getrandbits(32))  # type: ignore[attr-defined]
    first, second = (one.assign(state=answers(one)) for one in (frame, shuffled))
    kept = [one[one["state"] != "repeated"].sort_values(["lead_id", "handed_at"]) for one in (first, second)]
    assert kept[0]["state"].tolist() == kept[1]["state"].tolist()
    assert not kept[0].duplicated(["lead_id", "handed_at"]).any()


def test_a_missing_moment_is_before_nothing() -> None:
    missing, day = (pd.Series(pd.to_datetime([text])) for text in (None, "2027-01-04"))
    assert [surely_before(missing, day)[0], surely_before(day, missing)[0]] == [False, False]


REASONS = ("no budget", "no such person", "duplicate", "Kein Bedarf")


@pytest.mark.parametrize(
    ("text", "expected", "says"),
    [
        ("No Budget", "no budget", "timing"),
        ("no budget - ask Anna Markowitz in May", "no budget", "timing"),
        ("No_such person!", "no such person", "data"),
        ("kein bedarf", "Kein Bedarf", "fit"),
        ("Dublette von Müller GmbH", "duplicate", "data"),
        ("call again next quarter", "not now", "timing"),
        ("wrong number, Anna left", "wrong contact data", "data"),
        ("never answers. no response", "not reached", "timing"),
        ("too small for us", "outside the target market", "fit"),
        ("Anna Markowitz (0171 5551234) said so", "other", ""),
        ("  - ", "none given", ""),
        (None, "none given", ""),
    ],
)
def test_a_reason_is_shown_in_our_words_or_those_agreed(text: str | None, expected: str, says: str) -> None:
    assert (known_reason(text, REASONS), about(expected)) == (expected, says)


@given(st.text(), st.lists(st.sampled_from(REASONS)))
def test_no_text_of_a_person_is_shown(text: str, agreed: list[str]) -> None:
    ours = {"none given", "other", "duplicate", "wrong contact data", "competitor or partner", "no budget", "not now"}
    ours |= {"not reached", "outside the target market", "no interest"}
    assert known_reason(text, agreed) in ours | set(agreed)


#: Promised, waited at least and at most, touched, ended otherwise.
PROMISES = [
    (4.0, 3.0, 3.0, True, False, "kept"),
    (4.0, 4.0, 4.0, True, False, "kept"),
    (4.0, 5.0, 5.0, True, False, "missed"),
    (4.0, 0.0, 8.0, True, False, "not_known"),
    (4.0, 3.0, 3.0, False, False, "not_due"),
    (4.0, 5.0, 5.0, False, False, "missed"),
    (4.0, 2.0, 8.0, False, False, "not_known"),
    (4.0, 3.0, 3.0, False, True, "ended"),
    (4.0, 6.0, 6.0, False, True, "missed"),
    (float("nan"), 99.0, 99.0, False, False, "nothing_promised"),
]


def test_each_promise() -> None:
    columns = [pd.Series(column).to_numpy() for column in list(zip(*PROMISES, strict=True))[:5]]
    found = promises(*columns)
    assert found.tolist() == [case[5] for case in PROMISES]
    assert set(found) == set(OUTCOMES)
