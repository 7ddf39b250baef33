import json
import multiprocessing
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, replace

import pytest

from pipelines.config import Attributes, Changes, Config, Crm, Features, Grades, NightSettings, Scoring, Training
from pipelines.config_file import read_config
from pipelines.errors import UsageError
from scoring.evidence.mql import TITLES

#: The default settings as they were hashed before pydantic read them, but for the list of mail domains.
SETTINGS = (
    '{"attributes": {"drop": [], "max_attributes": 60, "max_levels": 50, "trust": []}, '
    '"backtest": {"cut_offs": 6, "every_days": 30, "learning_curve": false, "replicates": 200, '
    '"workers": 0}, '
    '"calls": {"a_week": 0.0, "better": 1.25, "grades": [], "lost_months": 6, "most_weeks": 4, '
    '"open_deals": true, "owners": {}, "people": 3, "rejected_days": 90, "rest_days": 28, "triggers": [], '
    '"without_trigger": 0.3, "worked_days": 14}, '
    '"capacity": {"accounts_per_week": 0.0, "leads_per_week": 0.0, "share": 0.05}, '
    '"changes": {"decile_margin": 0.2, "least": 0.002, "ratio": 1.25, "retire_days": 7, "trend_days": '
    '28, "trend_ratio": 1.25}, '
    '"crm": {"dynamics": {}, "files": ["salesforce"], "hubspot": {}, '
    '"marketo": {}, '
    '"odoo": {}, '
    '"salesforce": {}, "short_fields": [], "subscriptions": {}, '
    '"zoho": {}}, '
    '"engine": {"brought_rows": 10000000, "memory_gb": 3.0, "rebuild_days": 28}, '
    '"features": {"declared": [], "file": ""}, '
    '"files": {"readable_by": "owner"}, '
    '"gate": {"cut_offs": 3}, '
    '"grades": {"a": 4.0, "b": 1.5, "c": 0.5}, '
    '"history": {"keep": true, "keep_days": 1100}, '
    '"hours": {"begin": 9.0, "days": ["mon", "tue", "wed", "thu", "fri"], "end": 17.0, "holidays": [], '
    '"time_zone": "UTC"}, '
    '"input": {"bots": "marked", "columns": {}, "currency": "", "date_formats": {}, "dates": "", "decimal": "", '
    '"direction_words": {}, "max_reject_share": 0.05, "min_matched_share": 0.1, "number_formats": {}, '
    '"open_amounts": false, "own_domains": [], "status_words": {}, "test_addresses": [], "time_zone": "", '
    '"type_words": {}}, '
    '"ledger": {"features_days": 400, "keep_days": 1100, "keep_files": 7}, '
    '"matching": {"conversions": true, "names": false, "precision": 0.95, "related": true}, '
    '"mql": {"points": {"contact_request": 50.0, "content_download": 10.0, "demo_request": 50.0, '
    '"email_click": 5.0, "email_open": 1.0, "event": 20.0, "form_submit": 20.0, "meeting": 40.0, '
    '"other": 2.0, "page_view": 1.0, "pricing_view": 20.0, "reply": 25.0, "trial_start": 50.0, '
    '"webinar": 15.0}, "threshold": 100.0, "titles": {"assistant": -10.0, "c_level": 20.0, "director": '
    '15.0, "manager": 10.0, "student": -25.0, "vp": 20.0}}, '
    '"night": {"freshness": {"accounts": 60.0, "activities": 3.0, "export": 3.0, "leads": 30.0, '
    '"opportunities": 30.0}, "least_rows": 0.7, "min_rows": 50, "missing_rise": 0.2, "most_rows": 3.0, '
    '"nights": 7, "rejected_rise": 0.02, "score_shift": 0.05, "trained_shift": 0.1, "unknown_rise": '
    "0.1}, "
    '"plan": {"market_size": 0, "source": ""}, '
    '"question": {"win": "new_business"}, '
    '"score": {"why_now_days": 7}, '
    '"sources": {"cohort_days": 365, "conversation_days": 30, "conversation_types": [], "false_alarms": 0.05, '
    '"fewest": 30, "look_days": 7, "segment": "", "target_fit": 50.0}, '
    '"training": {"horizon_days": 180, "l2": 1.0, "learning_rate": 0.1, "leaves": 4, "max_rows": 200000, '
    '"max_snapshot_rows": 150000, "max_snapshots": 24, "min_leaf": 50, "min_wins": 25, "pair_budget": 3, '
    '"periods": 6, "resamples": 8, "seed": 7, "worked": false, "worked_by": []}, '
    '"tuning": {"cut_offs": 2, "min_wins": 50, "trials": 0}}'
)


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
        (
            "[gate]\nworst_ratio = 3.0",
            "key 'worst_ratio' in [gate] of the configuration is gone: the wins that a model predicts are compared "
            "with the interval that it states itself; delete the line",
        ),
        ("training = 3", "[training] is a section of the configuration, not a value: found 3"),
        ("[training]\nseed = 1.5", "seed in [training] must be a whole number: found 1.5"),
        ("[training]\nseed = true", "seed in [training] must be a whole number: found True"),
        ("[grades]\na = '4'", "a in [grades] must be a number: found '4'"),
        ("[attributes]\ntrust = 'x'", "trust in [attributes] must be a list of texts: found 'x'"),
        ("[attributes]\ntrust = [1]", "trust in [attributes] must be a list of texts: found [1]"),
        ("[input]\nmax_reject_share = 5", "max_reject_share in [input] must be 0 to 1: found 5"),
        ("[training]\nperiods = 0", "periods in [training] must be 1 or more: found 0"),
        ("[training]\nperiods = 181", "periods in [training] must be at most horizon_days = 180: found 181"),
        ("[training]\nl2 = -1", "l2 in [training] must be 0 or more: found -1"),
        ("[training]\nlearning_rate = 0.0", "learning_rate in [training] must be above 0 and at most 1: found 0.0"),
        ("[training]\nleaves = 1", "leaves in [training] must be 2 or more: found 1"),
        ("[mql]\nthreshold = 0", "threshold in [mql] must be above 0: found 0"),
        ("[mql]\npoints = 5", "[mql.points] is a section of the configuration, not a value: found 5"),
        ("[mql.points]\ndemo = 'ten'", "demo in [mql.points] must be a number: found 'ten'"),
        (
            "[mql.titles]\nboss = 5",
            "a key of titles in [mql] must be one of student, vp, director, manager, assistant, c_level, staff, "
            "finance, procurement, legal, hr, sales, marketing, product, it, operations, management, other: "
            "found 'boss'",
        ),
        ("[night]\nleast_rows = 2", "least_rows in [night] must be 0 to 1: found 2"),
        ("[night]\nmost_rows = 1", "most_rows in [night] must be above 1: found 1"),
        ("[night]\nnights = 0", "nights in [night] must be 1 or more: found 0"),
        ("[night.freshness]\nleads = -1", "leads in [night.freshness] must be 0 or more: found -1"),
        (
            "[night.freshness]\nlead = 1",
            "a key of freshness in [night] must be one of export, activities, leads, opportunities, accounts: "
            "found 'lead'",
        ),
        ("[training]\nhorizon_days = 5", "periods in [training] must be at most horizon_days = 5: found 6"),
        ("[engine]\nmemory_gb = inf", "memory_gb in [engine] must be a finite number of at most 2147483647: found inf"),
        (
            "[changes]\ntrend_days = 99999",
            "trend_days in [changes] must be a finite number of at most 36500: found 99999",
        ),
        (
            "[night.freshness]\nexport = inf",
            "export in [night.freshness] must be a finite number of at most 2147483647: found inf",
        ),
        (
            "[training]\nseed = -9999999999",
            "seed in [training] must be a finite number of at most 2147483647: found -9999999999",
        ),
        (
            "[files]\nreadable_by = 'all'",
            'readable_by in [files] must be "owner", "group" or "everybody": found \'all\'',
        ),
        ("[engine]\nmemory_gb = nan", "memory_gb in [engine] must be 0.25 or more: found nan"),
        ("[backtest]\nlearning_curve = 1", "learning_curve in [backtest] must be true or false: found 1"),
        ("[features]\ndeclared = []", "unknown key 'declared' in [features] of the configuration; it may have: file"),
        ("[crm.odoo]\nlead = 3", "[crm.odoo.lead] is a section of the configuration, not a value: found 3"),
        ("[crm]\nfiles = ['odoo', 1, 2]", "files in [crm] must be a list of texts: found ['odoo', 1, 2]"),
        (
            '[input.columns]\n"oportunities.x" = "amount"',
            """[input.columns] "oportunities.x" = "amount": there is no table 'oportunities'; did you mean """
            "'opportunities'?",
        ),
        (
            '[input.columns]\n"opportunities.x" = "amuont"',
            """[input.columns] "opportunities.x" = "amuont": there is no column 'amuont' in opportunities; did you """
            "mean 'amount'?",
        ),
        (
            '[input.columns]\n"opportunities" = "amount"',
            '[input.columns] "opportunities" = "amount": write "<table>.<column of the export>" = "<column>"',
        ),
        (
            '[input.columns]\n"currencies.ConversionRate" = "rate"',
            '[input.columns] "currencies.ConversionRate" = "rate": rate is what one unit of the currency is worth in '
            "your own, ConversionRate of Salesforce is the other way round: give a column rate = 1 / ConversionRate, "
            "and do not map it",
        ),
        (
            '[input.date_formats]\n"acounts.day" = "day/month/year"',
            """date_formats in [input]: "acounts.day" = "day/month/year": there is no table 'acounts'; did you mean """
            "'accounts'?",
        ),
        (
            '[input.number_formats]\n"spend.amount" = "1.2"',
            'number_formats in [input]: "spend.amount" = "1.2": the format must be one of 1234.56, 1,234.56, '
            "1 234.56, 1'234.56, 1234,56, 1.234,56, 1 234,56, 1'234,56",
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


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Training(periods=0), "periods in [training] must be 1 or more: found 0"),
        (
            lambda: replace(Training(), horizon_days=5),
            "periods in [training] must be at most horizon_days = 5: found 6",
        ),
        (lambda: replace(Config().backtest, cut_offs=0), "cut_offs in [backtest] must be 1 or more: found 0"),
        (lambda: Grades(4.0, 4.0), "a, b, c in [grades] must be falling and above 0: found (4.0, 4.0, 0.5)"),
        (lambda: Attributes(trust=(1,)), "trust in [attributes] must be a list of texts: found (1,)"),
        (lambda: replace(Config(), score=7), "[score] is a section of the configuration, not a value: found 7"),
        (
            lambda: Training(leavs=3),
            "unknown key 'leavs' in [training] of the configuration; did you mean 'leaves'?",
        ),
    ],
)
def test_a_section_made_in_python_is_held_to_the_same_rules(make, message):
    with pytest.raises(UsageError) as failure:
        make()
    assert str(failure.value) == message


