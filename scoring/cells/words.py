"""The words that CRMs write for the state and the type of a deal and for the direction of an activity.

The standard lists of Salesforce, HubSpot, Dynamics, Zoho, Pipedrive and Odoo, in English and, where a word can mean
nothing else, in German, French, Spanish, Portuguese, Italian and Dutch; `words_of_languages` has more. Case, blanks and
punctuation do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from scoring.cells import cells
from scoring.cells.words_of_languages import FURTHER


def plain_word(word: str) -> str:
    """A word in lower case without blanks and punctuation: `Proposal/Price Quote` is `proposalpricequote`."""
    return "".join(letter for letter in word.lower() if letter not in PUNCTUATION)


#: What is no part of a word. The same signs stand in `_SIGNS`, for the engines. A question mark is a doubt: `Won?` is
#: a word that nobody knows.
PUNCTUATION = " \t\r\n_-/.,;:()[]&'\"+*!|\\"
_SIGNS = r"[\s_\-/.,;:()\[\]&'\"+*!|\\]+"


def _vocabulary(field: str, **words: str) -> dict[str, str]:
    """The meaning of each plain word, from lists separated by commas; every meaning is a word itself."""
    found = {plain_word(meaning): meaning for meaning in words}
    for meaning, listed in (*words.items(), *FURTHER[field].items()):
        found |= {plain_word(word): meaning for word in listed.split(",") if plain_word(word)}
    return found


STATUSES = _vocabulary(
    "status",
    open="open, active, new, in progress, on hold, pending, working, ongoing, reopened, "
    # Salesforce
    "prospecting, qualification, qualifying, qualified, needs analysis, value proposition, id. decision makers, "
    "id decision makers, identify decision makers, perception analysis, proposal/price quote, proposal, "
    "negotiation/review, negotiation, "
    # HubSpot
    "appointment scheduled, qualified to buy, presentation scheduled, decision maker bought in, contract sent, "
    # Dynamics, Zoho, Pipedrive, Odoo
    "qualify, develop, propose, identify sales team, proposal/quote, lead in, contact made, "
    "demo scheduled, proposal made, negotiations started, proposition, "
    # Not in the lists of makers, and in many companies' own
    "discovery, discovery call, scoping, needs assessment, evaluation, evaluating, technical evaluation, "
    "solution design, demo, demonstration, product demo, trial, proof of concept, poc, business case, shortlisted, "
    "proposal sent, quote sent, quotation sent, in negotiation, negotiating, contract negotiation, "
    "angebot, angebot gesendet, verhandlung, in verhandlung, négociation, negociación, negociação, "
    "offen, in bearbeitung, ouvert, ouverte, en cours, abierto, abierta, en curso, aberto, aberta, em aberto, "
    "em andamento, aperto, aperta, in corso, lopend, 0",
    won="won, win, closed won, close won, closed - won, closed/won, is won, deal won, "
    "gewonnen, abgeschlossen gewonnen, gagné, gagnée, gagne, clôturé gagné, cloture gagne, "
    "ganado, ganada, cerrado ganado, cerrada ganada, "
    "cierre ganado, negocio ganado, venta ganada, fermé gagné, fermée gagnée, fermé et gagné, fermée et gagnée, "
    "geschlossen gewonnen, geschlossen und gewonnen, abgeschlossen und gewonnen, gesloten gewonnen, "
    "conclu, conclue, logrado, lograda, ganho, ganha, fechado ganho, negócio ganho, vinto, vinta, chiuso vinto, 1",
    lost="lost, closed lost, close lost, closed - lost, closed lost to competition, lost to competition, "
    "lost to competitor, canceled, cancelled, out-sold, outsold, abandoned, dead, disqualified, deal lost, "
    "no decision, verloren, abgeschlossen verloren, perdu, perdue, clôturé perdu, cloture perdu, "
    "perdido, perdida, cerrado perdido, cerrada perdida, "
    "cierre perdido, negocio perdido, venta perdida, fermé perdu, fermée perdue, fermé et perdu, fermée et perdue, "
    "geschlossen verloren, geschlossen und verloren, abgeschlossen und verloren, gesloten verloren, negócio perdido, "
    "fechado perdido, perso, persa, chiuso perso, verlopen, abandonado, 2",
)

TYPES = _vocabulary(
    "opportunity_type",
    new_business="new business, new, new customer, new logo, new client, new account, new deal, new sale, net new, "
    "net new business, acquisition, first purchase, neugeschäft, neukunde, neukundengeschäft, nouveau client, "
    "nouvelle affaire, nouvelle entreprise, nouveau business, "
    "nuevo negocio, negocio nuevo, nuevo cliente, novo negócio, novo negocio, novo cliente, nuova opportunità, "
    "nuovo cliente",
    expansion="expansion, upsell, up-sell, upselling, cross-sell, crosssell, cross sell, crossselling, add-on, addon, "
    "add on, add-on business, upgrade, existing business, existing customer, existing customer - upgrade, "
    "existing customer - downgrade, downgrade, existing client, existing account, growth, amendment, seat expansion, "
    "bestandskunde, bestandsgeschäft, bestandskundengeschäft, bestehendes geschäft, client existant, "
    "affaire existante, entreprise existante, cliente existente, "
    "negocio existente, negócio existente",
    renewal="renewal, renew, contract renewal, existing customer - replacement, existing customer - renewal, "
    "replacement, extension, renewals, verlängerung, vertragsverlängerung, renouvellement, renovación, renovacion, "
    "renovação, renovacao, rinnovo",
)

DIRECTIONS = _vocabulary(
    "direction",
    # `directioncode` of Dynamics is 0 or false for incoming; `FORWARDED_EMAIL` of HubSpot is sent on by one of us.
    inbound="inbound, incoming, in, received, receive, incoming email, inbound email, incoming call, inbound call, "
    "from customer, from contact, from lead, customer to us, incoming message, eingehend, empfangen, entrant, "
    "entrante, reçu, recibido, recebido, recebida, entrada, in entrata, ricevuto, inkomend, 0, false",
    outbound="outbound, outgoing, out, sent, send, email, forwarded email, outgoing email, outbound email, "
    "outgoing call, outbound call, to customer, to contact, to lead, outgoing message, ausgehend, gesendet, sortant, "
    "envoyé, saliente, enviado, enviada, saída, saida, in uscita, inviato, uitgaand, 1, true",
)

#: By field: what its words mean, and what a word means that is in no list.
VOCABULARIES: Mapping[str, Mapping[str, str]] = {
    "status": STATUSES,
    "opportunity_type": TYPES,
    "direction": DIRECTIONS,
}

#: What says of an outcome that it is not certain yet.
_UNSURE = (
    r"(^|[^a-z])(un(verif|confirm|sure|clear|approv|audit|check)|tb[acd]([^a-z]|$))|to confirm|tentativ|maybe|perhaps"
    r"|probabl|provisional|disput|under review|vielleicht|unklar|ungepr|vorl[aä]ufig|incertain|peut.?[eê]tre|quiz[aá]"
)
#: The same of a win. A lost deal may name as its reason what was possible or expected.
_UNSURE_WIN = (
    r"(^|[^a-z])(unsign|test([^a-z]|$)|draft|dup)|verify|likely|possibl|potential|expect|forecast|anticipat|await"
    r"|waiting|prelim|verbal|almost|nearly|on hold|contested|in progress|in review|wahrscheinlich|ausstehend"
    r"|m[uü]ndlich|attente"
)
#: How a stage is written that is won or lost, with a note after it: `Closed Won (Sales Pipeline)`, `Lost - Price`. A
#: note that takes the word back makes it a word that nobody knows.
_STARTS = (
    (
        r"^(closed?)?[\s_\-/:]*won\s*([(\[\-:/|].*)?$",
        r"lost|loss|cancel|revers|pending|competit|to be|void|refund|churn|reject|declin|expir|withdr|back|return"
        r"|(^|[^a-z])(no|not|un|non)([^a-z]|$)|n't|\?|" + f"{_UNSURE}|{_UNSURE_WIN}",
        "won",
    ),
    (
        r"^(closed?)?[\s_\-/:]*lost\s*([(\[\-:/|].*)?$",
        r"won|reopen|recover|nurtur|back|revived|review|\?|" + _UNSURE,
        "lost",
    ),
)
#: The number or the share that many put before a stage (`6 - Closed Won`, `Stage 5: Lost`, `100% - Won`) or after it.
_NUMBERED, _SHARE = r"^(?:stage\s*|phase\s*|step\s*)?[0-9]+\s*%?[\s\-.:)/]+([^0-9\s].*)$", r"[\s(]*[0-9]+\s*%\)?$"

#: Types of activity in which we act, whatever else they name: what is sent, and what nobody answered.
_SURELY_OURS = (
    r"sent([^a-z]|$)|no.?(reply|response|answer)|unanswered|attempt|left.?(message|voicemail)|reminder"
    r"|connection.?request|invit(e|ation)([^a-z]|$)|webex|customer.?visit|(^|[^a-z])site.?visit"
)
#: Types in which nobody acts or the buyer turns away: machines, the log of the CRM, notes, lists left. They must
#: not count as interest, so they are read as our own.
_NOBODYS = (
    r"auto.?(repl|respon|antwort|generated)|automati(c|sche?).(antwort|reply|response)|out.?of.?(the.?)?office|(^|[^a-z])ooo([^a-z]|$)"
    r"|abwesenheit|unsub|opt(ed|s|ing)?[^a-z]?out|abgemeldet|abmeldung|abbestell|desabon|d[eé]sinscri|desuscri|disiscri|afgemeld"
    r"|uitgeschreven|(marked|reported).?(as.?)?spam|spam.?(report|complain)|complain|undeliver|bounce|impression"
    r"|(field|owner|stage|status|record|value|property|life.?cycle|score|contact|lead|account|company|deal|opportunity|task|data)"
    r"s?.?(history|log|has.?been|was|is)?.?(chang|updat|modif|edit|merg|assign|reassign|delet|import|enrich|convert|sync)"
    r"|re.?assign|(^|[^a-z])(notes?|notiz(en)?|notas?|aktennotiz|gespr[aä]chsnotiz|remarque|workflow|audit)([^a-z]|$)"
    r"|(feld|besitzer|status|phase).?(ge[aä]ndert|ge[aä]nderung)"
)
#: Types of activity in which the buyer acts, and those in which we do, in lower case; the first counts where both fit.
_OF_BUYERS = (
    r"(^|[^a-z]|mail)(open|click|repl|respon|receiv|incom|inbound|form|fill|visit|view|page|attend|regist|subscrib"
    r"|sign|download|chat|request|search|website|web)|opt(ed|s)?[^a-z]?in([^a-z]|$)|click|webinar|download|visit|request|inbound|incoming"
    r"|reply|replied|received|call.?back|page.?view|opened|trial.?(start|began|begun)|start(ed|s)?.?(a.?|free.?)?trial"
)
_OURS = (
    r"mail|(^|[^a-z])(call|phone|task|sent|send|sms|linkedin|inmail|sequence|step|cadence|outbound|outgoing|outreach"
    r"|newsletter|letter|dial|prospecting|follow.?up|to.?do|invit|fax|whatsapp|text.?message|telefon|anruf|aufgabe|brief"
    r"|wiedervorlage|appel|llamada|chiamata|ligacao|ligação|telefoongesprek|tarea|tarefa|tâche)|call([^a-z]|s$|$)"
    r"|outbound|outgoing|voicemail|task$"
)


def meaning(cell: ir.Value, vocabulary: Mapping[str, str]) -> ir.StringValue:
    """The meaning of a word as exported; null for a word that is not in the vocabulary.

    Parameters
    ----------
    cell : ibis.Value
    vocabulary : mapping of str
        The meaning of each `plain_word` word.
    """
    written = cells.text(cell)
    spelling, means = written.lower(), dict.fromkeys(vocabulary.values())
    of_stages = vocabulary.get("won") == "won"
    if of_stages:
        spelling = ibis.coalesce(spelling.re_extract(_NUMBERED, 1).nullif(""), spelling).re_replace(_SHARE, "")
    bare = spelling.re_replace(_SIGNS, "")
    # One pattern a meaning, not a branch a word: the expression is written often, and each time is compiled.
    patterns = {
        meant: "^(" + "|".join(re.escape(word) for word, means_ in vocabulary.items() if means_ == meant) + ")$"
        for meant in means
    }
    branches = [(bare.re_search(pattern), meant) for meant, pattern in patterns.items()]
    if of_stages:
        branches += [(spelling.re_search(start) & ~spelling.re_search(doubt), word) for start, doubt, word in _STARTS]
    understood = ibis.cases(*branches, else_=ibis.null("string"))
    # Most cells are the meaning itself: this is faster for a log with millions of rows.
    return written.cases(*((word, word) for word in means), else_=understood)


def direction_of(activity_type: ir.StringValue) -> ir.StringValue:
    """Who acts in an activity of a type that says so: `inbound` (the buyer), `outbound` (we), or null."""
    written = activity_type.lower()
    return ibis.cases(
        (written.re_search(_SURELY_OURS), "outbound"),
        (written.re_search(_NOBODYS), "outbound"),
        (written.re_search(_OF_BUYERS), "inbound"),
        (written.re_search(_OURS), "outbound"),
        else_=ibis.null("string"),
    )


def extended(vocabulary: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """A vocabulary with the user's own words, which count first.

    Parameters
    ----------
    vocabulary : mapping of str
    own : mapping of str
        The meaning of each word, as the user writes it.
    """
    return {**vocabulary, **{plain_word(word): meaning for word, meaning in own.items()}}
