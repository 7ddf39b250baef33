"""`closedwon explain`: the breakdown of one score, from the average one to this one, term by term."""

from dataclasses import replace
from datetime import date
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import BadInput, ClosedwonError, UsageError
from pipelines.intake.point_in_time import Export, scorecard_features
from pipelines.progress import Say
from pipelines.serving.score import with_champion
from pipelines.serving.score_breakdown import LEAST_SHOWN, BreakdownTerm, ScoreBreakdown, of_row, score_breakdown
from pipelines.store import registry
from pipelines.store.ledger import Night, at, nights
from pipelines.store.store import Store
from pipelines.store.upkeep.damaged_nights import fault_of
from scoring.cells import ids
from scoring.entity import OPPORTUNITY, asked_entities, plural
from scoring.handoffs.overrides import override_figures, override_words, overrides_in_force
from scoring.scorecard.reasons import REASONS

if TYPE_CHECKING:
    import pandas as pd

#: How far a past score, reproduced, may be from what was served: two engines add in another order.
EXACT = 1e-9
SIDES = {"fit": "Fit: who they are", "intent": "Intent: how ready they are"}
#: Width of the words, and of the value behind them.
WORDS, VALUE = 60, 12
#: So many of the terms of a slip are shown.
MOST_SLIPS = 5


def explain(export: Export, store: Store, identifier: str, *, asked: str | None, say: Say) -> ScoreBreakdown:
    """Print every term of one entity's score, as of the export's day, and return them.

    Raises
    ------
    UsageError
        If there is no champion, or no open entity with one has the id.
    BadInput
        If the export lacks the table of an entity with a champion.
    """
    entities = with_champion(export, store, asked)
    for entity in entities:
        scorecard, version = registry.load_scorecard(store, entity)
        features, facts, _ = scorecard_features(scorecard, export)
        found = score_breakdown(scorecard, features, facts, export, _as_exported(export, entity, identifier))
        if found is not None:
            rows = _overrides(export, entity, identifier)
            words = "".join(f"\n\n  {override_words(row)}" for row in rows)
            say(printed(found, f"model version {version}") + words)
            return replace(found, overrides=tuple(map(override_figures, rows)))
    things = " or ".join(map(plural, entities))
    raise UsageError(
        f"{identifier} is not among the open {things} as of {export.as_of}: "
        "the id may be mistyped, not known yet, a customer already, or have a deal whose status nobody knows"
    )


def _overrides(export: Export, entity: str, identifier: str) -> list[dict[str, Any]]:
    """What sales set in place of the score, beside which it is shown. It changes no score."""
    table = export.tables.overrides
    if table is None or entity == OPPORTUNITY:  # nobody overrides a deal, and one may have the id of an account
        return []
    of_lead = entity == "lead"
    mine = table.filter(table.lead_id == identifier if of_lead else table.account_id == identifier)
    holds = overrides_in_force(mine if of_lead else mine.filter(mine.lead_id.isnull()), export.day)
    rows: list[dict[str, Any]] = holds.to_pyarrow().to_pylist()
    return rows


def _as_exported(export: Export, entity: str, identifier: str) -> str:
    """The id as its table has it, for one that is written in another way."""
    import ibis

    table, key = dict(export.tables.present())[plural(entity)], f"{entity}_id"
    asked = ids.canonical(ibis.literal(identifier))
    same = table.filter((table[key] == identifier) | (ids.canonical(table[key]) == asked)).select(key)
    found = [row[key] for row in same.to_pyarrow().to_pylist()]
    return identifier if identifier in found or not found else min(found)


def explain_at(store: Store, identifier: str, day: date, *, asked: str | None, say: Say) -> ScoreBreakdown:
    """Print every term of the score that held on a past day, from the ledger and the registry, and return them.

    Raises
    ------
    UsageError
        If there was no such score, or what it was made from is not kept any more.
    ClosedwonError
        If the registry's scorecard does not give the score that was served.
    """
    past = nights(store)
    wanted = asked_entities(asked)
    for entity in wanted:
        night = at(past, entity, day)
        if night is None or (served := _one(night.scores(entity), f"{entity}_id", identifier)) is None:
            continue
        features = _one(night.features(entity), "unit", identifier) if night.features(entity).exists() else None
        if features is None:
            raise UsageError(f"{_served(served, night)}\nIts features are not kept any more ([ledger] features_days)")
        scorecard, version = registry.load_scorecard(store, entity, int(night.record.models[entity]))
        found = of_row(scorecard, features, identifier, str(night.as_of))
        off = abs(found.scores["log_odds"] - float(served["log_odds"].iloc[0]))
        if not off <= EXACT:
            raise ClosedwonError(
                f"{entity} {identifier} was served {served['log_odds'].iloc[0]} as of {night.as_of}, and version "
                f"{version} in {store.location} gives {found.scores['log_odds']}: it is not the model that scored then"
            )
        say(printed(found, f"model version {version}") + "\n\n  " + _served(served, night))
        return found
    first = f"the ledger begins on {min(night.as_of for night in past)}" if past else "the ledger is empty"
    raise UsageError(f"{identifier} had no score as {' or '.join(wanted)} on {day}: it was not open, or {first}")


def _one(path: Path, key: str, identifier: str) -> "pd.DataFrame | None":
    import ibis

    if fault := fault_of(path, (key,)):
        raise BadInput(f"{path} {fault}: restore it from a backup")
    table = ibis.duckdb.connect().read_parquet(path)
    found: pd.DataFrame = table.filter(table[key] == identifier).execute()
    return None if found.empty else found


