"""The rules of the leak guard: each looks at one attribute and at what became of the units, and gives its reason."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from scoring.evidence.measures.ranking import auc_of
from scoring.leaks.values import Values

#: Difference in the share filled between units with an outcome and the others, above which it is filled by the outcome.
FILLED_GAP = 0.30
#: The same where a history says that the values were known before.
FILLED_SURELY = 0.90
#: Difference in the share filled between old and recent wins, above which it is filled by the win.
FILLING_UP = 0.25
#: Area under the ROC curve of one attribute that no fact known before the outcome reaches.
TOO_GOOD = 0.85
#: Share of won (lost) among the units with one value, above which the value is filled by the outcome.
PURE = 0.90
#: Rate of closed deals where an attribute is empty, relative to where it is filled, below which closing fills it.
RARER = 0.1
#: The same three bounds for a word like 0 or "No" that many have who never had a deal, but not nearly all: it may be an
#: honest answer, so more is asked.
FILLED_GAP_OF_WORDS, FILLING_UP_OF_WORDS, RARER_OF_WORDS = 0.60, 0.40, 0.03
#: With fewer units than this, nothing is concluded.
LEAST = 15
#: Levels that a deal gives, in lower case and without anything but letters.
DEAL_WORDS = frozenset(
    {
        *(
            "customer",
            "client",
            "evangelist",
            "opportunity",
            "closed",
            "closedwon",
            "closedlost",
            "won",
            "lost",
            "churned",
        ),
        *(
            "formercustomer",
            "existingcustomer",
            "activecustomer",
            "currentcustomer",
            "newcustomer",
            "signed",
            "contracted",
        ),
        *("onboarding", "onboarded", "live", "renewed", "kunde", "bestandskunde", "neukunde", "gewonnen", "verloren"),
        *(
            "abgeschlossen",
            "cliente",
            "clientactif",
            "gagne",
            "perdu",
            "ganado",
            "perdido",
            "cerrado",
            "ganho",
            "fechado",
        ),
        *("vinto", "perso", "chiuso"),
    }
)
#: How many times as often those who have one of them have closed a deal, at least.
MORE_OFTEN = 3.0


@dataclass(frozen=True)
class Suspicion:
    """An attribute or feature that looks like a leak: the rule, the reason in words, and the figures of it.

    `table` is the table of the attribute where it is not of the entity that is scored: `leads` for what accounts are
    told by their people, `accounts` for what leads are told by their account.
    """

    attribute: str
    rule: str
    reason: str
    figures: dict[str, float]
    table: str = ""

    @property
    def why(self) -> str:
        """The reason, and of whom it is said where that is not the entity that is scored."""
        return f"of {self.table}, {self.reason}" if self.table else self.reason


@dataclass(frozen=True)
class SafeLater(Suspicion):
    """One that holds only for the time before nights began to keep the attribute: see `features.kept`."""


@dataclass(frozen=True)
class Outcomes:
    """What became of the units.

    Attributes
    ----------
    won, lost : ndarray of bool, shape (n_units,)
        Whether the unit ever won; whether it lost and never won.
    days_since_won : ndarray of float, shape (n_units,)
        Days since the first win; NaN without one.
    untouched : ndarray of bool, shape (n_units,)
        Whether it never had a deal, or where there are few of those, whether no deal of it has closed.
    """

    won: np.ndarray
    lost: np.ndarray
    days_since_won: np.ndarray = field(repr=False)
    untouched: np.ndarray = field(repr=False)

    @classmethod
    def of(
        cls, won: np.ndarray, lost: np.ndarray, days_since_won: np.ndarray, with_deal: np.ndarray | None
    ) -> "Outcomes":
        """The outcomes of units; `with_deal` says who has, or had, any deal."""
        closed = won | lost
        untouched = ~closed if with_deal is None else ~(closed | with_deal)
        return cls(won, lost, days_since_won, untouched if untouched.sum() >= LEAST else ~closed)

    def named(self) -> Iterator[tuple[np.ndarray, str]]:
        """Both outcomes with their words."""
        yield self.won, "won"
        yield self.lost, "lost"


@dataclass(frozen=True)
class _Reading:
    """Who has a value, by one reading of what is empty, and what is asked of it.

    `without` is the value that stands for nothing; empty where only empty cells do.
    """

    filled: np.ndarray
    without: str = ""
    gap: float = FILLED_GAP
    filling_up: float = FILLING_UP
    rarer: float = RARER

    @property
    def is_filled(self) -> str:
        """In words, what it is to have a value."""
        return f"not {self.without}" if self.without else "filled"

    @property
    def is_empty(self) -> str:
        """In words, what it is to have none."""
        return f"{self.without} or empty" if self.without else "empty"


def suspicion_of(name: str, values: Values, outcomes: Outcomes) -> Suspicion | None:
    """The first suspicion against an attribute, by the rules in their order."""
    for reading in _readings(values, outcomes):
        suspicion = (
            _filled_by(name, reading, outcomes.won, "won")
            or _filled_by(name, reading, outcomes.lost, "lost")
            or _empty_until(name, reading, outcomes.won | outcomes.lost)
            or _fills_up(name, reading, outcomes.days_since_won)
        )
        if suspicion is not None:
            return suspicion
    for outcome, word in outcomes.named():
        if (suspicion := _too_good(name, values.codes, outcome, word)) is not None:
            return suspicion
    return _copied_from_stage(name, values, outcomes.won | outcomes.lost)


def surely_filled_by(name: str, values: Values, outcomes: Outcomes) -> Suspicion | None:
    """The suspicion that only an outcome fills an attribute, against what its history says."""
    for reading in _readings(values, outcomes):
        for outcome, word in outcomes.named():
            suspicion = _filled_by(name, replace(reading, gap=FILLED_SURELY), outcome, word)
            if suspicion is not None:
                return replace(suspicion, reason=f"{suspicion.reason}, which no history explains")
    return None


def _readings(values: Values, outcomes: Outcomes) -> Iterator[_Reading]:
    """The readings of what is empty: the empty cells, and then also what stands for nothing."""
    yield _Reading(~values.empty)
    nothing = values.like_those_without_deals(outcomes.untouched)
    if nothing is not None:
        yield _Reading(~nothing.units, nothing.word)
    elif values.coded.any():
        bounds = (FILLED_GAP_OF_WORDS, FILLING_UP_OF_WORDS, RARER_OF_WORDS)
        yield _Reading(~(values.empty | values.coded), values.word, *bounds)


def _filled_by(name: str, reading: _Reading, outcome: np.ndarray, word: str) -> Suspicion | None:
    if outcome.sum() < LEAST or (~outcome).sum() < LEAST:
        return None
    filled = reading.filled
    with_outcome, without = float(filled[outcome].mean()), float(filled[~outcome].mean())
    if abs(with_outcome - without) < reading.gap:
        return None
    return Suspicion(
        name,
        f"filled_when_{word}",
        f"{reading.is_filled} for {with_outcome:.0%} of the {word} and {without:.0%} of the others",
        {"filled_with_outcome": with_outcome, "filled_without": without, "units_with_outcome": float(outcome.sum())},
    )


def _empty_until(name: str, reading: _Reading, closed: np.ndarray) -> Suspicion | None:
    """Suspect an attribute that is empty for many units, but for hardly any whose deal closed."""
    empty = ~reading.filled
    if empty.sum() < LEAST or (~empty).sum() < LEAST:
        return None
    where_empty, where_filled = float(closed[empty].mean()), float(closed[~empty].mean())
    # The number of units that would have closed where it is empty, if they were like the others.
    if where_filled * empty.sum() < 2 * LEAST or where_empty > reading.rarer * where_filled:
        return None
    return Suspicion(
        name,
        "empty_until_closed",
        f"where it is {reading.is_empty} {where_empty:.0%} have closed a deal, where it is {reading.is_filled} "
        f"{where_filled:.0%}",
        {"closed_where_empty": where_empty, "closed_where_filled": where_filled},
    )


def _fills_up(name: str, reading: _Reading, days_since_won: np.ndarray) -> Suspicion | None:
    order = days_since_won[np.isfinite(days_since_won)]
    if len(order) < 4 * LEAST:
        return None
    young, old = np.quantile(order, [0.15, 0.5])
    filled = reading.filled
    recent, past = filled[days_since_won <= young], filled[days_since_won >= old]
    share_recent, share_past = float(recent.mean()), float(past.mean())
    noise = np.sqrt(0.25 / len(recent) + 0.25 / len(past))
    if share_past - share_recent < max(reading.filling_up, 4 * noise):
        return None
    return Suspicion(
        name,
        "fills_up_after_win",
        f"{reading.is_filled} for {share_recent:.0%} of the newest wins and {share_past:.0%} of those {old:.0f} days "
        "old or older",
        {"filled_recent_wins": share_recent, "filled_old_wins": share_past},
    )


def _too_good(name: str, codes: np.ndarray, outcome: np.ndarray, word: str) -> Suspicion | None:
    if outcome.sum() < LEAST or (~outcome).sum() < LEAST:
        return None
    counts = np.bincount(codes).astype("float64")
    hits = np.bincount(codes, weights=outcome)
    base = outcome.mean()
    # The rate for a unit is that of the other units of its bin (leave one out).
    rate = (hits[codes] - outcome + base) / counts[codes]
    area = auc_of(rate, outcome)
    if area >= TOO_GOOD:
        return Suspicion(
            name,
            f"tells_{word}_too_well",
            f"alone it ranks the {word} at an AUC of {area:.2f}",
            {"auc": area},
        )
    pure = (hits / np.maximum(counts, 1) >= PURE) & (hits >= LEAST)
    share = float(hits[pure].sum() / outcome.sum())
    # Many rare values mean the same as one: whoever has any of them.
    filled, won_filled = counts[1:].sum(), hits[1:].sum()
    if won_filled >= LEAST and won_filled >= PURE * filled:
        share = max(share, float(won_filled / outcome.sum()))
    if base <= 0.5 and share >= 0.1:
        return Suspicion(
            name,
            f"value_means_{word}",
            f"{share:.0%} of the {word} have a value that hardly anyone else has",
            {"share_of_outcomes": share},
        )
    return None


def _copied_from_stage(name: str, values: Values, closed: np.ndarray) -> Suspicion | None:
    """Suspect an attribute with a level that a deal gives, such as "Customer", if those who have it closed a deal."""
    words = ["".join(filter(str.isalpha, str(level).lower())) in DEAL_WORDS for level in values.levels]
    if not any(words):
        return None
    has = np.append(False, np.array(words, dtype=bool))[values.codes]
    if has.sum() < LEAST or (~has).sum() < LEAST or closed.sum() < LEAST:
        return None
    with_word, without = float(closed[has].mean()), float(closed[~has].mean())
    if with_word < max(0.5, MORE_OFTEN * without) or (closed & has).sum() < 0.1 * closed.sum():
        return None
    level = str(values.levels[words.index(True)])
    return Suspicion(
        name,
        "copied_from_stage",
        f"{with_word:.0%} of those with {level} have closed a deal, and {without:.0%} of the others",
        {"closed_with_level": with_word, "closed_without": without},
    )
