"""The survival curve, beside lifelines 0.30.3 on the same data and beside a published case."""

import numpy as np
import pytest

from scoring.handoffs.waiting import Share, survival_curve

#: Freireich et al. 1963, weeks in remission with 6-MP; a plus is a patient who was still in remission. The curve is in
#: Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, and all figures are what lifelines gives.
WEEKS = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PUBLISHED = [
    (6, 0.857143, 0.619718, 0.951552),
    (7, 0.806723, 0.563147, 0.922809),
    (10, 0.752941, 0.503200, 0.889362),
    (13, 0.690196, 0.431610, 0.849066),
    (16, 0.627451, 0.367511, 0.804912),
    (22, 0.537815, 0.267779, 0.746791),
    (23, 0.448179, 0.188052, 0.680143),
]
#: Twelve hand-offs in working hours, one touched at once, with ties; the figures of lifelines.
HOURS = "0 0.5 0.5+ 1 2 2.5 2.5 4+ 7 8 8+ 16+"
LIFELINES = [
    (0, 0.916667, 0.538977, 0.987826),
    (0.5, 0.833333, 0.481715, 0.955509),
    (1, 0.740741, 0.390676, 0.908624),
    (2, 0.648148, 0.309662, 0.851798),
    (2.5, 0.462963, 0.171945, 0.714010),
    (7, 0.347222, 0.093795, 0.623262),
    (8, 0.231481, 0.038685, 0.517710),
]


def read(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Durations and whether it happened; a plus stands for who still waits."""
    return np.array([float(word.strip("+")) for word in text.split()]), np.array(["+" not in w for w in text.split()])


@pytest.mark.parametrize(("data", "expected"), [(WEEKS, PUBLISHED), (HOURS, LIFELINES)], ids=["published", "hours"])
def test_the_curve_is_that_of_lifelines(data: str, expected: list[tuple[float, ...]]) -> None:
    rows = [row for row in survival_curve(*read(data)).rows() if row["happened"]]
    found = [tuple(row[name] for name in ("time", "waiting", "low", "high")) for row in rows]
    assert found == [pytest.approx(row, abs=1e-6) for row in expected]


def test_who_still_waits_counts() -> None:
    found = survival_curve(*read(HOURS))
    assert [(row["time"], row["at_risk"], row["happened"], row["left"]) for row in found.rows()] == [
        (0, 12, 1, 0),
        (0.5, 11, 1, 1),
        (1, 9, 1, 0),
        (2, 8, 1, 0),
        (2.5, 7, 2, 0),
        (4, 5, 0, 1),
        (7, 4, 1, 0),
        (8, 3, 1, 1),
        (16, 1, 0, 1),
    ]
    assert (found.n, found.median) == (12, 2.5)
    # Of those touched, half were touched within 2 hours: without those who wait, a team looks faster.
    assert survival_curve(*read("0 0.5 1 2 2.5 2.5 7 8")).median == 2.0


@pytest.mark.parametrize(
    ("data", "time", "expected"),
    [
        (HOURS, 2.2, Share(0.351852, 0.148202, 0.690338)),
        (HOURS, 16.0, Share(0.768519, 0.482290, 0.961315)),
        (HOURS, 16.5, Share(None)),  # nobody was followed for so long
        ("1 2", 3.0, Share(1.0)),  # all of them, and there is no interval
        ("5+ 6+ 7", 4.0, Share(0.0, 0.0, 0.707598)),  # none of three: the exact limit, 1 - 0.025 ** (1 / 3)
        ("5+ 6+ 7", 5.5, Share(0.0, 0.0, 0.841886)),  # none of the two who were followed until then
        ("", 1.0, Share(None)),
    ],
)
def test_the_share_within_a_time(data: str, time: float, expected: Share) -> None:
    found = survival_curve(*read(data)).by(time)
    assert vars(found) == pytest.approx(vars(expected), abs=1e-6)
