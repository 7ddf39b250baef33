"""The configuration: a few frozen dataclasses, which `config_file` fills from TOML. Every key has a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.errors import UsageError
from scoring.changes import Thresholds
from scoring.evidence.mql import TITLE_WORDS, MqlRule
from scoring.evidence.usual import FRESHNESS, NightLimits
from scoring.features.spec import Feature

#: Where an address says nothing about the company behind it.
FREE_MAIL_DOMAINS = (
    "126.com", "163.com", "aol.com", "bol.com.br", "btinternet.com", "comcast.net", "free.fr",
    "freenet.de", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.co.uk",
    "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com", "mac.com",
    "mail.com", "mail.ru", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com", "proton.me",
    "protonmail.com", "qq.com", "t-online.de", "uol.com.br", "verizon.net", "wanadoo.fr", "web.de",
    "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yandex.ru", "ymail.com", "zoho.com",
)  # fmt: skip


@dataclass(frozen=True)
class Input:
    """The door. Above ``max_reject_share``, the share of a table's rows that are set aside, the run stops."""

    max_reject_share: float = 0.05
    free_mail_domains: tuple[str, ...] = FREE_MAIL_DOMAINS

    def __post_init__(self) -> None:
        _require(0 <= self.max_reject_share <= 1, "input", "max_reject_share", self.max_reject_share, "0 to 1")


@dataclass(frozen=True)
class Attributes:
    """The columns that may become features: ``trust`` overrides the leak quarantine, ``drop`` leaves out."""

    trust: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    max_levels: int = 50
    max_attributes: int = 60

    def __post_init__(self) -> None:
        _require(self.max_levels >= 2, "attributes", "max_levels", self.max_levels, "2 or more")
        _require(self.max_attributes >= 0, "attributes", "max_attributes", self.max_attributes, "0 or more")


@dataclass(frozen=True)
class Training:
    """Snapshots, the horizon in days and its periods, and the fewest wins a model is learned from.

    ``learning_rate``, ``leaves``, ``min_leaf``, ``l2`` and ``pair_budget`` are what ``tune`` searches. On so many
    ``resamples`` it is tried which reasons are chance; with 0, all are told.
    """

    horizon_days: int = 180
    periods: int = 6
    max_snapshots: int = 24
    max_snapshot_rows: int = 150_000
    seed: int = 7
    min_wins: int = 25
    max_rows: int = 200_000
    learning_rate: float = 0.1
    leaves: int = 4
    min_leaf: int = 50
    l2: float = 1.0
    pair_budget: int = 3
    resamples: int = 8

    def __post_init__(self) -> None:
        counts = ("horizon_days", "periods", "max_snapshots", "max_snapshot_rows", "min_wins", "max_rows", "min_leaf")
        for key in counts:
            _require(getattr(self, key) >= 1, "training", key, getattr(self, key), "1 or more")
        for key in ("l2", "pair_budget", "resamples"):
            _require(getattr(self, key) >= 0, "training", key, getattr(self, key), "0 or more")
        rate = self.learning_rate
        _require(0 < rate <= 1, "training", "learning_rate", rate, "above 0 and at most 1")
        _require(self.leaves >= 2, "training", "leaves", self.leaves, "2 or more")
        short = self.periods <= self.horizon_days
        _require(short, "training", "periods", self.periods, f"at most horizon_days = {self.horizon_days}")


@dataclass(frozen=True)
class Grades:
    """The lowest win probability of grades A, B and C, as multiples of the base rate; D is below C."""

    a: float = 4.0
    b: float = 1.5
    c: float = 0.5

    def __post_init__(self) -> None:
        _require(self.a > self.b > self.c > 0, "grades", "a, b, c", (self.a, self.b, self.c), "falling and above 0")


@dataclass(frozen=True)
class Score:
    """Scoring. A buying signal is new for ``why_now`` if it is at most ``why_now_days`` old."""

    why_now_days: int = 7

    def __post_init__(self) -> None:
        _require(self.why_now_days >= 1, "score", "why_now_days", self.why_now_days, "1 or more")


@dataclass(frozen=True)
class Night(NightLimits):
    """What a night may look like and still be published; a table that is given keeps the others' ``freshness``."""

    def __post_init__(self) -> None:
        for key, least in (("nights", 1), ("min_rows", 1), ("score_shift", 0), ("trained_shift", 0)):
            _require(getattr(self, key) >= least, "night", key, getattr(self, key), f"{least} or more")
        for key in ("least_rows", "missing_rise", "unknown_rise", "rejected_rise"):
            _require(0 <= getattr(self, key) <= 1, "night", key, getattr(self, key), "0 to 1")
        _require(self.most_rows > 1, "night", "most_rows", self.most_rows, "above 1")
        for table, days in self.freshness.items():
            _require(table in FRESHNESS, "night", "a key of freshness", table, f"one of {', '.join(FRESHNESS)}")
            _require(days >= 0, "night.freshness", table, days, "0 (not judged) or more")
        object.__setattr__(self, "freshness", {**FRESHNESS, **self.freshness})


@dataclass(frozen=True)
class Changes(Thresholds):
    """What a CRM is told again, how a trend is measured, and for how many days who left is named to be cleared."""

    retire_days: int = 7

    def __post_init__(self) -> None:
        for key in ("ratio", "trend_ratio"):
            _require(getattr(self, key) > 1, "changes", key, getattr(self, key), "above 1")
        for key in ("least", "decile_margin"):
            _require(0 <= getattr(self, key) <= 1, "changes", key, getattr(self, key), "0 to 1")
        for key in ("trend_days", "retire_days"):
            _require(getattr(self, key) >= 1, "changes", key, getattr(self, key), "1 or more")


