"""The configuration: a few frozen dataclasses, whose fields say what is allowed. Every key has a default.

A field holds a key's type, range, default and description; the file, its JSON schema and its example come from these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, make_dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from pipelines.config_input import Attributes as Attributes
from pipelines.config_input import Calls as Calls
from pipelines.config_input import Count, CountOrNone, Texts
from pipelines.config_input import History as History
from pipelines.config_input import Hours as Hours
from pipelines.config_input import Input as Input
from pipelines.config_input import Ledger as Ledger
from pipelines.config_input import Matching as Matching
from pipelines.config_input import Question as Question
from pipelines.config_input import Sources as Sources
from pipelines.config_section import NotInFile, section
from scoring.crm import settings as crm_settings
from scoring.crm.known import PROFILES
from scoring.entity import DEALS_WORKED, OPPORTUNITY
from scoring.evidence.mql import MqlRule
from scoring.features.spec import Feature
from scoring.nights.usual import FRESHNESS, NightLimits
from scoring.scores.changes import Thresholds

NAMES = 'Your names for the fields of this CRM, by entity and score column; "" leaves one out.'


@section("training")
@dataclass(frozen=True)
class Training:
    """How a model is trained."""

    horizon_days: Annotated[Count, Field(description="Days ahead within which a win counts.")] = 180
    periods: Annotated[Count, Field(description="Number of equal periods in the horizon; at most `horizon_days`.")] = 6
    max_snapshots: Annotated[
        Count, Field(description="Most past days on which everyone is looked at, one period apart.")
    ] = 24
    max_snapshot_rows: Annotated[
        Count, Field(description="Above this number of rows a sample is drawn: winners first, the others weighted.")
    ] = 150_000
    seed: Annotated[int, Field(description="Seed of all random numbers.")] = 7
    min_wins: Annotated[Count, Field(description="Fewest wins to learn from; with fewer, training is refused.")] = 25
    max_rows: Annotated[Count, Field(description="Most rows to train on; rows without a win are sampled.")] = 200_000
    learning_rate: Annotated[
        float, Field(gt=0, le=1, description="Learning rate of the boosted trees; `tune` searches it.")
    ] = 0.1
    leaves: Annotated[int, Field(ge=2, description="Leaves of a tree; `tune` searches it.")] = 4
    min_leaf: Annotated[Count, Field(description="Fewest rows in a leaf; `tune` searches it.")] = 50
    l2: Annotated[float, Field(ge=0, description="L2 regularization; `tune` searches it.")] = 1.0
    pair_budget: Annotated[
        CountOrNone, Field(description="Most pairs of features that get a term of their own; `tune` searches it.")
    ] = 3
    resamples: Annotated[
        CountOrNone, Field(description="Refits that find which reasons are chance; with 0, all reasons are shown.")
    ] = 8
    worked: Annotated[
        bool, Field(description="Whether to learn from what sales worked, weighted, so that neglect is no disinterest.")
    ] = False
    worked_by: Annotated[
        Texts,
        Field(description="Types of outbound activity that are work of sales; [] stands for calls, meetings, visits."),
    ] = ()

    @field_validator("periods")
    @classmethod
    def _at_most_one_a_day(cls, periods: int, info: ValidationInfo) -> int:
        days = info.data.get("horizon_days", periods)
        if periods > days:
            raise ValueError(f"at most horizon_days = {days}")
        return periods


@section("grades")
@dataclass(frozen=True)
class Grades:
    """The lowest win probability of grades A, B and C, as multiples of the base rate; D is below C."""

    a: Annotated[float, Field(description="Lowest multiple of the base rate for grade A; above `b`.")] = 4.0
    b: Annotated[float, Field(description="Lowest multiple of the base rate for grade B; above `c`.")] = 1.5
    c: Annotated[float, Field(description="Lowest multiple of the base rate for grade C; above 0.")] = 0.5

    @model_validator(mode="after")
    def _falling(self) -> "Grades":
        if not self.a > self.b > self.c > 0:
            raise ValueError(f"a, b, c in [grades] must be falling and above 0: found {(self.a, self.b, self.c)!r}")
        return self


@section("score")
@dataclass(frozen=True)
class Scoring:
    """How open accounts and leads are scored."""

    why_now_days: Annotated[
        Count, Field(description="Days for which a buying signal is new, at the first scoring.")
    ] = 7


@section("night")
@dataclass(frozen=True)
class NightSettings(NightLimits):
    """What a night may look like and still be published."""

    @field_validator("freshness")
    @classmethod
    def _others_kept(cls, freshness: Mapping[str, float]) -> Mapping[str, float]:
        return {**FRESHNESS, **freshness}


@section("changes")
@dataclass(frozen=True)
class Changes(Thresholds):
    """What a CRM is sent again, and how a trend is measured."""

    retire_days: Annotated[
        Count, Field(description="Days for which whoever left stays in the file that clears scores in the CRM.")
    ] = 7


@section("files")
@dataclass(frozen=True)
class Files:
    """Who may read the store, the scores and all else that is written."""

    readable_by: Annotated[
        Literal["owner", "group", "everybody"],
        Field(description="The user who runs closedwon; also the user's group; or everybody on the machine."),
    ] = "owner"


@section("engine")
@dataclass(frozen=True)
class DuckDbSettings:
    """What DuckDB may take, how often engagement is read again, and what is brought from another engine."""

    memory_gb: Annotated[
        float, Field(ge=0.25, description="Memory of DuckDB, in GB; beyond it, temporary files are used.")
    ] = 3.0
    rebuild_days: Annotated[
        CountOrNone, Field(description="Days after which all activities are read again; with 0, every time.")
    ] = 28
    brought_rows: Annotated[Count, Field(description="Most rows that come from --engine to learn from.")] = 10_000_000


def _crm_key(name: str, kind: Any, description: str, **default: Any) -> tuple[str, Any, Any]:
    """A key of [crm], with what an editor may know of it."""
    known = crm_settings.schemas()[name]
    return name, Annotated[kind, Field(description=description, json_schema_extra=known)], field(**default)


#: The section [crm]: which files are written, and a key for each known CRM with its names of fields: by entity, and by
#: score column or "id". `scoring.crm.settings` says which there are.
Crm: Any = section("crm", crm_settings.faults)(
    make_dataclass(
        "Crm",
        [
            _crm_key(
                "files",
                Texts,
                "CRMs that `score` writes files for where --crm names none; [] stands for all.",
                default=("salesforce",),
            ),
            _crm_key(
                "subscriptions",
                Mapping[str, str],
                'Your subscription of a CRM, such as { hubspot = "free" }: its limits count.',
                default_factory=dict,
            ),
            _crm_key(
                "short_fields",
                Texts,
                "CRMs that get ten fields instead of all, for editions with few custom fields.",
                default=(),
            ),
            *(_crm_key(name, Mapping[str, Any], NAMES, default_factory=dict) for name in PROFILES),
        ],
        frozen=True,
        namespace={
            "__doc__": "The files for CRMs, and what fields are called there; others keep the name of their profile.",
            "__module__": __name__,
        },
    )
)


@section("capacity")
@dataclass(frozen=True)
class Capacity:
    """How many accounts and leads the team can work."""

    share: Annotated[
        float, Field(gt=0, le=1, description="Share of the open ones worked in a horizon, where no number is given.")
    ] = 0.05
    accounts_per_week: Annotated[
        float, Field(ge=0, description="Accounts worked in a week; with 0, `share` counts.")
    ] = 0.0
    leads_per_week: Annotated[float, Field(ge=0, description="Leads worked in a week; with 0, `share` counts.")] = 0.0

    def of(self, entity: str, open_entities: int, horizon_days: int) -> float:
        """How many of the open entities can be worked within a horizon. Of open deals, a fixed part is compared."""
        if entity == OPPORTUNITY:
            return max(1.0, DEALS_WORKED * open_entities)
        weekly = self.accounts_per_week if entity == "account" else self.leads_per_week
        worked = weekly * horizon_days / 7 if weekly else self.share * open_entities
        return min(max(1.0, worked), float(open_entities))


@section("plan")
@dataclass(frozen=True)
class Planning:
    """The plan of a period ahead."""

    source: Annotated[
        str, Field(description='Column of accounts that says where they came from; "" looks for one by its name.')
    ] = ""
    market_size: Annotated[
        CountOrNone, Field(description="Accounts or companies that fit, known or not; with 0, nobody says.")
    ] = 0


@section("backtest")
@dataclass(frozen=True)
class Backtest:
    """Testing models on past days."""

    cut_offs: Annotated[Count, Field(description="Past days to backtest on.")] = 6
    every_days: Annotated[Count, Field(description="Days between two of these past days.")] = 30
    replicates: Annotated[int, Field(ge=20, description="Resamples for the intervals.")] = 200
    workers: Annotated[CountOrNone, Field(description="Processes; with 0, as many as cores and memory allow.")] = 0
    learning_curve: Annotated[bool, Field(description="Whether to learn from parts of the wins as well.")] = False


@section("gate")
@dataclass(frozen=True)
class Gate:
    """What a model must show to be promoted."""

    cut_offs: Annotated[Count, Field(description="Newest past days that `promote` decides on.")] = 3


@section("tuning")
@dataclass(frozen=True)
class Tuning:
    """The search for better training settings."""

    trials: Annotated[CountOrNone, Field(description="Settings to try before each training; with 0, none.")] = 0
    cut_offs: Annotated[Count, Field(description="Past days on which settings are compared.")] = 2
    min_wins: Annotated[Count, Field(description="Fewest wins to compare settings by; with fewer, none is tried.")] = 50


@section("features")
@dataclass(frozen=True)
class Features:
    """Features of your own."""

    file: Annotated[str, Field(description="TOML file that declares them, relative to the folder of this file.")] = ""
    declared: Annotated[tuple[Feature, ...], NotInFile()] = ()


@section("mql")
@dataclass(frozen=True)
class Mql(MqlRule):
    """Your own MQL rule, which closedwon is measured against."""


@section("")
@dataclass(frozen=True)
class Config:
    """The whole configuration; a section is a dataclass, and a new section is one more field."""

    engine: DuckDbSettings = field(default_factory=DuckDbSettings)
    input: Input = field(default_factory=Input)
    attributes: Attributes = field(default_factory=Attributes)
    matching: Matching = field(default_factory=Matching)
    question: Question = field(default_factory=Question)
    training: Training = field(default_factory=Training)
    grades: Grades = field(default_factory=Grades)
    score: Scoring = field(default_factory=Scoring)
    night: NightSettings = field(default_factory=NightSettings)
    changes: Changes = field(default_factory=Changes)
    ledger: Ledger = field(default_factory=Ledger)
    history: History = field(default_factory=History)
    files: Files = field(default_factory=Files)
    crm: Crm = field(default_factory=Crm)
    capacity: Capacity = field(default_factory=Capacity)
    calls: Calls = field(default_factory=Calls)
    plan: Planning = field(default_factory=Planning)
    backtest: Backtest = field(default_factory=Backtest)
    gate: Gate = field(default_factory=Gate)
    tuning: Tuning = field(default_factory=Tuning)
    sources: Sources = field(default_factory=Sources)
    hours: Hours = field(default_factory=Hours)
    mql: Mql = field(default_factory=Mql)
    features: Features = field(default_factory=Features)
