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
        "Männer|Frauen",
        "H|F",
        "M|V",
        "he/him|she/her|they/them",
        "male (he/him)|female (she/her)",
        "boy|girl",
        "lady|gentleman",
        "muž|žena",
        "mies|nainen",
        "erkek|kad\u0131n",
        "мужской|женский",
        "男|女",
    ],
    "salutation": ["Mr|Mrs.|Dr.", "Herr|Frau", "M.|Mme", "Ms|Mr|unknown", "Signor|Signora", "Hr.|Fr.", "Sr.|Sra."],
    "religion": [
        "Christian|Muslim|Hindu",
        "evangelisch|katholisch",
        "Catholic|Protestant|None",
        "röm.-kath.|ev.-luth.",
        "rk|ev",
        "Sunni|Shia",
    ],
    "ethnicity": ["White|Black|Hispanic|Asian", "Caucasian|African American", "Black/African American|White/Caucasian"],
    "nationality": ["Russian|Chinese", "American|German|Mexican"],
    "trade union": ["Union|Non-Union"],
    "marital status": ["single|married", "ledig|verheiratet|geschieden", "Married|Widowed", "verh.|led."],
    "sexual orientation": ["heterosexual|gay", "bisexual|straight", "LGBT|straight", "LGBT|other"],
    "politics": ["Republican|Democrat|Independent", "CDU|SPD", "Tory|Labour"],
    "health": ["disabled|not disabled", "deaf|blind"],
    "age": ["18-24|25-34|35-44|65+", "under 18|18 - 24", "20-29|30-39", "30s|40s", "Gen X|Boomer|Millennial"],
}
NO_TRAITS = (
    "S|M|L", "black|white|red", "1-10|11-50|51-200", "single|multi", "Enterprise|SMB", "yes|no", "high|medium|low",
    "US|UK|DE", "independent|chain", "Independent|Green", "1-24|25-49|50-99", "Partner|Web", "A|B|M|F", "male",
    "Software|Health", "M|L|XL", "West|East", "gold|silver", "German|French", "English|Russian|Chinese",
    "18-20|1-5|200-300",
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


#: Of people they are traits, and of accounts sizes, customers, origins and unions.
OF_PEOPLE = "M|F", "H|F", "25-34|35-44|45-54", "18-24|65+", "Russian|Chinese", "Union|Non-union", "Hr|Fr", "Gen X|Gen Z"


@pytest.mark.parametrize("levels", OF_PEOPLE)
def test_the_table_decides_where_levels_do_not(levels: str) -> None:
    cells = dict.fromkeys(levels.split("|"), 10)
    assert (trait_of(cells) is None, trait_of(cells, of_accounts=True)) == (False, None)


def test_what_is_a_trait_of_accounts_too() -> None:
    assert trait_of({"male": 5, "female": 5}, of_accounts=True) == "gender"


def test_a_few_words_among_others_are_no_trait() -> None:
    assert trait_of({"male": 5, "female": 5, "Software": 30}) is None


def test_names_of_persons_are_told_from_those_of_companies_and_places() -> None:
    assert [name for name in NAMES.split("|")[:6] if not is_name(name)] == []
    assert share_of_names(dict.fromkeys(NAMES.split("|"), 1)) > 0.8
    assert {names: share_of_names(dict.fromkeys(names.split("|"), 1)) >= 0.5 for names in NO_NAMES} == dict.fromkeys(
        NO_NAMES, False
    )


def test_a_title_makes_a_name_of_any_words_but_those_of_a_company() -> None:
    names = "Dr. Anna Schmidt|Prof. Dr. Tom Jones|Herr Özdemir|Mrs. Smith|Frau Nkemelu-Obi"
    others = "Dr. Oetker GmbH|Ms SQL Server 2019|Pan European|Sig Sauer|Mr Bakery|Mag|Dr."
    assert [name for name in names.split("|") if not is_name(name)] == []
    assert [name for name in others.split("|") if is_name(name)] == []


def test_first_names_that_are_places_or_companies_tell_nothing_alone() -> None:
    levels = "Charlotte|Victoria|Florence|Grace", "Mark|Frank|Otto|Max", "Anna|Tom|Maria"
    assert [share_of_names(dict.fromkeys(some.split("|"), 1)) for some in levels] == [0.0, 0.0, 1.0]
