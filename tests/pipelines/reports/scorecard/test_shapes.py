from dataclasses import replace
from math import exp, log
from typing import Any

import pytest

from pipelines.reports.drawing.shape import Extreme
from pipelines.reports.drawing.shapes import level_bar, number_shape, odds_axis
from pipelines.reports.drawing.svg import Axis, apart, tag, words_at
from pipelines.reports.scorecard.changes import ChangedFact, changes
from pipelines.reports.scorecard.shapes import shapes
from scoring.scorecard.parts import Numeric, Term
from tests.pipelines.reports.small_report import HOSTILE, scorecard


def by_name() -> dict[str, Any]:
    return {shape.name: shape for shape in shapes(scorecard())}


def test_the_most_important_comes_first() -> None:
    # 50 of 100 at 0.4 and 30 at -0.6; 70 at -0.1, 10 each at 1.2, 0.7 and 0.1; and so on.
    assert [(shape.name, round(shape.importance, 4)) for shape in shapes(scorecard())] == [
        ("industry", 0.38),
        ("days_since_pricing_view", 0.27),
        ("industry and employees", 0.07),
        (HOSTILE, 0.06),
    ]


def test_a_category_shows_the_levels_that_somebody_has_by_their_odds() -> None:
    shape = by_name()["industry"]
    assert [(x.words, round(x.odds, 3), x.share, x.steady) for x in shape.levels] == [
        ("Software", 1.492, 0.5, True),
        ("not known", 1.0, 0.2, True),
        ("Retail & Co", 0.549, 0.3, False),
    ]
    assert (shape.kind, shape.label, shape.side, shape.more) == ("category", "Industry", "fit", 0)


def test_a_number_has_its_density_its_ticks_and_its_extremes() -> None:
    shape = by_name()["days_since_pricing_view"]
    assert shape.values == [-0.1, 1.2, 0.7, 0.1]
    assert shape.counts == [70, 10, 10, 10]
    assert shape.steady == [True, True, True, False]
    assert shape.ticks == [(1, "8"), (2, "31 days")]
    assert (shape.missing, shape.known) == ("never", pytest.approx(0.3))
    assert shape.peak == Extreme("in the last 7 days", pytest.approx(exp(1.2)))
    assert shape.pit == Extreme("never", pytest.approx(exp(-0.1)))


def test_a_pair_shows_its_strongest_entries_with_like_bins_as_one() -> None:
    shape = by_name()["industry and employees"]
    assert shape.label == "Industry and employees"
    said = {x.words: (round(x.value, 2), x.count) for x in shape.levels}
    # Below 50 and 50 to 200 say the same of Software, but Retail & Co keeps nothing apart either.
    assert said["Software, below 200"] == (0.1, 30)
    assert said["Software, 200 or more"] == (0.3, 10)
    assert said["Retail & Co, 200 or more"] == (-0.2, 5)
    assert not any(words.startswith("other") for words in said)


def test_without_counts_every_level_is_shown_and_nothing_is_said_of_shares() -> None:
    plain = scorecard(terms=tuple(replace(term, counts=None, stable=None) for term in scorecard().terms))
    industry, *_ = (shape for shape in shapes(plain) if shape.name == "industry")
    assert [(x.words, x.share, x.steady) for x in industry.levels] == [
        ("Software", None, True),
        ("Retail & Co", None, True),
    ]
    assert industry.known is None


def test_what_changed_is_told_in_features_facts_and_moved_shapes() -> None:
    before, after = scorecard(wins=290), scorecard()
    industry = replace(before.terms[0], values=(0.0, 0.0, 0.9, -0.6))
    before = replace(before, terms=(industry, *before.terms[2:]))
    found = changes(before, after)
    assert found.facts[1] == ChangedFact("wins", 290, 312)
    assert (found.added, found.dropped) == ((HOSTILE,), ())
    # Half of the accounts are in software, whose log-odds went from 0.9 to 0.4.
    (moved,) = found.moved
    assert (moved.label, moved.where) == ("Industry", "Industry: Software")
    assert (moved.mean, moved.before, moved.after) == pytest.approx((0.25, exp(0.9), exp(0.4)))


def test_a_shape_is_compared_by_value_where_the_bins_are_others() -> None:
    before, after = scorecard(), scorecard()
    old = Term(features=("days_since_pricing_view",), side="intent", values=(-0.1, 0.7, 0.1))
    before = replace(
        before,
        encodings={**before.encodings, "days_since_pricing_view": Numeric((31.0,))},
        terms=tuple(term if term.features != old.features else old for term in before.terms),
    )
    (moved,) = changes(before, after).moved
    assert (moved.where, moved.before) == ("Pricing view in the last 7 days", pytest.approx(exp(0.7)))


@pytest.mark.parametrize(
    ("axis", "value", "place"),
    [
        (Axis(0.0, 10.0), 2.5, 25.0),
        (Axis(0.0, 10.0), 11.0, 100.0),
        (Axis(0.0, 1.0, (), "root"), 0.25, 50.0),
        (Axis(0.5, 2.0, (), "log"), 1.0, 50.0),
        (Axis(0.25, 4.0, (), "log"), 2.0, 75.0),
        (Axis(1.0, 1.0), 1.0, 0.0),
    ],
)
def test_an_axis_places_values_in_percent(axis: Axis, value: float, place: float) -> None:
    assert axis.at(value) == place


def test_an_axis_of_odds_reaches_as_far_down_as_up() -> None:
    assert [x for x, _ in odds_axis([log(1.9), -0.1]).ticks] == [1.0, 2.0, 0.5]
    assert odds_axis([]).high == 1.25


def test_labels_are_moved_apart_and_keep_their_order() -> None:
    assert apart([10.0, 12.0, 60.0, 11.0], 16.0) == [10.0, 42.0, 60.0, 26.0]


def test_drawings_escape_what_they_are_given() -> None:
    assert words_at(HOSTILE, 0, 0) == '<text x="0" y="0">&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;</text>'
    assert tag("g", aria_label='" onload="x') == '<g aria-label="&quot; onload=&quot;x"/>'


def test_a_shape_is_drawn_with_what_may_be_chance_in_pale() -> None:
    drawn = number_shape(by_name()["days_since_pricing_view"], "Pricing view")
    assert 'd="M1.5 100v-100.0h6.0V100M' in drawn  # 70 of 100 are without: their bar is cut at the others' highest
    assert drawn.count('class="line shape"') == 1
    assert drawn.count('class="line shape pale"') == 1
    assert 'class="down pale"' not in drawn
    assert 'class="up pale"' in level_bar(0.2, False, odds_axis([0.2]))
