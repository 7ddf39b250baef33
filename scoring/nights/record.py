"""A night's record: what the ledger keeps of one published night, and what the gates look at.

One dated example: the record of 2025-12-29 says that 8,200 rows of leads were read, that version 3 scored 5,913
accounts, what each gate decided, which files were written, and of which shape the scores were. The ledger keeps it as
`night.json`; `manifest.json`, beside the published files, is the same without what only the ledger needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Self

from scoring.evidence.finding import GateResult
from scoring.format import require_readable
from scoring.nights.parts import EntityCounts, Forced, InForce, Output, ScoreFacts, TableInput

#: The formats of night.json and of manifest.json. A later version reads the records of all before it.
FORMAT, MANIFEST_FORMAT = "closedwon-night/1", "closedwon-manifest/2"


@dataclass(frozen=True, kw_only=True)
class ScoredNight:
    """What the gates look at: of the night to decide about, and of every night before it.

    Attributes
    ----------
    as_of : date
        The day before which its facts were known.
    models : mapping of str
        By entity, the registered version that scored it.
    inputs : mapping of TableInput
        By table, what was read.
    counts : mapping of EntityCounts
        By entity.
    facts : mapping of ScoreFacts
        By entity, what its scores were made of.
    """

    as_of: date
    models: Mapping[str, str]
    inputs: Mapping[str, TableInput] = field(default_factory=dict)
    counts: Mapping[str, EntityCounts] = field(default_factory=dict)
    facts: Mapping[str, ScoreFacts] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CandidateNight(ScoredNight):
    """A night that is scored and not published yet: what the gates decide about.

    Attributes
    ----------
    flow, weeks : mapping of sequences, optional
        Engagements by kind in the newest months and in the newest weeks (`inputs.by_kind`); None without activities.
    today : date, optional
        The day of the run, if nobody asked for this `as_of`: the export ought to be of today then.
    fitting : mapping of tuple of int
        By CRM that was asked for and entity, such as ``zoho accounts``, how many ids its import takes, and of how many.
    """

    flow: Mapping[str, Sequence[int]] | None = None
    weeks: Mapping[str, Sequence[int]] | None = None
    today: date | None = None
    fitting: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class NightRecord(ScoredNight):
    """One published night.

    Attributes
    ----------
    night : str
        The name of its folders: as of when, which publication, of what, such as `2025-12-29_12_5f0c9a1e`.
    sequence : int
        1 for the first publication, and so on.
    scored_at : datetime
        When it was scored, in UTC.
    since : date
        The scoring before it: from when on a buying signal was new.
    rejected : mapping of int
        By table, the rejected rows that were written to rejects/.
    gates : sequence of GateResult
        What each gate decided.
    forced : Forced, optional
        Who published it against which gates.
    outputs : sequence of Output
        The published files, without the manifest.
    out : str
        The folder that they were published to.
    identity : str
        A digest of all that the scores follow from: the same night is not published twice.
    declared : str
        A digest of what the configuration said of the reading of tables; empty where an earlier version wrote it.
    agreement : InForce, optional
        The agreement that held on that day; None where there was none.
    """

    night: str
    sequence: int
    scored_at: datetime
    since: date
    out: str
    identity: str
    declared: str = ""
    rejected: Mapping[str, int] = field(default_factory=dict)
    gates: Sequence[GateResult] = ()
    forced: Forced | None = None
    outputs: Sequence[Output] = ()
    agreement: InForce | None = None

    @property
    def moment(self) -> str:
        """`scored_at` as text, ISO in UTC: `2025-12-29T02:14:09Z`."""
        return f"{self.scored_at:%Y-%m-%dT%H:%M:%SZ}"

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` gave. What a record of an earlier version lacks has its default.

        Raises
        ------
        NewerFormat
            If a later version wrote it.
        KeyError, ValueError
            If it is no record of a night.
        """
        require_readable(content.get("format", FORMAT), FORMAT, "a night's record")
        forced = content.get("forced")
        return cls(
            night=content["night"],
            sequence=content["sequence"],
            as_of=date.fromisoformat(content["as_of"]),
            scored_at=datetime.fromisoformat(content["scored_at"]).astimezone(UTC),
            since=date.fromisoformat(content["since"]),
            models={entity: str(model["version"]) for entity, model in content["models"].items()},
            inputs={table: TableInput.from_json(found) for table, found in content.get("inputs", {}).items()},
            rejected=content.get("rejected", {}),
            counts={entity: EntityCounts.from_json(found) for entity, found in content.get("counts", {}).items()},
            gates=tuple(GateResult.from_json(gate) for gate in content.get("gates", ())),
            forced=Forced.from_json(forced) if forced else None,
            outputs=tuple(Output.from_json(output) for output in content.get("outputs", ())),
            out=content["out"],
            identity=content["identity"],
            declared=content.get("declared", ""),
            agreement=InForce(**content["agreement"]) if content.get("agreement") else None,
            facts={entity: ScoreFacts.from_json(found) for entity, found in content.get("facts", {}).items()},
        )

    def to_json(self) -> dict[str, Any]:
        """Give plain data for night.json, as JSON takes it."""
        own = {
            "out": self.out,
            "identity": self.identity,
            **({"declared": self.declared} if self.declared else {}),
            "facts": {entity: found.to_json() for entity, found in self.facts.items()},
        }
        return {"format": FORMAT, **self._published(), **own}

    def manifest(self) -> dict[str, Any]:
        """Give plain data for manifest.json, as JSON takes it."""
        totals = {entity: found.totals.to_json() for entity, found in self.facts.items() if found.totals is not None}
        return {"format": MANIFEST_FORMAT, **self._published(), **({"expected": totals} if totals else {})}

    def _published(self) -> dict[str, Any]:
        """What both files say, in their order."""
        return {
            "night": self.night,
            "sequence": self.sequence,
            "as_of": self.as_of.isoformat(),
            "scored_at": self.moment,
            "since": self.since.isoformat(),
            "models": {entity: {"version": version} for entity, version in self.models.items()},
            "inputs": {table: self.inputs[table].to_json() for table in sorted(self.inputs)},
            "rejected": dict(self.rejected),
            "counts": {entity: counts.to_json() for entity, counts in self.counts.items()},
            "gates": [gate.to_json() for gate in self.gates],
            "forced": self.forced.to_json() if self.forced else None,
            **({"agreement": vars(self.agreement)} if self.agreement else {}),
            "outputs": [output.to_json() for output in self.outputs],
        }
