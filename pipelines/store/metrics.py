"""`metrics.prom`: the newest run and the newest night in figures, as OpenMetrics text.

All are gauges without timestamps, so the file reads the same to an OpenMetrics parser and to a collector of the older
Prometheus text format, such as node_exporter's textfile collector (for which ``# EOF`` is a comment).
Source: OpenMetrics 1.0, https://prometheus.io/docs/specs/om/open_metrics_spec/
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.errors import ClosedwonError
from pipelines.store import last_run
from pipelines.store.last_run import LastRun
from pipelines.store.ledger import Night, last_published
from scoring.nights.parts import CrmCounts, EntityCounts
from scoring.nights.record import NightRecord

FILE = "metrics.prom"


@dataclass(frozen=True)
class Gauge:
    """One metric: its name without the prefix, what it says, and a value for each set of labels."""

    name: str
    about: str
    samples: tuple[tuple[dict[str, str], float], ...]


def openmetrics(store: str, run: LastRun | None, night: NightRecord | None, training: LastRun | None = None) -> str:
    """The file's text.

    Parameters
    ----------
    store : str
        Where the store is: one machine may have several, and one collector reads them all.
    run : LastRun, optional
        The newest run, whatever became of it.
    night : NightRecord, optional
        The record of the newest published night. After a refused run it is still that of the last good one.
    training : LastRun, optional
        The newest training.
    """
    runs = [*(_of_run(run) if run else ()), *(_of_training(training) if training else ())]
    gauges = [*runs, *(_of_night(night) if night else ()), _gates(run, night)]
    return _text([gauge for gauge in gauges if gauge.samples], store)


def _text(gauges: Sequence[Gauge], store: str) -> str:
    """The gauges in the format of OpenMetrics, each sample with the label `store`."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric
    from prometheus_client.openmetrics.exposition import generate_latest

    class Gauges:
        """What the library collects."""

        def collect(self) -> Iterable[Metric]:
            """The metrics, in the order of the file."""
            for gauge in gauges:
                name = f"closedwon_{gauge.name}"
                metric = Metric(name, gauge.about, "gauge", "seconds" if name.endswith("_seconds") else "")
                for labels, value in gauge.samples:
                    metric.add_sample(name, {**labels, "store": store}, value)
                yield metric

    registry = CollectorRegistry()
    registry.register(Gauges())
    text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
    return text.decode()


def write_metrics(store: Path) -> None:
    """Write the file of the store in this folder; like the log, it never fails a run."""
    run, training = last_run.read_last_run(store), last_run.read_last_run(store, "train")
    try:
        night = newest_night(store)
        text = openmetrics(str(store), run, night.record if night else None, training)
    except (OSError, ValueError, KeyError, TypeError, ClosedwonError):  # no ledger, or one that nobody can read
        text = openmetrics(str(store), run, None, training)
    last_run.put(store / FILE, text)


def newest_night(store: Path) -> Night | None:
    """The night that was published last, with its record and what is wrong with it; None if there is none.

    Raises
    ------
    UsageError
        If the folder is no store.
    ClosedwonError
        If a later version of closedwon wrote its ledger.
    OSError, ValueError, KeyError
        If its ledger cannot be read.
    """
    from pipelines.store.store import Store

    with Store.open(store, writing=False, checked=False) as opened:
        return last_published(opened)


def _of_run(run: LastRun) -> Iterable[Gauge]:
    yield _one("last_run_begun_timestamp_seconds", "When the newest score began", _seconds(run.begun))
    yield _one(
        "last_run_ended",
        "0 from when the newest score began until it ends; it stays 0 if it was killed",
        run.exit_code is not None,
    )
    if run.exit_code is not None:
        yield _one("last_run_exit_code", "Exit code of the newest score: 0 done, 4 refused", run.exit_code)
        yield _one("last_run_timestamp_seconds", "When the newest score ended", _seconds(run.ended))
        yield _one("run_duration_seconds", "How long the newest score took", run.seconds)
    if run.last_success:
        yield _one("last_success_timestamp_seconds", "When a score last ended with 0", _seconds(run.last_success))


