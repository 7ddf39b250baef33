"""Names of persons inside types of activity, stages, words and names of columns, and what only looks so."""

import pytest

from scoring.persons.names_in_text import is_full_name, names_person, without_name

WITHOUT = {
    "Call with anna markowitz task": "Call with (name) task",
    "anna markowitz task": "(name) task",
    "CALL WITH ANNA MARKOWITZ": "CALL WITH (name)",
    "anna_markowitz_call": "(name)_call",
    "Anna Markowitz (CFO) visited": "(name) (CFO) visited",
    "Waiting for Anna Markowitz": "Waiting for (name)",
    "Referral Anna Markowitz": "Referral (name)",
    "Partner: Jürgen von Müller": "Partner: (name)",
    "via Tom O'Neill": "via (name)",
    "Anna M. Schmidt": "(name)",
    "Anna de la Cruz": "(name)",
    "Lovelace, Ada": "(name)",
    "Karl-Heinz Maier: call": "(name): call",
    "Webinar with Anna Markowitz": "Webinar with (name)",
    "Meeting with Frank Müller": "Meeting with (name)",
    "call with anna": "call with (name)",
    "Frau Özdemir": "(name)",
    "Gespräch mit Frau Dr. Markowitz": "Gespräch mit (name)",
    "call with mrs smith": "call with (name)",
    "Ms. Smith": "(name)",
    "betreuer anna markowitz c": "betreuer (name) c",
}
NOBODY = (
    "Trade show Berlin|Spring Victoria Park|Web|Anna|Anna conference|Google Ads|Frank Capital|St. Anna Hospital|"
    "Pricing request|Ms Teams meeting|MS Teams call|DR test|Mark Up|emma_score|oscar rating|Robert Bosch GmbH|"
    "Dr. Oetker GmbH|Call with Robert Bosch GmbH|Fair in Victoria|Sr Manager call|call with mark up|Grace Period|"
    "email open|Proposal/Price Quote|Id. Decision Makers|Bill of Materials|page view|San Jose|Will call back|May event|"
    "content_download|Emma newsletter|Rose Gold|Charlotte office|Referred by partner|Call to customer|Adam Opel AG"
)


@pytest.mark.parametrize("text", WITHOUT)
def test_a_name_is_found_wherever_it_stands(text: str) -> None:
    assert (without_name(text), names_person(text)) == (WITHOUT[text], True)


def test_what_only_looks_like_a_name_stays() -> None:
    assert [text for text in NOBODY.split("|") if without_name(text) != text] == []


def test_a_full_name_is_nothing_else() -> None:
    names, others = "Anna Schmidt|Schmidt, Anna|Tom O'Neill", "Team Anna Schmidt|Anna|anna schmidt|EMEA|Anna conference"
    assert [name for name in names.split("|") if not is_full_name(name)] == []
    assert [text for text in others.split("|") if is_full_name(text)] == []
