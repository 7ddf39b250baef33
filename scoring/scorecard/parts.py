"""The parts of a scorecard: its terms, the encodings of its features, and what it says of its training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from scoring.features.spec import Feature, feature_of

#: One entry for each code of a feature; for a pair a row of entries for each code of the first one.
Entries = tuple[Any, ...]


def entries(nested: Sequence[Any]) -> Entries:
    """Entries as tuples, at both levels."""
    return tuple(entries(row) if isinstance(row, list | tuple) else row for row in nested)


def _plain(nested: Entries) -> list[Any]:
    """Entries as lists, as JSON has them."""
    return [_plain(row) if isinstance(row, tuple) else row for row in nested]


@dataclass(frozen=True, kw_only=True)
class Term:
    """One table of a sum: what a feature, or a pair of them, adds to it.

    Attributes
    ----------
    features : tuple of str
        One, or two for a pair.
    side : str
        `fit` or `intent`; `amount` for what adds to the log of the expected amount.
    values : tuple
        What each code adds; for a pair `values[code_a][code_b]`.
    words : tuple of str, optional
        The same entries in words.
    counts : tuple of int, optional
        How many of the reference population are at each entry.
    stable : tuple of float, optional
        The share of the resamples that would give each entry as a reason too; without it, all are stable.
    """

    features: tuple[str, ...]
    side: str
    values: Entries = field(repr=False)
    words: Entries | None = field(default=None, repr=False)
    counts: Entries | None = field(default=None, repr=False)
    stable: Entries | None = field(default=None, repr=False)

    @property
    def is_pair(self) -> bool:
        """Whether two features share the table."""
        return len(self.features) == 2

    def flat(self, nested: Entries) -> list[Any]:
        """Entries of the table in one list, row by row."""
        return [entry for row in nested for entry in row] if self.is_pair else list(nested)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave. A term without a side is one of the amount."""
        optional = {
            name: entries(content[name]) for name in ("words", "counts", "stable") if content.get(name) is not None
        }
        return cls(
            features=tuple(content["features"]),
            side=content.get("side", "amount"),
            values=entries(content["values"]),
            **optional,
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        side = {} if self.side == "amount" else {"side": self.side}
        optional = {"words": self.words, "counts": self.counts, "stable": self.stable}
        return {
            "features": list(self.features),
            **side,
            "values": _plain(self.values),
            **{name: _plain(found) for name, found in optional.items() if found is not None},
        }


@dataclass(frozen=True)
class Numeric:
    """The encoding of a number: code 0 is missing, else 1 + the number of `edges` at or below the value."""

    edges: tuple[float, ...]

    @property
    def size(self) -> int:
        """How many codes there are."""
        return len(self.edges) + 2

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"kind": "numeric", "edges": list(self.edges)}


@dataclass(frozen=True)
class Category:
    """The encoding of a category: code 0 is missing, 1 any other level, 2 + the place in `levels`."""

    levels: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many codes there are."""
        return len(self.levels) + 2

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"kind": "category", "levels": list(self.levels)}


Encoding = Numeric | Category


def encoding(name: str, content: Mapping[str, Any]) -> Encoding:
    """The encoding of a feature, from what `to_json` gave.

    Raises
    ------
    ValueError
        If it is of another kind.
    """
    if content["kind"] == "numeric":
        return Numeric(tuple(content["edges"]))
    if content["kind"] == "category":
        return Category(tuple(content["levels"]))
    raise ValueError(f"the encoding of {name!r} is {content['kind']!r}, known are 'numeric' and 'category'")


@dataclass(frozen=True)
class Amount:
    """The expected amount of a win: ``exp(base + sum of the terms' values)``."""

    base: float
    terms: tuple[Term, ...] = field(default=(), repr=False)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        return cls(content["base"], tuple(Term.from_json({**term, "side": "amount"}) for term in content["terms"]))

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"base": self.base, "terms": [term.to_json() for term in self.terms]}


@dataclass(frozen=True)
class Calibration:
    """A rising, piecewise linear map of the probability through the knots `x` and `y`; none, and it stays as it is."""

    kind: str
    x: tuple[float, ...] = field(default=(), repr=False)
    y: tuple[float, ...] = field(default=(), repr=False)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        return cls(content["kind"], tuple(content["x"]), tuple(content["y"]))

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"kind": self.kind, "x": list(self.x), "y": list(self.y)}


@dataclass(frozen=True)
class Reference:
    """The log-odds of the entities that were open at the training: for each side the percentiles 0 to 100."""

    fit: tuple[float, ...]
    intent: tuple[float, ...]

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        return cls(tuple(content["fit"]), tuple(content["intent"]))

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"fit": list(self.fit), "intent": list(self.intent)}


@dataclass(frozen=True)
class Quarantined:
    """An attribute that the leak guard kept out, or would have: by which rule, why in words, and the figures of it."""

    attribute: str
    rule: str
    reason: str
    figures: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        return cls(content["attribute"], content["rule"], content["reason"], content["figures"])

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        found = {"attribute": self.attribute, "rule": self.rule, "reason": self.reason}
        return {**found, "figures": dict(self.figures)}


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """What was measured on the periods that were held out from learning.

    Attributes
    ----------
    rows, winning_rows : int
        All rows of those periods, and the rows with a win: several snapshots look ahead to the same one.
    log_loss : mapping of float
        By what was tried.
    log_loss_constant : float
        Of a constant probability.
    next_ten : float, optional
        By how much `skill` is expected to rise with ten more wins to learn from; where there are few.
    """

    rows: int
    winning_rows: int
    log_loss: Mapping[str, float]
    log_loss_constant: float
    next_ten: float | None = None

    @property
    def skill(self) -> float:
        """How much lower the best log loss is than a constant's, as a share of the latter."""
        return 1.0 - min(self.log_loss.values()) / self.log_loss_constant

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave. The first versions wrote `held_out_wins` for the rows with a win."""
        return cls(
            rows=content["held_out_rows"],
            winning_rows=content.get("held_out_winning_rows", content.get("held_out_wins", 0)),
            log_loss=content["held_out_log_loss"],
            log_loss_constant=content["held_out_log_loss_constant"],
            next_ten=content.get("held_out_skill_next_ten"),
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "held_out_rows": self.rows,
            "held_out_winning_rows": self.winning_rows,
            "held_out_log_loss": dict(self.log_loss),
            "held_out_log_loss_constant": self.log_loss_constant,
            **({} if self.next_ten is None else {"held_out_skill_next_ten": self.next_ten}),
        }


@dataclass(frozen=True)
class Recipe:
    """How it was trained: the sections `training`, `attributes` and `question`, and the features declared."""

    training: Mapping[str, Any]
    attributes: Mapping[str, Any]
    features: tuple[Feature, ...] = ()
    question: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave: a list of the configuration is a tuple here."""
        return cls(
            training={key: _tuple(value) for key, value in content["training"].items()},
            attributes={key: _tuple(value) for key, value in content["attributes"].items()},
            features=tuple(feature_of(feature) for feature in content.get("features", ())),
            question=dict(content.get("question", {})),
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        asked = {"question": dict(self.question)} if self.question else {}
        return {
            "training": {key: _list(value) for key, value in self.training.items()},
            "attributes": {key: _list(value) for key, value in self.attributes.items()},
            "features": [feature.declaration() for feature in self.features],
            **asked,
        }


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _list(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
