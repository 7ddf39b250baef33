"""A study in Python, on a few hundred leads: what a notebook shows is what the commands would say."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from pipelines.config import Backtest, Config, Training
from pipelines.errors import UsageError
from pipelines.reports.notebook.backtest import StudyBacktest
from pipelines.reports.notebook.model import StudyScorecard
from pipelines.reports.notebook.picture import Picture
from pipelines.study import Study
from scoring.features.spec import Listed, Recency
from tests.pipelines.small_crm import AS_OF, people, write

QUICK = Config(training=Training(max_rows=20_000, max_snapshots=6, min_wins=15), backtest=Backtest(replicates=20))
#: A level as a CRM may well have it.
AWKWARD = 'R&D <"labs">'
HOME = Listed(name="at_home", column="industry", values=("Software", "Health"))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    frames = people(400, wins=100)
    frames["leads"]["industry"] = frames["leads"]["industry"].replace("Public", AWKWARD)
    # Half of the winners make software, so that the industry says something by itself too.
    deals = frames["opportunities"]
    winners = frames["leads"]["lead_id"].isin(deals.loc[deals["status"] == "won", "lead_id"].iloc[::2])
    frames["leads"].loc[winners, "industry"] = "Software"
    return Study(write(frames, tmp_path_factory.mktemp("crm")), AS_OF, QUICK)


@pytest.fixture(scope="module")
def trained(study: Study) -> StudyScorecard:
    return study.train("lead")


@pytest.fixture(scope="module")
def backtest(study: Study) -> StudyBacktest:
    return study.backtest("lead", cut_offs=1)


def test_it_tells_what_it_is_of(study: Study, trained: StudyScorecard) -> None:
    assert re.fullmatch(r"Study as of 2025-12-29: 400 leads, \d+ opportunities", repr(study))
    wins = trained.scorecard.wins
    assert repr(trained).startswith(f"Scorecard of leads as of 2025-12-29: {wins} wins, {trained.scorecard.model}, ")
    assert any("snapshots on 6 days" in note for note in trained.notes)


def test_a_shape_is_the_scorecards_table(trained: StudyScorecard) -> None:
    (term,) = [term for term in trained.scorecard.terms if term.features == ("industry",)]
    shape = trained.shape("industry")
    assert tuple(shape.table["words"]) == term.words
    assert tuple(shape.table["log_odds"]) == term.values
    assert np.allclose(shape.table["odds"], np.exp(term.values))
    assert shape.table["count"].sum() == len(trained.scores())
    assert shape.table["share"].sum() == pytest.approx(1)
    # Centred on the open ones, so that a contribution is the difference to the average of them.
    assert (shape.table["log_odds"] * shape.table["share"]).sum() == pytest.approx(0, abs=1e-9)


def test_a_shape_says_what_survives_resampling(trained: StudyScorecard) -> None:
    told = []
    for term in trained.scorecard.terms:
        if not term.is_pair:
            assert term.stable is not None
            told += list(trained.shape(term.features[0]).table["stable"])
            assert told[-len(term.stable) :] == [share >= 0.75 for share in term.stable]
    assert set(told) == {True, False}


def test_a_shape_is_a_picture_that_stands_alone(trained: StudyScorecard) -> None:
    for name in ("industry", "size"):
        picture = ElementTree.fromstring(trained.shape(name)._repr_svg_())
        said = "".join(picture.itertext())
        assert picture.tag == "{http://www.w3.org/2000/svg}svg"
        assert trained.terms.loc[name, "label"] in said
    assert AWKWARD in "".join(ElementTree.fromstring(trained.shape("industry")._repr_svg_()).itertext())
    assert f"Industry: {AWKWARD}" in repr(trained.shape("industry"))


def test_the_terms_are_all_there_with_the_most_important_first(trained: StudyScorecard) -> None:
    assert sorted(trained.terms.index) == sorted(" and ".join(term.features) for term in trained.scorecard.terms)
    assert trained.terms["importance"].is_monotonic_decreasing
    assert (trained.terms["lowest"] <= 1).all()
    assert (trained.terms["highest"] >= 1).all()


def test_scores_are_those_of_the_scorecard(trained: StudyScorecard) -> None:
    scores = trained.scores()
    today = trained.fitted.today.set_index("unit").loc[scores.index].reset_index()
    expected = trained.scorecard.lookup.score(today)
    assert np.allclose(scores["win_probability"], expected["win_probability"])
    assert scores["expected_revenue"].is_monotonic_decreasing
    assert scores.index.name == "lead_id"
    assert scores["reason_1"].str.len().gt(0).any()


def test_an_explanation_is_the_ledger_of_a_score(trained: StudyScorecard) -> None:
    scores = trained.scores()
    best = trained.explain(scores.index[0])
    assert best.score_breakdown.scores["win_probability"] == pytest.approx(scores["win_probability"].iloc[0])
    assert repr(best).startswith(f"lead {scores.index[0]} as of 2025-12-29")
    with pytest.raises(UsageError, match="L9999 is not among the open leads as of 2025-12-29"):
        trained.explain("L9999")


def test_own_features_make_another_study(study: Study) -> None:
    mine = study.with_features(HOME)
    assert repr(mine).endswith("; own features: at_home")
    assert "own features" not in repr(study)
    assert mine.config.features.declared == (replace(HOME, label="At home"),)
    more = mine.with_features(Recency(name="demo", activity=["demo"]))
    assert [feature.name for feature in more.config.features.declared] == ["at_home", "demo"]
    assert "at_home" in mine.train("lead").terms.index


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda study: study.train("deal"), "an entity is account or lead, not 'deal'"),
        (lambda study: study.train("account"), "--entity account needs the table accounts"),
        (lambda study: study.with_features(replace(HOME, name="At Home")), "name must be a text of lower-case letters"),
        (lambda study: study.with_features(HOME, HOME), "feature 'at_home': the name is taken by another one"),
    ],
)
def test_what_cannot_be_is_said(study: Study, ask: Any, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        ask(study)


def test_a_feature_of_which_nothing_was_learned_is_told_apart_from_one_that_is_not_there(
    trained: StudyScorecard,
) -> None:
    with pytest.raises(UsageError, match="nothing was learned of 'deal_size': there are "):
        trained.shape("deal_size")
    unused = {feature.name for feature in trained.fitted.features} - set(trained.terms.index)
    for name in sorted(unused)[:1]:
        with pytest.raises(UsageError, match="it was offered, but tells nothing about wins"):
            trained.shape(name)


def test_a_backtest_is_the_evidence_in_tables(backtest: StudyBacktest) -> None:
    ranking = backtest.evidence.comparison.rankings["mql"]
    row = backtest.measures.set_index(["ranking", "measure"]).loc[("mql", "revenue_captured")]
    assert row["value"] == ranking.measures["revenue_captured"].value
    assert row["lead_low"] == ranking.minus("closedwon")["revenue_captured"].low
    assert list(backtest.table.index[:2]) == ["closedwon", "MQL rule"]
    assert "<table" in backtest._repr_html_()
    assert repr(backtest).startswith("Leads, 180 days ahead, on 1 cut-offs from 2025-07-02 to 2025-07-02")
    assert len(backtest.evidence.cut_offs) == 1
    assert isinstance(backtest.curve(), Picture)
    ElementTree.fromstring(backtest.curve()._repr_svg_())


def test_two_configurations_are_held_against_each_other(study: Study, backtest: StudyBacktest) -> None:
    itself = study.backtest("lead", cut_offs=1).against(backtest)
    assert (itself["difference"].abs() + itself["high"].abs() + itself["low"].abs()).max() == 0
    mine = study.with_features(HOME).backtest("lead", cut_offs=1).against(backtest)
    assert np.allclose(mine["this"] - mine["other"], mine["difference"])
    assert (mine["low"] <= mine["high"]).all()
    assert mine.loc["auc", "difference"] != 0
    other_rows = replace(backtest, frame=backtest.frame.iloc[1:])
    with pytest.raises(ValueError, match="the two backtests have different rows"):
        backtest.against(other_rows)


def test_what_was_backtested_is_not_backtested_again(
    study: Study, backtest: StudyBacktest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again(cut_off: Any) -> dict[str, Any]:
        raise AssertionError(f"{cut_off.date} was backtested before")

    monkeypatch.setattr("pipelines.evaluation.parallel.backtest_cut_off", again)
    pd.testing.assert_frame_equal(study.backtest("lead", cut_offs=1).frame, backtest.frame)


def test_a_configuration_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[[feature]]\ntype = "Age"\nname = "known_for"\n')
    (tmp_path / "closedwon.toml").write_text("[features]\nfile = 'own.toml'\n")
    study = Study(str(write(people(40, wins=10), tmp_path / "crm")), config=tmp_path / "closedwon.toml")
    assert repr(study).endswith("; own features: known_for")
