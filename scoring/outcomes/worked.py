"""Which accounts sales has worked: our own touches are read here for training, and nowhere else.

They change no score of an entity. They tell a training which of its snapshots were worked, so that what nobody tried to
sell to is not learned as what does not buy.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from re import compile as pattern

import ibis

from scoring import entities
from scoring.tables import Tables
from scoring.timeline import day_of, known

#: Kinds of touch in which a person talks to a person, by words of their names in lower case.
_PERSONAL = pattern(
    r"(^|[^a-z])(phone|telephone|dial|demo([^a-z]|$)|invit|appointment|visit|linkedin|inmail|whatsapp|telefon|termin|appel"
    r"|rendez|rdv|llamada|r[eé]uni|cita([^a-z]|s$|$)|chiamata|riunione|liga[cç][aã]o|bezoek|afspraak|conversation"
    r"|gespr[aä]ch|video ?(call|konferenz|conference))"
    r"|(?<!re)call([^a-z]|s([^a-z]|$)|ed$|ing$|out$|back$|$)(?![^a-z]?cent)|meeting|voicemail|anruf|besuch|telefonat"
)
#: What reaches many at once, or is written by the CRM itself, whatever else its name says.
_AT_ONCE = pattern(
    r"(?<!voice)(?<!in)mail|newsletter|campaign|webinar|(^|[^a-z])event(?!$)|bounce|(?<!ex)chang|unsub"
    r"|(owner|status|stage|field|record)[^a-z]*(updat|assign)"
)


def personal(kind: str) -> bool:
    """Whether a kind of outbound touch says by its name that a person talks to a person, as in a call or a meeting."""
    written = kind.lower()
    return bool(_PERSONAL.search(written)) and not _AT_ONCE.search(written)


def outbound_kinds(tables: Tables) -> list[str]:
    """The kinds of our own touches, in alphabetical order; none without activities."""
    activities = tables.activities
    if activities is None:
        return []
    ours = activities.filter(activities.direction == "outbound")
    return sorted(ours.select("activity_type").distinct().activity_type.to_pyarrow().to_pylist())


@dataclass(frozen=True)
class Worked:
    """What tells which accounts were worked at a snapshot.

    Attributes
    ----------
    kinds : tuple of str
        The kinds of our own touches that count as work.
    days : int
        How far back work counts.
    """

    kinds: tuple[str, ...]
    days: int

    def of(self, tables: Tables, people: ibis.Table | None, snapshots: ibis.Table) -> ibis.Table:
        """The snapshots whose account was worked within `days` before, as known then.

        An account was worked if one of our touches of `kinds` names it or one of its people, or if a deal with it was
        open. A lead was worked if its account was.

        Parameters
        ----------
        tables : Tables
            With all activities.
        people : Table, optional
            As `entities.people` gives them.
        snapshots : Table
            `account_key` and `as_of`.

        Returns
        -------
        Table
            `account_key`, `as_of`, and `dealt`: whether a deal was open in these days. Only worked ones, each once.
        """
        spans = self._deals(tables, people)
        touches = self._touches(tables, people)
        spans = spans if touches is None else spans.union(touches)
        met = snapshots.select("account_key", "as_of").distinct().inner_join(spans, ibis._.account_key == spans.worked)
        lately = (met.begin < met.as_of) & (met.end.isnull() | (met.end >= met.as_of - self.days))
        found = met.filter(lately & known(met.known_day, met.as_of))
        return found.group_by("account_key", "as_of").agg(dealt=found.deal.max() == 1)

    def _touches(self, tables: Tables, people: ibis.Table | None) -> ibis.Table | None:
        activities = tables.activities
        if activities is None or not self.kinds:
            return None
        ours = activities.filter((activities.direction == "outbound") & activities.activity_type.isin(self.kinds))
        rows = ours.select(
            "lead_id", "account_id", day=day_of(ours.occurred_at), known_day=day_of(ours.known_at)
        ).distinct()
        return _by_account(rows, people).select(
            "worked", "known_day", begin=ibis._.day, end=ibis._.day, deal=ibis.literal(0, type="int64")
        )

    def _deals(self, tables: Tables, people: ibis.Table | None) -> ibis.Table:
        deals = entities.deals(tables, people, "account")
        return deals.select(
            "known_day",
            worked="unit",
            begin=deals.opened_day,
            end=deals.closed_day,
            deal=ibis.literal(1, type="int64"),
        ).select("worked", "known_day", "begin", "end", "deal")


def _by_account(rows: ibis.Table, people: ibis.Table | None) -> ibis.Table:
    """Touches with the key of their account, `worked`: that of the lead, or else the one they name."""
    found = entities.with_company(rows, people).rename(worked="company")
    return found.filter(found.worked.notnull())


def kinds_of_work(kinds: Iterable[str], asked: Sequence[str]) -> tuple[str, ...]:
    """The kinds that count as work: those asked for, else those that are `personal`."""
    found = sorted(kinds)
    return tuple(kind for kind in found if (kind in asked if asked else personal(kind)))
