"""The parts of a night's record: each a frozen type that is made from JSON and gives it back."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from scoring.nights.totals import NightTotals


@dataclass(frozen=True)
class TableInput:
    """What a night read of one table.

    Attributes
    ----------
    file, sha256 : str
        The file's name and its SHA-256; empty for a table on another engine. Of several files, their names and the
        SHA-256 of their digests.
    rows, rejected : int
        Rows read, and how many of them validation rejected.
    last_known : date, optional
        The last day on which anything in the table became known; None for a table without dates.
    parts : mapping of str
        The SHA-256 of each file, by name, where there are several.
    """

    file: str = ""
    sha256: str = ""
    rows: int = 0
    rejected: int = 0
    last_known: date | None = None
    parts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_files(cls, files: Mapping[str, str], *, rows: int, rejected: int, last_known: date | None) -> Self:
        """What was read from files.

        Parameters
        ----------
        files : mapping of str
            SHA-256 by name.
        rows, rejected, last_known
            As in the class.
        """
        if len(files) < 2:
            name, digest = next(iter(files.items()), ("", ""))
            return cls(name, digest, rows, rejected, last_known)
        together = hashlib.sha256("".join(f"{name} {digest}\n" for name, digest in files.items()).encode())
        return cls(", ".join(files), together.hexdigest(), rows, rejected, last_known, dict(files))

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave; a missing key has its default."""
        last = content.get("last_known")
        return cls(
            file=content.get("file", ""),
            sha256=content.get("sha256", ""),
            rows=content.get("rows", 0),
            rejected=content.get("rejected", 0),
            last_known=date.fromisoformat(last) if last else None,
            parts=content.get("parts", {}),
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        last = self.last_known.isoformat() if self.last_known else None
        return {
            "file": self.file,
            "sha256": self.sha256,
            "rows": self.rows,
            "rejected": self.rejected,
            "last_known": last,
            **({"parts": dict(self.parts)} if self.parts else {}),
        }


@dataclass(frozen=True)
class CrmCounts:
    """The rows of one entity in the files of one CRM.

    Attributes
    ----------
    rows, left_out : int
        In its file of all scores, and those that were scored but cannot be imported.
    changed, retired : int
        In its files of changes and of retirements.
    """

    rows: int
    left_out: int = 0
    changed: int = 0
    retired: int = 0

    @classmethod
    def from_json(cls, content: Mapping[str, int]) -> Self:
        """Read what `to_json` gave; a missing count is 0."""
        names = ("rows", "left_out", "changed", "retired")
        return cls(*(content.get(name, 0) for name in names))

    def to_json(self) -> dict[str, int]:
        """Give plain data, as JSON takes it."""
        return {"rows": self.rows, "left_out": self.left_out, "changed": self.changed, "retired": self.retired}


@dataclass(frozen=True)
class EntityCounts:
    """The rows of one entity.

    Attributes
    ----------
    scored, changed, retired : int
        All that were scored; those that the CRM is told again; those whose scores are to be cleared.
    crms : mapping of int
        By CRM, the rows of its file of all scores. In JSON these stand beside the other counts.
    delivered : mapping of CrmCounts
        By CRM, what its files hold; empty where an earlier version wrote it.
    """

    scored: int
    changed: int = 0
    retired: int = 0
    crms: Mapping[str, int] = field(default_factory=dict)
    delivered: Mapping[str, CrmCounts] = field(default_factory=dict)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave; a missing count is 0."""
        others = ("scored", "changed", "retired", "crms")
        crms = {name: count for name, count in content.items() if name not in others}
        delivered = {crm: CrmCounts.from_json(counts) for crm, counts in content.get("crms", {}).items()}
        return cls(content["scored"], content.get("changed", 0), content.get("retired", 0), crms, delivered)

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        counts = {"scored": self.scored, "changed": self.changed, "retired": self.retired, **self.crms}
        delivered = {crm: counts.to_json() for crm, counts in self.delivered.items()}
        return {**counts, **({"crms": delivered} if delivered else {})}


@dataclass(frozen=True)
class PopulationFacts:
    """What a population is made of, in a few figures.

    Attributes
    ----------
    rows : int
        Its size; 0 if nothing is known of it.
    missing : mapping of float
        By feature, the share of rows without a value.
    unknown : mapping of float
        By feature with levels, the share of the values present that the scorecard has no level for.
    bins : mapping of sequences
        By score, the rows in each of its bins (see `facts`).
    """

    rows: int = 0
    missing: Mapping[str, float] = field(default_factory=dict)
    unknown: Mapping[str, float] = field(default_factory=dict)
    bins: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave; a missing key has its default."""
        return cls(
            content.get("rows", 0), content.get("missing", {}), content.get("unknown", {}), content.get("bins", {})
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {
            "rows": self.rows,
            "missing": dict(self.missing),
            "unknown": dict(self.unknown),
            "bins": {score: list(rows) for score, rows in self.bins.items()},
        }


@dataclass(frozen=True)
class ScoreFacts(PopulationFacts):
    """What one night's scores of one entity were made of.

    Attributes
    ----------
    mean_probability : float, optional
        The mean of `win_probability`, 0 to 1; None without rows.
    reference : PopulationFacts, optional
        The same figures of those that the scorecard was centred on; None if the scorecard does not hold them.
    totals : NightTotals, optional
        What the scores add up to; None for a scorecard that does not say how far its totals may be off.
    """

    mean_probability: float | None = None
    reference: PopulationFacts | None = None
    totals: NightTotals | None = None

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave; a missing key has its default."""
        population, reference = PopulationFacts.from_json(content), content.get("reference")
        totals = content.get("totals")
        return cls(
            population.rows,
            population.missing,
            population.unknown,
            population.bins,
            content.get("mean_probability"),
            PopulationFacts.from_json(reference) if reference else None,
            NightTotals.from_json(totals) if totals else None,
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        reference = {} if self.reference is None else self.reference.to_json()
        totals = {} if self.totals is None else {"totals": self.totals.to_json()}
        return super().to_json() | {"mean_probability": self.mean_probability, "reference": reference} | totals


@dataclass(frozen=True)
class InForce:
    """The agreement of sales and marketing that held on the day of a night.

    Attributes
    ----------
    name, digest : str
    """

    name: str
    digest: str


@dataclass(frozen=True)
class Forced:
    """Who published a night against its gates.

    Attributes
    ----------
    by : str
        The user.
    over : sequence of str
        The gates that refused the night, each with its reason.
    """

    by: str
    over: Sequence[str] = ()

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        return cls(content["by"], tuple(content.get("over", ())))

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"by": self.by, "over": list(self.over)}


@dataclass(frozen=True)
class Output:
    """A published file.

    Attributes
    ----------
    path : str
        Its path in the night's folder, with slashes.
    bytes : int
        Its size.
    sha256 : str
    """

    path: str
    bytes: int
    sha256: str

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave."""
        return cls(content["path"], content["bytes"], content["sha256"])

    def to_json(self) -> dict[str, Any]:
        """Give plain data, as JSON takes it."""
        return {"path": self.path, "bytes": self.bytes, "sha256": self.sha256}
