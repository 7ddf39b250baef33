"""The profiles of the CRMs that a run writes for, with the names that the configuration gives their fields."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.config import Config, Crm
from pipelines.errors import UsageError
from scoring.crm.known import PROFILES
from scoring.crm.profile import Profile


def profiles(crms: Sequence[str], config: Config) -> list[Profile]:
    """Give the profiles of the CRMs named, else of those in the configuration, else of all.

    Raises
    ------
    UsageError
        If a CRM is not known, or a field that is named is not sent to it.
    """
    wanted = [("--crm", crm) for crm in crms] or [("files in [crm]:", crm) for crm in config.crm.files]
    for place, crm in wanted:
        if crm not in PROFILES:
            raise UsageError(f"{place} {crm} is not known; there is {', '.join(PROFILES)}")
    named = {crm: _named(profile, config.crm) for crm, profile in PROFILES.items()}
    return [named[crm] for crm in dict.fromkeys([crm for _, crm in wanted] or PROFILES)]


def _named(profile: Profile, settings: Crm) -> Profile:
    for entity, fields in getattr(settings, profile.name).items():
        try:
            profile = profile.renamed(entity, fields)
        except ValueError as error:
            raise UsageError(f"[crm.{profile.name}.{entity}] of the configuration: {error}") from None
    return profile
