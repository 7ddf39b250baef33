"""What a training says of early signs: the levels that change most, in words."""

from models.early_signs import Level
from pipelines.training.fitting import MOST_SIGNS, strong_signs
from scoring.features.fit import attributes
from scoring.scorecard.parts import Category, Numeric

FEATURES = attributes({"employees": "numeric", "acquisition_channel": "category"})
ENCODINGS = {
    "employees": Numeric((10.0,)),
    "acquisition_channel": Category(("event", "podcast")),
}


def test_the_levels_that_change_most_are_named() -> None:
    signs = [
        Level(1, 0, opened=9.0, expected=3.0, effect=0.9),
        Level(1, 1, opened=5.0, expected=3.0, effect=0.4),  # by less than half
        Level(1, 3, opened=0.0, expected=1.6, effect=-2.0),
    ]
    assert strong_signs(signs, FEATURES, ENCODINGS) == [
        "early signs: Acquisition channel, podcast: 0.0 deals opened lately, 1.6 were to be expected; its odds of a "
        "win count 0.14 times",
        "early signs: Acquisition channel, not known: 9.0 deals opened lately, 3.0 were to be expected; its odds "
        "of a win count 2.46 times",
    ]


def test_only_the_strongest_are_named() -> None:
    signs = [Level(1, 3, opened=0.0, expected=1.0, effect=-float(size)) for size in range(1, 20)]
    assert len(strong_signs(signs, FEATURES, ENCODINGS)) == MOST_SIGNS
    assert strong_signs([], FEATURES, ENCODINGS) == []
