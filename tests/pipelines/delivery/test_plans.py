"""Subscriptions: files are cut to their limits, more than a day's is said, and fields are as many as they take."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.config import Config, Crm
from pipelines.delivery.day_limits import over_a_day
from pipelines.delivery.fields import fields
from pipelines.delivery.files import write_cells
from pipelines.delivery.profiles import profiles
from pipelines.errors import UsageError
from scoring.crm.known import PROFILES
from scoring.crm.profile import LEFT_OUT
from scoring.nights.parts import EntityCounts, Output
from scoring.nights.record import NightRecord
from tests.pipelines.delivery.crm_orgs import ORGS

#: What Zoho's Standard edition gets: the ten fields of docs/crm.md.
TEN = [
    "status", "win_probability", "expected_revenue", "grade", "rank", "trend", "reason_1", "concern_1", "why_now",
    "scored_at",
]  # fmt: skip
FREE = Config(crm=Crm(subscriptions={"hubspot": "free"}))


@pytest.mark.parametrize(
    ("crm", "subscription", "limits"),
    [
        ("hubspot", "free", (20_000_000, 500_000)),
        ("hubspot", "starter", (512_000_000, 1_048_575)),
        ("zoho", "professional", (25_000_000, 25_000)),
    ],
)
def test_the_limits_of_a_subscription(crm: str, subscription: str, limits: tuple[int, int]) -> None:
    [profile] = profiles([crm], Config(crm=Crm(subscriptions={crm: subscription})))
    assert (profile.max_bytes, profile.max_rows) == limits


@pytest.mark.parametrize("crm", PROFILES)
def test_without_a_subscription_nothing_changes(crm: str) -> None:
    assert profiles([crm], FREE if crm != "hubspot" else Config()) == [PROFILES[crm]]


def test_files_of_a_free_account_have_20_mb(tmp_path: Path) -> None:
    [profile] = profiles(["hubspot"], FREE)
    width = 1_200_000  # a row has about 20 MB / 16
    cells = pa.table({column.header: ["x" * (width // 18)] * 33 for column in profile.columns["lead"]})
    written = write_cells(profile, "lead", "scores", cells, tmp_path)
    assert len(written.files) == 3
    assert max(file.stat().st_size for file in written.files) <= 20_000_000


def record(files: int, rows: int, changed: int = 3) -> NightRecord:
    names = ["lead_scores.csv", *(f"lead_scores_part_{part}.csv" for part in range(2, files + 1))]
    others = ["lead_changes.csv", "lead_retire.csv", "lead_scores_request.json"]
    return NightRecord(
        night="n", sequence=1, as_of=date(2025, 12, 29), scored_at=datetime(2025, 12, 29, tzinfo=UTC),
        since=date(2025, 12, 22), models={"lead": "1"}, out="scores", identity="1",
        counts={"lead": EntityCounts(rows, changed, 2, {"hubspot": rows})},
        outputs=[Output(f"hubspot/{name}", 1, "0") for name in [*names, *others]],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("night", "said"),
    [
        (record(1, 1_000), []),
        (record(50, 500_000), []),
        (
            record(51, 1_000),
            [
                "hubspot: the files of all scores are 51 files with up to 1,000 rows; its subscription takes 50 "
                "imports and 500,000 rows a day: import them over 2 days"
            ],
        ),
        (
            record(3, 1_200_000, 499_999),
            [
                "hubspot: the files of all scores are 3 files with up to 1,200,000 rows; its subscription takes 50 "
                "imports and 500,000 rows a day: import them over 3 days",
                "hubspot: the changes and the retired are 2 files with up to 500,001 rows; its subscription takes 50 "
                "imports and 500,000 rows a day: import them over 2 days",
            ],
        ),
    ],
)
def test_what_is_more_than_a_day_takes_is_said(night: NightRecord, said: list[str]) -> None:
    assert over_a_day("hubspot", FREE.crm, night) == said
    assert over_a_day("hubspot", Config().crm, night) == []
    assert over_a_day("salesforce", FREE.crm, night) == []


def test_more_fields_than_an_edition_takes() -> None:
    standard = Config(crm=Crm(subscriptions={"zoho": "standard"}))
    with pytest.raises(UsageError) as error:
        profiles(["zoho"], standard)
    assert str(error.value).splitlines() == [
        f"zoho standard takes 10 custom fields of {records}, and closedwon would write 19: set short_fields = "
        f'["zoho"] in [crm], or leave fields out in [crm.zoho.{entity}]'
        for records, entity in (("Accounts", "account"), ("Leads", "lead"))
    ]
    assert profiles(["hubspot"], standard) == [PROFILES["hubspot"]]
    [short] = profiles(["zoho"], replace(standard, crm=replace(standard.crm, short_fields=("zoho",))))
    for entity in ("account", "lead"):
        assert sorted(column.source for column in short.columns[entity][1:]) == sorted(TEN)
        assert [column.source for column in short.columns[entity]][:2] == [f"{entity}_id", "scored_at"]


@pytest.mark.parametrize("crm", PROFILES)
def test_the_short_list_of_fields(crm: str, tmp_path: Path) -> None:
    lines: list[str] = []
    config = Config(crm=Crm(short_fields=(crm,)))
    fields(config, tmp_path, crms=[crm], say=lines.append)
    [profile] = profiles([crm], config)
    for entity, columns in profile.columns.items():
        org = ORGS[crm, entity]
        own = {org.key[0]} | ({org.other[0]} if org.other else set())
        made = set(org.fields(tmp_path / crm)) - own
        assert made == {column.header for column in columns[1:]}
        assert len(made) == 10
    said = "\n".join(lines)
    assert all(f"{name} ({why})" in said for name, why in LEFT_OUT.items())


def test_a_field_that_is_named_is_kept() -> None:
    config = Config(crm=Crm(short_fields=("zoho",), zoho={"lead": {"fit_score": "Fit", "trend": ""}}))
    [profile] = profiles(["zoho"], config)
    assert (profile.header("lead", "fit_score"), profile.header("lead", "trend")) == ("Fit", None)
    assert profile.header("account", "fit_score") is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"subscriptions": {"sap": "free"}}, "subscriptions in [crm]: sap is not a known CRM; known are salesforce"),
        ({"subscriptions": {"hubspot": "fre"}}, "hubspot has no subscription 'fre'; did you mean 'free'?"),
        ({"subscriptions": {"zoho": "x"}}, "zoho has no subscription 'x'; known are standard, professional"),
        ({"subscriptions": {"odoo": "free"}}, "the limits of this CRM are the same for all"),
        ({"short_fields": ("sap",)}, "short_fields in [crm]: sap is not a known CRM"),
        (
            {"files": ("zoho",), "subscriptions": {"zoho": "standard"}},
            "zoho standard takes 10 custom fields of Accounts, and closedwon would write 19",
        ),
    ],
)
def test_what_is_not_known(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        Crm(**settings)
    assert message in str(error.value)
