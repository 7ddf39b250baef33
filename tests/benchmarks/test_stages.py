"""A run is measured between two measurements of the floor, and every stage starts from the right store."""

from pathlib import Path

from benchmarks.speed import __main__ as command
from benchmarks.speed.data import Data
from benchmarks.speed.history import Figure
from benchmarks.speed.stages import Bench, copied


class Rehearsed(Bench):
    """A bench that runs nothing: the floor takes 2, 3, 4 seconds before and 2, 6, 8 after; the stages are fixed."""

    def make_data(self) -> None:
        self.floors = iter(((3.0, 2.0, 4.0), (6.0, 2.0, 8.0)))

    def work(self, stage: str, data: Data, words, python: str = "", module: str = "work") -> Figure:
        times = next(self.floors)
        more = {f"time {i + 1}": taken for i, taken in enumerate(times)}
        return Figure(stage, data.accounts, sorted(times)[1], 1.0, 10, "activities", 1, more=more)

    def training(self) -> Figure:
        return Figure("training", self.data.accounts, 35.0, 60.0, 10, "activities", 1)

    def pandas(self, way: str) -> Figure:
        return Figure(f"pandas {way}", self.peers.accounts, 7.0, 7.0, 10, "snapshots", 1)


def rehearsed(tmp_path: Path, **more: int) -> Rehearsed:
    return Rehearsed(Data(200, tmp_path), Data(100, tmp_path), Data(100, tmp_path), say=lambda text: None, **more)


def test_the_floor_is_the_median_of_all_six_and_counts_for_its_own_size(tmp_path: Path) -> None:
    figures = command.measured(rehearsed(tmp_path), ("training", "pandas"))
    assert [(figure.stage, figure.seconds, figure.ratio) for figure in figures] == [
        ("floor", 3.5, 1.0),
        ("training", 35.0, 10.0),
        ("pandas once", 7.0, None),
        ("pandas each", 7.0, None),
    ]
    assert figures[0].more == {"least": 2.0, "most": 8.0, "before": 3.0, "after": 6.0}


def test_a_stage_is_repeated_and_the_median_counts(tmp_path: Path) -> None:
    bench, times = rehearsed(tmp_path, repeat=3), iter((5.0, 1.0, 2.0))
    figure = bench.take("x", lambda: Figure("x", 200, next(times), 1.0, 10, "rows", 1))
    assert figure.seconds == 2.0
    assert bench.figures == [figure]


def test_a_store_is_put_back_as_it_was(tmp_path: Path) -> None:
    for name, text in (("trained", "as trained"), ("store", "after many nights")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mlflow.db").write_text(text)
    (tmp_path / "store" / "ledger").mkdir()
    (tmp_path / "trained" / "latest").symlink_to("mlflow.db")
    copied(tmp_path / "trained", tmp_path / "store")
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == ["latest", "mlflow.db"]
    assert (tmp_path / "store" / "latest").is_symlink()
    assert (tmp_path / "store" / "mlflow.db").read_text() == "as trained"
