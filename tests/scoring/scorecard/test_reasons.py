"""Reasons a salesperson reads: the words of each kind of feature, and which are told on 2026-03-01."""

import math
from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest

from scoring.buying_groups.group_expressions import group_columns
from scoring.features.candidates import of_account
from scoring.features.fit import attributes, people_features
from scoring.features.intent import deal_states, engagement
from scoring.features.spec import Feature
from scoring.scorecard.arrays import score_arrays
from scoring.scorecard.expressions import scored
from scoring.scorecard.parts import encoding
from scoring.scorecard.reason_expressions import explained
from scoring.scorecard.reasons import REASONS, is_stable, phrase, words_of_term
from scoring.scorecard.scorecard import Scorecard
from scoring.scores.priority_expressions import prioritised
from scoring.timeline import day_number
from tests.scoring.example_scorecard import scorecard_of
from tests.scoring.scorecard.test_scorecard_expressions import Spark

OWN = [
    *attributes({"industry": "category", "uses_data_warehouse": "category", "HQCountry__c": "category"}),
    *attributes({"employees": "numeric", "annual_revenue": "numeric"}),
    *people_features(),
    *deal_states(stages=True),
    *engagement(["demo_request", "reply", "unsubscribe"], group=True),
]
FEATURES: dict[str, Feature] = {feature.name: feature for feature in [*OWN, *of_account(OWN)]}

