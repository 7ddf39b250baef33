"""What a company sets for its CRMs: which get files, its subscriptions and its names of fields; what is wrong of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scoring.crm.known import CONNECTORS, PROFILES
from scoring.crm.profile import LEFT_OUT, Profile, Subscription
from scoring.hints import hint, nearest


def faults(found: Mapping[str, Any]) -> list[str]:
    """All that is wrong of the section [crm], a line each; values of other types than its keys have are passed over.

    Parameters
    ----------
    found : mapping
        The section by key, as it stands in the file: `files`, `subscriptions`, `short_fields`, and for each CRM its
        names of fields by entity and score column.
    """
    files, short = _texts(found.get("files")), _texts(found.get("short_fields"))
    subscriptions = _table(found.get("subscriptions"))
    crms = {"files": files, "subscriptions": list(subscriptions), "short_fields": short}
    lines = [
        f"{key} in [crm]: {crm} is not a known CRM; {hint(crm, PROFILES, 'known are ')}"
        for key, listed in crms.items()
        for crm in dict.fromkeys(listed)
        if crm not in PROFILES
    ]
    for crm, profile in PROFILES.items():
        own, subscription = _table(found.get(crm)), subscriptions.get(crm)
        wrong = [*_subscription_faults(crm, subscription), *_name_faults(profile, own, crm in short)]
        if not wrong and isinstance(subscription, str) and crm in (files or PROFILES):
            plan = CONNECTORS[crm].plans[subscription]
            wrong = field_limit_faults(with_field_names(profile, own, crm in short), subscription, plan)
        lines += wrong
    return lines


def _texts(found: object) -> list[str]:
    return [text for text in found if isinstance(text, str)] if isinstance(found, list | tuple) else []


def _table(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def _subscription_faults(crm: str, name: object) -> Iterator[str]:
    plans = CONNECTORS[crm].plans
    if isinstance(name, str) and name not in plans:
        known = hint(name, plans, "known are ") if plans else "the limits of this CRM are the same for all"
        yield f"subscriptions in [crm]: {crm} has no subscription {name!r}; {known}"


def _name_faults(profile: Profile, own: Mapping[str, Any], short: bool) -> Iterator[str]:
    """What is wrong of the names of one CRM's fields."""
    for entity, fields in own.items():
        section = f"crm.{profile.name}.{entity}"
        if entity not in profile.columns:
            yield _no_entity(profile, entity, fields)
        elif not isinstance(fields, Mapping):
            yield f"[{section}] is a section of the configuration, not a value: found {fields!r}"
        else:
            known = profile.names(entity)
            for column, name in fields.items():
                if column not in known:
                    yield f"unknown key {column!r} in [{section}] of the configuration; {hint(column, known)}"
                elif not isinstance(name, str):
                    yield f"{column} in [{section}] must be a text: found {name!r}"
            usable = {column: name for column, name in fields.items() if column in known and isinstance(name, str)}
            try:
                profile.renamed(entity, _short(short) | usable)
            except ValueError as error:
                yield from (f"[{section}] of the configuration: {line}" for line in str(error).splitlines())


def _no_entity(profile: Profile, entity: str, fields: object) -> str:
    """The message for a key under a CRM that is none of its entities: perhaps a column that stands too high."""
    taken = list(profile.columns)
    if isinstance(fields, Mapping):
        known = hint(entity, taken, f"{profile.name} takes ")
        return f"unknown section [crm.{profile.name}.{entity}] of the configuration; {known}"
    column = nearest(entity, profile.names(taken[0]))
    known = hint(entity, taken)
    if column is not None:
        sections = " or ".join(f"[crm.{profile.name}.{each}]" for each in taken)
        known = f"did you mean {column!r} in {sections}?"
    return f"unknown key {entity!r} in [crm.{profile.name}] of the configuration; {known}"


def _short(short: bool) -> dict[str, str]:
    """The fields that the short list leaves out, with the empty name that does so."""
    return dict.fromkeys(LEFT_OUT, "") if short else {}


def with_field_names(profile: Profile, own: Mapping[str, Mapping[str, str]], short: bool) -> Profile:
    """A CRM's profile with a company's names of fields.

    Parameters
    ----------
    profile : Profile
    own : mapping of mapping of str
        The names by entity and score column, or "id"; "" leaves a field out.
    short : bool
        Whether the short list of fields is written.
    """
    for entity in profile.columns:
        profile = profile.renamed(entity, _short(short) | dict(own.get(entity, {})))
    return profile


def field_limit_faults(profile: Profile, subscription: str, plan: Subscription) -> list[str]:
    """What a profile has more of than a subscription takes: custom fields, a line for each entity.

    Parameters
    ----------
    profile : Profile
        With the company's names.
    subscription : str
    plan : Subscription
        Of this subscription.
    """
    return [
        f"{profile.name} {subscription} takes {plan.custom_fields} custom fields of {profile.objects[entity]}, and "
        f'closedwon would write {len(columns) - 1}: set short_fields = ["{profile.name}"] in [crm], or leave fields '
        f"out in [crm.{profile.name}.{entity}]"
        for entity, columns in profile.columns.items()
        if plan.custom_fields and len(columns) - 1 > plan.custom_fields
    ]


def schemas() -> dict[str, dict[str, Any]]:
    """What an editor may know of each key of [crm], by key: the CRMs, their subscriptions, entities and columns."""
    crms = {"items": {"type": "string", "enum": list(PROFILES)}}
    plans = {crm: {"type": "string", "enum": list(CONNECTORS[crm].plans)} for crm in PROFILES if CONNECTORS[crm].plans}
    names = {
        crm: _object({entity: _object(_names(profile, entity)) for entity in profile.columns})
        for crm, profile in PROFILES.items()
    }
    return {"files": crms, "short_fields": crms, "subscriptions": _object(plans), **names}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _names(profile: Profile, entity: str) -> dict[str, Any]:
    return {column: {"type": "string"} for column in profile.names(entity)}
