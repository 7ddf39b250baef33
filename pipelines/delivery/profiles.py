"""The profiles of the CRMs that a run writes for, with the field names of the configuration."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.config import Config, Crm
from pipelines.errors import UsageError
from scoring.crm.known import PROFILES
from scoring.crm.profile import Profile


def profiles(crms: Sequence[str], config: Config) -> list[Profile]:
    """The profiles of some CRMs, with the field names of the configuration.

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
        If a CRM is not known, or if the configuration names a field that the CRM does not get.
    """
    asked = [("--crm", crm) for crm in crms] or [("files in [crm]:", crm) for crm in config.crm.files]
    for option, crm in asked:
        if crm not in PROFILES:
            raise UsageError(f"{option} {crm} is not a known CRM; known are {', '.join(PROFILES)}")
    named = {crm: _named(profile, config.crm) for crm, profile in PROFILES.items()}
    return [named[crm] for crm in dict.fromkeys([crm for _, crm in asked] or PROFILES)]


def _named(profile: Profile, settings: Crm) -> Profile:
    for entity, fields in getattr(settings, profile.name, {}).items():
        try:
            profile = profile.renamed(entity, fields)
        except ValueError as error:
            raise UsageError(f"[crm.{profile.name}.{entity}] of the configuration: {error}") from None
    return profile