DAYS = [2.0, 8.0, 11.0, 12.0]
COUNTS = [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("name", "edges_or_levels", "code", "says"),
    [
        ("industry", ["Software"], 0, "Industry: not known"),
        ("industry", ["Software"], 1, "Industry: other"),
        ("industry", ["Software"], 2, "Industry: Software"),
        ("industry", ["paid_social-b"], 2, "Industry: paid social-b"),
        ("uses_data_warehouse", ["true", "false"], 2, "Uses data warehouse: yes"),
        ("uses_data_warehouse", ["true", "false"], 3, "Uses data warehouse: no"),
        ("HQCountry__c", ["US"], 2, "HQ country: US"),
        ("account_industry", ["Software"], 2, "Account industry: Software"),
        ("employees", [24.0, 1150.0], 0, "Employees: not known"),
        ("employees", [24.0, 1150.0], 1, "Employees: below 24"),
        ("employees", [24.0, 1150.0], 2, "Employees: 24 to 1,150"),
        ("employees", [24.0, 1150.0], 3, "Employees: 1,150 or more"),
        ("employees", [0.5, 2.4e6, 3.16e9], 2, "Employees: 0.5 to 2.4 million"),
        ("annual_revenue", [2.4e6, 3.16e9], 3, "Annual revenue: 3.16 billion or more"),
        ("annual_revenue", [], 1, "Annual revenue: known"),
        ("known_people", COUNTS, 1, "Known people: none"),
        ("known_people", COUNTS, 2, "Known people: 1"),
        ("known_people", COUNTS, 3, "Known people: 2 to 3"),
        ("known_people", COUNTS, 4, "Known people: 4 or more"),
        ("known_people", [2.0], 1, "Known people: fewer than 2"),
        ("people_30d", COUNTS, 2, "People engaged in 30 days: 1"),
        ("departments_90d", COUNTS, 1, "Departments engaged in 90 days: none"),
        ("first_source", ["webinar"], 2, "First came through: webinar"),
        ("days_since_demo_request", DAYS, 0, "Demo request: never"),
        ("days_since_demo_request", DAYS, 1, "Demo request in the last day"),
        ("days_since_demo_request", DAYS[1:], 1, "Demo request in the last 7 days"),
        ("days_since_demo_request", DAYS, 3, "Demo request 8 to 10 days ago"),
        ("days_since_demo_request", DAYS, 4, "Demo request 11 days ago"),
        ("days_since_demo_request", DAYS, 5, "Demo request 12 or more days ago"),
        ("days_since_demo_request", [], 1, "Demo request: known"),
        ("account_days_since_demo_request", DAYS, 3, "Account demo request 8 to 10 days ago"),
        ("days_since_engaged", DAYS, 0, "Last engaged: never"),
        ("days_since_engaged", DAYS, 3, "Last engaged 8 to 10 days ago"),
        ("days_since_return", DAYS, 3, "Came back after a silence 8 to 10 days ago"),
        ("days_since_new_kind", DAYS, 4, "New kind of engagement 11 days ago"),
        ("days_since_new_person", DAYS, 2, "New person engaged 2 to 7 days ago"),
        ("days_since_decision_maker", DAYS, 2, "Decision maker engaged 2 to 7 days ago"),
        ("days_since_decision_maker_reply", DAYS, 4, "Reply by a decision maker 11 days ago"),
        ("account_days_since_decision_maker_reply", DAYS, 0, "Account reply by a decision maker: never"),
        ("open_deal_days", DAYS, 0, "Open deal: none"),
        ("open_deal_days", DAYS, 1, "Open deal for fewer than 2 days"),
        ("open_deal_days", DAYS, 3, "Open deal for 8 to 10 days"),
        ("open_deal_days", DAYS, 5, "Open deal for 12 or more days"),
        ("open_deal_days", [], 1, "Open deal: known"),
        ("lost_deal_days", DAYS, 0, "Deal lost: never"),
        ("lost_deal_days", DAYS, 3, "Deal lost 8 to 10 days ago"),
        ("deal_stage", ["Proposal"], 0, "Deal stage: none"),
        ("deal_stage", ["Proposal"], 2, "Deal stage: Proposal"),
        ("deal_stage_days", DAYS, 4, "Deal in the same stage for 11 days"),
        ("days_known", DAYS, 0, "In the CRM: not known"),
        ("days_known", DAYS, 5, "In the CRM for 12 or more days"),
        ("momentum", [-0.25, 0.0, 0.04, 0.25], 1, "Active weeks: far fewer than usual"),
        ("momentum", [-0.25, 0.0, 0.04, 0.25], 2, "Active weeks: fewer than usual"),
        ("momentum", [-0.25, 0.0, 0.04, 0.25], 3, "Active weeks: as usual"),
        ("momentum", [-0.25, 0.0, 0.04, 0.25], 4, "Active weeks: more than usual"),
        ("momentum", [-0.25, 0.0, 0.04, 0.25], 5, "Active weeks: many more than usual"),
    ],
)
def test_a_feature_in_words(name: str, edges_or_levels: list[Any], code: int, says: str) -> None:
    kinds = {str: ("category", "levels"), float: ("numeric", "edges")}
    kind, key = kinds[type(next(iter(edges_or_levels), 0.0))]
    assert phrase(FEATURES[name], encoding(name, {"kind": kind, key: edges_or_levels}), code) == says


AS_OF, LAST_NIGHT = day_number(date(2026, 3, 1)), day_number(date(2026, 2, 27))
ENCODINGS: dict[str, dict[str, Any]] = {
    "days_since_demo_request": {"kind": "numeric", "edges": [8.0, 31.0]},
    "industry": {"kind": "category", "levels": ["Software", "Retail"]},
    "known_people": {"kind": "numeric", "edges": [1.0, 3.0]},
    "days_since_reply": {"kind": "numeric", "edges": [8.0]},
    "open_deal_days": {"kind": "numeric", "edges": [15.0]},
    "days_since_unsubscribe": {"kind": "numeric", "edges": [8.0]},
}
TYPES = {name: pa.string() if e["kind"] == "category" else pa.float64() for name, e in ENCODINGS.items()}
TERMS: list[tuple[list[str], list[Any]]] = [
    (["days_since_demo_request"], [-0.5, 1.2, 0.4, -0.1]),
    (["industry"], [0.0, -0.2, 0.8, -0.9]),
    (["known_people"], [0.0, -0.3, 0.02, 0.6]),
    (["days_since_reply"], [0.0, 0.7, 0.02]),  # below what is worth a word
    (["open_deal_days"], [-0.024, 0.7, 0.1]),
    (["days_since_unsubscribe"], [0.0, -0.6, 0.0]),
    (["industry", "known_people"], [[0.0] * 4, [0.0] * 4, [0.0, 0.0, 0.0, 0.3], [0.0] * 4]),
]


