"""How cells are read, and what the rules of the contracts say. The last allowed day here is 2026-04-02."""

import datetime
import itertools

import ibis
import pytest
from pandera.errors import SchemaError

from scoring.cells import cells
from scoring.contracts.crm import ACTIVITIES, CONTRACTS, LEADS, OPPORTUNITIES, STATUSES

LATEST = datetime.datetime(2026, 4, 2)
MOMENT = datetime.datetime(2026, 3, 1, 10)


@pytest.fixture(scope="module")
def connection():
    connection = ibis.duckdb.connect()
    connection.con.execute("SET TimeZone = 'UTC'")
    return connection


def understood(connection, reader, values, kind="string"):
    table = ibis.memtable({"cell": values}, schema={"cell": kind})
    return connection.to_pyarrow(table.select(value=reader(table.cell)))["value"].to_pylist()


CELLS = [
    (cells.text, " 007 ", "007"),
    *[(cells.text, nothing, None) for nothing in ("", "  ", "NULL", "None", "N/A", "#N/A", "NaN", "\\N", "-")],
    (cells.text, "Nano", "Nano"),
    (cells.time, "2026-03-01", datetime.datetime(2026, 3, 1)),
    (cells.time, "2026-03-01T10:00:00Z", MOMENT),
    (cells.time, "2026-03-01 10:00:00.25", MOMENT.replace(microsecond=250_000)),
    (cells.time, "2026-03-01 12:00:00+02:00", MOMENT),
    (cells.time, "2026-03-01T12:00:00+0200", MOMENT),
    (cells.time, "2026-03-01T04:30:00.000-0530", MOMENT),
    (cells.time, "2026-02-29", None),
    (cells.time, "01/03/2026", None),
    (cells.time, "infinity", None),
    (cells.time, "epoch", None),
    (cells.month_of_cell, "2026-03", datetime.datetime(2026, 3, 1)),
    (cells.month_of_cell, "2026-03-17", datetime.datetime(2026, 3, 1)),
    (cells.number, "-1.5e3", -1500.0),
    (cells.number, "1,000", None),
    (cells.number, "inf", None),
    (cells.number, "1_000", None),
    (cells.number, "NaN", None),
    (cells.flag, "Yes", True),
    (cells.flag, "0", False),
    (cells.flag, "maybe", None),
    (cells.domains, "https://www.Acme.com/about?x=1", "https://www.acme.com/about?x=1"),
    (cells.domains, "Ann <ann@mail.acme.com>", "ann <mail.acme.com>"),
    (cells.domains, "ann@acme.com; Bob.Lee@ACME.de", "acme.com; acme.de"),
    (cells.domains, " ", None),
]


@pytest.mark.parametrize(
    "reader", [cells.text, cells.time, cells.month_of_cell, cells.number, cells.flag, cells.domains]
)
def test_cells(connection, reader):
    cases = [(written, value) for with_reader, written, value in CELLS if with_reader is reader]
    found = understood(connection, reader, [written for written, _ in cases])
    assert dict(zip((w for w, _ in cases), found, strict=True)) == dict(cases)


def test_ids_that_were_numbers(connection):
    assert understood(connection, cells.text, [17, None], "int64") == ["17", None]
    assert understood(connection, cells.text, [17.0, 1.5, None], "float64") == ["17", "1.5", None]


def test_numbers_that_are_none(connection):
    assert understood(connection, cells.number, [1.5, float("nan"), float("inf")], "float64") == [
        1.5,
        None,
        None,
    ]


def test_a_word_is_known_in_any_case_and_with_any_gaps(connection):
    gaps = ["".join(signs) for length in range(4) for signs in itertools.product(" _-", repeat=length)]
    expected = {
        gap + word.upper().replace(" ", gap) + gap: meant
        for word, meant in (("closed won", "won"), ("lost", "lost"), ("open", "open"))
        for gap in gaps
    }
    found = understood(connection, lambda cell: cells.word(cell, STATUSES), list(expected))
    assert dict(zip(expected, found, strict=True)) == expected


