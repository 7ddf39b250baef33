"""What a connector is: all that closedwon knows of one CRM, declared in the CRM's folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scoring.crm.profile import Profile, Subscription
from scoring.crm.results import AnswerFile, ResultsFile


@dataclass(frozen=True)
class Connector:
    """One CRM.

    Attributes
    ----------
    profile : Profile
        How the CRM takes scores.
    definitions : callable
        Gives the files that create the fields of a profile, their content by name. It takes the profile as an
        argument because the configuration may have renamed its fields.
    requests : callable, optional
        Gives the requests that import files of an entity, their content by name, from the profile, the entity and the
        names of the files.
    plans : mapping of Subscription
        The subscriptions whose limits differ from the profile's, by name.
    results : tuple of ResultsFile
        The tables in which the CRM says what it took.
    answers : tuple of AnswerFile
        The answers of its API that say so.
    record_id : str
        A regular expression for the record ids that the CRM quotes in its errors. They are replaced, so that one
        error is counted once.
    field_name : callable
        Gives the CRM's name of a field from ours, such as `call_week`.
    """

    profile: Profile
    definitions: Callable[[Profile], dict[str, str]]
    requests: Callable[[Profile, str, Sequence[str]], Mapping[str, str]] | None = None
    plans: Mapping[str, Subscription] = field(default_factory=dict)
    results: tuple[ResultsFile, ...] = ()
    answers: tuple[AnswerFile, ...] = ()
    record_id: str = ""
    field_name: Callable[[str], str] = str
