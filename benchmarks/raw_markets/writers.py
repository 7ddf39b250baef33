"""The layouts in which a simulated market can be written: the one list that another is added to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from benchmarks.raw_markets import dynamics, dynamics_people, hubspot_fivetran, hubspot_screen, salesforce, zoho


@dataclass(frozen=True)
class Writer:
    """How a market is written in a layout.

    Attributes
    ----------
    title : str
        In words.
    path : str
        The file or folder below that of the export.
    write : callable
        Takes the tables of `Market.export` and the path. The id of account ``A0000042`` must end in ``0000042`` as it
        comes out (``AAA`` may follow).
    time_zone : str
        The zone of its times where the export does not say it: who exports it knows, and gives it to `init`.
    kept : callable, optional
        What of a market the layout can hold, where that is not all: the canonical tables are compared without the rest.
    """

    title: str
    path: str
    write: Callable[[Mapping[str, pd.DataFrame], Path], None]
    kept: Callable[[Mapping[str, pd.DataFrame]], dict[str, pd.DataFrame]] | None = None
    time_zone: str = ""


WRITERS: Mapping[str, Writer] = {
    "dynamics": Writer(
        "Dynamics 365's exported views", "Export", dynamics.write, dynamics_people.kept, "Europe/Berlin"
    ),
    "salesforce": Writer("Salesforce's Data Export", "WE_00D000000000001_1.ZIP", salesforce.write, salesforce.kept),
    "hubspot_screen": Writer("HubSpot's export from the screen", "hubspot", hubspot_screen.write, hubspot_screen.kept),
    "hubspot_fivetran": Writer("HubSpot through Fivetran", "hubspot", hubspot_fivetran.write, hubspot_fivetran.kept),
    "zoho": Writer("Zoho's data backup", "Backup", zoho.write, zoho.kept),
}
