"""The columns that a company names in its configuration: `<table>.<column of the export>`, and what is wrong of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from scoring.cells.cells import column_key
from scoring.contracts.crm import CONTRACTS
from scoring.contracts.synonyms import squeezed
from scoring.hints import hint

#: Columns of a lead with an address: no columns of a contract, since they are read for the domain only.
ADDRESSES = ("email", "e-mail", "e_mail")
#: Of Salesforce: how many units of a currency one of the home currency is worth. It is a rate the other way.
UNITS = "conversionrate"
OTHER_WAY = (
    "rate is what one unit of the currency is worth in your own, ConversionRate of Salesforce is the other way round: "
    "give a column rate = 1 / ConversionRate, and do not map it"
)
_FIELDS = {contract.table: tuple(contract.fields) for contract in CONTRACTS}


def mapping_faults(columns: Mapping[str, str]) -> Iterator[str]:
    """What is wrong of [input.columns], a line for each entry that names no table or column of the contracts.

    Parameters
    ----------
    columns : mapping of str
        The column of the contract by `<table>.<column of the export>`.
    """
    for written, column in columns.items():
        table, _, name = written.partition(".")
        entry = f'[input.columns] "{written}" = "{column}"'
        if not name:
            yield f'{entry}: write "<table>.<column of the export>" = "<column>"'
        elif table not in _FIELDS:
            yield f"{entry}: there is no table {table!r}; {hint(table, _FIELDS, 'the tables are ')}"
        elif column not in (*_FIELDS[table], *ADDRESSES):
            known = hint(column, _FIELDS[table], f"{table} has ")
            yield f"{entry}: there is no column {column!r} in {table}; {known}"
        elif (table, column) == ("currencies", "rate") and squeezed(name) == UNITS:
            yield f"{entry}: {OTHER_WAY}"


def format_faults(key: str, formats: Mapping[str, str], known: Collection[str]) -> Iterator[str]:
    """What is wrong of the formats that a company declares for columns, a line for each error.

    Parameters
    ----------
    key : str
        The key of the configuration.
    formats : mapping of str
        The format by `<table>.<column>`.
    known : collection of str
        The formats that there are.
    """
    for written, declared in formats.items():
        table, _, name = written.partition(".")
        entry = f'{key} in [input]: "{written}" = "{declared}"'
        if not name:
            yield f'{entry}: write "<table>.<column>" = "<format>"'
        elif column_key(table) not in _FIELDS:
            yield f"{entry}: there is no table {table!r}; {hint(table, _FIELDS, 'the tables are ')}"
        if declared not in known:
            yield f"{entry}: the format must be one of {', '.join(known)}"
