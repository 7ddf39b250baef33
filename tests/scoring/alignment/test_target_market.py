import pandas as pd
import pytest

from scoring.alignment.target_market import Condition, TargetMarket, conditions

UNITS = pd.DataFrame(
    {
        "country": ["DE", "de ", "US", None, "AT"],
        "employees": ["200", "1000", "199.9", "250", "many"],
        "uses_cloud": [True, False, True, None, True],
    },
    dtype=object,
)


@pytest.mark.parametrize(
    ("attribute", "wanted", "holds", "words"),
    [
        ("country", "DE", [True, True, False, False, False], "country DE"),
        ("country", ["DE", "US", "AT"], [True, True, True, False, True], "country DE, US or AT"),
        ("employees", {"at_least": 200}, [True, True, False, True, False], "employees at least 200"),
        (
            "employees",
            {"above": 200, "below": 1000},
            [False, False, False, True, False],
            "employees above 200 and employees below 1,000",
        ),
        ("employees", [200, 250.0], [True, False, False, True, False], "employees 200 or 250.0"),
        ("uses_cloud", True, [True, False, True, False, True], "uses_cloud true"),
    ],
)
def test_a_condition(attribute: str, wanted: object, holds: list[bool], words: str) -> None:
    condition = Condition.from_file(attribute, wanted)
    assert (list(condition.holds(UNITS[attribute])), str(condition)) == (holds, words)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"min": 1}, "employees is compared by at_least, above, at_most, below: found min"),
        ({}, "employees is compared by at_least, above, at_most, below: found nothing"),
        ({"at_least": "200"}, "employees: at_least must be a number: found '200'"),
        ({"at_least": float("nan")}, "employees: at_least must be a number: found nan"),
        ({"at_least": True}, "employees: at_least must be a number: found True"),
        ([], "employees must be a value, a list of values or limits: found []"),
        ([["DE"]], "employees must be a value, a list of values or limits: found [['DE']]"),
    ],
)
def test_a_condition_that_is_none(wanted: object, message: str) -> None:
    assert conditions({"employees": wanted, "country": "DE"}) == ((Condition("country", ("DE",)),), [message])


def test_all_conditions_of_a_market_must_hold() -> None:
    market = TargetMarket(conditions({"country": ["DE", "AT"], "employees": {"at_least": 200}})[0])
    assert list(market.holds(UNITS)) == [True, True, False, False, False]
    assert str(market) == "country DE or AT; employees at least 200"
    assert (list(TargetMarket().holds(UNITS)), str(TargetMarket())) == ([True] * 5, "everybody")