def scorecard(terms: list[tuple[list[str], list[Any]]], stable: dict[int, list[Any]] | None = None) -> Scorecard:
    encoded = {name: encoding(name, content) for name, content in ENCODINGS.items()}
    listed = [
        {
            "features": names,
            "side": FEATURES[names[0]].side,
            "values": values,
            "words": words_of_term([FEATURES[name] for name in names], encoded),
            "stable": (stable or {}).get(i),
        }
        for i, (names, values) in enumerate(terms)
    ]
    content: dict[str, Any] = {
        "base": -3.0,
        "terms": listed,
        "encodings": ENCODINGS,
        "amount": {"base": 9.0, "terms": []},
        "base_rate": 0.05,
        "reference": {"fit": [0.0] * 101, "intent": [0.0] * 101},
        "features": [FEATURES[name].declaration() for name in ENCODINGS],
    }
    return scorecard_of(content)


# demo, industry, people, reply, open deal, unsubscribe -> three reasons, the concern, why now
TOLD: list[tuple[tuple[Any, ...], tuple[str, str, str, str, str]]] = [
    (
        (1.0, "Software", 2.0, 2.0, None, None),
        (
            "Demo request in the last 7 days",
            "Industry: Software",
            "Reply in the last 7 days",
            "",
            "Demo request on 2026-02-28",
        ),
    ),
    (  # the demo was told before, the reply came on the day of the last scoring: that day is new
        (3.0, "Retail", 2.0, 2.0, None, None),
        (
            "Demo request in the last 7 days",
            "Reply in the last 7 days",
            "",
            "Industry: Retail",
            "Reply on 2026-02-27",
        ),
    ),
    (  # nothing speaks for it
        (None, None, 0.0, None, None, None),
        ("", "", "", "Demo request: never", ""),
    ),
    (  # what is new speaks against it, or hardly for it
        (40.0, "Farming", 2.0, 40.0, None, 1.0),
        ("", "", "", "Unsubscribe in the last 7 days", ""),
    ),
    (  # equal contributions, 0.7 of the reply and 0.7 of the deal: the later term first, always
        (10.0, None, 2.0, 5.0, 3.0, None),
        (
            "Open deal for fewer than 15 days",
            "Reply in the last 7 days",
            "Demo request 8 to 30 days ago",
            "",
            "",
        ),
    ),
    (  # a pair has words of its own, and NaN is as good as null
        (math.nan, "Software", 3.0, math.nan, 20.0, math.nan),
        (
            "Industry: Software",
            "Known people: 3 or more",
            "Industry: Software and Known people: 3 or more",
            "Demo request: never",
            "",
        ),
    ),
]


def told(
    terms: list[tuple[list[str], list[Any]]], rows: list[tuple[Any, ...]], stable: dict[int, list[Any]] | None = None
) -> list[tuple[str, ...]]:
    columns = list(zip(*rows, strict=True))
    values = {name: pa.array(column, TYPES[name]) for name, column in zip(ENCODINGS, columns, strict=True)}
    table = ibis.duckdb.connect().create_table("features", pa.table({"row": list(range(len(rows))), **values}))
    made = scorecard(terms, stable)
    frame = explained(made, scored(made, table), as_of=AS_OF, since=LAST_NIGHT).order_by("row").execute()
    names = [*REASONS, "concern_1", "why_now"]
    by_expressions = list(frame[names].itertuples(index=False, name=None))
    by_arrays = score_arrays(made, pa.table(values), as_of=AS_OF, since=LAST_NIGHT).scores.select(names).to_pylist()
    assert [tuple(row.values()) for row in by_arrays] == by_expressions
    return by_expressions


