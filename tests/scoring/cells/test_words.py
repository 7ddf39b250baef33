"""The words of CRMs: what each of the standard lists means, and what a type of activity says about who acts."""

import ibis
import pytest

from scoring.cells.words import DIRECTIONS, STATUSES, TYPES, direction_of, extended, meaning
from tests.scoring.example_market import CONNECTION


def understood(vocabulary: dict[str, str], words: list[str]) -> list[str | None]:
    table = ibis.memtable({"word": words}, schema={"word": "string"})
    told = table.mutate(means=meaning(table.word, vocabulary))
    found = {row["word"]: row["means"] for row in CONNECTION.to_pyarrow(told).to_pylist()}
    return [found[word] for word in words]


@pytest.mark.parametrize(
    ("means", "words"),
    [
        ("won", "Closed Won|closedwon|CLOSED_WON|Won|Closed - Won|closed/won|Ganho|Gewonnen|Gagné|Ganado|1"),
        ("won", "Closed Won (Sales Pipeline)|Won - renewal 2025|6 - Closed Won|06. Won|100% - Won|Stage 5: Closed Won"),
        ("won", "Ganada 100%|Clôturé gagné|Won (100%)"),
        (
            None,
            "Won't buy|Won by competitor|Won - no longer|Closed Won - reversed|Won: to be cancelled|Won/Lost review",
        ),
        (
            None,
            "Won?|Closed Won?|Lost?|Won (unverified)|Won - tbc|Closed Won (verbal)|Won: likely|Lost (unconfirmed)",
        ),
        ("lost", "Lost - price expectations|Lost: possibly no budget|Lost (needs a check)|Lost!"),
        (None, "Won (pending signature)|Closed Won Lost Later|Lost & reopened|Lost contact|Lost - won back"),
        ("lost", "Closed Lost|closedlost|Closed Lost to Competition|Canceled|Out-Sold|Lost|Perdido|Verloren|2"),
        ("lost", "Lost: no budget|Abandoned|7 - Closed Lost|0% Lost|Closed Lost (Enterprise)"),
        ("open", "3. Negotiation|Stage 2 - Qualification|40% Proposal"),
        ("open", "Open|Prospecting|Qualification|Needs Analysis|Value Proposition|Id. Decision Makers|In Progress"),
        ("open", "Perception Analysis|Proposal/Price Quote|Negotiation/Review|On Hold|Identify Decision Makers|0"),
        ("open", "appointmentscheduled|qualifiedtobuy|presentationscheduled|decisionmakerboughtin|contractsent"),
        ("open", "Lead In|Contact Made|Demo Scheduled|Proposal Made|Negotiations Started|New|Qualified|Proposition"),
        ("open", " proposal / price quote |PROPOSAL-PRICE-QUOTE|Em andamento"),
        ("won", "Wygrana|VUNNEN|Vundet|Kazanıldı|KAZANILDI|Выиграна|Успешно реализовано|受注|赢单|수주"),  # noqa: RUF001
        ("lost", "Przegrana|FÖRLORAD|Tapt|Kaybedildi|KAYBEDİLDİ|Проиграна|Закрыто и не реализовано|失注|输单|실주"),
        ("open", "Otwarta|Öppen|Åben|AÇIK|В работе|商談中|进行中|진행 중"),  # noqa: RUF001
        (
            "open",
            "Discovery|Discovery Call|Proof of Concept|Proposal Sent|Termin geplant|Für Kauf qualifiziert|Ouverte",
        ),
        ("open", "Présentation planifiée|Presentación programada|Apresentação agendada|Onderhandeling|Negoziazione"),
        ("won", "Negócio fechado|Fechado e ganho|Chiusa vinta|Gesloten en gewonnen"),
        ("lost", "Fechado e perdido|Chiusa persa|Gesloten en verloren"),
        (None, "Closed|wonderful|lostandfound|Verbal commit|3|deleted"),
    ],
)
def test_states_of_deals(means: str | None, words: str) -> None:
    listed = words.split("|")
    assert understood(STATUSES, listed) == [means] * len(listed)


