"""Which features an export allows: its attributes by type, its activity types, its deals."""

from dataclasses import dataclass, field, replace

import ibis

from scoring.entity import OPPORTUNITY, Entity
from scoring.features import fit, intent
from scoring.features.facts import Facts, MarketFacts
from scoring.features.spec import PLANS, Attribute, Deal, DealPlan, Feature
from scoring.persons.names_in_text import HIDDEN_NAME, without_name
from scoring.persons.written import HIDDEN, HIDDEN_ADDRESS, look_of
from scoring.tables import row_count

#: An activity type of fewer units has too few cases to learn its recency from.
LEAST_UNITS = 30
#: Columns counted in one scan: the time of a scan grows with the square of its columns.
AT_ONCE = 50

#: The columns of a table of snapshots and outcomes that are not features.
NOT_FEATURES = (
    *("unit", "unit_right", "account_key", "account_id", "created_day", "as_of"),
    *("observed", "won_day", "period", "won_period", "amount"),
)


#: Why a column is left out that the configuration names.
DROPPED = "dropped by the configuration"


@dataclass(frozen=True)
class Columns:
    """The attributes of one level.

    Attributes
    ----------
    kinds : dict of str
        `numeric` or `category` of those that may be used.
    left_out : dict of str
        Why the others are left out.
    counts : dict of tuple
        How many cells of each are filled, and with how many different values.
    """

    kinds: dict[str, str]
    left_out: dict[str, str]
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def named_by_codes(self, name: str, few: int) -> bool:
        """Whether a column has so many different values that they may name single records."""
        filled, distinct = self.counts.get(name, (0, 0))
        return distinct > max(few, filled // 4)


def columns(facts: Facts, drop: tuple[str, ...]) -> Columns:
    """The types of the attributes of one level, found from their values."""
    table = facts.attributes
    if table is None:
        return Columns({}, {})
    names = [column for column in table.columns if column != "unit"]
    traced = set() if facts.history is None else set(facts.history.columns)
    kinds: dict[str, str] = {}
    left_out = {name: DROPPED for name in names if name in drop}
    names = [name for name in names if name not in left_out]
    if not names:
        return Columns(kinds, left_out)
    rows = int(table.count().execute())
    counts = _counted(table, names)
    for name, (filled, distinct) in counts.items():
        text = table[name].type().is_string()
        if name not in traced and filled == 0:
            left_out[name] = "empty"
        elif name not in traced and distinct == 1 and filled == rows:
            left_out[name] = "the same everywhere"
        elif text and distinct > max(50, filled // 4):
            left_out[name] = f"{distinct} different texts in {filled} rows: an identifier or free text"
        else:
            kinds[name] = "category" if text or table[name].type().is_boolean() else "numeric"
    return Columns(kinds, left_out, counts)


def _counted(table: ibis.Table, names: list[str]) -> dict[str, tuple[int, int]]:
    """How many cells of each column are filled, and with how many different values."""
    counts: dict[str, tuple[int, int]] = {}
    for first in range(0, len(names), AT_ONCE):
        part = names[first : first + AT_ONCE]
        filled = {f"filled_{i}": table[name].count() for i, name in enumerate(part)}
        distinct = {f"distinct_{i}": table[name].nunique() for i, name in enumerate(part)}
        row = table.aggregate(**filled, **distinct).to_pyarrow().to_pylist()[0]
        counts |= {name: (row[f"filled_{i}"], row[f"distinct_{i}"]) for i, name in enumerate(part)}
    return counts


def activity_types(facts: Facts, most: int = 24) -> list[str]:
    """The activity types that most units show, at most `most`, in alphabetical order; none that names a person."""
    if facts.engagements is None:
        return []
    shown = facts.engagements.kinds()
    shown = shown.filter(shown.units >= LEAST_UNITS).order_by(ibis.desc("units"), "kind").limit(most)
    return sorted(kind for kind in shown.kind.execute() if not _of_person(kind))


def _of_person(kind: str) -> bool:
    """Whether an activity type names somebody: `Call with Anna Markowitz`, or had a name before it was hidden."""
    hidden = any(word in kind for word in (HIDDEN, HIDDEN_ADDRESS, HIDDEN_NAME))
    return hidden or look_of(kind) is not None or without_name(kind) != kind


def declare(facts: Facts, kinds: dict[str, str], *, group: bool, customers: bool | None = None) -> list[Feature]:
    """All features of one level.

    Parameters
    ----------
    facts : Facts
    kinds : dict of str
        The attributes to use: see `Columns.kinds`.
    group : bool
        Whether a unit has several people.
    customers : bool, optional
        Whether there are customers among those that are ranked. Default: as the question says.
    """
    features = fit.attributes(kinds)
    if group and facts.people is not None:
        features += fit.people_features()
    features += intent.deal_states(stages=facts.stages is not None, plans=planned_columns(facts))
    features += _bought_before(facts, customers=facts.win == "any" if customers is None else customers)
    if facts.engagements is not None:
        features += intent.engagement(activity_types(facts), group=group)
    return features


def _bought_before(facts: Facts, *, customers: bool) -> list[Feature]:
    deals, others = facts.deals, facts.other_deals
    lost = row_count(deals.filter(deals.status == "lost").limit(1))
    return intent.bought_before_features(
        customers=customers and row_count(facts.won_deals.limit(1)) > 0,
        lost=lost > 0,
        others=others is not None and row_count(others.limit(1)) > 0,
    )


def planned_columns(facts: Facts) -> list[str]:
    """The columns of `spec.PLANS` that the opportunity history holds any value of."""
    if facts.stages is None:
        return []
    counts = facts.stages.aggregate(**{name: facts.stages[name].count() for name in PLANS}).to_pyarrow().to_pylist()[0]
    return [name for name in PLANS if counts[name]]


def of_account(features: list[Feature]) -> list[Feature]:
    """The same features for the model of leads: those of the lead's account."""
    return [
        replace(feature, name=f"account_{feature.name}", label=f"Account {_continued(feature.label)}", scope="account")
        for feature in features
    ]


def _continued(label: str) -> str:
    """A label in the middle of a sentence: without its capital, unless it is an abbreviation's."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def deals_tell_only_winners(deals: ibis.Table, least: int = 20) -> str | None:
    """The reason why the state of deals must not be a feature, or None.

    Some exports write an opportunity only when it is won, and date it back to its start. Then no deal is ever lost, and
    at every past snapshot an open deal is a future win.
    """
    counts = deals.aggregate(
        won=(deals.status == "won").sum().fill_null(0), lost=(deals.status == "lost").sum().fill_null(0)
    ).execute()
    won, lost = int(counts["won"][0]), int(counts["lost"][0])
    if won < least or lost:
        return None
    return f"{won} deals were won and none was ever lost: deals may be recorded only once they are won"


def market_features(
    market: MarketFacts, entity: Entity, own_kinds: dict[str, str], account_kinds: dict[str, str]
) -> list[Feature]:
    """Every feature of an entity's model, from the attributes to use at each level: see `Columns.kinds`."""
    if entity == OPPORTUNITY:
        states = intent.deal_states(stages=market.own.stages is not None, plans=planned_columns(market.own))
        features = fit.attributes(own_kinds) + [feature for feature in states if _of_open_deal(feature)]
    else:
        features = declare(market.own, own_kinds, group=entity == "account")
    if market.account is not None:
        declared = declare(market.account, account_kinds, group=True, customers=True)
        features += of_account([f for f in declared if entity != OPPORTUNITY or not _of_open_deal(f)])
    return _uniquely_named(features)


def _of_open_deal(feature: Feature) -> bool:
    """Whether a feature is of an open deal: of a deal that is scored, those of its account's say what its own do."""
    return isinstance(feature, DealPlan) or (isinstance(feature, Deal) and feature.of != "lost_days")


def _uniquely_named(features: list[Feature]) -> list[Feature]:
    """The same features with unique names (upper and lower case are the same): attributes may have any name."""
    taken = set(NOT_FEATURES)
    names = {}
    for index, feature in sorted(enumerate(features), key=lambda item: isinstance(item[1], Attribute)):
        name = feature.name
        while name.lower() in taken:
            name += "_attribute" if isinstance(feature, Attribute) else "_activity"
        taken.add(name.lower())
        names[index] = name
    return [replace(feature, name=names[index]) for index, feature in enumerate(features)]
