"""A scorecard: all that a score needs, as one type, with what it says of its training.

Training assembles it, the registry keeps it as `scorecard.json`, and everything that scores, explains or compares reads
its attributes. `scorecard_arrays` and `scorecard_expressions` apply it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Self

from scoring.buying_groups.group import BuyingGroup
from scoring.entity import Entity
from scoring.features.spec import Feature, feature_of
from scoring.format import require_readable
from scoring.opportunities.closing import Closing
from scoring.question import Win
from scoring.scorecard.forecast_error import ForecastError
from scoring.scorecard.lookup import FORMAT, FORMAT_OF_ANY, Lookup
from scoring.scorecard.neglect import Neglect
from scoring.scorecard.parts import (
    Amount,
    Calibration,
    Encoding,
    HeldOut,
    Quarantined,
    Recipe,
    Reference,
    Term,
    encoding,
)

#: What the models are called, by the rung that the number of wins led to.
MODELS = {"logistic": "logistic regression", "evidence": "weights of evidence", "additive": "additive trees"}
#: What of scorecard.json is large and no figure of a training.
_TABLES = ("terms", "encodings", "reference", "features", "buying_group", "recipe", "closing")


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """A scorecard of accounts, leads or opportunities.

    Attributes
    ----------
    entity : str
        `account`, `lead` or `opportunity`.
    as_of : date
        The day before which what it learned from was known.
    horizon_days : int
        The days ahead in which a win counts.
    seed : int
        Of all random numbers of its training.
    rung : str
        How it was learned: `logistic`, `evidence` or `additive`.
    amount_rung : str, optional
        How the amount was learned: `none`, `mean` or `log_linear`; earlier releases: `segment` or `additive`.
    wins : int, optional
        The entities won that it learned from.
    base : float
        The log-odds of an average entity.
    period_offsets : tuple of float
        What each period of the horizon adds to them; their mean is 0.
    calibration : Calibration
    terms : tuple of Term
        What adds to the log-odds, in the order in which it is added up.
    encodings : mapping of Encoding
        By feature, of those that a term reads.
    amount : Amount
    base_rate : float
        The mean win probability of the open entities at the training.
    grades : mapping of float
        The lowest win probability of grades A, B and C, as multiples of `base_rate`.
    reference : Reference
    features : tuple of Feature
        The declaration of each feature that a term reads.
    quarantined : tuple of Quarantined
        What the leak guard kept out.
    trusted : tuple of Quarantined
        What it would have kept out, were it not trusted.
    left_out : mapping of str, optional
        Other attributes that were not used, and why.
    held_out : HeldOut, optional
    forecast_error : ForecastError, optional
        How far its totals may be off.
    neglect : Neglect, optional
        What was worked, where it learned from that: then its probabilities are those if worked as is usual.
    buying_group : BuyingGroup, optional
        Who had engaged in deals that were won. No score depends on it.
    losses : int, optional
        How many entities lost a deal.
    since : date, optional
        The day of the first deal that was closed.
    data : mapping of str, optional
        By table, the SHA-256 of the file that was read.
    recipe : Recipe, optional
    closing : Closing, optional
        Of opportunities: when they close.
    win : {"new_business", "any"}
        The question that it answers: see `scoring.question`. Whoever scores with it ranks whom it asks about.

    Notes
    -----
    `from_json` reads the scorecards of all earlier versions: what they lack is None. It leaves out keys that it does
    not know: a later version may add facts to the same format, and gives the format a new number where a reader must
    know them. A scorecard that has been registered is read and never written again, so that nothing is lost.
    """

    entity: Entity
    as_of: date
    horizon_days: int
    seed: int
    rung: str
    base: float
    period_offsets: tuple[float, ...]
    calibration: Calibration
    terms: tuple[Term, ...] = field(repr=False)
    encodings: Mapping[str, Encoding] = field(repr=False)
    amount: Amount = field(repr=False)
    base_rate: float
    grades: Mapping[str, float]
    reference: Reference = field(repr=False)
    features: tuple[Feature, ...] = field(repr=False)
    quarantined: tuple[Quarantined, ...] = field(default=(), repr=False)
    trusted: tuple[Quarantined, ...] = field(default=(), repr=False)
    amount_rung: str | None = None
    wins: int | None = None
    left_out: Mapping[str, str] | None = field(default=None, repr=False)
    held_out: HeldOut | None = field(default=None, repr=False)
    forecast_error: ForecastError | None = None
    neglect: Neglect | None = field(default=None, repr=False)
    buying_group: BuyingGroup | None = field(default=None, repr=False)
    losses: int | None = None
    since: date | None = None
    data: Mapping[str, str] | None = field(default=None, repr=False)
    recipe: Recipe | None = field(default=None, repr=False)
    closing: Closing | None = field(default=None, repr=False)
    win: Win = "new_business"

    @cached_property
    def lookup(self) -> Lookup:
        """The scorecard, ready to be applied to arrays; made once.

        Raises
        ------
        ValueError
            If a table does not have one value for every code of its features.
        """
        return Lookup(self.to_json())

    @property
    def by_name(self) -> dict[str, Feature]:
        """The declarations of its features by name."""
        return {feature.name: feature for feature in self.features}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave.

        Raises
        ------
        format.NewerFormat
            If a later version wrote it.
        KeyError, ValueError
            If it is no scorecard.
        """
        require_readable(content.get("format", FORMAT), FORMAT_OF_ANY, "a scorecard")
        held_out, recipe, since = content.get("held_out"), content.get("recipe"), content.get("since")
        error, neglect = content.get("forecast_error"), content.get("neglect")
        group, closing = content.get("buying_group"), content.get("closing")
        return cls(
            entity=content["entity"],
            win=content.get("win", "new_business"),
            as_of=date.fromisoformat(content["as_of"]),
            horizon_days=content["horizon_days"],
            seed=content["seed"],
            rung=content["rung"],
            amount_rung=content.get("amount_rung"),
            wins=content.get("wins"),
            base=content["base"],
            period_offsets=tuple(content["period_offsets"]),
            calibration=Calibration.from_json(content["calibration"]),
            terms=tuple(Term.from_json(term) for term in content["terms"]),
            encodings={name: encoding(name, found) for name, found in content["encodings"].items()},
            amount=Amount.from_json(content["amount"]),
            base_rate=content["base_rate"],
            grades=content["grades"],
            reference=Reference.from_json(content["reference"]),
            features=tuple(feature_of(feature) for feature in content["features"]),
            quarantined=tuple(Quarantined.from_json(found) for found in content["quarantined"]),
            trusted=tuple(Quarantined.from_json(found) for found in content.get("trusted", ())),
            left_out=content.get("left_out"),
            held_out=None if held_out is None else HeldOut.from_json(held_out),
            forecast_error=None if error is None else ForecastError.from_json(error),
            neglect=None if neglect is None else Neglect.from_json(neglect),
            buying_group=None if group is None else BuyingGroup.from_json(group),
            losses=content.get("losses"),
            since=None if since is None else date.fromisoformat(since),
            data=content.get("data"),
            recipe=None if recipe is None else Recipe.from_json(recipe),
            closing=None if closing is None else Closing.from_json(closing),
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data for scorecard.json, as JSON takes it. What is None is not in it."""
        found: dict[str, Any] = {
            "format": FORMAT_OF_ANY if self.win == "any" else FORMAT,
            "entity": self.entity,
            "win": self.win if self.win == "any" else None,
            "as_of": self.as_of.isoformat(),
            "horizon_days": self.horizon_days,
            "seed": self.seed,
            "rung": self.rung,
            "amount_rung": self.amount_rung,
            "wins": self.wins,
            "base": self.base,
            "period_offsets": list(self.period_offsets),
            "calibration": self.calibration.to_json(),
            "terms": [term.to_json() for term in self.terms],
            "encodings": {name: encoded.to_json() for name, encoded in self.encodings.items()},
            "amount": self.amount.to_json(),
            "base_rate": self.base_rate,
            "grades": dict(self.grades),
            "reference": self.reference.to_json(),
            "features": [feature.declaration() for feature in self.features],
            "quarantined": [attribute.to_json() for attribute in self.quarantined],
            "trusted": [attribute.to_json() for attribute in self.trusted] or None,
            "left_out": None if self.left_out is None else dict(self.left_out),
            "held_out": None if self.held_out is None else self.held_out.to_json(),
            "forecast_error": None if self.forecast_error is None else self.forecast_error.to_json(),
            "neglect": None if self.neglect is None else self.neglect.to_json(),
            "buying_group": None if self.buying_group is None else self.buying_group.to_json(),
            "losses": self.losses,
            "since": None if self.since is None else self.since.isoformat(),
            "data": None if self.data is None else dict(self.data),
            "recipe": None if self.recipe is None else self.recipe.to_json(),
            "closing": None if self.closing is None else self.closing.to_json(),
        }
        return {name: value for name, value in found.items() if value is not None}

    @property
    def model(self) -> str:
        """What its model is called."""
        return MODELS.get(self.rung, self.rung)

    def figures(self) -> dict[str, Any]:
        """Give the figures of its training, as JSON takes them: all but its tables, which scorecard.json has."""
        return {name: value for name, value in self.to_json().items() if name not in _TABLES}
