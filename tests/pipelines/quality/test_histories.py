"""Since when each column has a history, in words."""

import ibis
import pandas as pd

from pipelines.quality.histories import first_days_in_words, histories
from scoring.tables import Tables


def test_each_column_is_said_with_the_day_from_which_it_has_a_history() -> None:
    moments = pd.to_datetime(["2024-01-02 09:00", "2025-03-04 10:00", "2025-07-01 00:00"])
    changes = pd.DataFrame(
        {
            "account_id": ["A", "A", "B"],
            "known_at": moments,
            "industry": ["retail", "software", None],
            "region": [None, "north", "south"],
            "tier": [None, None, None],
        }
    ).astype({"tier": "string"})
    since = {"table": ["accounts", "leads"], "column": ["tier", "score_of_fit"], "since": [20_500, 20_501]}
    tables = Tables(
        ibis.memtable({"opportunity_id": ["O"]}),
        account_history=ibis.memtable(changes),
        kept_since=ibis.memtable(since),
    )
    assert first_days_in_words(histories(tables)) == [
        "account_history since 2024-01-02: industry",
        "account_history since 2025-03-04: region",
        "accounts, kept by nights since 2026-02-16: tier",
        "leads, kept by nights since 2026-02-17: score_of_fit",
    ]
    assert first_days_in_words(histories(Tables(ibis.memtable({"opportunity_id": ["O"]})))) == []
