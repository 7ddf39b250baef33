"""What a results file is: the file in which a CRM says which rows of an import it took, and why it refused others.

The kinds are declared in the CRM's folder; `pipelines` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResultsFile:
    """One kind of results file: the columns of the file that was imported, and further ones of the CRM.

    Attributes
    ----------
    name : str
        What the CRM's maker calls it; recorded with each import.
    marks : tuple of str
        The columns that tell it from other files. A kind without marks is any file that fits the profile.
    extras : tuple of str
        Further columns that the CRM adds.
    taken : bool, optional
        Whether the CRM took its rows; None where the column `status` says so for each row.
    status : str
        The column that says whether a row was taken.
    taken_words, refused_words : tuple of str
        The words in `status`, in lower case.
    error : str
        The column with the reason of a refusal; empty if there is none.
    reason : str
        The reason of all refusals, where no column says it.
    """

    name: str
    marks: tuple[str, ...]
    extras: tuple[str, ...] = ()
    taken: bool | None = False
    status: str = ""
    taken_words: tuple[str, ...] = ()
    refused_words: tuple[str, ...] = ()
    error: str = ""
    reason: str = ""
