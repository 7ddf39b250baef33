"""The profiles of the CRMs that a run writes for, with the field names and the subscriptions of the configuration."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.config import Config, Crm
from pipelines.errors import UsageError
from scoring.crm.known import CONNECTORS, PROFILES
from scoring.crm.profile import Profile, Subscription
from scoring.crm.settings import field_limit_faults, with_field_names
from scoring.hints import hint


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
        If a CRM of the command line is not known, or if the configuration has more fields than a subscription takes.
    """
    if unknown := [crm for crm in dict.fromkeys(crms) if crm not in PROFILES]:
        lines = [f"--crm {crm} is not a known CRM; {hint(crm, PROFILES, 'known are ')}" for crm in unknown]
        raise UsageError("\n".join(lines))
    settings = config.crm
    chosen = [
        with_field_names(PROFILES[crm], getattr(settings, crm), crm in settings.short_fields)
        for crm in dict.fromkeys(crms or settings.files or PROFILES)
    ]
    lines = [
        line
        for profile in chosen
        for line in field_limit_faults(
            profile, settings.subscriptions.get(profile.name, ""), subscription_limits(profile.name, settings)
        )
    ]
    if lines:
        raise UsageError("\n".join(lines))
    return [profile.within(subscription_limits(profile.name, settings)) for profile in chosen]


def subscription_limits(crm: str, settings: Crm) -> Subscription:
    """Give the limits of the subscription that the configuration names.

    Parameters
    ----------
    crm : str
    settings : Crm
    """
    name = settings.subscriptions.get(crm)
    return Subscription() if name is None else CONNECTORS[crm].plans[name]
