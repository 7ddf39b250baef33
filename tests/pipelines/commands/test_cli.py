"""The command line as a scheduler and a stranger meet it: exit codes, and one clear message for each."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from pipelines import ROOT
from pipelines.cli import build_parser, main
from pipelines.commands.known import COMMANDS
from pipelines.store.store import Store
from tests.pipelines.conftest import QUICKEST, Ended, Run, TrainedStore
from tests.pipelines.crm_export import export
from tests.pipelines.small_crm import AS_OF, people, write


def refused(ended: Ended, code: int) -> str:
    """The one line that a failing command prints for a person."""
    assert ended.code == code, ended
    (line,) = ended.err.splitlines()
    return line


def test_help_names_every_command_and_loads_nothing_slow() -> None:
    slow = "mlflow", "lightgbm", "sklearn", "scipy", "pandas", "ibis", "duckdb", "pandera"
    program = (
        "import sys\nfrom pipelines.cli import build_parser, main\ntry: main(['--help'])\nexcept SystemExit as stop:\n"
        f"    print(stop.code, sorted(set({slow!r}) & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    *lines, last = ended.stdout.splitlines()
    assert last == "0 []"
    assert [
        command.name for command in COMMANDS if not any(line.startswith(f"    {command.name} ") for line in lines)
    ] == []
    headings = {line.strip(): after.split()[0] for line, after in pairwise(lines) if re.match(r"  [a-z ]+:$", line)}
    assert headings == {
        "first steps:": "demo",
        "data and models:": "check",
        "scores:": "score",
        "sales and marketing:": "plan",
        "the store:": "forget",
    }


HELP = [
    ("fields", "default: those in the configuration", "default: none"),
    ("imported", "default: recognised among all", "default: in the store", "default: found"),
    ("explain", "default: found", "default: in the store"),
    ("rollback", "default: all that are champions"),
    ("promote", "default: those with a challenger", "default: that of the challenger's training"),
    (
        "train",
        "default: none",
        "default: accounts and leads, as the tables allow",
        "default: the day after the newest in the export",
    ),
    ("tune", "number of trials (default 20)"),
    ("check", "default: none"),
    ("demo", "default ./closedwon-demo", "default: in the store"),
]


@pytest.mark.parametrize("said", HELP, ids=lambda said: said[0])
def test_help_states_the_defaults_of_its_command(
    said: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")  # so that no hyphen ends a line
    with pytest.raises(SystemExit):
        main([said[0], "--help"])
    found = " ".join(capsys.readouterr().out.split())
    assert [default for default in said[1:] if default not in found] == []


def test_the_version_is_that_of_the_release(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert (stop.value.code, capsys.readouterr().out) == (0, "closedwon 0.1.0\n")


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_shell_can_complete_commands_and_options(closedwon: Run, shell: str) -> None:
    script = closedwon("--print-completion", shell).out
    assert [word for word in ("backtest", "imported", "--horizon-days", "--learning-curve") if word not in script] == []


def test_a_reader_of_the_completion_may_stop_early() -> None:
    """As in `closedwon --print-completion bash | head -1`."""
    words = [sys.executable, "-m", "pipelines", "--print-completion", "bash"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_config_prints_every_key_its_schema_and_what_a_file_changes(closedwon: Run, tmp_path: Path) -> None:
    file = tmp_path / "closedwon.toml"
    file.write_text("[training]\nhorizon_days = 90\nseed = 7\n")
    assert closedwon("config").out == (ROOT / "docs" / "closedwon.toml").read_text(encoding="utf-8")
    assert json.loads(closedwon("config", "--schema").out)["properties"]["training"]["title"] == "training"
    assert closedwon("config", "--config", file).out.splitlines() == [
        f"{file} is valid; keys that differ from their default: 1",
        "  [training] horizon_days = 90 (default 180)",
    ]
    file.write_text("[training]\nhorizon_day = 90\nseed = 1.5\n[nigth]\n")
    ended = closedwon("config", "--config", file)
    assert (ended.code, len(ended.err.splitlines())) == (2, 3)
    for wrong, message in (  # seen before a night, not by it
        ('rank = "=cmd|x"', "[crm.zoho.lead] of the configuration: '=cmd|x' cannot be the name of a field"),
        ('rnk = "rank"', "unknown key 'rnk' in [crm.zoho.lead] of the configuration; did you mean 'rank'?"),
    ):
        file.write_text(f"[crm.zoho.lead]\n{wrong}\n")
        ended = closedwon("config", "--config", file)
        assert (ended.code, ended.err.startswith(f"closedwon config: {message}")) == (2, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "the following arguments are required: command"),
        ("predict", "argument command: invalid choice: 'predict'"),
        ("train", "the following arguments are required: --data"),
        ("train --data {crm} --as-of soon", "argument --as-of: 'soon' is not a date such as 2026-11-22"),
        ("train --data {crm} --entity deal", "argument --entity: invalid choice: 'deal'"),
        ("explain --data {crm}", "the following arguments are required: id"),
        ("check --data {crm} --force", "unrecognized arguments: --force"),
    ],
)
def test_words_that_mean_nothing_are_refused_with_usage(
    closedwon: Run, tmp_path: Path, words: str, message: str
) -> None:
    ended = closedwon(*words.format(crm=tmp_path).split())
    assert ended.code == 2
    assert message in ended.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("check --data {crm}/nowhere", "--data {crm}/nowhere does not exist: name a folder"),
        ("train --data {crm} --store {crm}/s --horizon-days 0", "--horizon-days 0: horizon_days in [training]"),
        ("score --data {crm} --store {crm}/none", "there is no store at {crm}/none: run `closedwon train` first"),
        ("promote --store {crm}/none", "there is no store at {crm}/none: run `closedwon train` first"),
        ("explain A1 --data {crm} --store {crm}/none", "there is no store at {crm}/none: run `closedwon train`"),
        ("check --data {crm} --config {crm}/none.toml", "cannot read the configuration {crm}/none.toml"),
        (
            "check --data {crm} --config {crm}/c.toml",
            "unknown key 'horizon_day' in [training] of the configuration; did you mean 'horizon_days'?",
        ),
        ("train --data {crm} --store {crm}/s --entity lead", "--entity lead needs the table leads; the export has"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_line(closedwon: Run, tmp_path: Path, words: str, message: str) -> None:
    crm = export(tmp_path / "crm", leads=None, opportunities="opportunity_id,account_id,created_at,status\n")
    (crm / "c.toml").write_text("[training]\nhorizon_day = 90\n")
    assert message.format(crm=crm) in refused(closedwon(*words.format(crm=crm).split()), 2)


def test_a_store_that_is_asked_for_and_missing_is_not_made(closedwon: Run, tmp_path: Path) -> None:
    crm = export(tmp_path / "crm")
    for command in ("score", "explain A1", "rollback", "promote"):
        data = () if command in ("rollback", "promote") else ("--data", crm)
        assert closedwon(*command.split(), *data, "--store", tmp_path / "none").code == 2
    assert not (tmp_path / "none").exists()


def test_tomorrow_may_be_asked_for_and_the_day_after_not(closedwon: Run, tmp_path: Path) -> None:
    crm, today = export(tmp_path / "crm"), datetime.now(UTC).date()
    later = today + timedelta(days=2)
    line = refused(closedwon("check", "--data", crm, "--as-of", later), 2)
    assert line.startswith(f"closedwon check: --as-of {later} lies in the future (today is ")
    assert closedwon("check", "--data", crm, "--as-of", today + timedelta(days=1)).code == 0


def test_without_a_date_all_there_is_counts(closedwon: Run, tmp_path: Path) -> None:
    ended = closedwon("check", "--data", export(tmp_path / "crm"))  # its last event is the win of 2026-03-01
    assert (ended.code, ended.err) == (0, "")
    assert "\nTables, as known before 2026-03-02\n" in ended.out


def test_a_store_without_a_champion_says_what_to_run(closedwon: Run, tmp_path: Path) -> None:
    crm = export(tmp_path / "crm")
    with Store.open(tmp_path / "store"):
        pass
    store = ("--store", tmp_path / "store")
    line = refused(closedwon("score", "--data", crm, *store, "--quiet"), 2)
    assert line.startswith("closedwon score: there is no champion for the entity account or lead in ")
    assert line.endswith("run `closedwon train`, then `closedwon promote`")
    assert "there is no challenger to promote in" in refused(closedwon("promote", *store), 2)
    assert "there is no champion in" in refused(closedwon("rollback", *store), 2)
    assert "run `closedwon train`" in refused(closedwon("explain", "A1", "--data", crm, *store), 2)


def test_an_unknown_crm_and_an_unknown_id(trained: TrainedStore, closedwon: Run, tmp_path: Path) -> None:
    words = (*trained.data, "--store", trained.copy_of_store(tmp_path / "store"), "--quiet")
    line = refused(closedwon("score", *words, "--crm", "sap", "--out", tmp_path / "out"), 2)
    assert line.startswith("closedwon score: --crm sap is not a known CRM; known are salesforce, hubspot")
    line = refused(closedwon("explain", "A9999999", *words), 2)
    assert line.startswith(f"closedwon explain: A9999999 is not among the open accounts or leads as of {AS_OF}")
    assert not (tmp_path / "out").exists()


def test_a_store_in_use_is_busy_for_writers(trained: TrainedStore, closedwon: Run, tmp_path: Path) -> None:
    path = trained.copy_of_store(tmp_path / "store")
    words = (*trained.data, "--store", path, "--quiet")
    with Store.open(path):
        for command in ("train", "score"):
            line = refused(closedwon(command, *words), 5)
            assert line.startswith(f"closedwon {command}: the store {path} is in use by ")
        assert "in use by" in refused(closedwon("promote", "--store", path), 5)


def test_quiet_prints_nothing(closedwon: Run, tmp_path: Path) -> None:
    crm = write(people(300, 40), tmp_path / "crm")
    (tmp_path / "c.toml").write_text(QUICKEST)
    words = ("--data", crm, "--as-of", AS_OF, "--store", tmp_path / "store", "--quiet")
    assert closedwon("train", *words, "--config", tmp_path / "c.toml") == Ended(0, "", "")


def test_what_nobody_foresaw_ends_with_1_and_its_trace(
    closedwon: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.intake.point_in_time.read_tables", lambda *words, **named: 1 / 0)
    ended = closedwon("check", "--data", tmp_path)
    assert ended.code == 1
    assert "ZeroDivisionError" in ended.err
    assert ended.err.splitlines()[-1] == "closedwon check: unexpected failure, see above"


def test_a_trace_shows_nobody_and_memory_that_ran_out_is_a_sentence(
    closedwon: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(error: Exception) -> Ended:
        def read(*words: object, **named: object) -> None:
            raise error

        monkeypatch.setattr("pipelines.intake.point_in_time.read_tables", read)
        return closedwon("check", "--data", tmp_path)

    ended = fails(RuntimeError("no number: 'ada@lovelace.example'"))
    assert (ended.code, "ada@" in ended.err, "(e-mail)" in ended.err) == (1, False, True)
    ended = fails(RuntimeError("Out of Memory Error: failed to allocate data of size 2.0 GiB (2.9 GiB/3.0 GiB used)"))
    assert (ended.code, len(ended.err.splitlines()), "memory ran out" in ended.err) == (1, 1, True)


def test_usage_errors_show_nobody_and_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["check", "--password", "hunter22"], ["check", "--data", "x", "--as-of", "ada@lovelace.example"]):
        with pytest.raises(SystemExit) as ended:
            build_parser().parse_args(words)
        said = capsys.readouterr().err
        assert (ended.value.code, "hunter22" in said, "ada@" in said) == (2, False, False)
