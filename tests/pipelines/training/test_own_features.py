"""Features of one's own, declared in a file: through training, scoring and explaining, by the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines.config import Config
from pipelines.config_file import read_config
from pipelines.errors import UsageError
from pipelines.evaluation.promotion_evidence import recipe
from scoring.features.spec import Listed, Ratio, Recency
from scoring.scorecard.scorecard import Scorecard
from tests.pipelines.conftest import QUICKEST, Ended, Run
from tests.pipelines.small_crm import AS_OF, Frames, people, write

CONFIG = "[features]\nfile = 'mine/features.toml'\n"
MINE = """
[[feature]]
type = "Listed"
name = "at_home"
label = "Home market"
column = "Industry "
values = ["software", "health"]

[[feature]]
type = "Ratio"
name = "visits_per_head"
numerator = "visits"
denominator = "size"

[[feature]]
type = "Recency"
name = "serious"
label = "Demo or pricing"
activity = ["demo", "pricing"]
"""


@pytest.fixture
def declare(tmp_path: Path) -> Callable[[str], Path]:
    """Write a features file, and the configuration that names it, beside which its folder lies."""

    def write(text: str) -> Path:
        (tmp_path / "mine").mkdir(exist_ok=True)
        (tmp_path / "mine" / "features.toml").write_text(text, encoding="utf-8")
        config = tmp_path / "closedwon.toml"
        config.write_text(QUICKEST + CONFIG, encoding="utf-8")
        return config

    return write


def market() -> Frames:
    """Leads with visits beside their size, and a demo or a look at prices within days of a deal's beginning."""
    frames = people(400, wins=90)
    leads, deals = frames["leads"], frames["opportunities"]
    touched = deals.merge(leads[["lead_id", "created_at"]].rename(columns={"created_at": "lead_day"}), on="lead_id")
    activities = pd.DataFrame(
        {
            "lead_id": touched["lead_id"],
            "activity_type": ["demo" if place % 2 else "pricing" for place in range(len(touched))],
            "occurred_at": touched["lead_day"],
        }
    )
    return frames | {"leads": leads.assign(visits=leads["size"] * 2), "activities": activities}