@pytest.mark.parametrize(
    ("means", "words"),
    [
        ("new_business", "New Business|newbusiness|New Customer|New Logo|NEW_BUSINESS|Net-New|Neukunde"),
        ("expansion", "Existing Customer - Upgrade|Existing Customer - Downgrade|existingbusiness|Existing Business"),
        ("expansion", "Add-On|Upsell|Up-sell|Cross-sell|Cross Sell|Expansion"),
        ("renewal", "Renewal|Existing Customer - Replacement|Contract Renewal|Rinnovo"),
        ("new_business", "Nowy klient|Ny affär|Ny kunde|Yeni müşteri|Новый бизнес|新規|新客户|신규"),
        ("expansion", "Rozszerzenie|Merförsäljning|Mersalg|Genişletme|Расширение|既存顧客|现有业务"),
        ("renewal", "Odnowienie|Förnyelse|Fornyelse|Yenileme|Продление|更新|续约|갱신"),
        (None, "Maintenance|Greenfield|Partner"),
    ],
)
def test_types_of_deals(means: str | None, words: str) -> None:
    listed = words.split("|")
    assert understood(TYPES, listed) == [means] * len(listed)


@pytest.mark.parametrize(
    ("means", "words"),
    [
        ("inbound", "INCOMING_EMAIL|Incoming|INBOUND|Received|0|false|False|eingehend"),
        ("outbound", "EMAIL|FORWARDED_EMAIL|Outgoing|OUTBOUND|Sent|1|true|TRUE|ausgehend"),
        ("inbound", "Przychodzące|Inkommande|Gelen|Входящий|受信|来电"),
        ("outbound", "Wychodzące|Utgående|Giden|Исходящий|発信|去电"),
        (None, "internal|both|2"),
    ],
)
def test_directions(means: str | None, words: str) -> None:
    listed = words.split("|")
    assert understood(DIRECTIONS, listed) == [means] * len(listed)


def test_own_words_count_before_the_lists() -> None:
    own = extended(STATUSES, {"Verbal commit": "open", "Signed!": "won", "Qualified": "lost"})
    assert understood(own, ["verbal-commit", "SIGNED", "Qualified", "Closed Won"]) == ["open", "won", "lost", "won"]


@pytest.mark.parametrize(
    ("means", "types"),
    [
        ("outbound", "Email|email_sent|Mail|MASS_EMAIL|ListEmail|Call|phone call|PhoneCall|Calls|Task|tasks|sent"),
        ("outbound", "LinkedIn message|linkedin_connect|Sequence step 3|SMS|Outbound call|newsletter|voicemail|INMAIL"),
        ("inbound", "email_open|Email Opened|EMAIL_CLICK|email reply|EmailReply|Incoming call|inbound_email|callback"),
        ("inbound", "page_view|PageView|Form submission|form_fill|webinar|Webinar Attended|download|chat|demo_request"),
        ("inbound", "website visit|link click|sign-up|subscribe|DemoRequest|content_request|trial_start task"),
        ("outbound", "Called - no reply|Attempted call (no response)|Webinar invite sent|Reply sent|WebEx call|Fax"),
        ("outbound", "Signature request sent|Registration reminder email|Site visit|LinkedIn connection request|Anruf"),
        (
            "outbound",
            "Auto-reply|Automatic reply|Out of Office|OOO|Abwesenheitsnotiz|Unsubscribed|email_unsubscribe|Opted out",
        ),
        ("outbound", "Field changed|Owner changed|Lead Status Updated|Contact merged|Ads impression|Note|notes|Notiz"),
        ("outbound", "Marked as spam|Newsletter abbestellt|Désinscription|Email bounced|Lifecycle Stage Change"),
        ("inbound", "subscribed|Form submitted|Opted in|Email replied|Contact request|Visited record page"),
        (None, "meeting|Event|pricing|demo|trade show|keynote|system demo day|performance review|trial"),
    ],
)
def test_a_type_of_activity_says_who_acts(means: str | None, types: str) -> None:
    listed = types.split("|")
    table = ibis.memtable({"type": listed}, schema={"type": "string"})
    told = CONNECTION.to_pyarrow(table.mutate(means=direction_of(table.type))).to_pylist()
    assert {row["type"]: row["means"] for row in told} == dict.fromkeys(listed, means)