def _of_training(run: LastRun) -> Iterable[Gauge]:
    yield _one("last_training_begun_timestamp_seconds", "When the newest training began", _seconds(run.begun))
    if run.exit_code is not None:
        yield _one("last_training_exit_code", "Exit code of the newest training", run.exit_code)
        whole = run.exit_code == 0 and not run.message
        yield _one("last_training_whole", "0 if an entity that was to be trained was refused, or all were", whole)


def _of_night(night: NightRecord) -> Iterable[Gauge]:
    def each(name: str, about: str, count: Callable[[EntityCounts], int]) -> Gauge:
        return _each(name, about, "entity", {entity: count(counts) for entity, counts in night.counts.items()})

    yield _one("last_night_timestamp_seconds", "When the newest night was scored", night.scored_at.timestamp())
    yield _one("last_night_as_of_seconds", "The day before which its facts were known", _seconds(str(night.as_of)))
    yield _one("last_night_forced", "1 if it was published against a gate", float(bool(night.forced)))
    yield each("scored", "Scored in the newest night", lambda counts: counts.scored)
    yield each("changed", "Changed enough for the files of changes", lambda counts: counts.changed)
    yield each("retired", "In the retire files: they left", lambda counts: counts.retired)
    for name, about, count in OF_CRM:
        yield _each_crm(name, about, night, count)
    rows = {table: found.rows for table, found in night.inputs.items()}
    yield _each("input_rows", "Rows read from a table", "table", rows)
    rejected = {table: found.rejected for table, found in night.inputs.items()}
    yield _each("rejected_rows", "Rows of a table that were set aside", "table", rejected)
    means = {entity: found.mean_probability for entity, found in night.facts.items()}
    yield _each("mean_win_probability", "Mean of win_probability", "entity", means)
    yield _each("model_version", "Registered version that scored", "entity", night.models)


#: What is said of each CRM and entity.
OF_CRM: tuple[tuple[str, str, Callable[[CrmCounts], int]], ...] = (
    ("crm_rows", "Rows in a CRM's file of all scores", lambda counts: counts.rows),
    ("crm_left_out", "Scored, but not to be imported: no record id of the CRM", lambda counts: counts.left_out),
    ("crm_changed", "Rows in its file of changes", lambda counts: counts.changed),
    ("crm_retired", "Rows in its retire file", lambda counts: counts.retired),
)


def _each_crm(name: str, about: str, night: NightRecord, count: Callable[[CrmCounts], int]) -> Gauge:
    samples = [
        ({"crm": crm, "entity": entity}, float(count(delivered)))
        for entity, counts in night.counts.items()
        for crm, delivered in counts.delivered.items()
    ]
    return Gauge(name, about, tuple(samples))


def _gates(run: LastRun | None, night: NightRecord | None) -> Gauge:
    """What the gates decided on the newest run: they refused it, or it was published; else they were not asked."""
    results = run.gates if run and run.exit_code else night.gates if night else ()
    samples = tuple(({"gate": result.name}, float(result.kept)) for result in results)
    return Gauge("gate_kept", "1 if the gate let the newest run through", samples)


def _one(name: str, about: str, value: float) -> Gauge:
    return Gauge(name, about, (({}, float(value)),))


def _each(name: str, about: str, label: str, values: Mapping[str, float | str | None]) -> Gauge:
    """A value for each name that has a number; a version may be a text that is none."""
    samples = []
    for of, value in sorted(values.items()):
        with contextlib.suppress(TypeError, ValueError):
            samples.append(({label: of}, float(value)))  # type: ignore[arg-type]
    return Gauge(name, about, tuple(samples))


def _seconds(moment: str) -> float:
    """Seconds since 1970 of an ISO moment or day, UTC."""
    text = f"{moment}T00:00:00+00:00" if len(moment) == len("2025-12-29") else moment
    return datetime.fromisoformat(text).timestamp()
