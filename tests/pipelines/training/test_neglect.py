"""Training on what was worked: which activities are work, what is said, and that scores never see them."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipelines.config import Config, Training
from pipelines.intake.point_in_time import read_export, scorecard_features
from pipelines.training.fitting import fit, fit_scorecard
from pipelines.training.neglect import (
    DEALT,
    LEFT_ALONE,
    WORKED,
    NothingWorked,
    what_is_work,
    with_worked,
)
from pipelines.training.neglected_segments import segments_by, sentences
from pipelines.training.training_set import build_training_set
from scoring.features.fit import attributes
from scoring.features.snapshots import snapshots
from scoring.scorecard.lookup import Lookup
from scoring.scorecard.parts import Category, Numeric
from scoring.simulator import Parameters, simulate
from scoring.timeline import Grid
from tests.pipelines.small_crm import AS_OF, DROPPED_ATTRIBUTES, write
from tests.pipelines.test_promises import outbound
from tests.scoring.example_market import AS_OF as DAY
from tests.scoring.example_market import TEXTS, example, keep
from tests.scoring.scorecard.test_neglect import segment

HEAD = TEXTS["activities"].strip().splitlines()[0] + "\n"
MAIL, CALL = "L1  -  email  2026-02-10  -  outbound\n", "L1  -  call  2026-02-10  -  outbound\n"

#: Activities, [training] worked_by, and the message.
REFUSED = [
    (MAIL, (), "told by calls, meetings or visits, by the names of activity types; outbound are email. Name the types"),
    (MAIL + CALL, ("fax", "visit"), "told by any of fax, visit; outbound are call, email."),
    ("L1  -  call  2026-02-10  -  inbound", (), "no activity is outbound."),
]


def config(*worked_by: str) -> Config:
    return Config(training=Training(worked=True, worked_by=worked_by))


@pytest.mark.parametrize(("activities", "asked", "message"), REFUSED)
def test_it_is_refused_where_nothing_tells_who_was_worked(
    activities: str, asked: tuple[str, ...], message: str
) -> None:
    with pytest.raises(NothingWorked) as refused:
        what_is_work(example(activities=HEAD + activities), config(*asked), print)
    assert message in str(refused.value)
    assert refused.value.exit_code == 3


def test_it_is_said_what_counts_as_work() -> None:
    lines: list[str] = []
    tables = example(activities=HEAD + MAIL + CALL)
    assert what_is_work(tables, config(), lines.append).kinds == ("call",)
    assert what_is_work(tables, config("email"), lines.append).kinds == ("email",)
    assert lines == [
        "accounts that sales worked are known by call and open deals, not by email ([training] worked_by names others)",
        "accounts that sales worked are known by email and open deals",
    ]


def test_every_snapshot_keeps_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = example(activities=HEAD + CALL, opportunities=TEXTS["opportunities"])
    frame = pd.DataFrame({"account_key": ["A2", "A1", "A3", "A1", "lead:L9"], "as_of": [DAY, DAY, DAY, 3, DAY]})
    monkeypatch.setattr("pipelines.training.neglect.FEWEST", 0)
    monkeypatch.setattr("pipelines.training.neglect.LEAST_SHARE", 0.0)
    worked = what_is_work(tables, config(), lambda text: None)
    found = with_worked(frame, worked, tables, keep)
    assert found[WORKED].tolist() == [True, True, True, False, False]
    assert found[DEALT].tolist() == [True, True, True, False, False]
    assert found[["account_key", "as_of"]].equals(frame)


def test_it_is_refused_where_sales_works_nobody_without_a_deal() -> None:
    """Else deals alone would be learned from."""
    tables = example(activities=HEAD + CALL, opportunities=TEXTS["opportunities"])
    frame = pd.DataFrame({"account_key": [f"B{i}" for i in range(500)] + ["A1"], "as_of": DAY})
    with pytest.raises(NothingWorked, match="of their 500 snapshots 0 were worked, by call, and at least 1% and 30"):
        with_worked(frame, what_is_work(tables, config(), lambda text: None), tables, keep)


def test_segments_are_levels_and_quarters() -> None:
    features = attributes({"industry": "category", "employees": "numeric", "city": "category"})
    encodings = {
        "industry": Category(("Retail", "Software")),
        "employees": Numeric((50.0,)),
        "city": Category(("Rome",)),  # one level is no segment
    }
    numbers = [10.0, 20.0, 30.0, 40.0, 1_000.0, np.nan, 5.0]
    frame = pd.DataFrame({"industry": None, "employees": numbers, "city": "Rome"})
    codes = np.array([[2, 1, 2], [3, 1, 2], [0, 1, 2], [1, 1, 2], [2, 2, 2], [3, 0, 2], [3, 1, 2]])
    today = np.array([True] * 6 + [False])
    found = segments_by(frame, features, encodings, codes, today)
    assert {name: list(values) for name, values in found.items()} == {
        "industry": ["Retail", "Software", "", "", "Retail", "Software", "Software"],
        "employees": ["below 20", "20 to 30", "30 to 40", "40 and more", "40 and more", "", "below 20"],
    }


def test_the_sentences_name_what_fits_and_is_not_worked() -> None:
    from scoring.scorecard.neglect import Neglect

    found = Neglect(kinds=("call",), days=180, share=0.08, kept=0.7, segments=(segment(),))
    assert sentences(found, "accounts") == [
        "learned from what sales worked: 8% of the accounts without a deal were worked within 180 days, and 70% of all "
        "snapshots count",
        "country US fits and is not worked (300 accounts, 0.0% worked where 10.0% is usual): expected 12.0 wins if "
        "worked (6.0 to 21.0), 5.0 as it is; no work there shows what it brings: its deals and the other attributes "
        "tell",
    ]


@pytest.mark.slow
def test_a_country_that_is_never_called_is_expected_to_win_and_no_touch_of_ours_moves_a_score(tmp_path) -> None:
    """The whole way on a simulated market: the neglected country gets more, the others about the same."""
    market = simulate(accounts=2_000, seed=8, parameters=Parameters(neglected=("US",), flood_share=0.0))
    market.tables["accounts"] = market.tables["accounts"].drop(columns=DROPPED_ATTRIBUTES)
    frames = market.export(AS_OF)
    settings = Training(worked=True, resamples=0, pair_budget=0, max_snapshots=12)
    asked = Config(training=settings)
    export = read_export(
        write(frames, tmp_path / "crm"), asked, date.fromisoformat(AS_OF), lambda text: None, with_pandera=False
    )
    known = build_training_set(export.tables, "account", export.day, asked, keep=export.keep)
    plain = fit(replace(known, worked=None), asked)
    found = fit(known, asked, as_it_is=plain)

    told = found.scorecard.neglect
    assert told is not None
    country = next(s for s in told.segments if s.value == "US")
    assert country.untried
    assert country.fits
    assert country.if_worked.expected > 1.5 * country.as_it_is
    today = found.today
    there = (today["country"] == "US").to_numpy()
    assert today.loc[there & ~today[DEALT].to_numpy(), LEFT_ALONE].all()
    assert today.loc[~there, LEFT_ALONE].mean() < 0.1
    before, after = (one.scorecard.lookup.score(today)["win_probability"][~there].sum() for one in (plain, found))
    assert after == pytest.approx(before, rel=0.25)

    # What was learned depends on who was worked; what an entity is scored by does not.
    changed = read_export(
        write(outbound(frames), tmp_path / "more"), asked, export.as_of, lambda text: None, with_pandera=False
    )
    scores = []
    for seen in (export, changed):
        features, facts, _ = scorecard_features(found.scorecard, seen)
        grid = Grid((seen.day,))
        rows = seen.feature_arrays.assemble(features, facts, snapshots(facts.own, grid), grid).to_pandas()
        scores.append(found.scorecard.lookup.score(rows.sort_values("unit"))["log_odds"])
    assert np.array_equal(scores[0], scores[1])
    without = {name: part for name, part in found.scorecard.to_json().items() if name != "neglect"}
    assert np.array_equal(Lookup(without).score(today)["log_odds"], found.scorecard.lookup.score(today)["log_odds"])
    assert (
        fit_scorecard(
            export.tables, "account", export.day, Config(training=replace(settings, worked=False)), keep=export.keep
        ).scorecard.neglect
        is None
    )