def test_the_largest_for_the_largest_against_and_what_is_new() -> None:
    assert told(TERMS, [row for row, _ in TOLD]) == [expected for _, expected in TOLD]


@pytest.mark.parametrize(
    ("terms", "reason", "why_now"),
    [
        ([], "", ""),
        (TERMS[1:2], "Industry: Software", ""),
        (TERMS[6:], "Industry: Software and Known people: 3 or more", ""),
        (TERMS[:1], "Demo request in the last 7 days", "Demo request on 2026-02-28"),
    ],
)
def test_a_scorecard_of_one_term_or_none_has_no_more_to_say(terms: Any, reason: str, why_now: str) -> None:
    row = (1.0, "Software", 5.0, None, None, None)
    assert told(terms, [row, row]) == [(reason, "", "", "", why_now)] * 2


#: Of the demo, half of the resamples know nothing; of the rest, just enough or all agree.
STABLE: dict[int, list[Any]] = {
    0: [0.625, 0.5, 1.0, 0.0],
    1: [0.0, 1.0, 0.75, 1.0],
    6: [[1.0] * 4, [1.0] * 4, [1.0, 1.0, 1.0, 0.74], [1.0] * 4],
}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (  # a day old and worth 1.2, but chance: the reply is what is new
            (1.0, "Software", 2.0, 2.0, None, None),
            ("Industry: Software", "Reply in the last 7 days", "", "", "Reply on 2026-02-27"),
        ),
        (  # another span of the same feature is sure
            (10.0, None, 2.0, None, None, None),
            ("Demo request 8 to 30 days ago", "", "", "", ""),
        ),
        ((None, None, 0.0, None, None, None), ("", "", "", "Known people: none", "")),
        (
            (math.nan, "Software", 3.0, math.nan, 20.0, math.nan),
            ("Industry: Software", "Known people: 3 or more", "Open deal for 15 or more days", "", ""),
        ),
        ((1.0, None, 2.0, None, None, None), ("", "", "", "", "")),
    ],
)
def test_what_does_not_survive_resampling_is_not_told(row: tuple[Any, ...], says: tuple[str, ...]) -> None:
    assert told(TERMS, [row], STABLE) == [says]


def test_what_is_not_told_still_counts() -> None:
    rows = ibis.memtable({name: [1.0 if e["kind"] == "numeric" else "Software"] for name, e in ENCODINGS.items()})
    sure, unsure = (scored(scorecard(TERMS, stable), rows).log_odds.execute()[0] for stable in (None, STABLE))
    assert sure == unsure


@pytest.mark.parametrize(
    ("i", "codes", "stable"),
    [
        (0, (0,), False),
        (0, (2,), True),
        (1, (2,), True),  # exactly three in four
        (3, (1,), True),  # a scorecard that does not say
        (6, (2, 3), False),
        (6, (2, 2), True),
    ],
)
def test_an_entry_is_stable_where_three_of_four_resamples_agree(i: int, codes: tuple[int, ...], stable: bool) -> None:
    assert is_stable(scorecard(TERMS, STABLE).terms[i], *codes) is stable


@pytest.mark.parametrize("dialect", ["pyspark", "postgres"])
def test_the_same_expression_is_written_for_other_engines(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if ibis.options.pyspark is None:
        monkeypatch.setattr(ibis.options, "pyspark", Spark())
    made = scorecard(TERMS, STABLE)
    kinds = {name: "float64" if e["kind"] == "numeric" else "string" for name, e in ENCODINGS.items()}
    rows = ibis.table({"unit": "string", "account_id": "string", **kinds}, name="features")
    told = group_columns(None, explained(made, scored(made, rows), as_of=AS_OF, since=LAST_NIGHT), None, AS_OF)
    table = prioritised(told, "lead", as_of=AS_OF, scored_at=ibis.timestamp("2026-03-01 02:30"), model_version="1")
    text = str(ibis.to_sql(table, dialect=dialect))
    assert all(column in text for column in ("lead_id", "reason_3", "why_now", "rank"))
