"""Columns that nobody should learn from, told by their values: row numbers, counts and days of touches.

A name that fits a role and something else too asks for less: `downloads` that go with our touches are touches, and
those of the company's own app do not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from scoring.columns.roles import DEALS, PERSON, SCORE, STAGE, TRAIT, Role, role_in_doubt
from scoring.leaks.guard import Suspicion
from scoring.persons.more_column_names import looks_for, names_company
from scoring.persons.words import NAMES, NAMES_IN_DOUBT, share_of_names, trait_of
from scoring.persons.written import HALF, look_of

if TYPE_CHECKING:
    import pandas as pd

#: With fewer units than this, nothing is concluded.
LEAST_UNITS = 100
#: Share of the values that occur once in a row number, and the most by which its range may exceed their number.
UNIQUE, DENSE = 0.99, 1.05
#: Rank correlation with the order of the rows above which a unique number is a number of the row or of its day.
IN_ORDER = 0.98
#: Rank correlation with the engagement days, or the newest of them, above which a number counts or dates touches.
LIKE_TOUCHES = 0.80
#: The same for a column whose name says that it may, and the difference in the share of those with a value between
#: units with a deal and the others above which such a column is made from deals.
LIKE_TOUCHES_IN_DOUBT, LIKE_DEALS_IN_DOUBT = 0.40, 0.30
#: The share of the values that are words of a level or of an age, above which a column in doubt holds those.
MOST_WORDS = 0.80
#: The levels of a ready-made score, and of a stage, in lower case without anything but letters.
_HEAT = (
    "hot warm cold lukewarm high medium low heiss warm kalt hoch mittel niedrig chaud tiede froid caliente tibio frio "
    "quente morno caldo tiepido freddo alta media baja baixa urgent"
)
HEAT = frozenset(_HEAT.split())
_STAGES = (
    "lead mql sql sal opportunity customer client prospect subscriber evangelist suspect qualified unqualified "
    "disqualified marketingqualifiedlead salesqualifiedlead new contacted nurturing nurture negotiation proposal "
    "discovery demo open working engaged awareness consideration decision closed closedwon closedlost won lost "
    "active churned renewal salespipeline newbusiness renewals default defaultpipeline interessent kunde "
    "qualifiziert gewonnen verloren"
)
STAGES = frozenset(_STAGES.split())
#: The ages of persons in a CRM: companies are younger too.
AGES = (16, 95)
#: A rank correlation is computed on at most so many units, which are the same in every run.
MOST_RANKED = 20_000
#: The most different texts of a column that are looked at for persons, the commonest first.
MOST_TEXTS = 5_000
#: A count has at least so many different values.
COUNTS = 5
_NO_LETTER = re.compile("[^a-zäöüéêãç]")


def suspected_by_values(
    values: pd.DataFrame,
    created: np.ndarray,
    days: np.ndarray | None,
    newest: np.ndarray | None,
    with_deal: np.ndarray | None = None,
    *,
    of_accounts: bool = False,
) -> list[Suspicion]:
    """The columns whose values say that they are row numbers or ids, or count or date touches, or what their names say.

    Parameters
    ----------
    values : DataFrame of shape (n_units, n_attributes)
        Of one row for each unit, by id.
    created : ndarray of float, shape (n_units,)
        The day on which each unit was created; NaN where it is not known.
    days : ndarray of float, shape (n_units,), optional
        The number of engagement days of each unit; None without activities.
    newest : ndarray of float, shape (n_units,), optional
        The newest of them; NaN for none.
    with_deal : ndarray of bool, shape (n_units,), optional
        Whether the unit has or had a deal.
    of_accounts : bool
        Whether the units are accounts, of which less is a trait of somebody.
    """
    found: list[Suspicion] = []
    for name in values.columns:
        column = values[name]
        numeric = column.dtype.kind in "fiu"
        role = role_in_doubt(name, numeric=numeric)
        cells = {} if numeric else _counted(column)
        suspicion = None if numeric else suspected_by_words(name, cells, role, of_accounts=of_accounts)
        if suspicion is None and numeric and role is not PERSON:
            suspicion = _in_doubt(name, column, role, days, newest, with_deal)
        if suspicion is None and numeric:
            suspicion = _of_numbers(name, column, created, days, newest)
        if suspicion is not None:
            found.append(suspicion)
    return found


def suspected_by_words(
    name: str, cells: Mapping[str, int], role: Role | None = None, *, of_accounts: bool = False
) -> Suspicion | None:
    """Whether the words of a column are those of a trait, names of persons, or what its name leaves open.

    Parameters
    ----------
    name : str
    cells : mapping of int
        How many cells have each text, the commonest first.
    role : Role, optional
        What its name leaves open.
    of_accounts : bool
        Whether it is one of accounts.
    """
    suspicion = of_persons(name, dict(islice(cells.items(), MOST_TEXTS)), role, of_accounts=of_accounts)
    return _of_words(name, cells, role) if suspicion is None and role is not None else suspicion


def of_persons(
    name: str, cells: Mapping[str, int], role: Role | None = None, *, of_accounts: bool = False
) -> Suspicion | None:
    """Whether the words of a column are those of a protected trait, or names of persons.

    Parameters
    ----------
    name : str
    cells : mapping of int
        How many cells have each text, the commonest first.
    role : Role, optional
        What its name leaves open.
    of_accounts : bool
        Whether it is one of accounts.
    """
    possible = looks_for(name, of_accounts=of_accounts)
    patterns = [(look, count) for text, count in cells.items() if (look := look_of(text, possible)) is not None]
    if cells and sum(count for _, count in patterns) >= HALF * sum(cells.values()):
        why = f"by its values {patterns[0][0].words}: {PERSON.reason}"
        return Suspicion(name, PERSON.name, why, {})
    if len(cells) < 2 and role is not PERSON:
        return None
    if (trait := trait_of(cells, of_accounts=of_accounts)) is not None:
        why = f"by its values {TRAIT.words} ({trait}): {TRAIT.reason}"
        return Suspicion(name, TRAIT.name, why, {})
    if of_accounts and names_company(name):
        return None  # `Paul Hartmann` and `Victoria` are a company and a place
    share = share_of_names(cells, 1) if role is PERSON else share_of_names(cells)
    if share >= (NAMES_IN_DOUBT if role is PERSON else NAMES):
        why = f"by its values names of persons ({share:.0%}): {PERSON.reason}"
        return Suspicion(name, PERSON.name, why, {"names": share})
    return None


def _counted(column: pd.Series) -> dict[str, int]:
    counted = column.dropna().astype(str).value_counts()
    return {str(text): int(count) for text, count in counted.items()}


def _of_numbers(
    name: str, column: pd.Series, created: np.ndarray, days: np.ndarray | None, newest: np.ndarray | None
) -> Suspicion | None:
    numbers = column.to_numpy(dtype="float64")
    known = np.isfinite(numbers)
    if known.sum() < LEAST_UNITS or (numbers[known] != np.floor(numbers[known])).any():
        return None
    suspicion = _numbers_rows(name, numbers, known, created)
    if suspicion is None and days is not None and newest is not None:
        suspicion = _counts_touches(name, numbers, known, days) or _dates_touches(name, numbers, known, newest)
    return suspicion


def _in_doubt(
    name: str,
    column: pd.Series,
    role: Role | None,
    days: np.ndarray | None,
    newest: np.ndarray | None,
    with_deal: np.ndarray | None,
) -> Suspicion | None:
    """Whether a column holds what its name may say, by its values; where too few could tell, it is held back."""
    if role is None or not column.notnull().any():
        return None
    numbers = column.to_numpy(dtype="float64")
    known = np.isfinite(numbers)
    if role is TRAIT:
        share = float(((numbers[known] >= AGES[0]) & (numbers[known] <= AGES[1])).mean())
        why = f"by its name an age, and {share:.0%} are those of persons, {AGES[0]} to {AGES[1]} years: {role.reason}"
        return Suspicion(name, role.name, why, {"ages_of_persons": share}) if share >= 0.97 else None
    if role in (DEALS, STAGE):
        return _goes_with_deals(name, numbers, known, with_deal)
    return _goes_with_touches(name, numbers, known, role, days, newest)


def _of_words(name: str, cells: Mapping[str, int], role: Role) -> Suspicion | None:
    levels = {SCORE: HEAT, STAGE: STAGES}.get(role)
    if levels is None:
        return None
    found: dict[str, int] = {}
    for text, count in cells.items():
        word = _NO_LETTER.sub("", text.lower())
        found[word] = found.get(word, 0) + count
    known = {word: count for word, count in found.items() if word in levels}
    share = sum(known.values()) / max(1, sum(found.values()))
    if len(known) < 2 or share < MOST_WORDS:
        return None
    levels_found = ", ".join(sorted(known)[:3])
    why = f"by its name and its values ({levels_found}) {role.words.removeprefix('by its name ')}: {role.reason}"
    return Suspicion(name, role.name, why, {"words_known": share})


def _goes_with_touches(
    name: str,
    numbers: np.ndarray,
    known: np.ndarray,
    role: Role,
    days: np.ndarray | None,
    newest: np.ndarray | None,
) -> Suspicion | None:
    what = role.words.removeprefix("by its name ")
    if days is None or newest is None or known.sum() < LEAST_UNITS or (days[known] > 0).sum() < LEAST_UNITS:
        return _cannot_be_known(name, role, "activities")
    dated = known & np.isfinite(newest)
    counted, last = rank_correlation(numbers[known], days[known]), rank_correlation(numbers[dated], newest[dated])
    alike = max(counted, abs(last), key=abs)
    if alike < LIKE_TOUCHES_IN_DOUBT:
        return None
    why = f"its name may say {what}, and it goes with the engagement days (rank correlation {alike:.2f})"
    return Suspicion(name, role.name, why, {"rank_correlation": alike})


def _goes_with_deals(
    name: str, numbers: np.ndarray, known: np.ndarray, with_deal: np.ndarray | None
) -> Suspicion | None:
    if with_deal is None or min(with_deal.sum(), (~with_deal).sum()) < LEAST_UNITS // 2:
        return _cannot_be_known(name, DEALS, "deals")
    has = known & (numbers != 0)
    gap = float(has[with_deal].mean() - has[~with_deal].mean())
    if gap < LIKE_DEALS_IN_DOUBT:
        return None
    why = f"its name may say a fact of the deals, and {has[with_deal].mean():.0%} of those with a deal have one, and "
    return Suspicion(name, DEALS.name, f"{why}{has[~with_deal].mean():.0%} of the others", {"gap": gap})


def _cannot_be_known(name: str, role: Role, lacking: str) -> Suspicion:
    what = role.words.removeprefix("by its name ")
    return Suspicion(name, role.name, f"its name may say {what}, and there are too few {lacking} to tell", {})


def _numbers_rows(name: str, numbers: np.ndarray, known: np.ndarray, created: np.ndarray) -> Suspicion | None:
    filled = numbers[known]
    different = len(np.unique(filled))
    if different < UNIQUE * len(filled) or known.mean() < 0.5:
        return None
    rises = 0.0
    dated = known & np.isfinite(created)
    for order in (np.flatnonzero(known).astype("float64"), created[dated]):
        some = filled if len(order) == len(filled) else numbers[dated]
        rises = max(rises, abs(rank_correlation(some, order)))
    dense = filled.max() - filled.min() + 1 <= DENSE * len(filled)
    if not dense and rises < IN_ORDER:
        return None
    why = "each value once, without a gap" if dense else "each value once, and it rises with the rows or their dates"
    return Suspicion(name, "numbers_rows", f"a row number or an id: {why}", {"different": float(different)})


def _counts_touches(name: str, numbers: np.ndarray, known: np.ndarray, days: np.ndarray) -> Suspicion | None:
    if numbers[known].min() < 0 or len(np.unique(numbers[known])) < COUNTS or (days[known] > 0).sum() < LEAST_UNITS:
        return None
    alike = rank_correlation(numbers[known], days[known])
    if alike < LIKE_TOUCHES:
        return None
    why = f"it goes with the number of engagement days (rank correlation {alike:.2f}): it counts touches"
    return Suspicion(name, "counts_touches", why, {"rank_correlation": alike})


def _dates_touches(name: str, numbers: np.ndarray, known: np.ndarray, newest: np.ndarray) -> Suspicion | None:
    both = known & np.isfinite(newest)
    if both.sum() < LEAST_UNITS:
        return None
    alike = rank_correlation(numbers[both], newest[both])
    if abs(alike) < LIKE_TOUCHES:
        return None
    why = f"it goes with the day of the last engagement (rank correlation {alike:.2f}): it dates touches"
    return Suspicion(name, "dates_touches", why, {"rank_correlation": alike})


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's rank correlation, of evenly spaced units if there are many; 0 where either is the same everywhere."""
    import pandas as pd

    step = 1 + (len(one) - 1) // MOST_RANKED
    ranks = [pd.Series(values[::step]).rank().to_numpy() for values in (one, other)]
    if len(one) < 2 or min(np.ptp(rank) for rank in ranks) == 0:
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])
