"""Columns of yes and no: what yes means in them, by their name."""

import pytest

from scoring.cells.flag_columns import says_yes_or_no, words_of


@pytest.mark.parametrize(
    ("column", "names", "words"),
    [
        (
            "direction",
            "Incoming|Is Incoming|inbound|IsInbound__c|hs_is_inbound|email_received|from_customer|Eingehend|Reçu",
            ("inbound", "outbound"),
        ),
        (
            "direction",
            "Outgoing|is_outbound|Sent|IsSent|email_sent|from us|Ausgehend|Envoyé",
            ("outbound", "inbound"),
        ),
        ("direction", "directioncode|Direction|Call Type|incoming_number|sent_at|in", None),
        ("status", "IsWon|is_won|Won|hs_is_closed_won|Closed Won|Deal Won|Gewonnen|gagné", ("won", None)),
        ("status", "StageName|statecode|won_time|IsClosed|closed|won_reason|Incoming", None),
        ("opportunity_type", "IsWon|Incoming", None),
    ],
)
def test_what_yes_and_no_mean(column: str, names: str, words: tuple[str, str | None] | None) -> None:
    listed = names.split("|")
    assert {name: words_of(column, name) for name in listed} == dict.fromkeys(listed, words)


@pytest.mark.parametrize(
    ("own", "said"),
    [(["true"], True), (["No"], True), (["FALSCH"], True), (["1"], True), (["Signed", "both"], False), ([], False)],
)
def test_whether_the_user_says_what_yes_or_no_means(own: list[str], said: bool) -> None:
    assert says_yes_or_no(own) is said
