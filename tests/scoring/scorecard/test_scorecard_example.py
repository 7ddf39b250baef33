"""The rows that a scorecard is shown with are made of its own levels and edges: they are nobody's."""

from scoring.scorecard.example import ROWS, example_rows
from scoring.scorecard.parts import Category, Numeric
from tests.scoring.example_scorecard import scorecard_of

SCORECARD = scorecard_of({})


def test_every_value_is_a_level_or_lies_beside_the_edges() -> None:
    rows = example_rows(SCORECARD)
    assert list(rows) == list(SCORECARD.lookup.features)
    for name, values in rows.items():
        encoding = SCORECARD.encodings[name]
        assert (len(values), values[-1]) == (ROWS, None)
        if isinstance(encoding, Category):
            assert set(values[:-1]) <= set(encoding.levels)
        else:
            assert isinstance(encoding, Numeric)
            assert not set(values[:-1]) & set(encoding.edges)


def test_a_scorecard_scores_them() -> None:
    scores = SCORECARD.lookup.score(example_rows(SCORECARD))
    assert len(scores["log_odds"]) == ROWS
