"""What the leak guard suspects and what it lets pass, on 1,500 accounts of which 8 % have won and 14 % have lost."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from scoring.leaks.guard import LEAST, Suspicion, informative, suspicions

SIZE = 1_500


@dataclass(frozen=True)
class Past:
    """What became of the accounts; `fit` is what made them win, `draw` one uniform number for each."""

    fit: np.ndarray
    won: np.ndarray
    lost: np.ndarray
    days_since_won: np.ndarray
    draw: np.ndarray

    def suspects(self, *attributes: object) -> list[Suspicion]:
        frame = pd.DataFrame({f"attribute_{i}": values for i, values in enumerate(attributes)})
        return suspicions(frame, self.won, self.lost, self.days_since_won)


def past(seed: int) -> Past:
    rng = np.random.default_rng(seed)
    fit = rng.normal(size=SIZE)
    won = rng.random(SIZE) < 1 / (1 + np.exp(2.8 - fit))
    lost = ~won & (rng.random(SIZE) < 0.15)
    return Past(fit, won, lost, np.where(won, rng.uniform(1, 900, SIZE), np.nan), rng.random(SIZE))


def filled(where: np.ndarray, values: object) -> pd.Series:
    """The values where the condition holds, and nothing elsewhere."""
    return pd.Series(values, index=range(SIZE)).where(where)


#: Attributes that the outcome made, each with the rule that sees it.
LEAKS: dict[str, tuple[Callable[[Past], object], str]] = {
    "a tier that onboarding gives to nine winners in ten": (
        lambda p: filled(p.won & (p.draw < 0.9), "gold"),
        "filled_when_won",
    ),
    "the same, with one in ten of the others": (
        lambda p: filled((p.won & (p.draw < 0.9)) | (p.draw < 0.1), "gold"),
        "filled_when_won",
    ),
    "one of 37 partners for a fifth of the winners": (
        lambda p: filled(p.won & (p.draw < 0.2), [f"Partner {i % 37}" for i in range(SIZE)]),
        "value_means_won",
    ),
    "a lead score that is deleted after winning": (lambda p: filled(~p.won, p.fit), "filled_when_won"),
    "the reason of a loss": (lambda p: filled(p.lost & (p.draw < 0.8), "price"), "filled_when_lost"),
    "a need written down when a deal closes, and for most before": (
        lambda p: filled(p.won | p.lost | (p.draw < 0.75), p.fit),
        "empty_until_closed",
    ),
    "headquarters looked up within 500 days of winning": (
        lambda p: filled(np.where(p.won, p.draw < p.days_since_won / 500, p.draw < 0.7), "Lyon"),
        "fills_up_after_win",
    ),
    "a number of licences": (lambda p: 3.0 * p.won + p.draw, "tells_won_too_well"),
    "a lifecycle stage": (
        lambda p: np.where(p.won, "customer", np.where(p.draw < 0.5, "prospect", "lead")),
        "tells_won_too_well",
    ),
    "a rating that the lost are given": (lambda p: np.where(p.lost, 1.0, 5 * p.draw), "tells_lost_too_well"),
    "whether a deal was decided": (lambda p: p.won | p.lost, "filled_when_won"),
    "a quote, 0 until a deal is closed": (
        lambda p: np.where(p.won | p.lost, 1000 + 9 * p.draw, 0.0),
        "filled_when_won",
    ),
    "not started for all others": (
        lambda p: np.where(p.won & (p.draw < 0.6), "kicked off", "Not started"),
        "filled_when_won",
    ),
    "a level that all without a deal share, which is no word for nothing": (
        lambda p: np.where(p.won & (p.draw < 0.5), "Premium", "Standard"),
        "filled_when_won",
    ),
    "no day, until onboarding": (
        lambda p: np.where(p.won, np.where(p.draw < 0.5, "2025-03-01", "2025-04-01"), "1900-01-01 00:00:00"),
        "filled_when_won",
    ),
    "-1 until a loss": (lambda p: np.where(p.lost, np.floor(9 * p.draw), -1.0), "filled_when_lost"),
    "a need, No until a deal closes and for a quarter of the others": (
        lambda p: np.where(p.won | p.lost | (p.draw < 0.75), "Yes", "No"),
        "empty_until_closed",
    ),
    "customers and some partners": (
        lambda p: np.where(p.won | (~p.lost & (p.draw < 0.05)), "Customer", np.where(p.draw < 0.5, "Agency", "Brand")),
        "tells_won_too_well",
    ),
    "evangelist for a third of the winners and of the lost": (
        lambda p: np.where((p.won | p.lost) & (p.draw < 0.3), "Evangelist", np.where(p.draw < 0.6, "Agency", "Brand")),
        "copied_from_stage",
    ),
    "a type that says customer for four winners in ten": (
        lambda p: np.where(p.won & (p.draw < 0.4), "customer", np.where(p.draw < 0.7, "agency", "brand")),
        "value_means_won",
    ),
}

#: Attributes that were there before, some of them telling.
HONEST: dict[str, Callable[[Past], object]] = {
    "noise": lambda p: p.draw,
    "noise, a third of it missing": lambda p: filled(p.draw > 0.3, p.draw),
    "hardly ever there": lambda p: filled(p.draw < 0.05, p.draw),
    "what makes them win": lambda p: p.fit,
    "what makes them win, missing for 30 % at random": lambda p: filled(p.draw > 0.3, p.fit),
    "an industry that matters": lambda p: np.where(
        p.fit > 0.5, "Software", np.where(p.draw < 0.5, "Retail", "Farming")
    ),
    "an industry, missing for 30 % at random": lambda p: filled(
        p.draw > 0.3, np.where(p.fit > 0.5, "Software", "Retail")
    ),
    "found out more often of those who fit": lambda p: filled(p.draw < 1 / (1 + np.exp(-0.7 * p.fit)), "Lyon"),
    "one of 200 cities": lambda p: np.floor(200 * p.draw).astype(int).astype(str),
    "the same everywhere": lambda p: np.ones(SIZE),
    "empty": lambda p: np.full(SIZE, np.nan),
    "yes for one in three": lambda p: np.where(p.draw < 0.33, "Yes", "No"),
    "yes more often where fit is good": lambda p: p.draw < 1 / (1 + np.exp(1 - 1.2 * p.fit)),
    "a rare flag": lambda p: p.draw < 0.02,
    "employees in a country, 0 for most": lambda p: np.where(p.draw < 0.15, np.floor(900 * p.draw), 0.0),
    "None, or a certificate where fit is good": lambda p: np.where(
        p.draw < 1 / (1 + np.exp(1.5 - p.fit)), "ISO", "None"
    ),
    "Unknown for half": lambda p: np.where(p.draw < 0.5, "Unknown", np.where(p.fit > 0, "on-premise", "cloud")),
    "-1 for not known": lambda p: np.where(p.draw < 0.3, -1.0, np.floor(50 * p.draw)),
    "customer or supplier of somebody": lambda p: np.where(p.draw < 0.4, "Customer", "Supplier"),
    "yes or no, or not known": lambda p: filled(p.draw > 0.3, p.fit > 0).astype(object),
}


@pytest.mark.parametrize("attribute", LEAKS)
def test_what_the_outcome_made_is_suspected(attribute: str) -> None:
    values, rule = LEAKS[attribute]
    assert [[s.rule for s in p.suspects(values(p))] for p in map(past, range(5))] == [[rule]] * 5


@pytest.mark.parametrize("attribute", HONEST)
def test_what_was_there_before_is_not(attribute: str) -> None:
    assert [s for p in map(past, range(20)) for s in p.suspects(HONEST[attribute](p))] == []


def test_a_suspicion_says_what_was_seen() -> None:
    p = past(0)
    every = np.arange(SIZE)
    won = every < 100
    alike = Past(p.fit, won, every >= 1_200, np.where(won, 10.0, np.nan), p.draw)
    tier = filled((every < 90) | ((every >= 100) & (every < 240)), "gold")
    (suspicion,) = alike.suspects(tier)
    assert suspicion == Suspicion(
        attribute="attribute_0",
        rule="filled_when_won",
        reason="filled for 90% of the won and 10% of the others",
        figures={"filled_with_outcome": 0.9, "filled_without": 0.1, "units_with_outcome": 100.0},
    )


def test_a_suspicion_names_the_value_that_stands_for_nothing() -> None:
    p = past(0)
    every = np.arange(SIZE)
    won = every < 100
    alike = Past(p.fit, won, np.zeros(SIZE, dtype=bool), np.where(won, 10.0, np.nan), p.draw)
    (suspicion,) = alike.suspects(np.where((every < 80) | (every >= 1_486), 7.0, 0.0))
    assert (suspicion.rule, suspicion.reason) == (
        "filled_when_won",
        "not 0 for 80% of the won and 1% of the others",
    )


def test_who_never_had_a_deal_says_what_nothing_is() -> None:
    """Seven in ten of the others have an open deal, and the number of deals is 1 for them too."""
    p = past(1)
    with_deal = p.won | p.lost | (p.draw < 0.7)
    frame = pd.DataFrame({"deals": with_deal.astype(float)})
    found = suspicions(frame, p.won, p.lost, p.days_since_won, with_deal)
    assert [s.rule for s in found] == ["empty_until_closed"]


@pytest.mark.parametrize(("loaded", "suspected"), [(60, False), (600, True)])
def test_a_list_that_was_loaded_lately_has_a_value_in_common(loaded: int, suspected: bool) -> None:
    """Everybody else has a deal. Of few it says nothing that they share a value; of many, that deals change it."""
    every = np.arange(SIZE)
    new = every >= SIZE - loaded
    won = (every % 3 == 0) & ~new
    frame = pd.DataFrame({"size": np.where(new, 7.0, 20.0 + every % 50)})
    found = suspicions(frame, won, ~won & ~new, np.where(won, 10.0, np.nan))
    assert bool(found) is suspected


@pytest.mark.parametrize(("wins", "suspected"), [(LEAST, True), (LEAST - 1, False)])
def test_nothing_is_concluded_from_few(wins: int, suspected: bool) -> None:
    p = past(0)
    won = np.arange(SIZE) < wins
    few = Past(p.fit, won, np.zeros(SIZE, dtype=bool), np.where(won, 10.0, np.nan), p.draw)
    assert bool(few.suspects(filled(won, "gold"), 3.0 * won)) is suspected


def test_each_attribute_is_judged_alone_and_in_any_order() -> None:
    p = past(3)
    frame = pd.DataFrame({name: values(p) for name, (values, _) in LEAKS.items()} | {"noise": p.draw})
    turn = np.random.default_rng(0).permutation(SIZE)
    found = suspicions(frame, p.won, p.lost, p.days_since_won)
    assert [s.attribute for s in found] == list(LEAKS)
    assert suspicions(frame.iloc[turn], p.won[turn], p.lost[turn], p.days_since_won[turn]) == found


def test_the_most_telling_attributes_are_kept_in_their_order() -> None:
    p = past(0)
    frame = pd.DataFrame(
        {"noise": p.draw, "fit": p.fit, "constant": 1.0, "half": p.fit + np.random.default_rng(1).normal(size=SIZE)}
    )
    assert informative(frame, p.won, 2) == ["fit", "half"]
    assert informative(frame, p.won, 4) == list(frame.columns)
    assert informative(frame, np.zeros(SIZE, dtype=bool), 1) == ["constant"]  # none won: the first by name
