"""Machines that click: which touches of an export a scanner or a proxy made, and not a person.

Four rules, as expressions on rows of activities. The first two read what the makers and the agents say of themselves.
The others look at behaviour, at clicks only, and decide about a touch by what became known on the same day or before:
what is known later changes no earlier decision, and neither does the order of rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

#: Which rules are used: none, what is written in the export, or behaviour as well.
Bots = Literal["off", "marked", "behaviour"]
Rule = Literal["flag", "agent", "burst", "at_once", "every_send"]

#: The makers' own flags: of HubSpot's e-mail events, of Marketo's activities, and what others call it.
FLAGS = ("filtered_event", "is_bot_activity", "is_bot", "bot", "is_bot_click", "bot_activity", "is_machine_open")
#: Columns with the agent that asked for a page or an image.
AGENTS = ("user_agent", "useragent", "agent", "http_user_agent", "browser_user_agent")
#: Words of well known robots, mail scanners and image proxies, as agents name themselves, in lower case.
AGENT_WORDS = (
    *("bot", "crawler", "spider", "slurp", "headlesschrome", "phantomjs", "python-requests", "python-urllib", "curl/"),
    *("wget/", "go-http-client", "java/", "okhttp", "libwww-perl", "httpclient", "googleimageproxy", "yahoomailproxy"),
    *("barracuda", "mimecast", "proofpoint", "ironport", "messagelabs", "safelinks", "bitdefender", "trendmicro"),
    *("sophos", "symantec", "fireeye", "zscaler", "cloudmark", "facebookexternalhit", "bingpreview", "pingdom"),
)
#: So many different links within so many seconds are no person's.
BURST, BURST_SECONDS = 4, 10
#: A click so soon after the send is no person's.
AT_ONCE_SECONDS = 5
#: Who clicked within so many seconds of nearly each of so many sends before, does so again by machine.
SOON_SECONDS, SENDS, NEARLY_ALL = 600, 5, 0.9

_CLICK = re.compile(r"click", re.IGNORECASE)
_SEND = re.compile(r"(?:e-?mail|newsletter).*(?:sent|send|deliver)|(?:sent|send|deliver).*(?:e-?mail|newsletter)", re.I)


@dataclass(frozen=True)
class ClickTypes:
    """The types of activity that are clicks on a link in an e-mail, and those that are sends of one."""

    clicks: tuple[str, ...]
    sends: tuple[str, ...]

    @classmethod
    def among(cls, types: Iterable[str]) -> ClickTypes:
        """Those among the types of an export, by their names.

        Parameters
        ----------
        types : iterable of str
        """
        names = sorted(types)
        clicks = tuple(name for name in names if _CLICK.search(name))
        return cls(clicks, tuple(name for name in names if name not in clicks and _SEND.search(name)))


def of_robot(agent: ir.StringValue) -> ir.BooleanValue:
    """Whether an agent names itself as a robot, a scanner or a proxy."""
    # In brackets: some warehouses put more in front of a pattern and after it.
    named = agent.lower().re_search(f"({'|'.join(AGENT_WORDS)})")
    # A telephone of that maker is a person's.
    return (named & ~agent.lower().re_search("cubot")).fill_null(False)


def by_machine(touches: ibis.Table, types: ClickTypes) -> ibis.Table:
    """The clicks that behave like a machine's: `row` and `rule`, the first of `burst`, `at_once`, `every_send`.

    Parameters
    ----------
    touches : Table
        Clicks and sends: `row`, `actor`, `type`, `at` (seconds), `day` (on which it happened), `known_day`, `link`
        (null where the export does not say which one).
    types : ClickTypes

    Notes
    -----
    Touches are compared with those of the same actor that happened on the same day and became known on the same day. So
    an export of any earlier day decides the same. A click that is repeated, on the same link or at the same second,
    counts once.
    """
    marked = touches.mutate(click=touches.type.isin(types.clicks).cast("int64"))
    # A send comes before a click of the same second.
    order = ["at", "click", "link", "row"]
    before = ibis.window(group_by=["actor", "day", "known_day"], order_by=order, preceding=(None, 0))
    sent = ibis.ifelse(marked.click == 0, marked["at"], ibis.null("int64"))
    marked = marked.mutate(sent=sent.max().over(before))
    clicks = marked.filter(marked.click == 1)
    since = clicks["at"] - clicks.sent
    clicks = clicks.mutate(
        at_once=(since <= AT_ONCE_SECONDS).fill_null(False), soon=(since <= SOON_SECONDS).fill_null(False)
    )
    bursts = _bursts(clicks)
    habits = _habits(marked, clicks)
    joined = clicks.left_join(bursts, ["actor", "day", "known_day", "at"]).left_join(habits, ["actor", "known_day"])
    found = joined.select(
        "row",
        rule=ibis.cases(
            (joined.burst.fill_null(False), "burst"),
            (joined.at_once, "at_once"),
            (joined.soon & joined.habit.fill_null(False), "every_send"),
            else_=ibis.null("string"),
        ),
    )
    return found.filter(found.rule.notnull())


def _bursts(clicks: ibis.Table) -> ibis.Table:
    """The seconds of an actor in which a burst is under way: `actor`, `day`, `known_day`, `at`, `burst`."""
    by = ["actor", "day", "known_day"]
    link = ibis.coalesce(clicks.link, clicks["at"].cast("string"))
    once = clicks.select(*by, "at", link=link).group_by([*by, "link"]).agg(at=ibis._["at"].min())
    window = ibis.window(group_by=by, order_by=["at", "link"])
    spans = []
    for index in range(BURST):
        # The place that this click has in a run of so many.
        first = once["at"] if not index else once["at"].lag(index).over(window)
        last = once["at"] if index == BURST - 1 else once["at"].lead(BURST - 1 - index).over(window)
        spans.append((last - first <= BURST_SECONDS).fill_null(False))
    within = spans[0]
    for span in spans[1:]:
        within = within | span
    seconds = once.mutate(within=within)
    return seconds.group_by([*by, "at"]).agg(burst=seconds.within.any())


def _habits(marked: ibis.Table, clicks: ibis.Table) -> ibis.Table:
    """Whether an actor had clicked soon after nearly each send, by the days before: `actor`, `known_day`, `habit`."""
    sends = marked.filter(marked.click == 0).group_by("actor", "known_day").agg(sends=ibis._["at"].nunique())
    followed = clicks.filter(clicks.soon).group_by("actor", "known_day").agg(followed=ibis._.sent.nunique())
    days = sends.outer_join(followed, ["actor", "known_day"])
    days = days.select(
        actor=ibis.coalesce(days.actor, days.actor_right),
        known_day=ibis.coalesce(days.known_day, days.known_day_right),
        sends=days.sends.fill_null(0),
        followed=days.followed.fill_null(0),
    )
    earlier = ibis.window(group_by="actor", order_by="known_day", preceding=(None, 1))
    sent, clicked = days.sends.sum().over(earlier).fill_null(0), days.followed.sum().over(earlier).fill_null(0)
    return days.select("actor", "known_day", habit=(sent >= SENDS) & (clicked >= NEARLY_ALL * sent))
