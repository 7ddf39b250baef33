"""The profiles of the CRMs that a run writes for, with the field names and the subscriptions of the configuration."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.config import Config, Crm
from pipelines.errors import UsageError
from scoring.crm.known import CONNECTORS, PROFILES
from scoring.crm.profile import LEFT_OUT, Plan, Profile


def profiles(crms: Sequence[str], config: Config) -> list[Profile]:
    """The profiles of some CRMs, with the field names and the limits of the configuration.

    Parameters
    ----------
    crms : sequence of str
        The CRMs that the command line names; if none, those in the configuration, and if none there, all.
    config : Config

    Returns
    -------
    list of Profile
        Each CRM once, in the order in which they are named.

    Raises
    ------
    UsageError
        If a CRM or a subscription is not known, or if the configuration names a field that the CRM does not get, or
        more fields than the subscription takes.
    """
    asked = [("--crm", crm) for crm in crms] or [("files in [crm]:", crm) for crm in config.crm.files]
    named = [("subscriptions in [crm]:", crm) for crm in config.crm.subscriptions]
    named += [("short_fields in [crm]:", crm) for crm in config.crm.short_fields]
    for option, crm in [*asked, *named]:
        if crm not in PROFILES:
            raise UsageError(f"{option} {crm} is not a known CRM; known are {', '.join(PROFILES)}")
    known = {crm: _named(profile, config.crm) for crm, profile in PROFILES.items()}
    chosen = dict.fromkeys([crm for _, crm in asked] or PROFILES)
    return [_within(known[crm], config.crm) for crm in chosen]


def plan(crm: str, settings: Crm) -> Plan:
    """Give the limits of the subscription that the configuration names.

    Parameters
    ----------
    crm : str
    settings : Crm

    Raises
    ------
    UsageError
        If it is not known.
    """
    name = settings.subscriptions.get(crm)
    plans = CONNECTORS[crm].plans
    if name is None:
        return Plan()
    if name not in plans:
        known = f"known are {', '.join(plans)}" if plans else "the limits of this CRM are the same for all"
        raise UsageError(f"subscriptions in [crm]: {crm} has no subscription {name!r}; {known}")
    return plans[name]


def _within(profile: Profile, settings: Crm) -> Profile:
    limits = plan(profile.name, settings)
    for entity, columns in profile.columns.items():
        fields = len(columns) - 1
        if limits.custom_fields and fields > limits.custom_fields:
            raise UsageError(
                f"{profile.name} {settings.subscriptions[profile.name]} takes {limits.custom_fields} custom fields of "
                f"{profile.objects[entity]}, and closedwon would write {fields}: set short_fields = "
                f'["{profile.name}"] in [crm], or leave fields out in [crm.{profile.name}.{entity}]'
            )
    return profile.within(limits)


def _named(profile: Profile, settings: Crm) -> Profile:
    own = getattr(settings, profile.name, {})
    short = dict.fromkeys(LEFT_OUT, "") if profile.name in settings.short_fields else {}
    for entity in {**profile.columns, **own}:
        try:
            profile = profile.renamed(entity, {**short, **own.get(entity, {})})
        except ValueError as error:
            raise UsageError(f"[crm.{profile.name}.{entity}] of the configuration: {error}") from None
    return profile
