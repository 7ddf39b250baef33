"""What the ranking is worth, read off the evidence: money at the team's capacity, beside what is done today."""

from collections.abc import Mapping
from typing import Any

from scoring.evidence.baselines import BY_NAME, CLOSEDWON, DRAWN, SIMPLE

Evidence = Mapping[str, Any]
Facts = dict[str, Any]

CHANCE = "chance"

#: The measures of the two tables: key, heading, how it reads, which end is better, and what it says.
RANKING = (
    ("revenue_captured", "Revenue captured", "percent", "high", "of all revenue, by working the top to capacity"),
    ("wins_captured", "Wins captured", "percent", "high", "of all wins, likewise"),
    ("precision", "Precision", "percent", "high", "share of those worked who win"),
    ("lift", "Lift", "times", "high", "precision over the rate of everyone"),
    ("auc", "AUC", "decimals", "high", "0.5 is chance, 1 is perfect"),
    ("average_precision", "Average precision", "decimals", "high", "over the whole list"),
    ("touch_correlation", "Touch correlation", "decimals", "", "rank correlation with the touch count"),
)
PROBABILITY = (
    ("log_loss", "Log loss", "decimals", "low", "in nats"),
    ("log_loss_skill", "Log loss skill", "decimals", "high", "0 is a constant at the actual rate"),
    ("brier_skill", "Brier skill", "decimals", "high", "0 is a constant at the actual rate"),
    ("ratio", "Predicted / actual", "decimals", "one", "wins, in the large: 1 is right"),
    ("calibration_error", "Calibration error", "decimals", "low", "mean gap over ten bins"),
    ("revenue_ratio", "Expected / booked", "decimals", "one", "revenue, in the large: 1 is right"),
)


def headline(evidence: Evidence) -> Facts:
    """The first thing said: what working to capacity brings in, in one horizon, by closedwon and otherwise.

    What is brought in is the share captured times the mean of the cut-offs: horizons overlap, a sum would count a
    deal twice. It is revenue or, where no win has an amount, wins: `what`.
    """
    found, days, what = evidence["comparison"], evidence["horizon_days"], what_of(evidence)
    cut_offs = len(evidence["cut_offs"])
    total, worked = found[what] / cut_offs, found["capacity"] / cut_offs
    rows = [
        _brought(name, found["contenders"][name]["measures"][f"{what}_captured"], total)
        for name in (CLOSEDWON, *DRAWN)
        if name in found["contenders"]
    ]
    own = found["contenders"][CLOSEDWON]["measures"]
    rate = found["wins"] / found["rows"]
    chance = {"value": found["share"], "low": None, "high": None}
    return {
        "what": what,
        "per_week": worked * 7.0 / days,
        "worked": worked,
        "share": found["share"],
        "days": days,
        "total": total,
        "rows": [*rows, _brought(CHANCE, chance, total)],
        "precision": own["precision"],
        "base_rate": rate,
        "revenue_ratio": own.get("revenue_ratio"),
        "from": evidence["cut_offs"][0]["as_of"],
        "to": evidence["cut_offs"][-1]["as_of"],
        "cut_offs": cut_offs,
        "wins": found["wins"],
    }


def what_of(evidence: Evidence) -> str:
    """What is captured: "revenue", or "wins" where nothing booked an amount."""
    return "revenue" if evidence["comparison"]["revenue"] > 0 else "wins"


def _brought(name: str, share: Mapping[str, float | None], total: float) -> Facts:
    brought = {key: None if x is None else x * total for key, x in share.items()}
    words = BY_NAME[name].heading if name in BY_NAME else "By chance"
    return {"name": name, "words": words, "share": dict(share), "brought": brought}


def contenders(evidence: Evidence) -> list[Facts]:
    """Every ranking, the best first: what it captures, closedwon's lead with its interval, and all measures."""
    found, measure = [], f"{what_of(evidence)}_captured"
    for name, judged in evidence["comparison"]["contenders"].items():
        words, how = (BY_NAME[name].heading, BY_NAME[name].how) if name in BY_NAME else (name, "")
        lead = judged.get(f"{CLOSEDWON}_minus", {}).get(measure)
        found.append(
            {
                "name": name,
                "words": words,
                "how": how,
                "today": name in SIMPLE,
                "captured": judged["measures"][measure],
                "lead": lead,
                "said": said_of(lead),
                "measures": judged["measures"],
            }
        )
    return sorted(found, key=lambda row: -(row["captured"]["value"] or 0.0))


def said_of(lead: Mapping[str, float | None] | None) -> str:
    """A difference in a word: closedwon is `ahead`, `behind`, or the two are `level` as far as can be told."""
    if lead is None or lead["low"] is None or lead["high"] is None:
        return ""
    return "ahead" if lead["low"] > 0 else "behind" if lead["high"] < 0 else "level"


def curve(evidence: Evidence) -> Facts:
    """The lines of what is captured against share worked, up to a few times the capacity."""
    what = what_of(evidence)
    found, share = evidence["curve"], evidence["comparison"]["share"]
    reach = min(1.0, max(0.2, 0.05 * -(-6 * share // 0.05)))
    drawn = [name for name in (CLOSEDWON, *DRAWN) if name in found["contenders"]]
    lines = [
        {
            "name": name,
            "words": BY_NAME[name].heading,
            "points": _upto(found["share"], found["contenders"][name][what], reach),
        }
        for name in drawn
    ]
    lines.append({"name": CHANCE, "words": "By chance", "points": [(0.0, 0.0), (reach, reach)]})
    return {"reach": reach, "capacity": share, "lines": lines}


def _upto(x: list[float], y: list[float], reach: float) -> list[tuple[float, float]]:
    """The points of a line as far as the chart reaches, the last one between its neighbours."""
    points = [(a, b) for a, b in zip(x, y, strict=True) if a <= reach]
    if len(points) < len(x) and points[-1][0] < reach:
        (a, b), (c, d) = points[-1], (x[len(points)], y[len(points)])
        points.append((reach, b + (d - b) * (reach - a) / (c - a)))
    return points
