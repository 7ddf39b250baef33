"""Why hardly any reference of a column is found: the usual causes, tried one after the other on a sample."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import ibis

from scoring.cells import ids

#: How many references are tried, and against how many ids.
SAMPLE, MOST = 1_000, 300_000
#: A cause must explain this share of the sample.
EXPLAINS = 0.5

#: The objects of Salesforce by the first three characters of their ids.
SALESFORCE = {
    "001": "accounts", "003": "contacts", "005": "users", "006": "opportunities", "00Q": "leads", "00T": "tasks",
    "00U": "events", "00G": "queues", "701": "campaigns", "500": "cases", "a00": "records of an object of your own",
}  # fmt: skip

#: How an id may be cut down to meet another one, and how the difference is told.
FORMS: tuple[tuple[Callable[[str], str], str], ...] = (
    (
        str.lower,
        "they differ in capitals only, and capitals distinguish ids here: export both with the ids as the CRM has them",
    ),
    (
        lambda id_: id_.strip().lstrip("0"),
        "they differ in leading zeros only: a spreadsheet has cut them off; export both as text",
    ),
    (
        lambda id_: id_[:15] if re.fullmatch("[0-9]{16,}", id_) else "",
        "they agree in 15 digits only: a spreadsheet has rounded them; export both as text",
    ),
    (
        lambda id_: re.sub("[^0-9a-z]", "", id_.lower()),
        "they differ in signs and capitals only: export both in one way",
    ),
)

#: How the words begin that name no cause.
UNLIKE = "The two do not look alike"


def likely_cause(
    unknown: ibis.Table, column: str, known: ibis.Table, where: str, accepted: Mapping[str, ibis.Table]
) -> tuple[str, str]:
    """Say why references are not found, and show one beside an id.

    Parameters
    ----------
    unknown : ibis.Table
        The column ``written``: the references.
    column : str
    known : ibis.Table
        The column ``id``: what they should name.
    where : str
        The table of these ids.
    accepted : mapping of ibis.Table
        All tables read so far.
    """
    sample, written = _samples(unknown, known)
    if not written:
        return f"The table {where} has no accepted row", ""
    if (found := _recognised(sample, written, column, where, accepted)) is not None:
        return found
    return f"{_by_look(sample, written, where)}; as in", f"`{sample[0]}` beside `{written[0]}` of {where}"


def cause_of_some(
    unknown: ibis.Table, column: str, known: ibis.Table, where: str, accepted: Mapping[str, ibis.Table]
) -> tuple[str, str] | None:
    """Say why a part of the references is not found, and show one beside an id; None if no cause explains it.

    Parameters
    ----------
    unknown : ibis.Table
    column : str
    known : ibis.Table
    where : str
    accepted : mapping of ibis.Table
        All as of `likely_cause`.
    """
    sample, written = _samples(unknown, known)
    return _recognised(sample, written, column, where, accepted) if sample and written else None


def _samples(unknown: ibis.Table, known: ibis.Table) -> tuple[list[str], list[str]]:
    sample = [row["written"] for row in unknown.order_by("written").limit(SAMPLE).to_pyarrow().to_pylist()]
    return sample, [row["id"] for row in known.order_by("id").limit(MOST).to_pyarrow().to_pylist()]


def _recognised(
    sample: list[str], written: list[str], column: str, where: str, accepted: Mapping[str, ibis.Table]
) -> tuple[str, str] | None:
    """The first of the causes that explains most of the sample."""
    for form, words in FORMS:
        by_form = {form(id_): id_ for id_ in reversed(written)}
        by_form.pop("", None)
        pairs = [(cell, by_form[form(cell)]) for cell in sample if form(cell) in by_form]
        # Different references must meet different ids.
        if len({id_ for _, id_ in pairs}) >= EXPLAINS * len(sample):
            return f"The likely cause: {words}; as in", f"`{pairs[0][0]}` beside `{pairs[0][1]}`"
    cause = next(_other_values(sample, column, where, accepted), None)
    if cause is None and (pair := _around_numbers(sample, written)) is not None:
        words = "their numbers agree, but not what stands before or after: make it the same in both tables"
        return f"The likely cause: {words}; as in", f"`{pair[0]}` beside `{pair[1]}`"
    return None if cause is None else (f"{cause}; as in", f"`{sample[0]}` beside `{written[0]}` of {where}")


def _around_numbers(sample: list[str], written: list[str]) -> tuple[str, str] | None:
    """A reference and an id, if most have the same number, and always the same around it."""

    def parts(id_: str) -> tuple[str, str, str]:
        number = max(re.findall("[0-9]+", id_), key=len, default="")
        before, _, after = id_.partition(number) if number else (id_, "", "")
        # Beside what stands before it, a spreadsheet may have cut off its zeros too.
        return before, number.lstrip("0") or number[-1:], after

    by_number = {parts(id_)[1]: id_ for id_ in written}
    by_number.pop("", None)
    pairs = [(cell, by_number[number]) for cell in sample if (number := parts(cell)[1]) in by_number]
    around = Counter((parts(cell)[::2], parts(id_)[::2]) for cell, id_ in pairs)
    if not around:
        return None
    usual, times = around.most_common(1)[0]
    if times < EXPLAINS * len(sample):
        return None
    return next((cell, id_) for cell, id_ in pairs if (parts(cell)[::2], parts(id_)[::2]) == usual)


def _other_values(sample: list[str], column: str, where: str, accepted: Mapping[str, ibis.Table]) -> Iterator[str]:
    """The columns of which the sample holds values: ids of another table, or a name of the record."""
    for table, rows in accepted.items():
        for other in rows.columns:
            kind = rows[other].type()
            if (table == where and other == column) or not kind.is_string():
                continue
            found = rows.filter(rows[other].isin(sample)).select(other).distinct().count().to_pyarrow().as_py()
            if found >= EXPLAINS * len(sample):
                wanted = f"export the ids of the records of {where} instead"
                if other in ids.NAMED_TABLE:
                    yield f"The likely cause: they are the {other} of {table}; {wanted}"
                else:
                    yield f"The likely cause: they are in the column {other} of {table}, so these are no ids; {wanted}"


def _by_look(sample: list[str], written: list[str], where: str) -> str:
    """What the look of the references says, where nothing that was tried finds them."""
    kinds = [
        SALESFORCE.get(id_[:3]) if re.fullmatch("[0-9A-Za-z]{15}|[0-9A-Za-z]{18}", id_) else None for id_ in sample
    ]
    most, times = Counter(kinds).most_common(1)[0]
    if most is not None and most != SALESFORCE.get(written[0][:3]) and times >= EXPLAINS * len(kinds):
        return f"The likely cause: they begin as Salesforce's ids of {most} do, and those of {where} do not"
    names = sum(" " in cell.strip() or cell.isalpha() for cell in sample)
    if names >= EXPLAINS * len(sample) and not any(" " in id_ or id_.isalpha() for id_ in written[:SAMPLE]):
        return f"The likely cause: they look like names; export the ids of the records of {where} instead"
    return f"{UNLIKE}: is it the export of another system or of another time, or only a part of {where}?"
