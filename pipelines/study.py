"""A study of one export in Python, for a notebook: train, look at the scorecard, add a feature, backtest it."""

import shutil
import sys
import tempfile
import weakref
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.config import Config
from pipelines.config_file import read_config
from pipelines.errors import UsageError
from pipelines.intake.point_in_time import Export, entities, read_export
from pipelines.reports.notebook.backtest import StudyBacktest, backtest_study
from pipelines.reports.notebook.model import StudyScorecard
from pipelines.training.fitting import fit_scorecard
from scoring.entity import ENTITIES, Entity
from scoring.features.own import checked
from scoring.features.spec import Feature


class Study:
    """An export as it was known before a day, with a configuration. Nothing is written to the export or to a store.

    Parameters
    ----------
    data : str or Path
        Folder, database file or address (`postgresql://...`) with the CRM tables.
    as_of : str or date, optional
        Use what was known before this day. Default: everything.
    config : str, Path or Config, optional
        A configuration file, or a configuration. Default: the defaults.

    Raises
    ------
    UsageError, BadInput
        As the commands raise them.

    Examples
    --------
    >>> study = Study("crm", as_of="2025-12-29")            # doctest: +SKIP
    >>> study.train("account").shape("industry")            # doctest: +SKIP
    >>> study.with_features(Recency(name="demo", activity="demo_request")).train("account")  # doctest: +SKIP
    """

    def __init__(
        self, data: str | Path, as_of: str | date | None = None, config: str | Path | Config | None = None
    ) -> None:
        self.config = config if isinstance(config, Config) else read_config(None if config is None else Path(config))
        day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        self.export: Export = read_export(data, self.config, day, lambda text: None)
        self._scratch = _Scratch()

    def __repr__(self) -> str:
        counts = ", ".join(f"{found.rows:,} {table}" for table, found in self.export.inputs.items())
        own = [feature.name for feature in self.config.features.declared]
        return f"Study as of {self.export.as_of}: {counts}" + (f"; own features: {', '.join(own)}" if own else "")

    def with_features(self, *features: Feature) -> "Study":
        """The same study with more own features, in addition to those of the configuration.

        Raises
        ------
        UsageError
            If one breaks the rules of a features file.
        """
        try:
            declared = checked((*self.config.features.declared, *features))
        except ValueError as error:
            raise UsageError(str(error)) from error
        return self.with_config(replace(self.config, features=replace(self.config.features, declared=declared)))

    def with_config(self, config: Config) -> "Study":
        """The same export with another configuration of training, features, capacity, ..."""
        other = Study.__new__(Study)
        other.config, other.export, other._scratch = config, self.export, self._scratch
        return other

    def train(self, entity: str = "account") -> "StudyScorecard":
        """Fit a scorecard. Nothing is registered.

        Raises
        ------
        UsageError
            If the export has no such entity.
        models.outcome.TooFewWins
            If there are too few wins to learn from.
        """
        chosen, lines = self._chosen(entity), list[str]()
        fitted = fit_scorecard(
            self.export.tables, chosen, self.export.day, self.config, keep=self.export.keep, say=lines.append
        )
        return StudyScorecard(fitted, self.export, tuple(lines))

    def backtest(self, entity: str = "account", cut_offs: int = 3) -> StudyBacktest:
        """Backtest the configuration of this study on past days, against the baselines.

        Past days that were backtested in this study before are not computed again.

        Parameters
        ----------
        entity : {"account", "lead"}
        cut_offs : int
            The number of past days.

        Raises
        ------
        Refused
            If the history is too short.
        """
        # Other processes would run a script again that does not guard its main part. A notebook has no such file.
        alone = 1 if hasattr(sys.modules["__main__"], "__file__") else 0
        settings = self.config.backtest
        settings = replace(settings, cut_offs=cut_offs, workers=settings.workers or alone)
        config = replace(self.config, backtest=settings)
        return backtest_study(self.export, self._chosen(entity), config, self._scratch.folder)

    def _chosen(self, entity: str) -> Entity:
        if entity not in ENTITIES:
            raise UsageError(f"an entity is {' or '.join(ENTITIES)}, not {entity!r}")
        return entities(self.export.tables, entity)[0]


class _Scratch:
    """A folder for backtested cut-offs, which is removed with the last study that uses it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="closedwon-study-"))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
