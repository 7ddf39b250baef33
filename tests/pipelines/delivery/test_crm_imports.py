"""Each CRM reads what was scored, whatever the ids and texts are, and however many there are.

The readers of `tests.crm_readers` know the CRMs and nothing of closedwon; the fields are made by `closedwon fields`.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipelines.config import Config
from pipelines.delivery.fields import fields
from pipelines.delivery.files import write_cells
from scoring.contracts.scores import score_columns
from scoring.crm.cells import cleared_rows
from scoring.crm.known import PROFILES
from scoring.crm.profile import Profile
from tests.crm_readers import dynamics
from tests.crm_readers.sheet import Field, Imported
from tests.pipelines.delivery.crm_orgs import ORGS, Org
from tests.scoring.crm.expected_cells import accepted, rejected

AS_OF, SCORED_AT = date(2025, 12, 29), datetime(2025, 12, 29, 2, 14, 9)
TEXTS = ("reason_1", "reason_2", "reason_3", "concern_1", "why_now")
NUMBERS = ("expected_amount", "expected_revenue", "fit_score", "intent_score", "rank")
#: Of each entity of each CRM, with up to 43 ids.
EXAMPLES = 8
#: Quotes, line ends, formulas, right-to-left, what means nothing, what names another record, and what is too long.
AWKWARD = (
    "", " ", " a", "a ", 'a"b', '"', "a,b", "a;b", "a\nb", "a\r\nb", "a\tb", "a\x00b", "\x1b[31m", "=1+1", "+49 30",
    "-1", "@a", "\t=1", "'=1", "\uff1d1", "\uff0b1", "a\u2028b", "a\u0085b", "\u3000", "\u05d0\"\u05d2", "\u202e100",
    "\ufeff1", "\U0001f4b6" * 200, "N/A", "none", "NULL", "0", "007", "1e5", "a.b.c", ".a", "a.", "a b", "x" * 10_000,
    "0" * 20, "9" * 20, "\uff11\uff12", "DROP TABLE scores; --", "=cmd|' /C calc'!A0",
)  # fmt: skip
LETTERS = re.compile(r"[A-Za-z0-9\u0590-\u05ff][A-Za-z0-9\u0590-\u05ff ,;:.\"'()/-]{0,98}[A-Za-z0-9\u0590-\u05ff]")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, Field]]:
    """The fields of each org, made by what `closedwon fields` wrote."""
    out = tmp_path_factory.mktemp("fields")
    fields(Config(), out, crms=list(PROFILES), say=lambda text: None)
    return {(crm, entity): org.fields(out / crm) for (crm, entity), org in ORGS.items()}


@pytest.fixture(scope="module")
def engine() -> Any:
    return ibis.duckdb.connect()


def scores(entity: str, ids: Sequence[str], texts: Sequence[str | None], shares: Sequence[float]) -> pa.Table:
    """A table of scores: texts and shares are dealt out in turn."""
    words: Iterator[str | None] = cycle(texts)
    p = list(islice(cycle(shares), len(ids)))
    columns: dict[str, list[Any]] = {name: list(islice(words, len(ids))) for name in TEXTS}
    columns |= {"account_id": [None] * len(ids), "score_change": [None] * len(ids), f"{entity}_id": list(ids)}
    columns |= {"win_probability": p, "rank": list(range(1, len(ids) + 1)), "model_version": ["3"] * len(ids)}
    columns |= {"expected_amount": [1e6 * q + 0.005 for q in p], "expected_revenue": [1e6 * q * q for q in p]}
    columns |= {"fit_score": [100 * q for q in p], "intent_score": [100 * (1 - q) for q in p]}
    columns |= {"grade": list(islice(cycle("ABCD"), len(ids)))}
    columns |= {"trend": list(islice(cycle(("new", "rising", "steady", "falling")), len(ids)))}
    columns |= {"buying_group": ["1 of 2: user"] * len(ids), "missing_role": ["economic buyer"] * len(ids)}
    columns |= {"as_of": [AS_OF] * len(ids), "scored_at": [SCORED_AT] * len(ids)}
    columns |= dict.fromkeys(("log_odds", "fit_log_odds", "intent_log_odds"), [-1.5] * len(ids))
    schema = ibis.schema(score_columns(entity))
    return pa.table({name: columns[name] for name in schema}, schema.to_pyarrow())


class Sender:
    """Writes the files of one profile and entity. What it asks of a table `scores` is compiled once."""

    def __init__(self, engine: Any, profile: Profile, entity: str) -> None:
        self.engine, self.profile, self.entity = engine, profile, entity
        table = engine.create_table("scores", scores(entity, [], [None], [0.5]), overwrite=True)
        gone = table.select(f"{entity}_id", "as_of", "scored_at")
        asked = {"scores": accepted(profile, entity, table), "retire": cleared_rows(profile, entity, gone)}
        asked["rejected"] = rejected(profile, entity, table)
        self.queries = {kind: str(ibis.to_sql(expression, dialect="duckdb")) for kind, expression in asked.items()}

    def load(self, table: pa.Table) -> None:
        self.engine.create_table("scores", table, overwrite=True)

    def rejected(self) -> list[str]:
        return [row[0] for row in self.engine.raw_sql(self.queries["rejected"]).fetchall()]

    def sent(self, kind: Any, org: Org, made: Any, folder: Path) -> list[Imported]:
        """Write a file and read it back, part by part, as the CRM would."""
        profile, entity = self.profile, self.entity
        self.engine.raw_sql(f"CREATE OR REPLACE TABLE cells AS {self.queries[kind]}")
        written = write_cells(profile, entity, kind, self.engine.table("cells").to_pyarrow(), folder)
        read = [org.read(file, made, profile.columns[entity][0].header) for file in written.files]
        assert {imported.header for imported in read} == {tuple(column.header for column in profile.columns[entity])}
        assert sum(len(imported.keys) for imported in read) == written.rows
        return read


def check_cells(row: dict[str, str], score: dict[str, Any], profile: Profile, entity: str) -> None:
    """Compare a row that a CRM read with what was scored."""
    cells = {column.source: row[column.header] for column in profile.columns[entity]}
    assert cells["status"] == "scored"
    assert abs(Decimal(cells["win_probability"]) / 100 - Decimal(score["win_probability"])) <= Decimal("0.0000006")
    for name in NUMBERS:
        decimals = len(cells[name].partition(".")[2])
        assert abs(Decimal(cells[name]) - Decimal(score[name])) <= Decimal("0.51") / 10**decimals
    assert (cells["grade"], cells["trend"], cells["model_version"]) == (score["grade"], score["trend"], "3")
    assert (cells["buying_group"], cells["missing_role"]) == ("1 of 2: user", "economic buyer")
    assert date.fromisoformat(cells["as_of"]) == AS_OF
    assert datetime.fromisoformat(cells["scored_at"]).replace(tzinfo=UTC) == SCORED_AT.replace(tzinfo=UTC)
    for name in TEXTS:
        check_text(cells[name], score[name], profile.empty)


def check_text(cell: str, text: str | None, empty: str) -> None:
    """A plain text is what it was; of any other, the beginning is left, on one line."""
    if text is not None and LETTERS.fullmatch(text):
        assert cell == text
    elif _squeezed(text or ""):
        assert _squeezed(text or "").startswith(_squeezed(cell))
        assert _squeezed(cell)
    else:
        assert cell == empty or not _squeezed(cell)
    assert len(cell.encode("utf-16-le")) // 2 <= 255


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]", "", text).lstrip("'")


def test_every_file_of_every_crm_has_a_reader() -> None:
    assert set(ORGS) == {(name, entity) for name, profile in PROFILES.items() for entity in profile.columns}


@pytest.mark.parametrize(("crm", "entity"), sorted(ORGS))
def test_what_is_scored_is_what_the_crm_reads(
    crm: str, entity: str, made: Any, engine: Any, tmp_path_factory: Any
) -> None:
    org, folder = ORGS[crm, entity], tmp_path_factory.mktemp(f"{crm}_{entity}")
    senders = {org.key[0]: Sender(engine, PROFILES[crm], entity)}
    if org.other:
        senders[org.other[0]] = Sender(engine, PROFILES[crm].renamed(entity, {"id": org.other[0]}), entity)

    @settings(max_examples=EXAMPLES, phases=(Phase.explicit, Phase.reuse, Phase.generate))
    @given(
        key=st.sampled_from(sorted(senders)),
        wild=st.lists(st.text(max_size=30) | st.sampled_from(AWKWARD), max_size=40),
        texts=st.lists(st.none() | st.text(max_size=30) | st.sampled_from(AWKWARD), min_size=1, max_size=20),
        shares=st.lists(st.floats(0, 1), min_size=1, max_size=5),
    )
    def holds(key: str, wild: list[str], texts: list[str | None], shares: list[float]) -> None:
        good = [org.id(n) for n in range(3)]
        ids = list(dict.fromkeys(good + wild))
        table, sender = scores(entity, ids, texts, shares), senders[key]
        sender.load(table)
        (read,) = sender.sent("scores", org, made[crm, entity], folder)
        assert sorted([*read.keys, *sender.rejected()]) == sorted(ids)
        plain = {text for text in wild if LETTERS.fullmatch(text)} if key != org.key[0] else set()
        assert {*good, *plain} <= set(read.keys)
        of, profile = {row[f"{entity}_id"]: row for row in table.to_pylist()}, sender.profile
        for row in read.rows:
            check_cells(row, of[row[key]], profile, entity)
        (cleared,) = sender.sent("retire", org, made[crm, entity], folder)
        assert cleared.keys == read.keys
        header = {column.source: column.header for column in profile.columns[entity]}
        nothing = profile.empty if profile.empties else "0"
        for row in cleared.rows:
            cells = [row[header[name]] for name in ("status", "win_probability", "reason_1", "as_of")]
            assert cells == ["retired", nothing, profile.empty, "2025-12-29"]

    holds()


@pytest.mark.parametrize("entity", ["account", "lead"])
def test_rows_of_predictive_scores(entity: str, engine: Any, tmp_path: Path) -> None:
    org = ORGS["dynamics", entity]
    ids = [org.id(n) for n in range(8)] + list(AWKWARD)
    scored = scores(entity, ids, AWKWARD, [0.0, 0.004, 0.5, 0.999, 1.0])
    table = engine.create_table("scores", scored, overwrite=True)
    (profile,) = PROFILES["dynamics"].beside
    written = write_cells(profile, entity, "scores", accepted(profile, entity, table).to_pyarrow(), tmp_path)
    read = dynamics.read_predictive_scores(written.files[0].read_bytes())
    assert read.keys == tuple(ids[:8])
    assert [row["Score"] for row in read.rows[:5]] == ["0", "0", "50", "100", "100"]
    assert [row["Grade"] for row in read.rows[:4]] == ["Grade A", "Grade B", "Grade C", "Grade D"]
    assert [row["Score trend"] for row in read.rows[:4]] == ["Not enough info", "Improving", "Steady", "Declining"]
    assert {(row["Entity type"], row["Scored on"]) for row in read.rows} == {(entity, "2025-12-29")}
