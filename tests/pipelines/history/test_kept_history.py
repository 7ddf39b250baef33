"""The history that nights keep: what is kept of an export, and what leaves it whole."""

from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pytest

from pipelines.config import Config
from pipelines.history.columns import chosen_columns, possible_columns
from pipelines.history.record import DamagedHistory, read_record
from tests.pipelines.history.nights import Rows, connection, day, kept, night, then


def of(**industries: str | None) -> Rows:
    """Accounts with their industries."""
    return {account: {"industry": industry} for account, industry in industries.items()}


A, B, C = of(A="x", B=None), of(A=None, B="y"), of(A="z", B="y", D="w")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-02-28", of(A="z", B="y", D="w")),  # nothing was kept: today's
        ("2026-03-02", of(A="x", B=None, D="w")),
        ("2026-03-08", of(A="x", B=None, D="w")),
        ("2026-03-09", of(A=None, B="y", D="w")),
        ("2026-03-16", of(A="z", B="y", D="w")),
    ],
)
def test_values_are_those_of_the_day(tmp_path: Path, as_of: str, expected: Rows) -> None:
    history = kept(tmp_path, (0, A), (7, B))
    assert then(history, night(C, day(14)), date.fromisoformat(as_of)) == expected


def test_a_night_run_again_leaves_the_same_bytes(tmp_path: Path) -> None:
    history = kept(tmp_path, (0, A), (7, B))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    again = history.keep(night(B, day(7)), Config())
    assert again is not None
    assert again.changed == {"accounts": 2}
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_the_last_run_of_a_day_counts_and_an_earlier_day_is_not_kept(tmp_path: Path) -> None:
    history = kept(tmp_path / "twice", (0, A), (7, C), (7, B))
    once = kept(tmp_path / "once", (0, A), (7, B))
    assert history.record() == once.record()
    assert history.keep(night(C, day(6)), Config()) is None


#: What may stand in a column, with what of it is kept: all, nothing, or all but a level.
COLUMNS: list[tuple[str, list[Any], str]] = [
    ("industry", ["retail", "software"], ""),
    ("size", [10.0, 250.0], ""),
    ("owner", ["0055g00000A1B2C", "0055g00000D3E4F"], ""),
    ("owner", ["Anna Markowitz", "Peter Schmidt"], "names of persons"),
    ("owner", ["amarkowitz1", "pschmidt"], "names of persons"),
    ("owner", ["A.M.", "0055g00000A1B2C"], "names of persons"),
    ("told_by", ["Anna markowitz", "Thomas markowitz", "Julia markowitz"], "by its values names of persons"),
    ("first_name", ["x", "y"], "the name of a person"),
    ("gender", ["a", "b"], "a protected trait of a person"),
    ("kind", ["female", "male"], "by its values a protected trait"),
    ("reach", ["+49 30 99887766", "+49 30 99887767"], "by its values phone numbers"),
    ("iban", ["x", "y"], "what identifies a person"),
    ("page_views", [1.0, 2.0], "by its name a count of touches"),
    ("lead_score", [1.0, 2.0], "by its name a ready-made score"),
    ("lifecycle_stage", ["a", "b"], "by its name a stage or status"),
    ("_fivetran_synced", ["a", "b"], "written by an exporter"),
    ("note", [f"free text {i}" for i in range(60)], "an identifier or free text"),
    ("customer_number", [float(i) for i in range(60)], "an id of a record"),
    ("call_me", [4930_99887700.0 + i for i in range(60)], "long numbers of single people"),
    ("segment", ["Prio", "Team Anna Markowitz"], "Team Anna Markowitz"),
    ("source", ["web", "fair", "call ada@x.example"], "call ada@x.example"),
]


@pytest.mark.parametrize(("name", "values", "why"), COLUMNS, ids=[f"{name} {values[0]}" for name, values, _ in COLUMNS])
@pytest.mark.parametrize("trusted", [False, True])
def test_only_what_may_be_learned_from_is_kept(name: str, values: list[Any], why: str, trusted: bool) -> None:
    cells = [values[i % len(values)] for i in range(60)]
    kind = "float64" if isinstance(values[0], float) else "string"
    rows = ibis.memtable({"lead_id": list(map(str, range(60))), name: cells}, schema={"lead_id": "string", name: kind})
    leads = connection().create_table("leads_tonight", rows, temp=True, overwrite=True)
    possible = possible_columns(leads, "leads", trusted={name} if trusted else ())
    chosen = chosen_columns(connection(), "leads_tonight", "leads", possible)
    told = not why or why in values
    of_person = why and not any(words in why for words in ("touches", "score", "stage", "exporter"))
    assert (name in chosen.kinds) == (told or (trusted and not of_person))
    assert chosen.left_out.get(name, "").startswith(why) or told or (trusted and not of_person)
    assert chosen.unsaid == ({name: {why: None}} if why in values else {})


def test_names_reach_no_file_on_a_later_night_either(tmp_path: Path) -> None:
    def told(*texts: str) -> Rows:
        return {str(i): {"segment": texts[i % len(texts)], "industry": "x"} for i in range(60)}

    history = kept(tmp_path, (0, told("Prio", "Rest")), (1, told("Prio", "Team Anna Markowitz")))
    history.keep(night(told("Anna Markowitz", "Peter Markowitz", "Julia Markowitz"), day(2)), Config())
    assert [file.rows for file in history.record().files] == [60, 30]
    rows = (
        connection().con.execute(f"SELECT * FROM read_parquet('{tmp_path}/*.parquet', union_by_name=true)").fetchall()
    )
    assert not [row for row in rows if "Markowitz" in str(row)]


def test_what_a_killed_run_left_counts_for_nothing_and_a_lost_file_is_said(tmp_path: Path) -> None:
    history = kept(tmp_path, (0, A))
    (tmp_path / "account_2026-03-08_00000000.parquet").write_bytes(b"torn")
    assert then(history, night(A, day(7)), day(8)) == A
    kept(tmp_path, (7, B))
    assert not (tmp_path / "account_2026-03-08_00000000.parquet").exists()
    (tmp_path / read_record(tmp_path).files[0].name).unlink()
    with pytest.raises(DamagedHistory, match="is not there"):
        history.record()


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + 80 * b"\0" + b"PAR1"])
def test_a_torn_file_is_named_and_nothing_is_kept_or_read(tmp_path: Path, content: bytes) -> None:
    history = kept(tmp_path, (0, A), (7, B))
    torn = tmp_path / history.record().files[0].name
    torn.write_bytes(content)
    before = history.record()
    with pytest.raises(DamagedHistory, match=f"{torn.name} cannot be read"):
        then(history, night(C, day(14)), day(8))
    with pytest.raises(DamagedHistory, match=f"{torn.name} cannot be read"):
        history.keep(night(C, day(14)), Config())
    assert history.record() == before
