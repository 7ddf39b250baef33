"""`closedwon explain`: one entity's score as a ledger, from the average one to this one, term by term."""

from math import exp

from pipelines import registry
from pipelines.failures import UsageError
from pipelines.ledger import LEAST_TOLD, Ledger, Line, ledger
from pipelines.score import card_features, with_champion
from pipelines.store import Store
from pipelines.view import Say, View

SIDES = {"fit": "Fit: who they are", "intent": "Intent: how ready they are"}
#: Width of the words, and of the value behind them.
WORDS, VALUE = 60, 12


def explain(seen: View, store: Store, identifier: str, *, asked: str | None, say: Say) -> Ledger:
    """Print every term of one entity's score, as of the view's day, and return them.

    Raises
    ------
    UsageError
        If there is no champion, or no open entity with one has the id.
    BadInput
        If the export lacks the table of an entity with a champion.
    """
    entities = with_champion(seen, store, asked)
    for entity in entities:
        card, version = registry.load_scorecard(store, entity)
        features, facts, _ = card_features(card, seen)
        found = ledger(card, features, facts, seen, identifier)
        if found is not None:
            say(printed(found, f"model version {version}"))
            return found
    raise UsageError(
        f"{identifier} is not among the open {' or '.join(f'{entity}s' for entity in entities)} as of {seen.as_of}: "
        "the id may be mistyped, not known yet, or a customer already"
    )


def printed(told: Ledger, model: str) -> str:
    """The ledger as text: log-odds, what they multiply the odds by, and the chance so far."""
    scores = told.scores
    text = [
        f"{told.entity} {told.identifier} as of {told.as_of}, {model}",
        "",
        f"  {'':<{WORDS}} {'value':>{VALUE}}  log-odds    odds    chance",
        _row(f"base: an open {told.entity} that is average in everything", "", told.base, "", told.start),
    ]
    for side, heading in SIDES.items():
        text += ["", f"  {heading}", *_told(told.of(side)), _sum(f"{side} in all", scores[f"{side}_log_odds"])]
    probability, rate = scores["win_probability"], told.base_rate
    text += [
        "",
        f"  {'log-odds = base + fit + intent':<{WORDS}} {'':>{VALUE}}  {scores['log_odds']:+8.3f}",
        "",
        f"  win probability in {told.horizon_days} days {probability:>10.2%}   grade {scores['grade']}, "
        f"{_times(probability / rate)[1:] if rate else 'no'} times the average of {_percent(rate)}",
        f"  expected amount given a win   {scores['expected_amount']:>14,.2f}   {_amount(told)}",
        f"  expected revenue              {scores['expected_revenue']:>14,.2f}   the product of both",
        f"  fit {scores['fit_score']:.0f} and intent {scores['intent_score']:.0f} of 100: the share of open "
        f"{told.entity}s at training with less",
    ]
    if not all(line.stable for line in told.lines):
        text += ["", "  ~ differs between resamples of the data: it counts, but is never given as a reason"]
    return "\n".join(text)


def _told(lines: list[Line]) -> list[str]:
    told = [line for line in lines if abs(line.contribution) >= LEAST_TOLD]
    rows = [
        _row(
            f"{' ' if line.stable else '~'} {line.words}",
            line.value,
            line.contribution,
            _times(line.factor),
            line.chance,
        )
        for line in told
    ]
    if rest := lines[len(told) :]:
        total = sum(line.contribution for line in rest)
        rows.append(_row(f"  {len(rest)} more, each below {LEAST_TOLD}", "", total, "", rest[-1].chance))
    return rows


def _row(words: str, value: str, contribution: float, factor: str, chance: float) -> str:
    return f"  {words:<{WORDS}} {value:>{VALUE}}  {contribution:+8.3f}  {factor:>6}  {_percent(chance):>8}"


def _sum(words: str, total: float) -> str:
    return f"  {words:<{WORDS}} {'':>{VALUE}}  {total:+8.3f}  {_times(exp(total)):>6}"


def _amount(told: Ledger) -> str:
    factors = [
        f"{_times(line.factor)} {line.words}" for line in told.of("amount") if abs(line.contribution) >= LEAST_TOLD
    ]
    return "; ".join([f"{told.amount_base:,.0f} at the average", *factors])


def _times(factor: float) -> str:
    if factor < 0.0995:
        return f"x{factor:.2g}"
    return f"x{factor:.0f}" if factor >= 9.95 else f"x{factor:.1f}" if factor >= 1.95 else f"x{factor:.2f}"


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.0995 else f"{share:.1%}" if share >= 0.00995 else f"{share:.2%}"
