"""The fit of one scorecard: training set, hazard model, amount model, scorecard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from models.early_signs import Level, inform
from models.encoding import Edges, Levels, learn_encodings, says_nothing
from models.hazard import hazard_rows_of
from models.outcome import AdditiveHazard
from pipelines.config import Config, Training
from pipelines.progress import Say
from pipelines.redaction import redacted
from pipelines.training.account_shares import learn_account_share
from pipelines.training.amounts import LearnedAmount, learn_amount, of_amount
from pipelines.training.forecast_errors import forecast_error
from pipelines.training.neglect import DEALT, LEFT_ALONE, worked_snapshots
from pipelines.training.neglected_segments import ExpectedWins, neglect, segments_by, sentences
from pipelines.training.opportunities.closing import with_closing
from pipelines.training.opportunities.kinds import kind_of
from pipelines.training.scorecard import assemble_scorecard
from pipelines.training.training_set import TrainingSet, build_training_set
from scoring.entity import OPPORTUNITY, Entity
from scoring.features.spec import Feature
from scoring.leaks.guard import Suspicion
from scoring.outcomes.openings import OPENED
from scoring.scorecard.arrays import codes_of
from scoring.scorecard.parts import Category, Encoding, Numeric
from scoring.scorecard.scorecard import MODELS, Scorecard
from scoring.tables import Keep, Tables
from scoring.timeline import Horizon, day_number

#: The most that a leaf of a tree may change the log-odds, before the learning rate, when the training set is a sample.
MOST_STEP = 4.0
#: How many levels a training names that early signs change.
MOST_SIGNS = 5


@dataclass
class FittedScorecard:
    """A scorecard with the data and the figures of its training.

    Attributes
    ----------
    scorecard : Scorecard
    frame : DataFrame
        The snapshots learned from, and those of `as_of` itself: `unit`, `as_of`, the features, `observed`,
        `won_period`, `amount`.
    features : list of Feature
        All features of the training set, also those without a term in the scorecard.
    encodings : dict of Encoding
        That of each of them, by name.
    metrics : dict of float
    signs : list of Level
    """

    scorecard: Scorecard
    frame: pd.DataFrame = field(repr=False)
    features: list[Feature] = field(repr=False)
    encodings: dict[str, Encoding] = field(repr=False)
    metrics: dict[str, float] = field(default_factory=dict)
    signs: list[Level] = field(default_factory=list)

    @property
    def today(self) -> pd.DataFrame:
        """The snapshots of `as_of`: the open entities to which the percentiles of the scorecard refer."""
        last = self.frame["as_of"] == day_number(self.scorecard.as_of)
        return self.frame[last].reset_index(drop=True)


def fit_scorecard(
    tables: Tables,
    entity: Entity,
    as_of: int,
    config: Config,
    *,
    keep: Keep,
    say: Say = lambda text: None,
    suspected_today: Sequence[Suspicion] = (),
    all_of_today: bool = True,
) -> FittedScorecard:
    """Learn a scorecard for `entity` from what was known before `as_of`.

    Parameters
    ----------
    tables : Tables
        Cut at `as_of` by `knowledge.upto`.
    entity : {"account", "lead"}
    as_of : int
        Day number of the training.
    config : Config
        Its sections ``training``, ``attributes`` and ``features`` are used.
    keep : callable
        Computes a table that several expressions read.
    say : callable
        Takes each line of progress.
    suspected_today : sequence of Suspicion
        At a past cut-off, what the leak guard holds back today: see `guard_attributes`.
    all_of_today : bool
        Whether a sample holds all snapshots of `as_of`: see `build_training_set`.

    Raises
    ------
    models.outcome.TooFewWins
        If there are fewer wins than the simplest model needs.
    knowledge.LooksAhead
        If the tables hold what was known at `as_of` or later, or end before it.
    """
    training_set = build_training_set(
        tables,
        entity,
        as_of,
        config,
        keep=keep,
        say=say,
        suspected_today=suspected_today,
        all_of_today=all_of_today,
    )
    return fit(training_set, config, say=say)


def fit(
    training_set: TrainingSet,
    config: Config,
    *,
    say: Say = lambda text: None,
    as_it_is: FittedScorecard | None = None,
) -> FittedScorecard:
    """The second half of `fit_scorecard`: from the training set to the scorecard.

    Parameters
    ----------
    training_set : TrainingSet
    config : Config
    say : callable
    as_it_is : FittedScorecard, optional
        The scorecard that learned from all, where this one learns from what was worked. Without it, it is fitted here.

    Raises
    ------
    models.outcome.TooFewWins
        If there are fewer wins than the simplest model needs.
    """
    sample_weight = training_set.sample_weight
    training = config.training if sample_weight is None else for_large_samples(config.training)
    features, frame = training_set.features, training_set.frame
    horizon = Horizon(training.horizon_days, training.periods)
    kinds = {feature.name: kind_of(feature, training_set.entity) for feature in features}
    units = pd.factorize(frame["unit"])[0]
    found = learn_encodings(frame, kinds, max_levels=config.attributes.max_levels, weight=sample_weight, unit=units)
    encodings = {name: _encoding(learned) for name, learned in found.items()}
    codes = codes_of(encodings, frame)
    sizes = [encodings[feature.name].size for feature in features]
    unordered = [isinstance(encodings[feature.name], Category) for feature in features]
    learned_from, weight, worked = frame, sample_weight, None
    if training_set.worked is not None:
        worked = worked_snapshots(frame, features, codes, sizes, unordered, sample_weight, training.seed)
        learned_from, weight = worked.frame, worked.weight
        frame = frame.assign(**{LEFT_ALONE: learned_from[LEFT_ALONE]})
    rows = hazard_rows_of(learned_from, horizon.bounds, max_rows=training.max_rows, seed=training.seed, weight=weight)
    wins = frame["unit"].to_numpy()[rows.snapshot[rows.won == 1]]
    say(f"{len(rows):,} hazard rows, {len(set(wins))} wins")
    hazard = AdditiveHazard(
        sizes,
        unordered,
        [feature.side for feature in features],
        periods=horizon.periods,
        min_wins=training.min_wins,
        learning_rate=training.learning_rate,
        leaves=training.leaves,
        min_leaf=training.min_leaf,
        l2=training.l2,
        most_step=0.0 if sample_weight is None else MOST_STEP,
        pair_budget=training.pair_budget,
        resamples=training.resamples,
        seed=training.seed,
        nothing=[says_nothing(found[name], kind, frame[name].to_numpy()) for name, kind in kinds.items()],
    )
    matured = learned_from["observed"].to_numpy() == horizon.periods
    # How much a deal would bring says little of whether it will: the amount counts in the amount alone.
    whether = np.where([of_amount(feature) for feature in features], 0, codes).astype(codes.dtype)
    hazard.fit(whether, rows, matured, len(set(wins)), units, weight)
    pairs = len(hazard.pairs_)
    say(f"model: {MODELS[hazard.rung_]}, {pairs or 'no'} pair {'term' if pairs == 1 else 'terms'}")
    signs: list[Level] = []
    if OPENED in frame:
        opened = frame[OPENED].to_numpy(dtype="float64", na_value=np.nan)
        if worked is not None:  # whom sales leaves alone opens no deal; who had one counts as worked all the same
            opened = np.where(frame[LEFT_ALONE] | frame[DEALT], np.nan, opened)
        signs = inform(hazard, whether, rows, frame["as_of"].to_numpy(), opened, weight)
        for sentence in strong_signs(signs, features, encodings):
            say(redacted(sentence))
    today = frame["as_of"].to_numpy() == training_set.as_of
    deals = training_set.entity == OPPORTUNITY
    amount = learn_amount(features, sizes, unordered, frame, codes, today, training.seed, of_deals=deals)
    if bounded := amount.model.report_["bounded"]:
        bound = f"{amount.model.report_['bound']:,.0f}"
        say(f"{bounded} amounts of won deals are far above all others, and count as {bound}")
    since = training_set.closes["since"]
    assembled = partial(
        assemble_scorecard,
        entity=training_set.entity,
        as_of=training_set.as_of,
        config=config,
        features=features,
        encodings=encodings,
        hazard=hazard,
        reference=codes[today],
        quarantined=training_set.leak_guard.suspected,
        trusted=training_set.leak_guard.overridden,
        left_out=training_set.leak_guard.left_out,
        losses=training_set.closes["losses"],
        since=None if since is None else date.fromisoformat(since),
    )
    scorecard = assembled(amount=amount)
    if training_set.entity == "lead":
        expected = scorecard.lookup.score(learned_from)["expected_revenue"]
        amount = replace(
            amount, account=learn_account_share(features, sizes, codes, learned_from, expected, sample_weight)
        )
        scorecard = assembled(amount=amount)
    error = forecast_error(scorecard, learned_from, rows, horizon, weight)
    if worked is not None and training_set.worked is not None:
        alone = replace(config, training=replace(config.training, resamples=0))
        plain = as_it_is or fit(replace(training_set, worked=None), alone)
        current = frame[today].reset_index(drop=True)
        scores = scorecard.lookup.score(current)
        forecasts = ExpectedWins(
            plain.scorecard.lookup.score(current)["win_probability"],
            scores["win_probability"],
            scores["fit_score"],
            error,
        )
        parts = segments_by(frame, features, encodings, codes, today)
        neglected = neglect(training_set.worked, worked, parts, training_set.as_of, forecasts, sample_weight)
        scorecard = replace(scorecard, neglect=neglected)
        for sentence in sentences(neglected, f"{training_set.entity}s"):
            say(sentence)
    metrics = _metrics(hazard, amount) | {f"forecast_error_{name}": value for name, value in error.to_json().items()}
    scorecard = replace(scorecard, forecast_error=error)
    scorecard = with_closing(scorecard, frame, features, encodings, config, say) if deals else scorecard
    return FittedScorecard(scorecard, frame, features, encodings, metrics, signs)


def for_large_samples(training: Training) -> Training:
    """The settings for a sample of a large market: steps are bounded and larger, and half the rows are used.

    Measured on 200,000 simulated accounts and their leads, held-out log loss: 0.02758 (leads 0.01076) with bounded
    steps, twice the rate and half the trees; 0.02770 (0.01100) with unbounded steps at the rate that is set; with
    unbounded steps at twice the rate 0.02824, and for leads it does not converge.
    """
    return replace(
        training, learning_rate=min(1.0, 2 * training.learning_rate), max_rows=max(1, training.max_rows // 2)
    )


def _encoding(learned: Edges | Levels) -> Encoding:
    return Numeric(learned.edges) if isinstance(learned, Edges) else Category(learned.levels)


def strong_signs(signs: Sequence[Level], features: Sequence[Feature], encodings: Mapping[str, Encoding]) -> list[str]:
    """The levels that early signs change most, if by half or more, in words; at most `MOST_SIGNS`."""
    strong = [one for one in signs if abs(one.effect) >= np.log(1.5)]
    strong.sort(key=lambda one: (-abs(one.effect), one.column, one.code))
    lines = []
    for one in strong[:MOST_SIGNS]:
        feature = features[one.column]
        encoding = encodings[feature.name]
        assert isinstance(encoding, Category), "early signs are of levels alone"
        levels = ["not known", "any other", *encoding.levels]
        lines.append(
            f"early signs: {feature.label}, {levels[one.code]}: {one.opened:.1f} deals opened lately, "
            f"{one.expected:.1f} were to be expected; its odds of a win count {np.exp(one.effect):.2f} times"
        )
    return lines


def _metrics(hazard: AdditiveHazard, amount: LearnedAmount) -> dict[str, float]:
    report = hazard.report_
    figures = {f"held_out_log_loss_{name}": loss for name, loss in report["held_out_log_loss"].items()}
    plain = ("wins", "rows", "held_out_winning_rows", "held_out_log_loss_constant", "slope", "trees")
    figures |= {name: float(report[name]) for name in plain}
    if "held_out_skill_next_ten" in report:
        figures["held_out_skill_next_ten"] = report["held_out_skill_next_ten"]
    best = min(report["held_out_log_loss"].values())
    figures["held_out_skill"] = 1.0 - best / report["held_out_log_loss_constant"]
    figures["wins_with_amount"] = float(amount.model.report_["wins_with_amount"])
    return figures
