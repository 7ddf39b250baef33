"""All errors of a configuration file at once, each on its line: none hides another, in its section or elsewhere."""

from dataclasses import asdict
from pathlib import Path

import pytest

from pipelines.config import Config
from pipelines.config_file import read_config
from pipelines.errors import UsageError

#: A section with a mistake, and the line about it. That of [crm] has several, of which none hides another.
MISTAKES = {
    "[engine]\nmemory_gb = 0": "memory_gb in [engine] must be 0.25 or more: found 0",
    '[input]\nmax_reject_share = 5\ncolumns = {"lead.x" = "domain"}': (
        "max_reject_share in [input] must be 0 to 1: found 5\n"
        """[input.columns] "lead.x" = "domain": there is no table 'lead'; did you mean 'leads'?"""
    ),
    "[attributes]\nmax_levels = 1": "max_levels in [attributes] must be 2 or more: found 1",
    "[matching]\nnames = 1": "names in [matching] must be true or false: found 1",
    "[question]\nwin = 'x'": 'win in [question] must be "new_business" or "any": found \'x\'',
    "[training]\nseed = 'x'": "seed in [training] must be a whole number: found 'x'",
    "[grades]\na = 'x'": "a in [grades] must be a number: found 'x'",
    "[score]\nwhy_now_days = 0": "why_now_days in [score] must be 1 or more: found 0",
    "[night]\nnights = 0": "nights in [night] must be 1 or more: found 0",
    "[changes]\nretire_days = 0": "retire_days in [changes] must be 1 or more: found 0",
    "[ledger]\nkeep_days = 0": "keep_days in [ledger] must be 1 or more: found 0",
    "[history]\nkeep = 3": "keep in [history] must be true or false: found 3",
    "[files]\nreadable_by = 1": 'readable_by in [files] must be "owner", "group" or "everybody": found 1',
    """[crm]
files = ["hubspt", "odoo"]
short_fields = "zoho"
subscriptions = { zoho = "standart" }
hubspot.acount.rank = "x"
hubspot.lead = { win_probabilty = "x", grade = 3, rank = "=1", trend = "+1" }
zoho.lead = { id = "", grad = "x" }""": """\
short_fields in [crm] must be a list of texts: found 'zoho'
files in [crm]: hubspt is not a known CRM; did you mean 'hubspot'?
unknown section [crm.hubspot.acount] of the configuration; did you mean 'account'?
unknown key 'win_probabilty' in [crm.hubspot.lead] of the configuration; did you mean 'win_probability'?
grade in [crm.hubspot.lead] must be a text: found 3
[crm.hubspot.lead] of the configuration: '=1' cannot be the name of a field: FORMULA
[crm.hubspot.lead] of the configuration: '+1' cannot be the name of a field: FORMULA
subscriptions in [crm]: zoho has no subscription 'standart'; did you mean 'standard'?
unknown key 'grad' in [crm.zoho.lead] of the configuration; did you mean 'grade'?
[crm.zoho.lead] of the configuration: id cannot be left out: the CRM finds records by it""".replace(
        "FORMULA",
        "a spreadsheet would run what begins with =, +, - or @, and a header is one line without blanks around it",
    ),
    "[capacity]\nshare = 0.0": "share in [capacity] must be above 0 and at most 1: found 0.0",
    "[calls]\nbetter = 0.5": "better in [calls] must be 1 or more: found 0.5",
    "[plan]\nmarket_size = -1": "market_size in [plan] must be 0 or more: found -1",
    "[backtest]\nworkers = -1": "workers in [backtest] must be 0 or more: found -1",
    "[gate]\ncut_offs = 0": "cut_offs in [gate] must be 1 or more: found 0",
    "[tuning]\ntrials = -1": "trials in [tuning] must be 0 or more: found -1",
    "[sources]\nfewest = 0": "fewest in [sources] must be 1 or more: found 0",
    "[hours]\nbegin = 25": "begin in [hours] must be 0 to 24: found 25",
    "[mql]\nthreshold = 0": "threshold in [mql] must be above 0: found 0",
    "[features]\nfil = 'x'": "unknown key 'fil' in [features] of the configuration; did you mean 'file'?",
}


def errors(tmp_path: Path, text: str) -> list[str]:
    """The lines that are said about a file."""
    path = tmp_path / "closedwon.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as failure:
        read_config(path)
    return str(failure.value).splitlines()


def test_a_mistake_in_each_section_is_named_at_once(tmp_path: Path) -> None:
    assert [section[1:].partition("]")[0] for section in MISTAKES] == list(asdict(Config()))
    assert errors(tmp_path, "\n".join(MISTAKES)) == "\n".join(MISTAKES.values()).splitlines()


def test_all_errors_of_a_file_are_told_at_once_each_on_its_line(tmp_path: Path) -> None:
    text = """
night = 3
[trainning]
seed = 1
[training]
horizon = 90
seed = true
leaves = 1
[mql.points]
demo = "ten"
reply = "five"
[features]
file = "mine.toml"
"""
    assert errors(tmp_path, text) == [
        "unknown key 'horizon' in [training] of the configuration; did you mean 'horizon_days'?",
        "seed in [training] must be a whole number: found True",
        "leaves in [training] must be 2 or more: found 1",
        "demo in [mql.points] must be a number: found 'ten'",
        "reply in [mql.points] must be a number: found 'five'",
        f"cannot read the features file {tmp_path / 'mine.toml'}: No such file or directory",
        "[night] is a section of the configuration, not a value: found 3",
        "unknown section [trainning] of the configuration; did you mean 'training'?",
    ]
