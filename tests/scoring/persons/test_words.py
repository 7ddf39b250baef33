"""The words of columns: protected traits by their levels, names of persons, and columns that only look so."""

import pytest

from scoring.persons.words import is_name, share_of_names, trait_of

TRAITS = {
    "gender": [
        "M|F",
        "male|female",
        "Mann|Frau|divers",
        "m|w|d",
        "Male|Female|Prefer not to say",
        "homme|femme",
        "Kvinna|Man",
    ],
    "salutation": ["Mr|Mrs.|Dr.", "Herr|Frau", "M.|Mme", "Ms|Mr|unknown", "Signor|Signora"],
    "religion": ["Christian|Muslim|Hindu", "evangelisch|katholisch", "Catholic|Protestant|None"],
    "ethnicity": ["White|Black|Hispanic|Asian", "Caucasian|African American"],
    "marital status": ["single|married", "ledig|verheiratet|geschieden", "Married|Widowed"],
    "sexual orientation": ["heterosexual|gay", "bisexual|straight"],
    "politics": ["Republican|Democrat|Independent", "CDU|SPD"],
    "health": ["disabled|not disabled"],
    "age": ["18-24|25-34|35-44|65+", "under 18|18 - 24"],
}
NO_TRAITS = (
    "S|M|L", "black|white|red", "1-10|11-50|51-200", "single|multi", "Enterprise|SMB", "yes|no", "high|medium|low",
    "US|UK|DE", "independent|chain", "Independent|Green", "1-24|25-49|50-99", "Partner|Web", "A|B|M|F", "male",
    "Software|Health", "M|L|XL", "West|East", "gold|silver", "German|French", "Union|Non-union", "18-20|1-5|200-300",
)  # fmt: skip
NAMES = "Anna Schmidt|Tom Jones|Lovelace, Ada|Müller, Jürgen|Karl-Heinz Maier|Maria|J. R. Smith, John"
NO_NAMES = (
    "Virginia|Texas|Georgia|Ohio", "Berlin|Paris|London|Austin|Florence", "Charlotte|San Jose|San Francisco|New York",
    "Max Planck Institute|Robert Bosch GmbH|Thomas Cook|Frank & Co", "Jordan|Chad|Georgia|Germany", "SAP|Oracle|Sage",
    "Web|Partner|Event|Trade show", "Rose Gold|Grace Period", "Sales Manager|Head of IT|Mark Up|Bill of Materials",
)  # fmt: skip


@pytest.mark.parametrize("trait", TRAITS)
def test_levels_tell_a_protected_trait(trait: str) -> None:
    found = {levels: trait_of(dict.fromkeys(levels.split("|"), 10)) for levels in TRAITS[trait]}
    assert found == dict.fromkeys(TRAITS[trait], trait)


@pytest.mark.parametrize("levels", NO_TRAITS)
def test_other_levels_stay(levels: str) -> None:
    assert trait_of(dict.fromkeys(levels.split("|"), 10)) is None


def test_a_few_words_among_others_are_no_trait() -> None:
    assert trait_of({"male": 5, "female": 5, "Software": 30}) is None


def test_names_of_persons_are_told_from_those_of_companies_and_places() -> None:
    assert [name for name in NAMES.split("|")[:6] if not is_name(name)] == []
    assert share_of_names(dict.fromkeys(NAMES.split("|"), 1)) > 0.8
    assert {names: share_of_names(dict.fromkeys(names.split("|"), 1)) >= 0.5 for names in NO_NAMES} == dict.fromkeys(
        NO_NAMES, False
    )
