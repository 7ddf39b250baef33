"""The gates of a night, on the night of 2026-03-01 and the seven before it, written out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from scoring.evidence.finding import GateResult
from scoring.evidence.promotion.inputs import ALL
from scoring.nights.gates import decide_night
from scoring.nights.record import NightRecord
from scoring.nights.usual import NightLimits
from tests.scoring.nights.usual_nights import candidate, night, shifted, week

LIMITS = NightLimits()
GATES = ["as_of", "tables", "rows", "freshness", "activities", "rejects", "missing", "categories", "scores"]


def decided(
    tonight: Mapping[str, Any], past: Sequence[Mapping[str, Any]], limits: NightLimits = LIMITS
) -> dict[str, GateResult]:
    """What each gate decides, by its name."""
    results = decide_night(candidate(tonight), [NightRecord.from_json(night) for night in past], limits)
    return {result.name: result for result in results}


def refusals(tonight: Mapping[str, Any], past: Sequence[Mapping[str, Any]]) -> list[str]:
    return [name for name, found in decided(tonight, past).items() if not found.kept]


@pytest.mark.parametrize("past", [[], week()[:1], week()], ids=["first", "second", "eighth"])
def test_a_night_as_usual_passes_every_gate(past: list[dict[str, Any]]) -> None:
    found = decided(night(), past)
    assert list(found) == GATES
    assert [name for name, finding in found.items() if not finding.kept] == []
    assert list(decided(night(flow=None), past)) == [gate for gate in GATES if gate != "activities"]


@pytest.mark.parametrize(
    ("cells", "gates"),
    [
        # as many as usual
        ({"inputs__activities__rows": 56_000}, []),  # 70 %
        ({"inputs__activities__rows": 55_999}, ["rows"]),
        ({"inputs__activities__rows": 40_000}, ["rows"]),  # half the activities are missing
        ({"inputs__activities__rows": 240_000}, []),
        ({"inputs__activities__rows": 240_001}, ["rows"]),
        ({"inputs__accounts__rows": 500}, ["rows"]),  # the accounts cut in half
        ({"counts__account__scored": 699}, ["rows"]),
        # not older than usual
        ({"inputs__activities__last_known": "2026-02-26"}, []),
        ({"inputs__activities__last_known": "2026-02-25"}, ["freshness"]),  # three days old: 26, 27 and 28 are missing
        ({"inputs__accounts__last_known": "2025-12-31"}, []),
        ({"inputs__accounts__last_known": "2025-12-30"}, ["freshness"]),
        ({"inputs__accounts__last_known": "2026-03-01"}, []),  # cut at as_of
        ({"today": "2026-03-03"}, []),
        ({"today": "2026-03-04"}, ["freshness"]),  # the export stands still, and as_of with it
        # nothing has stopped
        ({"flow": {ALL: [224, *[900] * 6]}}, ["activities"]),
        ({"flow": {ALL: [899, *[900] * 6], "demo": [0, *[90] * 6]}}, ["activities"]),
        ({"weeks": {ALL: [53, *[210] * 6]}}, []),  # Christmas
        ({"weeks": {ALL: [52, *[210] * 6]}}, ["activities"]),
        ({"weeks": {ALL: [200, *[210] * 6], "page_view": [9, *[40] * 6]}}, ["activities"]),
        # no more set aside than usual
        ({"inputs__accounts__rejected": 30}, []),
        ({"inputs__accounts__rejected": 40}, ["rejects"]),
        ({"inputs__activities__rejected": 2_500}, ["rejects"]),
        # no feature without values
        ({"missing__industry": 0.3}, []),
        ({"missing__industry": 0.301}, ["missing"]),
        ({"missing__industry": 1.0}, ["missing"]),
        ({"missing__industry": 0.0}, []),  # more is known: good news
        ({"missing__demo": 0.97}, []),
        ({"missing__demo": 0.98}, ["missing"]),  # a fifth of those who had any
        # no level that was renamed
        ({"unknown__industry": 0.12}, []),
        ({"unknown__industry": 0.17}, ["categories"]),
        ({"unknown__industry": 0.0}, []),
        # spread as before
        ({"bins__win_probability": shifted(45)}, []),
        ({"bins__win_probability": shifted(50)}, ["scores"]),
        ({"bins__intent_score": [1_000, *[0] * 9]}, ["scores"]),
        # what else there was
        ({"as_of": "2026-02-27"}, ["as_of"]),
        ({"inputs": {"accounts": night()["inputs"]["accounts"]}}, ["tables"]),
    ],
)
def test_what_is_not_as_usual_is_refused(cells: dict[str, Any], gates: list[str]) -> None:
    assert refusals(night(**cells), week()) == gates


@pytest.mark.parametrize(
    ("cells", "gates"),
    [
        ({"inputs__activities__rows": 20}, []),  # nothing says what is usual
        ({"inputs__activities__rejected": 4_000}, []),  # the intake accepted it
        ({"inputs__activities__last_known": "2026-02-25"}, ["freshness"]),
        ({"flow": {ALL: [224, *[900] * 6]}}, ["activities"]),
        # the scorecard knows whom it was centred on
        ({"missing__industry": 1.0}, ["missing"]),
        ({"unknown__industry": 0.3}, ["categories"]),
        ({"bins__fit_score": shifted(60)}, []),
        ({"bins__fit_score": shifted(75)}, ["scores"]),
        ({"bins__win_probability": [1_000, *[0] * 9]}, []),  # of which it does not tell
    ],
)
def test_the_first_night_is_judged_by_the_scorecard(cells: dict[str, Any], gates: list[str]) -> None:
    assert refusals(night(**cells), []) == gates
    # As is the first of another version, in what depends on it.
    other = [name for name in gates if name in ("categories", "scores")]
    retrained = week(models={"account": {"version": "2"}})
    assert set(other) <= set(refusals(night(**cells), retrained))


def test_a_retrained_model_is_not_held_to_the_scores_of_the_one_before() -> None:
    """Its levels and its spread are its own; and it may have features of which no night tells."""
    moved: dict[str, Any] = {"bins__win_probability": [1_000, *[0] * 9], "unknown__industry": 0.0}
    before = week(models={"account": {"version": "2"}}, unknown__industry=0.5, **{"bins__fit_score": shifted(99)})
    assert refusals(night(**moved), before) == []
    assert refusals(night(**moved, models={"account": {"version": "2"}}), before) == ["scores"]
    for past in before:
        del past["facts"]["account"]["missing"]["industry"]
    assert refusals(night(missing__industry=0.9), before) == ["missing"]
    scorecard_without_counts = night(missing__industry=0.9, unknown__industry=0.9, bins__fit_score=[1_000, *[0] * 9])
    scorecard_without_counts["facts"]["account"]["reference"] = {}
    assert refusals(scorecard_without_counts, []) == []


def test_a_small_company_is_not_stopped_by_noise() -> None:
    """Of 40 accounts a few say nothing: neither a third fewer, nor a few without an industry, nor another spread."""

    def small(as_of: str, rows: int, **cells: Any) -> dict[str, Any]:
        record = night(as_of, inputs__accounts__rows=rows, counts__account__scored=rows, **cells)
        record["facts"]["account"]["rows"] = rows
        record["inputs"]["accounts"]["rejected"] = 0
        return record

    past = [small(f"2026-02-{day}", 40, bins__fit_score=[4] * 10) for day in range(22, 29)]
    lopsided = {"missing__industry": 0.4, "unknown__industry": 0.4, "bins__fit_score": [9, 0, 2, 7, 3, 1, 2, 1, 0, 0]}
    assert refusals(small("2026-03-01", 25, **lopsided), past) == []
    assert refusals(small("2026-03-01", 40, missing__industry=1.0), past) == ["missing"]
    # 28 % of 70 are fewer than twenty, of 100 they are not
    assert refusals(small("2026-03-01", 70, missing__industry=0.38), past) == []
    assert refusals(small("2026-03-01", 100, missing__industry=0.38), past) == ["missing"]
    # four standard errors of a half of 270 are 12.2 %
    half = [small(f"2026-02-{day}", 300, unknown__industry=0.5) for day in range(22, 29)]
    assert refusals(small("2026-03-01", 300, unknown__industry=0.62), half) == []
    assert refusals(small("2026-03-01", 300, unknown__industry=0.63), half) == ["categories"]


@pytest.mark.parametrize(
    ("ages", "age", "kept"),
    [
        ([1] * 7, 3, True),
        ([1] * 7, 4, False),
        ([1, 1, 2, 3, 1, 1, 1], 5, True),  # it rests at weekends: Easter Tuesday
        ([1, 1, 2, 3, 1, 1, 1], 7, False),
        ([1, 1, 1, 4, 5, 6, 7], 8, False),  # what stands still now is no pause that ended
        ([1, 8, 1, 1, 1, 1, 1], 8, True),
    ],
)
def test_a_table_may_rest_twice_as_long_as_it_did(ages: list[int], age: int, kept: bool) -> None:
    def aged(as_of: str, days: int) -> dict[str, Any]:
        last = (date.fromisoformat(as_of) - timedelta(days=days)).isoformat()
        return night(as_of, inputs__activities__last_known=last)

    past = [aged(f"2026-02-{22 + i}", days) for i, days in enumerate(ages)]
    assert decided(aged("2026-03-01", age), past)["freshness"].kept is kept


def test_what_was_forced_is_the_new_usual() -> None:
    """Half the accounts were archived on 26 February, and somebody said so; a forced pause is none, though."""
    half: dict[str, Any] = {"inputs__accounts__rows": 500, "counts__account__scored": 500, "missing__industry": 0.6}
    past = week()
    assert refusals(night(**half), past) == ["rows", "missing"]
    past[4] = night("2026-02-26", **half, forced={"by": "ops", "over": ["rows"]})
    assert refusals(night(**half), past[:5]) == []
    assert refusals(night(), past[:5]) == []  # all of them back is less than three times as many
    past[5] = night("2026-02-27", inputs__activities__last_known="2026-02-17", forced={"by": "ops", "over": ["..."]})
    assert refusals(night(inputs__activities__last_known="2026-02-18"), past[:6]) == ["freshness"]


def test_nights_after_this_day_say_nothing_of_what_is_usual() -> None:
    """A day that is scored again is judged by the days before it, and the clock by the last night."""
    later = [night(f"2026-03-{day:02}", inputs__accounts__rows=9_000) for day in range(2, 12)]
    assert refusals(night(), week() + later) == ["as_of"]
    assert refusals(night("2026-02-28"), week()) == []


def test_the_sentences_name_figures_and_what_to_do() -> None:
    worst = night(
        inputs__activities__rows=40_000,
        inputs__accounts__rejected=200,
        inputs__activities__last_known="2026-02-20",
        missing__demo=1.0,
        unknown__industry=0.4,
        bins__win_probability=[1_000, *[0] * 9],
    )
    found = {name: gate.reason for name, gate in decided(worst, week()).items()}
    assert found["rows"] == (
        "40,000 rows of activities where 80,000 are usual (50%); 70% to 300% are allowed: check that the export is "
        "complete; if it is, publish with --force"
    )
    assert found["freshness"] == (
        "the newest of activities is of 2026-02-20, 9 days old where 3 are allowed: check that the export and its "
        "sources ran; the limits are in [night.freshness]"
    )
    assert found["rejects"] == (
        "20.0% of accounts were rejected where 1.0% are usual: see rejects/ for the rules that they break; correct the "
        "export, or publish with --force"
    )
    assert found["missing"].startswith("demo is missing for 100% of the accounts, 90% is usual: check that")
    assert found["categories"].startswith("40% of the values of industry (accounts) are new to the model, 2% is usual:")
    assert found["scores"].startswith("win_probability of the accounts has shifted against the last nights by a PSI of")
    stopped = decided(night(weeks={ALL: [12, *[210] * 6]}), week())["activities"].reason
    assert stopped.startswith(
        "in its last 7 days it saw only 12 engagements where 210 are usual: activities look lost; check their source"
    )
    back = decided(night("2026-02-25"), week())["as_of"]
    assert back.reason.startswith("as_of is 2026-02-25, and the last night's was 2026-02-28: is the clock right")
    assert back.figures == {"days_back": 3.0}


def test_the_worst_three_are_named() -> None:
    counts: dict[str, Any] = {f"inputs__{table}__rows": 1_000_000 for table in ("accounts", "activities", "spend")}
    found = decided(night(**counts, counts__account__scored=100), week())["rows"].reason
    assert found.startswith("1,000,000 rows of accounts where 1,000 are usual (100000%); 1,000,000 rows of spend where")
    assert "; 1,000,000 rows of activities where 80,000 are usual (1250%) and 1 more; 70% to" in found


def test_a_spread_like_that_of_one_of_the_last_nights_is_no_surprise() -> None:
    """Not of a night before these, though: a spread of eight nights ago is one."""
    past = week()
    for odd, kept in [(0, True), (3, True), (6, True)]:
        mixed = [night(f"2026-02-{22 + i}", **({"bins__fit_score": shifted(99)} if i == odd else {})) for i in range(7)]
        assert decided(night(bins__fit_score=shifted(99)), mixed)["scores"].kept is kept
    older = [night("2026-02-21", bins__fit_score=shifted(99)), *past]
    assert refusals(night(bins__fit_score=shifted(99)), older) == ["scores"]


def test_limits_move_what_is_allowed() -> None:
    half = night(inputs__activities__rows=40_000, inputs__activities__last_known="2026-02-20")
    loose = replace(LIMITS, least_rows=0.5, freshness={"activities": 9.0})
    assert all(found.kept for found in decided(half, week(), loose).values())
    unjudged = replace(loose, freshness={"activities": 0.0})
    assert decided(half, week(), unjudged)["freshness"].figures == {}


@pytest.mark.parametrize(
    ("fitting", "kept"),
    [
        ({"zoho accounts": (1_000, 1_000)}, True),
        ({"zoho accounts": (500, 1_000)}, True),
        ({"zoho accounts": (499, 1_000)}, False),
        ({"zoho accounts": (0, 1_000)}, False),
        ({"zoho accounts": (1_000, 1_000), "hubspot leads": (0, 30)}, False),
        ({"zoho accounts": (0, 0)}, True),
    ],
)
def test_a_file_without_most_of_the_rows_refuses_the_night(fitting: dict[str, tuple[int, int]], kept: bool) -> None:
    found = decided(night() | {"fitting": fitting}, [])
    assert list(found) == [*GATES, "crm"]
    assert found["crm"].kept is kept
    if not kept:
        assert "have no record id of" in found["crm"].reason
