"""What is most worth mending in an export: a few things, ordered by how much of what the model learns they concern."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis

from pipelines.config import Config
from pipelines.quality.deal_steps import deal_steps
from pipelines.quality.findings import Advice, EntityFindings, TableFindings
from pipelines.quality.joins import Join
from pipelines.quality.sudden_changes import SuddenChange
from scoring.entity import Entity
from scoring.tables import Keep, Tables
from scoring.timeline import day_of

#: So many pieces of advice are given: more would not be followed.
MOST = 3
#: What concerns a smaller share is not worth a word.
LEAST = 0.01
#: From so many wins on, more of them are no advice: trees are learned from there on.
ENOUGH_WINS = 150
#: What steps among the activities cost, about; so many of a family are named.
STEPS_WEIGHT, MOST_NAMED = 0.55, 6
#: If such a share of the deals does not count, this is said before more deals are asked for.
MANY_LOST = 0.5
#: From so many customers on, and such a share of them that bought again, it looks like repeat business.
LEAST_BUYERS, MANY_AGAIN = 10, 0.3
#: If a smaller share of the won deals is new business, the word for it may not be known.
FEW_NEW = 0.05
#: How much a row of a table that is set aside weighs: deals are what is learned from, all else is what it is known by.
WEIGHTS = {"opportunities": 1.0, "leads": 0.7, "accounts": 0.7, "activities": 0.5}
#: How much it weighs that a table, or a part of it, stops.
STOPPED = {("opportunities", False): 0.8, ("activities", False): 0.7, ("opportunities", True): 0.5}
STOPPED_ELSE = 0.25
#: What the lack of a table costs, about, and what to do.
LACKING = {
    "activities": (0.5, "export what buyers did (visits, forms, replies, meetings): without it there is no intent"),
    "leads": (0.4, "export the people of the accounts: who engaged, and who decides, is not known"),
    "opportunity_history": (0.12, "export the changes of the stage: how far an open deal has come is not known"),
    "account_history": (0.05, "keep the past values of attributes: then the leak guard need not guess"),
}


def worth_mending(
    tables: Tables,
    found: Mapping[str, TableFindings],
    entities: Mapping[Entity, EntityFindings],
    config: Config,
    keep: Keep = lambda table: table,
    *,
    changes: Sequence[SuddenChange] = (),
    references: Sequence[Join] = (),
) -> tuple[Advice, ...]:
    """What is most worth mending, the weightiest first, at most `MOST`.

    Parameters
    ----------
    tables : Tables
        As known at the day of the check.
    found : mapping of TableFindings
        By table.
    entities : mapping of EntityFindings
        By entity.
    config : Config
        Its section ``training`` is used.
    keep : callable
        Materialises a table that is read more than once.
    changes : sequence of SuddenChange
    references : sequence of Join
    """
    advice = [
        *_wins(entities, found, config),
        *_set_aside(found),
        *_stopped(changes),
        *_joins(references),
        *(_steps(tables, keep) or _lacking(found, "opportunity_history")),
        *_lacking(found, "activities", "leads", "account_history"),
        *_deals(tables),
        *_repeat_business(tables),
        *_lines(found),
        *_people(tables),
        *_attributes(entities),
    ]
    worth = [piece for piece in advice if piece.weight >= LEAST]
    return tuple(sorted(worth, key=lambda piece: (-piece.weight, piece.found))[:MOST])


def _wins(
    entities: Mapping[Entity, EntityFindings], found: Mapping[str, TableFindings], config: Config
) -> list[Advice]:
    if not entities:
        return []
    wins = min(entity.wins.to_learn for entity in entities.values())
    least, mend = config.training.min_wins, "export deals of more years, won and lost"
    deals = found.get("opportunities")
    lost = deals.left_out + sum(deals.set_aside.values()) if deals else 0
    why = ""
    if deals and lost >= MANY_LOST * deals.rows > 0:
        why = f"; see above why {lost:,} of {deals.rows:,} rows of opportunities do not count"
    if wins < least:
        return [Advice(f"{wins} wins to learn from, and {least} are needed", mend + why, 1.0)]
    if wins < ENOUGH_WINS:
        return [Advice(f"{wins} wins to learn from: few", f"{mend}, if you have them{why}", 1 - wins / ENOUGH_WINS)]
    return []


def _set_aside(found: Mapping[str, TableFindings]) -> list[Advice]:
    advice = []
    for name, table in found.items():
        rows = sum(table.set_aside.values())
        if rows:
            rule = max(table.set_aside, key=lambda rule: (table.set_aside[rule], rule))
            share = rows / max(table.rows, 1)
            finding = (
                f"{rows:,} of {table.rows:,} rows of {name} are set aside ({share:.1%}), most often by the rule {rule}"
            )
            mend = "see the file of rejected rows, and correct them in the CRM or in the export"
            advice.append(Advice(finding, mend, min(1.0, 10 * share) * WEIGHTS.get(name, 0.3)))
    return advice


def _stopped(changes: Sequence[SuddenChange]) -> list[Advice]:
    mend = "see whether the export still holds them: to a score, missing activities look like inactivity"
    return [
        Advice(change.sentence, mend, STOPPED.get((change.table, bool(change.part)), STOPPED_ELSE))
        for change in changes
        if change.kind == "stops" and change.table in WEIGHTS
    ]


def _joins(references: Sequence[Join]) -> list[Advice]:
    return [
        Advice(
            f"{join.unknown:,} of {join.filled:,} rows of {join.table} with {join.column} name none of {join.to}",
            f"export these {join.to} too, or correct the ids: see the references",
            join.share * WEIGHTS.get(join.table, 0.3),
        )
        for join in references
        if join.unknown
    ]


def _lacking(found: Mapping[str, TableFindings], *names: str) -> list[Advice]:
    missing = [name for name in names if name not in found]
    return [Advice(f"there is no table {name}", LACKING[name][1], LACKING[name][0]) for name in missing]


def _steps(tables: Tables, keep: Keep) -> list[Advice]:
    families = deal_steps(tables, keep)
    if not families:
        return []
    named = "; ".join(
        ", ".join(steps.types[:MOST_NAMED]) + (" …" * (len(steps.types) > MOST_NAMED)) for steps in families
    )
    low, high = max((steps.rates for steps in families), key=lambda rates: rates[1] - rates[0])
    many = sum(len(steps.types) for steps in families)
    found = (
        f"{many} activity types look like steps of a deal ({named}): they come seldom, in one order, until it closes"
    )
    if high > low:
        found += f", and by the furthest of them {low:.0%} to {high:.0%} of the closed deals were won"
    mend = (
        "if they are, export them as opportunity_history (opportunity_id, changed_at, stage) and not as activities: "
        "docs/input.md has a query"
    )
    return [Advice(found, mend, STEPS_WEIGHT)]


def _deals(tables: Tables) -> list[Advice]:
    deals = tables.opportunities
    won, lost = deals.status == "won", deals.status == "lost"
    counts = _counted(
        deals,
        deals=deals.count(),
        won=won.sum(),
        lost=lost.sum(),
        new=(won & (deals.opportunity_type == "new_business")).sum(),
        without_amount=(won & deals.amount.isnull()).sum(),
        of_nobody=(deals.lead_id.isnull()).sum(),
    )
    advice = []
    if counts["won"] and not counts["lost"]:
        advice.append(Advice("no deal is lost", "export lost deals too: what loses is learned from them", 0.9))
    if tables.win != "any" and counts["new"] < FEW_NEW * counts["won"]:
        found = f"{counts['new']:,} of {counts['won']:,} won deals are new business, and only those are learned"
        mend = (
            "if another word of opportunity_type means new business, say so under [input]: "
            'type_words = {"Land" = "new_business"}'
        )
        advice.append(Advice(found, mend, 1.1))  # more wins of other types would not help
    if counts["won"]:
        share = counts["without_amount"] / counts["won"]
        found = f"{counts['without_amount']:,} of {counts['won']:,} won deals have no amount"
        advice.append(Advice(found, "export their amounts: revenue is learned from them", 0.6 * share))
    if tables.leads is not None and tables.contact_roles is None and counts["deals"]:
        share = counts["of_nobody"] / counts["deals"]
        found = (
            f"{counts['of_nobody']:,} of {counts['deals']:,} deals name no lead, and there is no table contact_roles"
        )
        mend = "export who took part in a deal: without it a deal counts for every lead of its account"
        advice.append(Advice(found, mend, 0.3 * share))
    return advice


def _repeat_business(tables: Tables) -> list[Advice]:
    """Whether customers buy deal after deal, where only their first win is asked for."""
    if tables.win == "any":
        return []
    deals = tables.opportunities.filter(tables.opportunities.status == "won")
    deals = deals.filter(deals.opportunity_type != "renewal")
    if tables.leads is not None:
        of_leads = tables.leads.select(who="lead_id", whose="account_id")
        deals = deals.left_join(of_leads, deals.lead_id == of_leads.who)
        deals = deals.mutate(account_id=ibis.coalesce(deals.account_id, deals.whose))
    buyers = deals.filter(deals.account_id.notnull()).group_by("account_id").agg(days=day_of(deals.closed_at).nunique())
    counts = _counted(buyers, buyers=buyers.count(), again=(buyers.days > 1).sum(), wins=buyers.days.sum())
    if counts["buyers"] < LEAST_BUYERS or counts["again"] < MANY_AGAIN * counts["buyers"]:
        return []
    later = counts["wins"] - counts["buyers"]
    found = f"{counts['again']:,} of {counts['buyers']:,} customers bought again, {later:,} times"
    mend = 'only first wins are predicted; if repeat business counts, set win = "any" in the section [question]'
    return [Advice(found, mend, min(1.0, 2 * later / counts["wins"]))]


def _lines(found: Mapping[str, TableFindings]) -> list[Advice]:
    advice = []
    for name, table in found.items():
        if table.lines:
            finding = f"{table.lines:,} ids of {name} have several rows, which are probably the lines of one deal"
            mend = "export one row for each deal, with the sum of its lines as amount: revenue is learned from it"
            advice.append(Advice(finding, mend, min(1.0, 2 * table.lines / max(table.rows, 1))))
    return advice


def _people(tables: Tables) -> list[Advice]:
    leads = tables.leads
    if leads is None or tables.accounts is None:
        return []
    counts = _counted(
        leads,
        leads=leads.count(),
        alone=leads.account_id.isnull().sum(),
        undated=leads.created_at.isnull().sum(),
        untitled=leads.title.isnull().sum(),
    )
    if not counts["leads"]:
        return []
    words = {
        "alone": ("have no account", "export account_id, or e-mail addresses and the domains of accounts", 0.4),
        "undated": ("have no created_at", "export it: without it they count as known from the beginning", 0.5),
        "untitled": ("have no title", "export the title: who decides is read from it", 0.2),
    }
    return [
        Advice(f"{counts[name]:,} of {counts['leads']:,} leads {what}", mend, weight * counts[name] / counts["leads"])
        for name, (what, mend, weight) in words.items()
    ]


def _attributes(entities: Mapping[Entity, EntityFindings]) -> list[Advice]:
    advice = []
    for name, entity in entities.items():
        # What leads are told by their accounts is said of accounts.
        own = [
            s for s in entity.quarantined if not ("account" in entities and name == "lead" and s.table == "accounts")
        ]
        if held := len(own):
            share = held / (held + len(entity.attributes))
            many = f"{held} attributes of {name}s look like leaks and are"
            found = f"{many if held > 1 else f'1 attribute of {name}s looks like a leak and is'} not used"
            mend = "see their reasons above; an account_history or lead_history with past values makes them safe"
            advice.append(Advice(found, mend, 0.2 * share))
    return advice


def _counted(table: ibis.Table, **counts: Any) -> dict[str, int]:
    row = table.aggregate(**counts).to_pyarrow().to_pylist()[0]
    return {name: int(value or 0) for name, value in row.items()}