@dataclass(frozen=True)
class Ledger:
    """How long the past is kept: nights, what they were scored from, and the newest folders of files."""

    keep_days: int = 1_100
    features_days: int = 400
    keep_files: int = 7

    def __post_init__(self) -> None:
        for key in ("keep_days", "features_days", "keep_files"):
            _require(getattr(self, key) >= 1, "ledger", key, getattr(self, key), "1 or more")


@dataclass(frozen=True)
class Engine:
    """What DuckDB may take, and for how many days engagement is brought up to date before it is read anew."""

    memory_gb: float = 3.0
    rebuild_days: int = 28

    def __post_init__(self) -> None:
        _require(self.memory_gb >= 0.25, "engine", "memory_gb", self.memory_gb, "0.25 or more")
        _require(self.rebuild_days >= 0, "engine", "rebuild_days", self.rebuild_days, "0 (always) or more")


#: The names of fields in a CRM: by entity, and by score column or "id".
Names = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Crm:
    """The files for CRMs: which are written where ``--crm`` names none, and what fields are called there.

    An empty name leaves a field out. What is not named keeps the name that its profile gives it.
    """

    files: tuple[str, ...] = ("salesforce",)
    salesforce: Names = field(default_factory=dict)
    hubspot: Names = field(default_factory=dict)
    dynamics: Names = field(default_factory=dict)
    zoho: Names = field(default_factory=dict)
    marketo: Names = field(default_factory=dict)
    odoo: Names = field(default_factory=dict)


@dataclass(frozen=True)
class Capacity:
    """What the team can work: so many a week, or, where that is 0, a ``share`` of all open ones in a horizon."""

    share: float = 0.05
    accounts_per_week: float = 0.0
    leads_per_week: float = 0.0

    def __post_init__(self) -> None:
        _require(0 < self.share <= 1, "capacity", "share", self.share, "above 0 and at most 1")
        for key in ("accounts_per_week", "leads_per_week"):
            _require(getattr(self, key) >= 0, "capacity", key, getattr(self, key), "0 or more")

    def of(self, entity: str, open_entities: int, horizon_days: int) -> float:
        """How many of the open entities can be worked within a horizon."""
        weekly = self.accounts_per_week if entity == "account" else self.leads_per_week
        worked = weekly * horizon_days / 7 if weekly else self.share * open_entities
        return min(max(1.0, worked), float(open_entities))


@dataclass(frozen=True)
class Backtest:
    """Judging on past days: how many ``cut_offs``, how far apart, resamples for intervals, processes (0: by memory).

    ``learning_curve`` learns from parts of the wins as well.
    """

    cut_offs: int = 6
    every_days: int = 30
    replicates: int = 200
    workers: int = 0
    learning_curve: bool = False

    def __post_init__(self) -> None:
        for key, least in (("cut_offs", 1), ("every_days", 1), ("replicates", 20), ("workers", 0)):
            _require(getattr(self, key) >= least, "backtest", key, getattr(self, key), f"{least} or more")


@dataclass(frozen=True)
class Gate:
    """Promotion: judged on so many of the newest cut-offs; wins predicted over wins within 1/worst_ratio and it."""

    cut_offs: int = 3
    worst_ratio: float = 2.0

    def __post_init__(self) -> None:
        _require(self.cut_offs >= 1, "gate", "cut_offs", self.cut_offs, "1 or more")
        _require(self.worst_ratio > 1, "gate", "worst_ratio", self.worst_ratio, "above 1")


@dataclass(frozen=True)
class Tuning:
    """The search for better settings: ``trials`` (0: none), on how many past days, judged by how many wins at least."""

    trials: int = 0
    cut_offs: int = 2
    min_wins: int = 50

    def __post_init__(self) -> None:
        for key, least in (("trials", 0), ("cut_offs", 1), ("min_wins", 1)):
            _require(getattr(self, key) >= least, "tuning", key, getattr(self, key), f"{least} or more")


@dataclass(frozen=True)
class Features:
    """Features of one's own: the ``file`` that declares them, beside this one, and what it ``declared``."""

    file: str = ""
    declared: tuple[Feature, ...] = field(default=(), metadata={"read": False})


@dataclass(frozen=True)
class Mql(MqlRule):
    """The company's own MQL rule, which closedwon is measured against; a table that is given replaces its default."""

    def __post_init__(self) -> None:
        _require(self.threshold > 0, "mql", "threshold", self.threshold, "above 0")
        for key in self.titles:
            _require(key in TITLE_WORDS, "mql", "a key of titles", key, f"one of {', '.join(TITLE_WORDS)}")


@dataclass(frozen=True)
class Config:
    """The whole configuration; a section is a dataclass, and a new section is one more field."""

    engine: Engine = field(default_factory=Engine)
    input: Input = field(default_factory=Input)
    attributes: Attributes = field(default_factory=Attributes)
    training: Training = field(default_factory=Training)
    grades: Grades = field(default_factory=Grades)
    score: Score = field(default_factory=Score)
    night: Night = field(default_factory=Night)
    changes: Changes = field(default_factory=Changes)
    ledger: Ledger = field(default_factory=Ledger)
    crm: Crm = field(default_factory=Crm)
    capacity: Capacity = field(default_factory=Capacity)
    backtest: Backtest = field(default_factory=Backtest)
    gate: Gate = field(default_factory=Gate)
    tuning: Tuning = field(default_factory=Tuning)
    mql: Mql = field(default_factory=Mql)
    features: Features = field(default_factory=Features)


def _require(holds: bool, section: str, key: str, value: object, wanted: str) -> None:
    if not holds:
        raise UsageError(f"{key} in [{section}] must be {wanted}: found {value!r}")
