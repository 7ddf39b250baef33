"""The baseline forecasts of one cut-off, on a small simulated market: the same rows for all of them."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.config import Config, Mql, Training
from pipelines.evaluation.baseline_forecasts import (
    COUNTED,
    ESTIMATORS,
    RULES,
    beside,
    by_rule,
    fit_alone,
    forecasts,
    labelled,
    segment_columns,
    source,
)
from pipelines.intake.point_in_time import Export, read_export
from pipelines.training.fitting import FittedScorecard, fit_scorecard
from scoring.entity import Entity
from scoring.evidence.baselines import BASELINES, SIMPLE
from scoring.features.spec import Attribute, Breadth, Deal, Feature, Group
from scoring.scorecard.parts import Category
from scoring.tables import Tables
from tests.pipelines.small_crm import AS_OF, Frames, people, simulated, write

CONFIG = Config(training=Training(horizon_days=90, periods=3, max_snapshots=12, max_rows=6_000))
WITH_PROBABILITY = ("closedwon", "source_rate", "naive_bayes", "fit_only", "logistic", "ceiling")
BY_TOUCH = ("mql", "touches", "recency")


@dataclass(frozen=True)
class Case:
    """A market, its export as read at `AS_OF`, and what was learned and forecast from it."""

    frames: Frames
    export: Export
    fitted: FittedScorecard
    forecast: pd.DataFrame

    def again(self, tables: Tables, config: Config = CONFIG, entity: Entity = "account") -> pd.DataFrame:
        return forecasts(self.fitted, tables, entity, self.export.day, config, keep=self.export.keep)


def case(frames: Frames, folder: Path, entity: Entity) -> Case:
    known = read_export(write(frames, folder), CONFIG, date.fromisoformat(AS_OF), lambda text: None, with_pandera=False)
    fitted = fit_scorecard(known.tables, entity, known.day, CONFIG, keep=known.keep)
    return Case(frames, known, fitted, forecasts(fitted, known.tables, entity, known.day, CONFIG, keep=known.keep))


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return case(simulated(accounts=800).export(AS_OF), tmp_path_factory.mktemp("accounts"), "account")


@pytest.fixture(scope="module")
def leads(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return case(people(count=300, wins=80), tmp_path_factory.mktemp("leads"), "lead")


def test_every_ranking_has_a_forecast_for_every_open_account(accounts: Case) -> None:
    forecast = accounts.forecast
    assert forecast["unit"].tolist() == sorted(accounts.fitted.today["unit"])
    assert (forecast["as_of"] == accounts.export.day).all()
    names = {name.split("_", 1)[1] for name in forecast if name.startswith("value_")}
    assert names == {*WITH_PROBABILITY, *BY_TOUCH}
    assert {name for name in forecast if name.startswith("p_")} == {f"p_{name}" for name in WITH_PROBABILITY}
    assert forecast.notna().all(axis=None)
    probabilities = forecast[[f"p_{name}" for name in WITH_PROBABILITY]]
    assert ((probabilities > 0) & (probabilities < 1)).all(axis=None)
    assert next(name for name in forecast if name.startswith("segment_")) == "segment_first_source"


def test_every_baseline_has_one_forecast_function() -> None:
    assert sorted([*RULES, *ESTIMATORS]) == sorted(baseline.name for baseline in BASELINES)


def test_closedwon_is_what_is_scored(accounts: Case) -> None:
    today = accounts.fitted.today.sort_values("unit", ignore_index=True)
    scores = accounts.fitted.scorecard.lookup.score(today)
    found = accounts.forecast[["value_closedwon", "p_closedwon", "expected_amount", "fit_score", "intent_score"]]
    names = ["expected_revenue", "win_probability", "expected_amount", "fit_score", "intent_score"]
    assert found.to_numpy() == pytest.approx(np.column_stack([scores[name] for name in names]))
    assert accounts.forecast["grade"].tolist() == scores["grade"].tolist()


def test_those_that_learn_from_all_rank_by_revenue_and_the_simple_ones_by_themselves(accounts: Case) -> None:
    forecast = accounts.forecast
    for name in WITH_PROBABILITY:
        factor = 1.0 if name in SIMPLE else forecast["expected_amount"]
        assert forecast[f"value_{name}"].to_numpy() == pytest.approx((forecast[f"p_{name}"] * factor).to_numpy()), name


def test_touches_are_those_of_the_export(accounts: Case) -> None:
    export, forecast = accounts.frames, accounts.forecast.set_index("unit")
    # An unlinked lead is matched to its account by its domain: those that name their account are enough to check by.
    linked = export["leads"].set_index("lead_id")["account_id"].dropna()
    touches = export["activities"]
    touches = touches.assign(unit=touches["lead_id"].map(linked).fillna(touches["account_id"]))
    last = pd.Timestamp(AS_OF) - touches["occurred_at"].dt.normalize()
    counts = touches[last <= pd.Timedelta(days=90)].groupby("unit").size().reindex(forecast.index).fillna(0)
    whole = ~forecast.index.isin(_with_unlinked(accounts))
    assert whole.sum() > 100
    assert forecast.loc[whole, "touches"].to_numpy() == pytest.approx(counts[whole].to_numpy())
    assert (forecast["value_touches"] == forecast["touches"]).all()
    inbound = touches[touches["direction"] == "inbound"]
    days = -(pd.Timestamp(AS_OF) - inbound.groupby("unit")["occurred_at"].max().dt.normalize()).dt.days
    expected = days.reindex(forecast.index).fillna(-accounts.export.day)
    assert forecast.loc[whole, "value_recency"].to_numpy() == pytest.approx(expected[whole].to_numpy())


def _with_unlinked(accounts: Case) -> set[str]:
    domains = accounts.frames["accounts"].set_index("domain")["account_id"]
    unlinked = accounts.frames["leads"].query("account_id.isna()")
    return set(unlinked["email"].str.split("@").str[1].map(domains).dropna())


def test_an_open_deal_is_one_of_the_export(accounts: Case) -> None:
    deals = accounts.frames["opportunities"]
    open_ones = deals[deals["status"].eq("open") & deals["opportunity_type"].eq("new_business")]
    forecast = accounts.forecast.set_index("unit")["has_deal"]
    assert forecast[forecast].index.tolist() == sorted(set(open_ones["account_id"]) & set(forecast.index))
    assert 0 < forecast.sum() < len(forecast)


def test_repeating_touches_moves_those_who_count_and_not_closedwon(accounts: Case) -> None:
    tables = accounts.export.tables
    assert tables.activities is not None
    twice = replace(tables, activities=tables.activities.union(tables.activities))
    forecast, again = accounts.forecast, accounts.again(twice)
    assert again["touches"].to_numpy() == pytest.approx(2 * forecast["touches"].to_numpy())
    assert not again["value_mql"].equals(forecast["value_mql"])
    for name in ("closedwon", "recency", "source_rate", "naive_bayes", "fit_only", "logistic"):
        assert again[f"value_{name}"].equals(forecast[f"value_{name}"]), name


def test_the_company_s_own_rule_is_used(accounts: Case) -> None:
    asked = replace(CONFIG, mql=Mql(threshold=10.0, points={"demo_request": 10.0}, titles={}))
    again = accounts.again(accounts.export.tables, asked).set_index("unit")
    touches = accounts.frames["activities"].query("activity_type == 'demo_request'")
    asked_demo = set(touches["account_id"]) | set(
        accounts.frames["leads"].set_index("lead_id")["account_id"].reindex(touches["lead_id"].dropna())
    )
    whole = ~again.index.isin(_with_unlinked(accounts))
    expected = again.index.isin(asked_demo)
    assert ((again["value_mql"] > 0)[whole] == expected[whole]).all()
    assert expected[whole].any()


def test_the_ceiling_is_no_straw_man(accounts: Case) -> None:
    past = labelled(accounts.fitted, accounts.export.day, CONFIG)
    models = {name: make(accounts.fitted.features, [], 7) for name, make in ESTIMATORS.items()}
    names = pd.factorize(past.frame["unit"])[0]
    half = names % 2 == 0
    losses = {}
    for name, model in models.items():
        p = model.fit(past.frame[half], past.won[half], past.weight[half]).probability(past.frame[~half])
        losses[name] = -np.average(np.where(past.won[~half] == 1, np.log(p), np.log1p(-p)), weights=past.weight[~half])
    assert max(losses["logistic"], losses["ceiling"]) < 0.95 * losses["source_rate"]


def test_leads_without_activities_have_no_touches(leads: Case) -> None:
    forecast = leads.forecast
    assert (forecast["touches"] == 0).all()
    assert (forecast["value_recency"] == -leads.export.day).all()
    assert (forecast["value_mql"] == 0).all()
    assert forecast["p_source_rate"].nunique() == 2
    assert forecast["p_ceiling"].nunique() > 10


def snapshots(observed: list[int], won_period: list[float | None], day: int = 100) -> FittedScorecard:
    frame = pd.DataFrame(
        {
            "unit": [f"L{i:03}" for i in range(len(observed))],
            "as_of": [day - 30] * (len(observed) - 1) + [day],
            "observed": observed,
            "won_period": won_period,
        }
    )
    return FittedScorecard({}, frame, [], {})


def test_only_what_is_over_is_learned_from() -> None:
    config = replace(CONFIG, training=replace(CONFIG.training, min_wins=1))
    fitted = snapshots([3, 3, 2, 2, 0], [1.0, None, 0.0, None, None])
    past = labelled(fitted, 100, config)
    assert past.frame["unit"].tolist() == ["L000", "L001"]
    assert (past.won.tolist(), past.weight.tolist()) == ([1.0, 0.0], [1.0, 1.0])


def test_where_too_few_are_won_all_are_learned_from_as_far_as_they_were_seen() -> None:
    fitted = snapshots([3, 3, 2, 2, 0], [None, None, 0.0, None, None])
    past = labelled(fitted, 100, CONFIG)
    assert past.frame["unit"].tolist() == ["L000", "L001", "L002", "L003"]
    assert past.won.tolist() == [0.0, 0.0, 1.0, 0.0]


def test_rows_without_a_win_are_sampled_and_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.evaluation.baseline_forecasts.MOST_ROWS", 1_000)
    fitted = snapshots([3] * 10_001, [0.0] * 100 + [None] * 9_901)
    past = labelled(fitted, 100, CONFIG)
    assert past.won.sum() == 100
    assert len(past.won) == pytest.approx(1_000, rel=0.1)
    assert past.weight.sum() == pytest.approx(10_000, rel=0.05)
    assert set(past.weight[past.won == 1]) == {1.0}


INDUSTRY = Attribute(name="industry", label="Industry", column="industry")
LEAD_SOURCE = Attribute(name="Lead_Source__c", label="Lead source", column="Lead_Source")
FIRST = Group(name="first_source", label="First came through", of="first_source")
THEIRS = replace(FIRST, name="account_first_source", scope="account")
FLAG = Attribute(name="flag", label="Flag", column="flag")
STAGE = Deal(name="deal_stage", label="Deal stage", of="stage")
SIZE = Attribute(name="source", label="Source", column="source", values="numeric")


@pytest.mark.parametrize(
    ("features", "found"),
    [
        ([INDUSTRY, LEAD_SOURCE], "Lead_Source__c"),
        ([INDUSTRY, LEAD_SOURCE, FIRST], "first_source"),
        ([THEIRS, LEAD_SOURCE], "Lead_Source__c"),
        ([INDUSTRY, THEIRS, SIZE], None),
        ([], None),
    ],
)
def test_the_source_is_the_entity_s_own(features: list[Feature], found: str | None) -> None:
    assert source(features) == found


def test_segments_are_few_and_in_words() -> None:
    levels = {"industry": ["Retail", "Health", "IT"], "first_source": ["a", "b"], "flag": ["false", "true"]}
    encodings = {name: Category(tuple(found)) for name, found in levels.items()}
    encodings["region"] = Category(tuple(f"R{i}" for i in range(13)))
    encodings["alike"] = Category(("same",))
    more = [replace(INDUSTRY, name=name, column=name) for name in ("region", "alike")]
    today = pd.DataFrame(
        {
            "industry": ["Retail", None, "Space"],
            "first_source": ["a", "b", np.nan],
            "flag": ["true", "true", None],
            "region": ["R1", "R2", "R3"],
            "alike": ["same"] * 3,
            "deal_stage": ["x", "y", "z"],
        }
    )
    found = segment_columns(today, [FLAG, INDUSTRY, *more, FIRST, STAGE], encodings)
    assert {name: column.tolist() for name, column in found.items()} == {
        "segment_first_source": ["a", "b", "not known"],
        "segment_industry": ["Retail", "not known", "other"],
        "segment_flag": ["true", "true", "not known"],
    }
    assert list(found) == ["segment_first_source", "segment_industry", "segment_flag"]


def test_an_attribute_may_be_called_like_a_count() -> None:
    frame = pd.DataFrame({"unit": ["A2", "A1"], "as_of": [1, 1], "touches_90d": [7.0, np.nan], "mql": [np.nan, 1.0]})
    facts = pd.DataFrame(
        {"unit": ["A1", "A1"], "as_of": [0, 1], f"{COUNTED}touches_90d": [1.0, 2.0], "mql_points": [3.0, 4.0]}
        | {f"{COUNTED}days_since_touch": [8.0, 9.0]}
    )
    found = beside(frame, facts)
    assert found["unit"].tolist() == ["A2", "A1"]
    assert found[f"{COUNTED}touches_90d"].tolist() == [0.0, 2.0]
    assert found["mql_points"].tolist() == [0.0, 4.0]
    assert found["touches_90d"].isna().tolist() == [False, True]
    assert found[f"{COUNTED}days_since_touch"].isna().tolist() == [True, False]


def test_by_the_rule_qualified_people_come_first_and_points_second() -> None:
    mqls, points = pd.Series([0, 0, 1, 1, 2, 0]), pd.Series([9_000.0, 99.0, 100.0, 101.0, 0.0, -20.0])
    value = by_rule(mqls, points)
    assert np.argsort(-value.to_numpy()).tolist() == [4, 3, 2, 0, 1, 5]


def test_fit_alone_keeps_the_mean_of_the_whole_card(accounts: Case) -> None:
    forecast = accounts.forecast
    assert forecast["p_fit_only"].mean() == pytest.approx(forecast["p_closedwon"].mean())
    scores = accounts.fitted.scorecard.lookup.score(accounts.fitted.today)
    p = fit_alone(accounts.fitted.scorecard, scores)
    assert np.corrcoef(np.argsort(np.argsort(p)), np.argsort(np.argsort(scores["fit_log_odds"])))[0, 1] > 0.99


def test_the_ceiling_alone_counts_touches() -> None:
    breadth = Breadth(name="people_30d", label="People", of="people", days=30)
    features: list[Feature] = [INDUSTRY, FIRST, THEIRS, breadth]
    found = {name: make(features, ["counted touches_90d"], 7) for name, make in ESTIMATORS.items()}
    kinds = {"industry": "category", "first_source": "category", "account_first_source": "category"}
    kinds["people_30d"] = "numeric"
    assert vars(found["naive_bayes"])["columns"] == ["industry", "first_source"]
    assert vars(found["logistic"])["kinds"] == kinds
    assert vars(found["ceiling"])["kinds"] == kinds | {"counted touches_90d": "numeric"}