def test_a_file_is_read_beside_its_configuration(declare: Callable[[str], Path]) -> None:
    assert read_config(declare(MINE)).features.declared == (
        Listed(name="at_home", label="Home market", column="industry", values=("software", "health")),
        Ratio(name="visits_per_head", label="Visits per head", numerator="visits", denominator="size"),
        Recency(name="serious", label="Demo or pricing", activity=("demo", "pricing")),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[feature]\n", "is not valid TOML"),
        (MINE.replace("Recency", "Counter"), "mine/features.toml: feature 'serious': type must be one of Attribute"),
        (MINE.replace("at_home", "visits_per_head"), "feature 'visits_per_head': the name is taken by another one"),
    ],
)
def test_what_is_wrong_names_the_file(declare: Callable[[str], Path], text: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_config(declare(text))
    assert message in str(refused.value).replace("\\", "/")
    assert str(refused.value).startswith("the features file ")


def test_each_error_is_told_on_its_line_with_the_file(declare: Callable[[str], Path]) -> None:
    config = declare(MINE.replace("Recency", "Counter").replace("Ratio", "Part"))
    with pytest.raises(UsageError) as refused:
        read_config(config)
    file = config.parent / "mine" / "features.toml"
    starts = [f"the features file {file}: feature '{name}': type must be" for name in ("visits_per_head", "serious")]
    assert [line.partition(" one of ")[0] for line in str(refused.value).splitlines()] == starts


def test_a_file_that_is_not_there_and_a_key_that_is_no_key(declare: Callable[[str], Path]) -> None:
    config = declare(MINE)
    (config.parent / "mine" / "features.toml").unlink()
    with pytest.raises(UsageError, match=r"cannot read the features file .*features.toml: No such file"):
        read_config(config)
    config.write_text("[features]\ndeclared = []\n")
    with pytest.raises(UsageError, match=r"unknown key 'declared' in \[features\] of the configuration"):
        read_config(config)


def test_it_joins_training_scoring_reasons_and_explanation(
    learned: Callable[..., dict[str, Any]], declare: Callable[[str], Path], closedwon: Run, tmp_path: Path
) -> None:
    declared = read_config(declare(MINE)).features.declared
    frames = market()
    scorecard = learned("own", frames, CONFIG)
    # The gate decides on the recipe, of which they are a part.
    assert recipe(Scorecard.from_json(scorecard), Config()).features.declared == declared
    terms = {name: term for term in scorecard["terms"] if len(term["features"]) == 1 for name in term["features"]}
    assert terms["at_home"]["words"][2:] == ["Home market: yes", "Home market: no"]
    assert {"at_home", "serious"} <= set(terms)
    assert [term["side"] for name, term in terms.items() if name in ("at_home", "serious")] == ["fit", "intent"]
    assert "visits_per_head" not in terms  # it is 2 everywhere, so there is nothing to learn of it

    # The scorecard has all it takes: neither the file nor the configuration is there when it is used.
    (tmp_path / "mine" / "features.toml").unlink()
    store, out = ("--store", tmp_path / "own-store"), tmp_path / "scores"
    data = ("--data", tmp_path / "own", "--as-of", AS_OF)
    assert closedwon("promote", *store, "--force").code == 0
    assert closedwon("score", *data, *store, "--out", out, "--quiet") == Ended(0, "", "")
    scores = pd.read_parquet(out / "lead_scores.parquet").merge(frames["leads"], on="lead_id")
    reasons = scores[["reason_1", "reason_2", "reason_3", "concern_1"]].agg(" ".join, axis=1)
    home = scores["industry"].isin(["Software", "Health"])
    assert reasons[home].str.contains("Home market: yes").any()
    assert not reasons[home].str.contains("Home market: no").any()
    assert not reasons[~home].str.contains("Home market: yes").any()
    assert reasons.str.contains("Demo or pricing").any()
    ended = closedwon("explain", scores["lead_id"][0], *data, *store)
    assert ("Home market: yes" if home[0] else "Home market: no") in ended.out
    assert closedwon("report", *store, "--out", tmp_path / "report.html", "--quiet").code == 0
    assert "Home market" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_what_reads_a_leak_is_held_back_with_a_word(
    declare: Callable[[str], Path], closedwon: Run, tmp_path: Path
) -> None:
    frames = people(300, wins=60)
    won = frames["leads"]["lead_id"].isin(frames["opportunities"].query("status == 'won'")["lead_id"])
    # A tier that only customers get; and a code that is no level (300 texts), but tells by its being there.
    frames["leads"]["tier"] = won.map({True: "gold", False: None})
    frames["leads"]["code"] = frames["leads"]["lead_id"].where(won)
    crm = write(frames, tmp_path / "crm")
    config = declare(
        """
        [[feature]]
        type = "Listed"
        name = "golden"
        column = "tier"
        values = ["gold"]
        [[feature]]
        type = "Listed"
        name = "coded"
        column = "code"
        values = ["L0001"]
        [[feature]]
        type = "Listed"
        name = "at_home"
        column = "industry"
        values = ["Software"]
        """
    )
    ended = closedwon("train", "--data", crm, "--as-of", AS_OF, "--config", config, "--store", tmp_path / "store")
    assert (ended.code, ended.err) == (0, "")
    lines = [line.strip() for line in ended.out.splitlines() if "held back" in line]
    assert lines == [
        "held back tier: filled for 100% of the won and 0% of the others",
        "held back golden: it reads tier, which is held back",
        "held back coded: filled for 100% of the won and 0% of the others",
    ]
    (file,) = (tmp_path / "store").rglob("models/*/artifacts/artifacts/scorecard.json")
    scorecard = json.loads(file.read_text())
    assert [item["attribute"] for item in scorecard["quarantined"]] == ["tier", "golden", "coded"]
    assert {"golden", "coded"}.isdisjoint(scorecard["encodings"])
    assert "at_home" in scorecard["encodings"]


def test_an_unknown_attribute_stops_the_training_and_names_what_is_there(
    declare: Callable[[str], Path], closedwon: Run, tmp_path: Path
) -> None:
    config = declare(MINE.replace('"visits"', '"visitors"'))
    crm = write(people(60, wins=30), tmp_path / "crm")
    ended = closedwon("train", "--data", crm, "--as-of", AS_OF, "--config", config, "--store", tmp_path / "store")
    assert ended.code == 2
    assert ended.err == (
        "closedwon train: mine/features.toml: feature 'visits_per_head': no attribute is called 'visitors'; "
        "there are: campaign, department, industry, seniority, size, source\n"
    )