def _served(served: "pd.DataFrame", night: Night) -> str:
    """What the files of that night said."""
    row = served.iloc[0]
    reasons = [row[name] for name in (*REASONS, "concern_1", "why_now") if row[name]]
    group = [_group(row["buying_group"], row["missing_role"])] if row.get("buying_group") else []
    return (
        f"as served in the night {night.name}, scored {night.record.moment}: {row['win_probability']:.2%}, grade "
        f"{row['grade']}, rank {row['rank']:,}, trend {row['trend']}; {'; '.join(reasons) or 'no reasons'}"
        + "".join(f"; {words}" for words in group)
    )


def printed(breakdown: ScoreBreakdown, model: str) -> str:
    """The breakdown as text: log-odds, what they multiply the odds by, and the chance so far.

    Parameters
    ----------
    breakdown : ScoreBreakdown
    model : str
        What names the model in the heading.
    """
    scores = breakdown.scores
    text = [
        f"{breakdown.entity} {breakdown.identifier} as of {breakdown.as_of}, {model}",
        "",
        f"  {'':<{WORDS}} {'value':>{VALUE}}  log-odds    odds    chance",
        _row(
            f"base: an open {breakdown.entity} that is average in everything", "", breakdown.base, "", breakdown.start
        ),
    ]
    for side, heading in SIDES.items():
        text += ["", f"  {heading}", *_terms(breakdown.of(side)), _sum(f"{side} in all", scores[f"{side}_log_odds"])]
    probability, rate = scores["win_probability"], breakdown.base_rate
    text += [
        "",
        f"  {'log-odds = base + fit + intent':<{WORDS}} {'':>{VALUE}}  {scores['log_odds']:+8.3f}",
        "",
        f"  win probability in {breakdown.horizon_days} days {probability:>10.2%}   grade {scores['grade']}, "
        f"{_times(probability / rate)[1:] if rate else 'no'} times the average of {_percent(rate)}",
        f"  expected amount given a win   {scores['expected_amount']:>14,.2f}   {_amount(breakdown)}",
        f"  expected revenue              {scores['expected_revenue']:>14,.2f}   the product of both",
        f"  fit {scores['fit_score']:.0f} and intent {scores['intent_score']:.0f} of 100: the share of open "
        f"{plural(breakdown.entity)} at training with less",
    ]
    text += _closing(breakdown)
    if breakdown.group[0]:
        text += ["", f"  {_group(*breakdown.group)}"]
    if not all(line.stable for line in breakdown.lines):
        text += ["", "  ~ differs between resamples of the data: it counts, but is never given as a reason"]
    return "\n".join(text)


def _closing(breakdown: ScoreBreakdown) -> list[str]:
    """When a deal closes, and what makes it likely or not that the close date entered is missed; nothing for others."""
    scores = breakdown.scores
    if "expected_close" not in scores:
        return []
    lines = [
        f"  closes, if it is won, on    {scores['expected_close']:>16}   in 80 of 100 cases from "
        f"{scores['close_early']} to {scores['close_late']}"
    ]
    if scores["slip_probability"] is not None:
        factors = [
            f"{_times(line.factor)} {line.words}"
            for line in breakdown.of("slip")
            if abs(line.contribution) >= LEAST_SHOWN
        ]
        passed = "that date has passed" if scores["slip_probability"] == 1 else "; ".join(factors[:MOST_SLIPS])
        lines.append(f"  closes later than entered   {scores['slip_probability']:>16.0%}   {passed}")
    return lines


def _group(buying: str, missing: str) -> str:
    """The buying group of the account in words. It adds nothing to the score."""
    who = f"missing: {missing}" if missing else "nobody is missing"
    return f"buying group of the account, beside those of won deals: {buying} ({who})"


def _terms(lines: list[BreakdownTerm]) -> list[str]:
    shown = [line for line in lines if abs(line.contribution) >= LEAST_SHOWN]
    rows = [
        _row(
            f"{' ' if line.stable else '~'} {line.words}",
            line.value,
            line.contribution,
            _times(line.factor),
            line.chance,
        )
        for line in shown
    ]
    if rest := lines[len(shown) :]:
        total = sum(line.contribution for line in rest)
        rows.append(_row(f"  {len(rest)} more, each below {LEAST_SHOWN}", "", total, "", rest[-1].chance))
    return rows


def _row(words: str, value: str, contribution: float, factor: str, chance: float) -> str:
    return f"  {words:<{WORDS}} {value:>{VALUE}}  {contribution:+8.3f}  {factor:>6}  {_percent(chance):>8}"


def _sum(words: str, total: float) -> str:
    return f"  {words:<{WORDS}} {'':>{VALUE}}  {total:+8.3f}  {_times(exp(total)):>6}"


def _amount(breakdown: ScoreBreakdown) -> str:
    factors = [
        f"{_times(line.factor)} {line.words}"
        for line in breakdown.of("amount")
        if abs(line.contribution) >= LEAST_SHOWN
    ]
    return "; ".join([f"{breakdown.amount_base:,.0f} at the average", *factors])


def _times(factor: float) -> str:
    if factor < 0.0995:
        return f"x{factor:.2g}"
    return f"x{factor:.0f}" if factor >= 9.95 else f"x{factor:.1f}" if factor >= 1.95 else f"x{factor:.2f}"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.0995 else f"{share:.1%}" if share >= 0.00995 else f"{share:.2%}"
