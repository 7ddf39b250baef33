"""The words in which CRMs say how far an activity has come: done, or only planned.

Those of tasks, calls and meetings of Salesforce, HubSpot, Dynamics, Zoho and Odoo, in English, German, French, Spanish,
Portuguese, Italian and Dutch. A task that is only planned did not take place, also when its day is over.
"""

from __future__ import annotations

import re

from scoring.contracts.column_names import bare_name
from scoring.contracts.deletion_marks import WITHOUT_RESULT

#: The columns in which an activity has its state.
_NAME = re.compile(
    "(?:task|todo|activity|call|event|meeting|appointment|phonecall|aufgaben?|aktivitats|activitats)?"
    "(?:status|state|statusreason|statuscode|statecode|statusname|statecodename|statuslabel)"
    "|statut|estado|stato|situacao|statoattivita"
)
#: The columns in which it says what came of it.
_OUTCOME = re.compile("(?:task|activity|call|event|meeting|appointment)?outcome|meetingstatus|eventstatus|attendance")
#: The state of an activity of Dynamics as a number, by the name of its column: open, completed, canceled, scheduled.
_CODES = {"statecode": {"0": "planned", "1": "done", "2": "canceled", "3": "planned"}}


def _words(listed: str) -> frozenset[str]:
    """Words without blanks and underscores, as cells are compared."""
    return frozenset(re.sub(r"[\s_]", "", word) for word in listed.split(","))


DONE = _words(
    "completed, complete, done, finished, closed, held, taken place, attended, "
    "erledigt, abgeschlossen, beendet, fertig, durchgeführt, stattgefunden, "
    "terminé, terminée, termine, achevé, achevée, effectué, effectuée, réalisé, réalisée, fait, "
    "completado, completada, completo, terminado, terminada, finalizado, finalizada, realizado, realizada, hecho, "
    "concluído, concluída, concluido, concluida, feito, "
    "completato, completata, terminato, terminata, concluso, conclusa, fatto, voltooid, afgerond, gereed, uitgevoerd"
)
PLANNED = _words(
    "not started, in progress, deferred, waiting, waiting on someone else, waiting for someone else, "
    "waiting for input, open, scheduled, planned, pending, to do, todo, overdue, upcoming, today, not done, "
    "not completed, not yet started, on hold, postponed, pending send, "
    "nicht begonnen, nicht gestartet, in bearbeitung, in arbeit, zurückgestellt, verschoben, aufgeschoben, offen, "
    "geplant, ausstehend, wartet auf andere, wartet auf jemand anderen, warten, wartend, überfällig, "
    "non commencé, non commencée, pas commencé, non démarré, non démarrée, en cours, différé, différée, reporté, "
    "reportée, en attente, en attente de quelqu'un d'autre, planifié, planifiée, prévu, prévue, ouvert, ouverte, "
    "à faire, en retard, "
    "no iniciado, no iniciada, sin iniciar, sin empezar, no comenzado, no comenzada, en curso, en progreso, "
    "en proceso, aplazado, aplazada, pospuesto, pospuesta, en espera, planificado, planificada, programado, "
    "programada, pendiente, abierto, abierta, por hacer, atrasado, atrasada, "
    "não iniciado, não iniciada, nao iniciado, nao iniciada, em andamento, adiado, adiada, pendente, agendado, "
    "agendada, planejado, planejada, planeado, planeada, aberto, aberta, a fazer, em espera, "
    "non iniziato, non iniziata, in corso, rimandato, rimandata, rinviato, rinviata, posticipato, posticipata, "
    "in attesa, pianificato, pianificata, programmato, programmata, aperto, aperta, da fare, "
    "niet gestart, niet begonnen, in behandeling, bezig, in uitvoering, uitgesteld, gepland, wacht op iemand anders"
)
#: What else such a column may say.
_ELSE = _words(
    "sent, received, connected, gesendet, empfangen, missed, busy, noanswer, no answer, failed, queued, ringing, "
    "connecting, left voicemail, undefined, n/a, none, draft, free, tentative, accepted, declined, invited, "
    "registered, not applicable, rescheduled, unknown"
)
#: All words that are understood.
KNOWN = DONE | PLANNED | _ELSE | WITHOUT_RESULT.keys()


def holds_state(column: str) -> bool:
    """Whether a column of activities has by its name the state of an activity.

    Parameters
    ----------
    column : str
        As the export writes it, or as a canonical column.

    Examples
    --------
    >>> holds_state("Task Status"), holds_state("hs_task_status"), holds_state("us_state")
    (True, True, False)
    """
    return _NAME.fullmatch(bare_name(column)) is not None


def holds_outcome(column: str) -> bool:
    """Whether a column of activities says by its name what came of an activity.

    Parameters
    ----------
    column : str
        As in `holds_state`.
    """
    return _OUTCOME.fullmatch(bare_name(column)) is not None


def meanings_of_numbers(column: str) -> dict[str, str]:
    """What the numbers of a column of states mean; empty where they may mean anything.

    Parameters
    ----------
    column : str
        As in `holds_state`.
    """
    return _CODES.get(bare_name(column), {})
