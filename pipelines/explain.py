"""`closedwon explain`: one entity's score as a ledger, term by term."""

from typing import Any

from pipelines import registry
from pipelines.failures import UsageError
from pipelines.score import card_features, with_champion
from pipelines.store import Store
from pipelines.view import Say, View
from scoring.features.build import build, snapshots
from scoring.lookup import Lookup
from scoring.timeline import Grid


def explain(seen: View, store: Store, identifier: str, *, asked: str | None, say: Say) -> dict[str, Any]:
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
        ledger = _ledger(card, version, seen, identifier)
        if ledger is not None:
            say(_printed(ledger))
            return ledger
    raise UsageError(
        f"{identifier} is not among the open {' or '.join(f'{entity}s' for entity in entities)} as of {seen.as_of}: "
        "the id may be mistyped, not known yet, or a customer already"
    )


def _ledger(card: dict[str, Any], version: int, seen: View, identifier: str) -> dict[str, Any] | None:
    features, facts, _ = card_features(card, seen)
    grid = Grid((seen.day,))
    looks = snapshots(facts.own, grid)
    frame = build(features, facts, looks.filter(looks.unit == identifier), grid).execute()
    if frame.empty:
        return None
    lookup = Lookup(card)
    codes = {name: int(code[0]) for name, code in lookup.codes(frame).items()}
    contributions = lookup.contributions(frame)[0]
    lines = []
    for term, contribution in zip(card["terms"], contributions, strict=True):
        word = term["words"]
        for name in term["features"]:
            word = word[codes[name]]
        lines.append({"side": term["side"], "words": word, "contribution": float(contribution)})
    scores = {name: value[0].item() for name, value in lookup.score(frame).items()}
    return {
        "entity": card["entity"],
        "id": identifier,
        "as_of": str(seen.as_of),
        "model_version": version,
        "horizon_days": card["horizon_days"],
        "base": card["base"],
        "lines": sorted(lines, key=lambda line: (line["side"], -abs(line["contribution"]))),
        **scores,
    }


def _printed(ledger: dict[str, Any]) -> str:
    def line(words: str, value: float) -> str:
        return f"  {words:<64} {value:+8.3f}"

    text = [
        f"{ledger['entity']} {ledger['id']} as of {ledger['as_of']}, model version {ledger['model_version']}",
        "",
        line("base: the average open " + ledger["entity"], ledger["base"]),
    ]
    for side in ("fit", "intent"):
        ours = [entry for entry in ledger["lines"] if entry["side"] == side]
        told = [entry for entry in ours if abs(entry["contribution"]) >= 0.005]
        text += ["", f"  {side}"]
        text += [line("  " + entry["words"], entry["contribution"]) for entry in told]
        if len(told) < len(ours):
            rest = sum(entry["contribution"] for entry in ours if abs(entry["contribution"]) < 0.005)
            text.append(line(f"  {len(ours) - len(told)} more, each below 0.005", rest))
        text.append(line(f"{side} in all", ledger[f"{side}_log_odds"]))
    text += [
        "",
        line("log-odds = base + fit + intent", ledger["log_odds"]),
        "",
        f"  win probability in {ledger['horizon_days']} days {ledger['win_probability']:>10.2%}"
        f"   grade {ledger['grade']}",
        f"  expected amount given a win   {ledger['expected_amount']:>14,.2f}",
        f"  expected revenue              {ledger['expected_revenue']:>14,.2f}",
        f"  fit {ledger['fit_score']:.0f} and intent {ledger['intent_score']:.0f} of 100",
    ]
    return "\n".join(text)