def test_a_section_is_a_dataclass_like_any_other():
    config = replace(Config(), training=replace(Training(), seed=8), night=NightSettings(freshness={"leads": 9}))
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(replace, config).result() == config != Config()
    assert (config.training.seed, config.night.freshness["leads"], config.night.freshness["export"]) == (8, 9.0, 3.0)
    assert Training(90, 3) == Training(horizon_days=90, periods=3)
    assert Features(declared=()) == Features()
    assert Crm().odoo is not Crm().odoo
    with pytest.raises(AttributeError):
        config.training.seed = 9


def test_what_names_a_night_a_cut_off_and_a_recipe_stays_the_same_for_the_same_settings():
    """Else a night would be published twice, and every cut-off judged again."""
    assert repr(Scoring()) == "Scoring(why_now_days=7)"
    assert repr(Changes()) == (
        "Changes(ratio=1.25, least=0.002, decile_margin=0.2, trend_days=28, trend_ratio=1.25, retire_days=7)"
    )
    assert repr(Training()) == (
        "Training(horizon_days=180, periods=6, max_snapshots=24, max_snapshot_rows=150000, seed=7, min_wins=25, "
        "max_rows=200000, learning_rate=0.1, leaves=4, min_leaf=50, l2=1.0, pair_budget=3, resamples=8, "
        "worked=False, worked_by=())"
    )
    assert repr(Attributes()) == "Attributes(trust=(), drop=(), max_levels=50, max_attributes=60)"
    settings = asdict(Config())
    domains = settings["input"].pop("free_mail_domains")
    assert (len(domains), domains[0], domains[-1]) == (43, "126.com", "zoho.com")
    assert json.dumps(settings, sort_keys=True, default=repr) == SETTINGS


def test_the_command_line_starts_without_pydantic():
    program = "import sys, pipelines.cli; print('pydantic' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"