def test_the_names_of_the_rules_are_a_promise():
    assert {c.table: [rule.name for rule in c.all_rules(LATEST)] for c in CONTRACTS} == {
        "currencies": [
            "missing_currency",
            "missing_rate",
            "unparsable_rate",
            "unparsable_from",
            "rate_not_above_0",
        ],
        "accounts": ["blank_id", "id_is_an_email_address", "unparsable_created_at", "future_created_at"],
        "matches": ["blank_id", "missing_account_id", "unparsable_known_at", "unparsable_accepted", "future_known_at"],
        "leads": ["blank_id", "id_is_an_email_address", "unparsable_created_at", "future_created_at"],
        "opportunities": [
            "blank_id",
            "id_is_an_email_address",
            "missing_created_at",
            "missing_status",
            "unparsable_created_at",
            "unparsable_closed_at",
            "unknown_status",
            "unparsable_amount",
            "unknown_opportunity_type",
            "unparsable_known_at",
            "future_created_at",
            "future_closed_at",
            "future_known_at",
            "closed_without_date",
            "negative_amount",
            "no_lead_or_account",
            "unknown_lead",
            "unknown_account",
        ],
        "activities": [
            "missing_activity_type",
            "missing_occurred_at",
            "unparsable_occurred_at",
            "unparsable_known_at",
            "unknown_direction",
            "future_occurred_at",
            "future_known_at",
            "no_lead_or_account",
            "unknown_lead",
            "unknown_account",
        ],
        "account_history": ["blank_id", "missing_known_at", "unparsable_known_at", "future_known_at"],
        "lead_history": ["blank_id", "missing_known_at", "unparsable_known_at", "future_known_at"],
        "opportunity_history": [
            "blank_id",
            "missing_changed_at",
            "unparsable_changed_at",
            "unparsable_amount",
            "unparsable_close_date",
            "unparsable_probability",
            "future_changed_at",
        ],
        "contact_roles": ["blank_id", "missing_lead_id", "unparsable_is_primary"],
        "spend": [
            "missing_month",
            "missing_cost",
            "unparsable_month",
            "unparsable_cost",
            "negative_cost",
            "no_source_or_campaign",
        ],
        "handoffs": [
            "missing_handed_at",
            "unparsable_handed_at",
            "unparsable_accepted_at",
            "unparsable_rejected_at",
            "future_handed_at",
            "future_accepted_at",
            "future_rejected_at",
            "no_lead_or_account",
            "unknown_lead",
            "unknown_account",
        ],
        "overrides": [
            "missing_set_at",
            "unparsable_set_at",
            "unparsable_score",
            "unknown_grade",
            "unparsable_expires_at",
            "future_set_at",
            "no_score_or_grade",
            "score_not_from_0_to_100",
            "no_lead_or_account",
            "unknown_lead",
            "unknown_account",
        ],
        "customers": [
            "missing_account_id",
            "missing_since",
            "unparsable_since",
            "unparsable_until",
            "unparsable_recurring_revenue",
            "future_since",
            "unknown_account",
            "ended_before_it_began",
            "negative_recurring_revenue",
        ],
    }


def opportunity(**cells_):
    row = {
        "opportunity_id": "O1",
        "account_id": "A1",
        "lead_id": None,
        "created_at": MOMENT,
        "closed_at": MOMENT,
        "status": "won",
        "amount": 5.0,
        "opportunity_type": "new_business",
        "known_at": MOMENT,
    } | cells_
    schema = {column: field.dtype for column, field in OPPORTUNITIES.fields.items()}
    return ibis.memtable([row], schema=schema)


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ({"opportunity_id": None}, "non-nullable column 'opportunity_id' contains null values"),
        ({"status": None}, "non-nullable column 'status' contains null values"),
        ({"created_at": LATEST + datetime.timedelta(seconds=1)}, "future_created_at"),
        ({"closed_at": None}, "closed_without_date"),
        ({"amount": -0.01}, "negative_amount"),
        ({"account_id": None}, "no_lead_or_account"),
    ],
)
def test_the_schema_keeps_the_same_rules_of_accepted_rows(connection, broken, rule):
    sound = opportunity()
    OPPORTUNITIES.validate(sound, LATEST)
    assert connection.to_pyarrow(OPPORTUNITIES.first_broken_rule(sound, LATEST)).to_pylist() == [None]
    with pytest.raises(SchemaError, match=rule):
        OPPORTUNITIES.validate(opportunity(**broken), LATEST)


def test_the_schema_knows_columns_types_and_ids():
    sound = opportunity()
    with pytest.raises(SchemaError, match="column 'lead_id' not found"):
        OPPORTUNITIES.validate(sound.drop("lead_id"), LATEST, rows=False)
    with pytest.raises(SchemaError, match="expected column 'amount' to have type float64, got string"):
        OPPORTUNITIES.validate(sound.mutate(amount=sound.amount.cast("string")), LATEST, rows=False)
    with pytest.raises(SchemaError, match=r"columns '\('opportunity_id',\)' not unique"):
        OPPORTUNITIES.validate(ibis.union(sound, sound), LATEST)


def test_a_table_that_lacks_columns_is_read_as_empty_there(connection):
    raw = ibis.memtable({"lead_id": ["L1"]})
    read = connection.to_pyarrow(raw.select(**LEADS.read(raw))).to_pylist()
    assert read == [
        {
            "lead_id": "L1",
            "account_id": None,
            "created_at": None,
            "title": None,
            "source": None,
            "campaign": None,
        }
    ]
    raw = ibis.memtable({"lead_id": ["L1"], "activity_type": ["visit"], "occurred_at": ["2026-03-01T10:00Z"]})
    settled = ACTIVITIES.settle(ACTIVITIES.prepare(raw.select(**ACTIVITIES.read(raw)), LATEST))
    row = connection.to_pyarrow(settled).to_pylist()[0]
    assert (row["occurred_at"], row["known_at"], row["direction"]) == (MOMENT, MOMENT, "inbound")
