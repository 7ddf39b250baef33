"""A night's identity, held to the digests that ledgers have: no name of a class may change them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, make_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.config import Attributes, Config, Input, Matching
from pipelines.serving.night_identity import READING, identity, identity_text, reading_digest
from scoring.crm.known import PROFILES
from scoring.crm.profile import Column, Profile
from scoring.nights.parts import TableInput

CONFIG = Config()
ID = Column("lead_id", 'Record\'s "Id"', "id", length=18, pattern="[0-9]+")
GRADE = Column("grade", "Grade", "choice", words={"A": "hot", "": "-"})
TABLE = Profile(
    "acme", {"lead": (replace(ID, header="Id", pattern=""),)}, {"lead": "Table"}, empty="#N/A", max_bytes=10,
    max_rows=5, empties=True, prefix="table_",
)  # fmt: skip
ACME = Profile("acme", {"lead": (ID, GRADE)}, {"lead": "Person"}, "", 10_000_000, 5_000, beside=(TABLE,))
TONIGHT: dict[str, Any] = {
    "as_of": date(2025, 12, 29),
    "models": {"lead": "3 of run 5f0c9a1e"},
    "inputs": {
        "leads": TableInput("leads.csv", "ab", 8_000, 2, date(2025, 12, 28)),
        "spend": TableInput("spend.csv", "", 12, 0, None),
    },
    "settings": [CONFIG.score, replace(CONFIG.changes, ratio=1.5)],
    "profiles": [ACME],
    "out": Path("/srv/scores"),
    "refused": {"lead": {"acme": frozenset({"7", "12"})}},
}
#: The digest of the same night by the version that took the `repr` of its dataclasses.
DIGEST = "9c8de4fa325e382d9b368f289970c8a193cb26ac8f0ca51e65a714d1138e4e67"


def test_a_night_has_the_digest_that_it_always_had() -> None:
    assert identity(**TONIGHT) == DIGEST


@pytest.mark.parametrize(
    "change",
    [
        {"as_of": date(2025, 12, 30)},
        {"models": {"lead": "4 of run 5f0c9a1e"}},
        {"inputs": {"leads": TableInput("leads.csv", "ac", 8_000, 2, date(2025, 12, 28))}},
        {"settings": [CONFIG.score, CONFIG.changes]},
        {"profiles": [replace(ACME, beside=())]},
        {"profiles": [ACME, TABLE]},
        {"out": Path("/srv/elsewhere")},
        {"refused": {"lead": {"acme": frozenset({"7"})}}},
    ],
)
def test_whatever_the_files_follow_from_makes_another_night(change: dict[str, Any]) -> None:
    assert identity(**TONIGHT | change) != DIGEST


NOT_READING = {"max_reject_share", "min_matched_share", "max_levels", "max_attributes", "names", "precision"}
GERMAN = Config(input=Input(currency="EUR", status_words={"Signed": "won", "Gone": "lost"}))


def test_every_key_of_what_is_read_is_in_the_digest_or_left_out_on_purpose() -> None:
    there = {f.name for section in (CONFIG.input, CONFIG.attributes, CONFIG.matching) for f in fields(section)}
    assert there - NOT_READING == {name for names in READING.values() for name in names}


def test_a_declaration_that_changes_what_is_read_is_told_apart() -> None:
    assert reading_digest(CONFIG) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert reading_digest(GERMAN) == "a051c60854ad371ad1c9ac0846d33893b548ebe7a58ea8575893052b5302ee78"
    others = [
        Config(input=Input(currency="Euro", status_words={"Gone": "lost", "Signed": "won"})),
        Config(input=Input(currency="EUR", status_words={"Signed": "won", "Gone": "lost"}, max_reject_share=0.5)),
    ]
    assert {reading_digest(other) for other in others} == {reading_digest(GERMAN)}
    changed = [
        Config(input=Input(currency="EUR")),
        Config(input=Input(time_zone="Europe/Berlin")),
        Config(input=Input(columns={"opportunities.Stage": "status"})),
        Config(attributes=Attributes(drop=("tier",))),
        Config(attributes=Attributes(trust=("tier",))),
        Config(matching=Matching(related=False)),
    ]
    assert len({reading_digest(other) for other in (CONFIG, GERMAN, *changed)}) == 8


@dataclass(frozen=True)
class Scoring:
    """What `config.Score` may be called one day."""

    why_now_days: int = 7


@dataclass(frozen=True)
class WithMore(Scoring):
    """The same with settings that came later."""

    quiet_days: int = 3
    holidays: Mapping[str, str] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Scoring(), "Score(why_now_days=7)"),
        (WithMore(), "Score(why_now_days=7)"),
        (
            WithMore(quiet_days=4, holidays={"de": "12-25"}),
            "Score(why_now_days=7, quiet_days=4, holidays={'de': '12-25'})",
        ),
        (
            CONFIG.changes,
            "Changes(ratio=1.25, least=0.002, decile_margin=0.2, trend_days=28, trend_ratio=1.25, retire_days=7)",
        ),
        (
            (ID,),
            "(Column(source='lead_id', header='Record\\'s \"Id\"', kind='id', length=18, decimals=0, "
            "pattern='[0-9]+', words={}),)",
        ),
        ({"a": [1.0, None], "b": ()}, "{'a': [1.0, None], 'b': ()}"),
    ],
)
def test_a_dataclass_is_written_under_its_pinned_name(value: object, text: str) -> None:
    assert identity_text(value) == text


@pytest.mark.parametrize(
    ("crm", "digest"),
    [
        ("salesforce", "fdd55f01d510752a"),
        ("hubspot", "c3920a32b6fdfc87"),
        ("dynamics", "f25784360f83d057"),
        ("zoho", "9ee5bd71ccb60822"),
        ("marketo", "975903ce551cee8f"),
        ("odoo", "c5d06201e7668fb8"),
    ],
)
def test_a_profile_is_written_as_it_always_was(crm: str, digest: str) -> None:
    """Where a profile is changed on purpose, so is its digest: its files change, and the night is published again."""
    assert hashlib.sha256(identity_text(PROFILES[crm]).encode()).hexdigest()[:16] == digest


def test_what_has_no_pinned_name_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Odd has no name in a night's identity: add it to PINNED"):
        identity_text(make_dataclass("Odd", ["why"])("x"))
