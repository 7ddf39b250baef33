"""Records that the CRM calls customers in a column of its own, though no deal of theirs is won."""

import re

import ibis
import ibis.expr.types as ir

from scoring.cells.words import plain_word
from scoring.contracts.column_names import bare_name
from scoring.entity import Entity
from scoring.features.facts import Facts
from scoring.tables import row_count

_CUSTOMER = "(?:customer|client|kunden?|bestandskunden?|cliente|klant)"
#: The columns in which a CRM says what a record is to the company, and those that ask for nothing else.
_KIND = re.compile(
    f"(?:account|company|contact|lead|record|crm|business|firmen|organi[sz]ation|{_CUSTOMER})*"
    "(?:type|typ|tipo|lifecycle|lifecyclestage|status|statut|estado|stage|category|kategorie|relationship|relation"
    "|classification|customertypecode|art)"
)
_IS = re.compile(f"(?:is|ist|est)?(?:a|an|active|existing|current)?{_CUSTOMER}(?:flag|yn)?")
#: How such a column calls a customer; `Former customer` and `Customer prospect` are none.
_NAMED = re.compile(
    f"(?:active|existing|current|paying|aktiver?|installed)?{_CUSTOMER}s?(?:direct|indirect|channel|reseller|active|aktiv)?"
)
_YES = ("true", "yes", "t", "y", "1", "ja", "oui", "si", "sí", "sim")


def named_customers(facts: Facts, entity: Entity, day: str) -> list[str]:
    """A note for each column that calls records customers which have not won a deal.

    They are ranked as prospects: what such a column says is today's, and nobody knows since when.

    Parameters
    ----------
    facts : Facts
        As known at the day.
    entity : {"account", "lead"}
    day : str
        For the message.
    """
    values = facts.attributes
    if values is None:
        return []
    found = []
    open_ = values.semi_join(facts.units, "unit").anti_join(facts.won_deals.select("unit"), "unit")
    for column in (name for name in values.columns if name != "unit"):
        if (is_named := _called(open_, column)) is None:
            continue
        named = row_count(open_.filter(is_named))
        if named:
            found.append(
                f"{named:,} open {entity}s are customers by {column}, but no deal of theirs is won before {day}: they "
                "are ranked; export their won deals, the old ones too, or leave these rows out"
            )
    return found


def _called(values: ibis.Table, column: str) -> ir.BooleanValue | None:
    """Whether a record is called a customer in a column, if that is what the column is for."""
    cell, name = values[column], bare_name(column)
    if _IS.fullmatch(name):
        return cell.cast("string").lower().isin(_YES)
    if not cell.type().is_string() or not _KIND.fullmatch(name):
        return None
    levels = values.select(level=cell).distinct().limit(500).to_pyarrow().to_pylist()
    called = [row["level"] for row in levels if row["level"] and _NAMED.fullmatch(plain_word(row["level"]))]
    return cell.isin(called) if called else None
