"""The user's own features: declared in a file as data, read here, and added to closedwon's.

A declaration names its source in the vocabulary of `spec`. It cannot name code, and cannot count touches.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from scoring.entity import Entity, plural
from scoring.features.candidates import NOT_FEATURES, of_account
from scoring.features.facts import Facts, MarketFacts
from scoring.features.intent import type_in_words
from scoring.features.spec import (
    TYPES,
    Attribute,
    Breadth,
    Deal,
    DealPlan,
    Engaged,
    Feature,
    Group,
    Recency,
    Regularity,
    restriction,
)
from scoring.hints import with_article

NAME = re.compile(r"[a-z][a-z0-9_]*")
#: What must be 1 or more wherever it is declared, and the most: a hundred years.
COUNTS = {"days": 36_500, "weeks": 5_200, "recent_weeks": 5_200, "usual_weeks": 5_200}


class Undeclarable(ValueError):
    """A declaration that cannot be read or used. The message names the feature, the key and what is allowed."""


@dataclass(frozen=True)
class Offered:
    """Features to learn from, and `notes`: what became of the user's own features, in words."""

    features: list[Feature]
    notes: tuple[str, ...]


def features_of_toml(content: Mapping[str, Any]) -> tuple[Feature, ...]:
    """The features of a file: `content` is what its TOML holds, a list of tables called `feature`.

    Raises
    ------
    Undeclarable
        If a key or a value is not of the vocabulary, or two features have one name: with a line for each error.
    """
    if set(content) - {"feature"} or not isinstance(content.get("feature", []), list):
        raise Undeclarable(f"a features file holds [[feature]] tables only: found {', '.join(map(repr, content))}")
    declared: list[Feature] = []
    errors: list[str] = []
    for number, declaration in enumerate(content.get("feature", []), start=1):
        try:
            feature = _feature(declaration, f"feature {number}")
        except Undeclarable as error:
            errors.append(str(error))
            continue
        if feature.name in {other.name for other in declared}:
            errors.append(f"feature {feature.name!r}: the name is taken by another one; each needs its own")
        declared.append(feature)
    if errors:
        raise Undeclarable("\n".join(errors))
    return tuple(declared)


def _feature(declaration: Any, where: str) -> Feature:
    if not isinstance(declaration, Mapping):
        raise Undeclarable(f"{where}: must be a table, found {declaration!r}")
    name = declaration.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name) or name in NOT_FEATURES:
        raise Undeclarable(
            f"{where}: name must be a text of lower-case letters, digits and underscores that is not one of "
            f"{', '.join(NOT_FEATURES)}: found {name!r}"
        )
    where = f"feature {name!r}"
    if declaration.get("type") not in list(TYPES):
        raise Undeclarable(f"{where}: type must be one of {', '.join(TYPES)}: found {declaration.get('type')!r}")
    kind = TYPES[declaration["type"]]
    known = {field.name: field for field in fields(kind)}
    a_kind = f"{where}: {with_article(kind.__name__)}"
    unknown = [key for key in declaration if key not in known and key != "type"]
    absent = [key for key, field in known.items() if field.default is MISSING and key not in declaration]
    errors = [f"{a_kind} has no key {key!r}; it may have: {', '.join(known)}" for key in unknown]
    errors += [f"{a_kind} needs the key {key!r}" for key in absent]
    types, values = get_type_hints(kind), {}
    for key in [key for key in declaration if key in known]:
        try:
            values[key] = _typed(declaration[key], types[key], f"{where}: {key}")
        except Undeclarable as error:
            errors.append(str(error))
    errors += [f"{where}: {key} must be 1 or more: found {values[key]!r}" for key in COUNTS if values.get(key, 1) < 1]
    errors += [
        f"{where}: {key} must be {most:,} at most: found {values[key]!r}"
        for key, most in COUNTS.items()
        if values.get(key, 1) > most
    ]
    if errors:
        raise Undeclarable("\n".join(errors))
    return kind(**{"label": type_in_words(name)} | values)


