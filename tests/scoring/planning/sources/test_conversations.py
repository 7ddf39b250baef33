"""Which types of activity are a conversation."""

import pytest

from scoring.planning.sources.conversations import conversations, is_conversation


@pytest.mark.parametrize(
    ("kind", "inbound", "outbound"),
    [
        ("reply", True, False),
        ("Email reply", True, False),
        ("meeting", True, False),
        ("meeting_held", True, True),
        ("Meeting scheduled", False, False),
        ("meeting_invite", False, False),
        ("call", True, False),
        ("Call connected", True, True),
        ("Call - no answer", False, False),
        ("missed call", False, False),
        ("demo_request", False, False),
        ("demo completed", True, True),
        ("auto-reply", False, False),
        ("page_view", False, False),
        ("email_sent", False, False),
        ("Antwort", True, False),
    ],
)
def test_a_type_says_whether_two_people_talked(kind: str, inbound: bool, outbound: bool) -> None:
    assert (is_conversation(kind, "inbound"), is_conversation(kind, "outbound")) == (inbound, outbound)


def test_types_that_are_asked_for_count_whatever_they_say() -> None:
    kinds = [("call", "outbound"), ("reply", "inbound"), ("chat", "inbound")]
    assert conversations(kinds, ()) == [("reply", "inbound")]
    assert conversations(kinds, ("chat", "call")) == [("call", "outbound"), ("chat", "inbound")]
