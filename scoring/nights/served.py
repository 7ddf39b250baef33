"""The gates on a night's scores: whether the scores, and the features that they are made from, are as usual."""

from collections.abc import Sequence

from scoring.entity import plural
from scoring.evidence.finding import Finding
from scoring.evidence.monitoring.shift import chance, psi
from scoring.nights.record import CandidateNight, NightRecord
from scoring.nights.usual import NightLimits, Off, risen, usual_share, worst_named

#: A feature with less than this share of its usual values was emptied, however few those are.
EMPTIED = 0.25
#: A CRM's file with a smaller share of the rows is as good as none.
LEAST_FITTING = 0.5


def filled(tonight: CandidateNight, usual: Sequence[NightRecord], limits: NightLimits) -> Finding:
    """Whether no feature has lost its values: far more are missing than usual, or most of the usual ones."""
    off, worst = [], 0.0
    for entity, now in tonight.facts.items():
        nights = [night.facts[entity].missing for night in usual if entity in night.facts]
        trained = now.reference.missing if now.reference else None
        for feature, share in now.missing.items():
            normal = usual_share(feature, nights, trained)
            if normal is None:
                continue
            worst = max(worst, share - normal)
            emptied = 1 - share < EMPTIED * (1 - normal) and risen(share, normal, now.rows, 0.0)
            if emptied or risen(share, normal, now.rows, limits.missing_rise):
                off.append(
                    Off(
                        share - normal,
                        f"{feature} is missing for {share:.0%} of the {plural(entity)}, {normal:.0%} is usual",
                    )
                )
    figures = {"missing_rise": round(worst, 6), "features_emptied": float(len(off))}
    if not off:
        return Finding(True, f"no feature is missing more than usual (at most {worst:+.1%})", figures)
    return Finding(
        False,
        f"{worst_named(off)}: check that the columns they are made from are still exported under their names, and "
        "filled; if this is intended, publish with --force",
        figures,
    )


def understood(tonight: CandidateNight, usual: Sequence[NightRecord], limits: NightLimits) -> Finding:
    """Whether the scorecard knows the levels of tonight's values as usual: none was renamed."""
    off, worst = [], 0.0
    for entity, now in tonight.facts.items():
        nights = [night.facts[entity].unknown for night in usual if _same_version(night, tonight, entity)]
        trained = now.reference.unknown if now.reference else None
        for feature, share in now.unknown.items():
            normal = usual_share(feature, nights, trained)
            if normal is None:
                continue
            worst = max(worst, share - normal)
            present = round(now.rows * (1 - now.missing[feature]))
            if risen(share, normal, present, limits.unknown_rise):
                off.append(
                    Off(
                        share - normal,
                        f"{share:.0%} of the values of {feature} ({plural(entity)}) are new to the model, "
                        f"{normal:.0%} is usual",
                    )
                )
    figures = {"unknown_rise": round(worst, 6), "features_unknown": float(len(off))}
    if not off:
        return Finding(
            True, f"the values of every feature are known to the model as usual (at most {worst:+.1%})", figures
        )
    return Finding(
        False,
        f"{worst_named(off)}: were values renamed? Export the old names, or train again, or publish with --force",
        figures,
    )


def alike(tonight: CandidateNight, last: Sequence[NightRecord], limits: NightLimits) -> Finding:
    """Whether the scores are distributed as on one of the last nights of the same model version.

    The most similar of these nights counts: a distribution that was published before is not unusual.
    """
    off, figures = [], {}
    for entity, now in tonight.facts.items():
        nights = [night.facts[entity].bins for night in last if _same_version(night, tonight, entity)]
        limit = limits.score_shift if nights else limits.trained_shift
        against = nights or ([now.reference.bins] if now.reference else [])
        for score, bins in now.bins.items():
            known = [(psi(then[score], bins), chance(then[score], bins)) for then in against if score in then]
            if not known:
                continue
            moved, by_chance = min(known)
            figures[f"psi_{entity}_{score}"] = round(moved, 6)
            if moved > limit and moved > by_chance:
                whom = "the last nights" if nights else "its training"
                off.append(
                    Off(
                        moved / limit,
                        f"{score} of the {plural(entity)} has shifted against {whom} by a PSI of {moved:.2f}, "
                        f"{limit:.2f} is allowed",
                    )
                )
    if not off:
        return Finding(
            True,
            f"the scores are distributed as before (PSI at most {max(figures.values(), default=0.0):.3f})",
            figures,
        )
    return Finding(
        False,
        f"{worst_named(off)}: find out what changed in the export; if the market did, train again; or publish with "
        "--force",
        figures,
    )


def _same_version(night: NightRecord, tonight: CandidateNight, entity: str) -> bool:
    return entity in night.facts and night.models[entity] == tonight.models[entity]


def importable(tonight: CandidateNight) -> Finding:
    """Whether the files of the CRMs that were asked for hold more than a part of the rows."""
    shares = {name: fit / every for name, (fit, every) in tonight.fitting.items() if every}
    figures = {name.replace(" ", "_"): round(share, 4) for name, share in shares.items()}
    empty = [name for name, share in shares.items() if share < LEAST_FITTING]
    if not empty:
        return Finding(True, "the ids are record ids of the CRMs", figures)
    fit, every = tonight.fitting[empty[0]]
    crm, entities = empty[0].split(" ")
    return Finding(
        False,
        f"{every - fit:,} of {every:,} {entities} have no record id of {crm}, and its file would lack them: export the "
        f"ids of {crm}, name the field that holds these ids in [crm.{crm}], or leave {crm} out",
        figures,
    )