def checked(features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Features made in Python, checked by the same rules; a feature without a label gets one.

    Raises
    ------
    Undeclarable
        As `features_of_toml` does.
    """
    declarations = [{key: value for key, value in f.declaration().items() if value not in (None, "")} for f in features]
    return features_of_toml({"feature": declarations})


def _typed(value: Any, kind: Any, where: str) -> Any:
    """The value in the type of its field; a list becomes a tuple, and a whole number the text of a level."""
    if get_origin(kind) in (Union, UnionType):
        choices = [choice for choice in get_args(kind) if choice is not type(None)]
        several = next((choice for choice in choices if get_origin(choice) is tuple), None)
        one = next((choice for choice in choices if choice is not several), None)
        return _typed(value, several if isinstance(value, list) and several else one, where)
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise Undeclarable(f"{where} must be one of {', '.join(get_args(kind))}: found {value!r}")
        return value
    if get_origin(kind) is tuple:
        if not isinstance(value, list) or not value:
            raise Undeclarable(f"{where} must be a list with something in it: found {value!r}")
        return tuple(_typed(item, get_args(kind)[0], where) for item in value)
    if kind is str and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, kind) or isinstance(value, bool) or value == "":
        raise Undeclarable(f"{where} must be {'a text' if kind is str else 'a whole number'}: found {value!r}")
    return value


def with_own(
    features: Sequence[Feature],
    own_features: Sequence[Feature],
    market: MarketFacts,
    entity: Entity,
    *,
    elsewhere: Iterable[str] = (),
) -> Offered:
    """The features of a model with the user's own, each at every level that has its sources.

    Parameters
    ----------
    features : sequence of Feature
        Closedwon's, as `candidates.market_features` gives them.
    own_features : sequence of Feature
        For accounts as they are; for leads both of the lead and, as `account_<name>`, of its account. Those of scope
        `account` are of the account alone.
    market : MarketFacts
    entity : {"account", "lead"}
    elsewhere : iterable of str
        Attributes that the export has for the other entity.

    Returns
    -------
    Offered
        An attribute that is declared again replaces closedwon's feature of that column.

    Raises
    ------
    Undeclarable
        If the export has no such attribute, or there is a feature of that name already.
    """
    levels = {"own": (market.own, entity == "account")}
    if market.account is not None:
        levels["account"] = (market.account, True)
    attributes = {column for facts, _ in levels.values() for column in _attributes(facts)} | set(elsewhere)
    added: list[Feature] = []
    notes: list[str] = []
    for feature in own_features:
        if absent := [source.column for source in feature.sources if source.column not in attributes]:
            raise Undeclarable(
                f"feature {feature.name!r}: no attribute is called {absent[0]!r}; "
                f"there are: {', '.join(sorted(attributes))}"
            )
        offered: list[Feature] = []
        why = "no account is known"
        for scope, (facts, group) in levels.items():
            if feature.scope == "account" and entity == "lead" and scope == "own":
                continue
            why = lacking(feature, facts, group=group)
            if not why:
                plain = replace(feature, scope="own")
                offered += of_account([plain]) if scope == "account" else [plain]
        added += offered
        notes += [f"{feature.name}: {note}" for note in unseen(feature, market.own)]
        notes += [] if offered else [f"{feature.name} is not made for {plural(entity)}: {why}"]
    return Offered(_merged(features, added), tuple(notes))


def _attributes(facts: Facts) -> list[str]:
    return [] if facts.attributes is None else [name for name in facts.attributes.columns if name != "unit"]


def lacking(feature: Feature, facts: Facts, *, group: bool) -> str:
    """Why a feature cannot be made at one level, in words; empty if it can."""
    if absent := [source.column for source in feature.sources if source.column not in _attributes(facts)]:
        return f"they have no {absent[0]}"
    several = isinstance(feature, Group) or (isinstance(feature, Breadth) and feature.of != "kinds")
    if isinstance(feature, Recency | Breadth | Regularity):
        several |= feature.by == "decision_maker" or feature.department is not None
        several |= isinstance(feature, Recency) and feature.event == "new_person"
    if several and (not group or facts.people is None):
        return "it takes several people"
    if isinstance(feature, Engaged) and facts.engagements is None:
        return "there is no table activities"
    of_history = isinstance(feature, DealPlan) or (isinstance(feature, Deal) and feature.of.startswith("stage"))
    if of_history and facts.stages is None:
        return "there is no table opportunity_history"
    return ""


def unseen(feature: Feature, facts: Facts) -> list[str]:
    """A note for each activity type of a feature that is not in the data: its name may be mistyped."""
    if (
        not isinstance(feature, Recency | Breadth | Regularity)
        or facts.engagements is None
        or not restriction(feature.activity)
    ):
        return []
    kinds = sorted(facts.engagements.kinds().kind.execute())
    absent = [kind for kind in restriction(feature.activity) if kind not in kinds]
    return [f"nobody has shown the activity type {kind!r} so far; there are: {', '.join(kinds)}" for kind in absent]


def _merged(features: Sequence[Feature], added: Sequence[Feature]) -> list[Feature]:
    anew = {(feature.scope, feature.column) for feature in added if isinstance(feature, Attribute)}
    others = [f for f in features if not (isinstance(f, Attribute) and (f.scope, f.column) in anew)]
    taken = {feature.name.lower() for feature in others}
    for feature in added:
        if feature.name in taken:
            raise Undeclarable(f"feature {feature.name!r}: there is a feature of this name already; give it another")
        taken.add(feature.name)
    return [*others, *added]
