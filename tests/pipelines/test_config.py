import tomllib
from dataclasses import fields

import pytest

from pipelines import ROOT
from pipelines.config import Config, Grades, Training
from pipelines.config_file import read_config
from pipelines.errors import UsageError
from scoring.evidence.mql import TITLES


def written(tmp_path, text):
    path = tmp_path / "closedwon.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_has_a_default():
    assert read_config() == Config()
    training = Config().training
    assert (training.horizon_days, training.periods, training.max_snapshots) == (180, 6, 24)
    assert (training.seed, training.min_wins) == (7, 25)
    assert Config().input.max_reject_share == 0.05
    assert "gmail.com" in Config().input.free_mail_domains
    assert (Config().attributes.max_levels, Config().attributes.max_attributes) == (50, 60)
    assert Config().score.why_now_days == 7


def test_a_file_changes_what_it_names(tmp_path):
    text = "\ufeff[training]\nseed = 8\n[grades]\na = 5\n[attributes]\ntrust = ['Stage']\n"
    config = read_config(written(tmp_path, text))
    assert config.training == Training(seed=8)
    assert config.grades == Grades(a=5.0)
    assert isinstance(config.grades.a, float)
    assert config.attributes.trust == ("Stage",)
    assert config.input == Config().input


def test_a_table_of_points_replaces_the_default_one(tmp_path):
    text = "[mql]\nthreshold = 60\n[mql.points]\ndemo_request = 30\nother = 1.5\n"
    found = read_config(written(tmp_path, text)).mql
    assert (found.threshold, found.points) == (60.0, {"demo_request": 30.0, "other": 1.5})
    assert isinstance(found.points["demo_request"], float)
    assert found.titles == Config().mql.titles == {**TITLES}


def test_a_table_whose_freshness_is_given_keeps_that_of_the_others(tmp_path):
    found = read_config(written(tmp_path, "[night.freshness]\nactivities = 9\n")).night.freshness
    assert found == {**Config().night.freshness, "activities": 9.0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[training]\nhorizon = 90",
            "unknown key 'horizon' in [training] of the configuration; did you mean 'horizon_days'?",
        ),
        (
            "[trainning]\nseed = 1",
            "unknown section [trainning] of the configuration; did you mean 'training'?",
        ),
        (
            "[score]\nxyz = 1",
            "unknown key 'xyz' in [score] of the configuration; it may have: why_now_days",
        ),
        ("training = 3", "[training] is a section of the configuration, not a value: found 3"),
        ("[training]\nseed = 1.5", "seed in [training] must be a whole number: found 1.5"),
        ("[training]\nseed = true", "seed in [training] must be a whole number: found True"),
        ("[grades]\na = '4'", "a in [grades] must be a number: found '4'"),
        ("[attributes]\ntrust = 'x'", "trust in [attributes] must be a list of texts: found 'x'"),
        ("[attributes]\ntrust = [1]", "trust in [attributes] must be a list of texts: found [1]"),
        ("[input]\nmax_reject_share = 5", "max_reject_share in [input] must be 0 to 1: found 5.0"),
        ("[training]\nperiods = 0", "periods in [training] must be 1 or more: found 0"),
        ("[training]\nperiods = 181", "periods in [training] must be at most horizon_days = 180: found 181"),
        ("[training]\nl2 = -1", "l2 in [training] must be 0 or more: found -1.0"),
        ("[training]\nlearning_rate = 0.0", "learning_rate in [training] must be above 0 and at most 1: found 0.0"),
        ("[training]\nleaves = 1", "leaves in [training] must be 2 or more: found 1"),
        ("[mql]\nthreshold = 0", "threshold in [mql] must be above 0: found 0.0"),
        ("[mql]\npoints = 5", "[mql.points] is a section of the configuration, not a value: found 5"),
        ("[mql.points]\ndemo = 'ten'", "demo in [mql.points] must be a number: found 'ten'"),
        (
            "[mql.titles]\nboss = 5",
            "a key of titles in [mql] must be one of student, vp, director, manager, assistant, c_level, staff, "
            "finance, procurement, legal, hr, sales, marketing, product, it, operations, management, other: "
            "found 'boss'",
        ),
        ("[night]\nleast_rows = 2", "least_rows in [night] must be 0 to 1: found 2.0"),
        ("[night]\nmost_rows = 1", "most_rows in [night] must be above 1: found 1.0"),
        ("[night]\nnights = 0", "nights in [night] must be 1 or more: found 0"),
        ("[night.freshness]\nleads = -1", "leads in [night.freshness] must be 0 (not judged) or more: found -1.0"),
        (
            "[night.freshness]\nlead = 1",
            "a key of freshness in [night] must be one of export, activities, leads, opportunities, accounts: "
            "found 'lead'",
        ),
        ("[grades]\nb = 9", "a, b, c in [grades] must be falling and above 0: found (4.0, 9.0, 0.5)"),
    ],
)
def test_a_wrong_key_or_value_is_named(tmp_path, text, message):
    with pytest.raises(UsageError) as failure:
        read_config(written(tmp_path, text))
    assert str(failure.value) == message
    assert failure.value.exit_code == 2


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(UsageError, match=r"cannot read the configuration .*: No such file"):
        read_config(tmp_path / "missing.toml")
    with pytest.raises(UsageError, match="is not valid TOML"):
        read_config(written(tmp_path, "[training"))


def test_the_documented_configuration_is_the_default_one(tmp_path):
    documented = (ROOT / "docs" / "tables.md").read_text().split("```toml")[1].split("```")[0]
    assert read_config(written(tmp_path, documented)) == Config()
    untold = {"free_mail_domains", "declared"}  # a comment tells of the first, its own file of the second
    keys = {section.name: {key.name for key in fields(getattr(Config(), section.name))} for section in fields(Config)}
    assert {name: set(told) for name, told in tomllib.loads(documented).items()} == {
        name: names - untold for name, names in keys.items()
    }
