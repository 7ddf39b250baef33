"""Which values of an attribute stand for "nothing yet": empty cells, 0 and "No", and what all without a deal share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

#: Words that stand for nothing, in lower case.
NOTHING_WORDS = frozenset(
    {
        *(
            "0",
            "0.0",
            "-1",
            "-1.0",
            "no",
            "n",
            "false",
            "f",
            "none",
            "nothing",
            "nil",
            "null",
            "n/a",
            "na",
            "nan",
            "",
            "-",
        ),
        *("not started", "not yet", "not set", "not available", "not assigned", "unassigned", "unknown", "undefined"),
        *("tbd", "tba", "pending", "none yet", "no deal", "no deals", "no value", "(no value)", "--none--", "blank"),
        *("empty", "never", "not known", "not contacted", "not signed", "not applicable", "not_started", "not_set"),
        *("not_yet", "nein", "kein", "keine", "keiner", "nicht begonnen", "noch nicht", "unbekannt", "leer", "offen"),
        *("falsch", "non", "aucun", "aucune", "inconnu", "faux", "pas encore", "falso", "ninguno", "ninguna"),
        *("desconocido", "todavía no", "não", "nao", "nenhum", "nenhuma", "nessuno", "nessuna", "sconosciuto", "nie"),
        *("brak", "geen", "nee", "ingen", "nej", "nei", "ei"),
    }
)
#: Days that programs write where there is no day, as they begin.
NO_DAY = ("1900-01-0", "1899-12-3", "1970-01-01", "0001-01-01", "1753-01-01", "9999-12-31", "2999-12-31")
#: Share of the units that never had a deal of which a value is "nothing yet", if they have it or no value.
NEARLY_ALL = 0.95
#: Share of all units that never had a deal below which they may be one list that was loaded lately, and have in common
#: what that list had.
NO_LIST = 0.25


@dataclass(frozen=True)
class Values:
    """One attribute: a code for each unit, and what the codes mean.

    Attributes
    ----------
    column : Series
        As the export has it.
    codes : ndarray of int, shape (n_units,)
        0 for an empty cell, else 1 + the place in `levels`; for numbers, 1 + the place in twenty quantiles.
    levels : ndarray
        The different values of a text column; empty for numbers.
    coded : ndarray of bool, shape (n_units,)
        Whether the value is a word for nothing: not empty, but 0, "No" or the like.
    word : str
        The commonest of them, as the export writes it; empty if there is none.
    """

    column: pd.Series
    codes: np.ndarray
    levels: np.ndarray
    coded: np.ndarray
    word: str

    @cached_property
    def empty(self) -> np.ndarray:
        """Whether the cell is empty."""
        return np.asarray(self.column.isna(), dtype=bool)

    def like_those_without_deals(self, untouched: np.ndarray) -> Nothing | None:
        """The value that nearly all have who never had a deal, if it is one value.

        Parameters
        ----------
        untouched : ndarray of bool, shape (n_units,)
            Who never had a deal.
        """
        import pandas as pd

        among = untouched & ~self.empty
        if not among.any():
            return None
        values = self.column.to_numpy()[among]
        codes, levels = (self.codes[among], self.levels) if len(self.levels) else pd.factorize(values)
        usual = int(np.bincount(codes).argmax())
        value = levels[usual - 1] if len(self.levels) else levels[usual]
        same = self.codes == usual if len(self.levels) else (self.column == value).to_numpy(dtype=bool, na_value=False)
        is_word = bool(self.coded[same].all())
        if not is_word and untouched.mean() < NO_LIST:
            return None
        nothing = self.empty | same | (self.coded if is_word else False)
        if nothing[untouched].mean() < NEARLY_ALL:
            return None
        return Nothing(nothing, written_value(value))


@dataclass(frozen=True)
class Nothing:
    """Who has nothing yet, and the value that says so."""

    units: np.ndarray
    word: str


def values_of(column: pd.Series) -> Values:
    """The values of an attribute, coded once for all rules.

    Parameters
    ----------
    column : Series of shape (n_units,)
        Text or flags for categories, else numbers.
    """
    import pandas as pd

    if column.dtype.kind in "fiu":
        numbers = column.to_numpy(dtype="float64")
        missing = np.isnan(numbers)
        known = numbers[~missing]
        edges = np.unique(np.quantile(known, np.linspace(0, 1, 21)[1:-1])) if len(known) else known
        codes = np.where(missing, 0, np.searchsorted(edges, numbers, side="right") + 1).astype("int64")
        negative = len(known) > 0 and known.min() == -1.0
        coded = (numbers == 0) | ((numbers == -1.0) if negative else False)
        word = "" if not coded.any() else "-1" if (numbers == -1.0).sum() * negative > (numbers == 0).sum() else "0"
        return Values(column, codes, np.array([]), coded, word)
    positions, levels = pd.factorize(column)
    codes = (positions + 1).astype("int64")
    words = np.array([stands_for_nothing(level) for level in levels], dtype=bool)
    coded = np.append(False, words)[codes]
    counts = np.bincount(codes[coded], minlength=1)
    word = written_value(levels[int(counts.argmax()) - 1]) if coded.any() else ""
    return Values(column, codes, np.asarray(levels, dtype=object), coded, word)


def stands_for_nothing(level: object) -> bool:
    """Whether a level is a word for nothing: `No`, `0`, `Not started`, 1900-01-01."""
    word = str(level).strip().lower()
    return word in NOTHING_WORDS or word.startswith(NO_DAY)


def written_value(value: object) -> str:
    """A value as a reason names it: whole numbers without a point."""
    return f"{value:g}" if isinstance(value, float | np.floating) else str(value)
