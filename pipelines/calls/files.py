"""The files of a week's lists: a CSV, JSON, and a file for each CRM; published in one step.

calls/
    nights/2026-03-02_1/       the lists of a week, complete, which never change
        calls.csv              a row for each call
        calls.json             all figures
        calls.html             the page
        salesforce/account_calls.csv and salesforce/fields/...
    latest -> nights/2026-03-02_1
    calls.csv -> latest/calls.csv       and so on: these paths are always valid
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import ibis
import pandas as pd

from pipelines.delivery.files import write_cells
from pipelines.disk import sha256_of, write_figures, write_text
from pipelines.planning.sources.files import safe
from pipelines.progress import Say
from pipelines.store import publication
from scoring.calls.call_list import Call, CallLists
from scoring.crm.call_fields import calls_profile
from scoring.crm.cells import broken_rule, cells
from scoring.crm.known import CONNECTORS
from scoring.crm.profile import Profile

#: Published weeks that stay in the folder.
WEEKS = 8
#: The reason of a call for whom nothing is new.
NO_TRIGGER = "Nothing new: the highest expected revenue of those not called lately"

_RULE = " rule"
_TYPES = {
    "call_week": "date",
    "call_order": "int64",
    "call_reason": "string",
    "call_until": "date",
    "call_people": "string",
}


def publish(lists: CallLists, page: str, out: Path, profiles: Sequence[Profile], say: Say) -> Path:
    """Write everything into a new folder, then make it the latest.

    Parameters
    ----------
    lists : CallLists
    page : str
        The page as HTML.
    out : Path
    profiles : sequence of Profile
        Of the CRMs that files are written for.
    say : callable
        Takes a line about each CRM for which a file cannot be complete.

    Returns
    -------
    Path
        The folder of the week.

    Raises
    ------
    UsageError
        If `out` cannot be used. What was published before stays.
    """
    final = publication.prepare_folder(out, "calls")
    name = f"{lists.week}_{publication.newest_sequence(final) + 1}"
    with publication.staged(final, name) as folder:
        safe(pd.DataFrame([_row(lists, call) for call in lists.calls], columns=list(COLUMNS))).to_csv(
            folder / "calls.csv", index=False
        )
        write_figures(folder / "calls.json", lists.to_json())
        write_text(folder / "calls.html", page)
        for profile in profiles:
            write_crm_file(lists, profile, folder / profile.name, say)
        written = sorted(file for file in folder.rglob("*") if file.is_file())
        outputs = {str(file.relative_to(folder)): sha256_of(file) for file in written}
        write_figures(folder / publication.MANIFEST, {"week": lists.week, "entity": lists.entity, "outputs": outputs})
    publication.make_latest(final, name)
    publication.tidy(final, WEEKS)
    return final / publication.LATEST


COLUMNS = (
    "week",
    "owner",
    "order",
    "id",
    "account_id",
    "team",
    "grade",
    "win_probability",
    "expected_revenue",
    "why_now",
    "happened",
    "expires",
    "freshness",
    "people",
    "missing_role",
    "our_last",
    "our_last_on",
    "their_last",
    "their_last_on",
    "listed_since",
)


def _row(lists: CallLists, call: Call) -> tuple[object, ...]:
    return (
        lists.week,
        call.owner,
        call.order,
        call.unit,
        call.account,
        call.team,
        call.grade,
        round(call.win_probability, 6),
        round(call.expected_revenue, 2),
        call.why_now,
        call.happened,
        call.expires,
        round(call.left, 4),
        " ".join(call.people),
        call.missing_role,
        call.ours.kind if call.ours else "",
        call.ours.day if call.ours else None,
        call.of_buyer.kind if call.of_buyer else "",
        call.of_buyer.day if call.of_buyer else None,
        call.since,
    )


def write_crm_file(lists: CallLists, profile: Profile, folder: Path, say: Say) -> None:
    """Write the file of one CRM, and the definitions of its fields.

    A CRM that takes no accounts gets the people of the calls instead, where it takes leads.

    Parameters
    ----------
    lists : CallLists
    profile : Profile
        Of the scores.
    folder : Path
    say : callable
    """
    connector = CONNECTORS[profile.name]
    own = calls_profile(profile, connector.field_name)
    entity = lists.entity if lists.entity in own.columns else "lead"
    key = own.columns[entity][0]
    rows = _crm_rows(lists, entity)
    table = ibis.memtable(rows.rename(columns={"id": key.source}), schema={key.source: "string", **_TYPES})
    texts = ibis.duckdb.connect().to_pyarrow(
        cells(own, own.columns[entity], table).mutate(**{_RULE: broken_rule(table, key)})
    )
    fits = texts[_RULE].is_null()
    made = texts.drop_columns(_RULE).filter(fits)
    write_cells(own, entity, "calls", made, folder)
    if unfit := len(texts) - len(made):
        say(f"  {unfit:,} of {len(texts):,} are not in the {profile.name} file: their ids are not of this CRM")
    for name, text in connector.definitions(own).items():
        (folder / "fields" / name).parent.mkdir(parents=True, exist_ok=True)
        write_text(folder / "fields" / name, text)


def _crm_rows(lists: CallLists, entity: str) -> pd.DataFrame:
    """The rows of a CRM's file."""
    found: list[Mapping[str, object]] = []
    for call in lists.calls:
        ids: Iterable[str] = (call.unit,) if entity == lists.entity else call.people
        people = ", ".join(call.people) if entity == lists.entity == "account" else ""
        missing = f"missing: {call.missing_role}" if call.missing_role else ""
        found += [
            {
                "id": id_,
                "call_week": lists.week,
                "call_order": call.order,
                "call_reason": call.why_now or NO_TRIGGER,
                "call_until": call.expires or lists.until,
                "call_people": "; ".join(filter(None, (people, missing))),
            }
            for id_ in ids
        ]
    frame = pd.DataFrame(found, columns=["id", *_TYPES])
    # One person may be named for two calls: the first by order counts.
    return frame.sort_values("call_order", kind="stable").drop_duplicates("id").reset_index(drop=True)
