"""Links by the names of companies: who is asked for, who is labelled, and which candidates are good enough."""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipelines.config import Config
from pipelines.matching.name_model import probable_pairs
from pipelines.matching.thresholds import Threshold, threshold
from scoring.companies.names import CompanyName, company_name

#: The most labelled leads to learn from, and as many others to set the threshold by.
MOST_LABELLED = 20_000
#: Candidates that are more often right than not are worth a look.
WORTH_A_LOOK = 0.5


@dataclass(frozen=True)
class NameLinks:
    """What the names of companies say.

    A probability is the share of labelled pairs with names as much alike that is right.

    Attributes
    ----------
    threshold : Threshold
        From which probability on a link is offered as good.
    links : pa.Table
        ``lead_id``, ``account_id``, ``probability``, ``good``: leads without an account, with their candidates.
    accounts : pa.Table
        ``account_id``, ``same_as``, ``probability``: accounts that are probably one.
    """

    threshold: Threshold
    links: pa.Table
    accounts: pa.Table


class _Names:
    """The different names of a column, each with its country, as numbers."""

    def __init__(self) -> None:
        self.ids: dict[tuple[CompanyName, str], int] = {}

    def add(self, written: str | None, country: str | None) -> int | None:
        """The number of a name; None for a cell without one."""
        name = company_name(written) if written else None
        if name is None or not name.core:
            return None
        return self.ids.setdefault((name, (country or "").strip().lower()), len(self.ids))

    def table(self, often: Counter[str]) -> pa.Table:
        """The names as the model reads them; the rarest word is found by how often the accounts have each."""
        rows = []
        for (name, country), number in self.ids.items():
            words = name.core.split()
            rare = min([word for word in words if word in often] or words, key=lambda word: (often[word], word))
            rows.append(
                (number, name.core, name.core.replace(" ", ""), words[0], rare, name.form or None, country or None)
            )
        columns = ("unique_id", "core", "squeezed", "first", "rare", "form", "country")
        types = (pa.int64(), *[pa.string()] * 6)
        sides = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
        return pa.table({c: pa.array(side, kind) for c, side, kind in zip(columns, sides, types, strict=True)})


def name_links(accounts: pa.Table, people: pa.Table, config: Config) -> NameLinks:
    """Compare the names of companies.

    Leads whose account is known, and those at a domain of no account, are labelled: some teach the model, others set
    the threshold. Both are drawn by a hash, so the order of rows changes nothing.

    Parameters
    ----------
    accounts : pa.Table
        ``account_id``, ``name``, ``country``, ``domain``.
    people : pa.Table
        ``lead_id``, ``account_id`` (null where unknown), ``company``, ``country``, ``elsewhere`` (whether the domain of
        the address is known and of no account).
    config : Config
    """
    accounts, people = accounts.sort_by("account_id"), people.sort_by("lead_id")
    account_names, lead_names = _Names(), _Names()
    columns = zip(accounts["name"].to_pylist(), accounts["country"].to_pylist(), strict=True)
    numbers = [account_names.add(name, country) for name, country in columns]
    account_numbers = dict(zip(accounts["account_id"].to_pylist(), numbers, strict=True))
    often = Counter(word for name, _ in account_names.ids for word in set(name.core.split()))
    rows = _asked(people, lead_names, account_numbers)
    # The accounts themselves are asked for too: so the same model finds those that are there twice.
    again = {lead_names.ids.setdefault(key, len(lead_names.ids)): number for key, number in account_names.ids.items()}
    taught = {
        (number, row.name)
        for row in rows
        if row.role == "teach" and (number := account_numbers.get(row.account or "")) is not None
    }
    labels = pa.table(
        {
            "account_name": pa.array([one for one, _ in sorted(taught)], pa.int64()),
            "lead_name": pa.array([other for _, other in sorted(taught)], pa.int64()),
        }
    )
    nothing = Threshold(None, sum(row.role == "test" for row in rows), 0, 0, 0)
    if not account_names.ids or not taught:
        return NameLinks(nothing, _EMPTY_LINKS, _EMPTY_ACCOUNTS)
    pairs = probable_pairs(
        account_names.table(often), lead_names.table(often), labels, 1 / len(account_names.ids), config.engine.memory_gb
    )
    with duckdb.connect() as connection:
        connection.register("pairs", pairs)
        connection.register(
            "accounts",
            pa.table(
                {
                    "account_id": accounts["account_id"],
                    "number": pa.array(numbers, pa.int64()),
                    "domain": accounts["domain"],
                }
            ),
        )
        connection.register(
            "asked",
            pa.table(
                {
                    "lead_id": pa.array([row.lead for row in rows], pa.string()),
                    "name": pa.array([row.name for row in rows], pa.int64()),
                    "role": pa.array([row.role for row in rows], pa.string()),
                    "truth": pa.array([row.account for row in rows], pa.string()),
                    "elsewhere": pa.array([row.elsewhere for row in rows], pa.bool_()),
                }
            ),
        )
        connection.register(
            "again",
            pa.table({"lead_name": pa.array(again, pa.int64()), "number": pa.array(again.values(), pa.int64())}),
        )
        connection.execute(_CANDIDATES)
        tested = connection.sql(_TESTED).to_arrow_table()
        known = sum(row.role == "test" and row.account is not None for row in rows)
        scores, right = tested["probability"].to_numpy(), tested["correct"].to_numpy(zero_copy_only=False)
        good = threshold(scores, right, known, config.matching.precision)
        worth = threshold(scores, right, known, WORTH_A_LOOK)
        if good.probability is None:
            return NameLinks(good, _EMPTY_LINKS, _EMPTY_ACCOUNTS)
        least = good.probability if worth.probability is None else worth.probability
        links = connection.sql(_LINKS, params=[good.probability, least]).to_arrow_table()
        twice = connection.sql(_ACCOUNTS, params=[good.probability]).to_arrow_table()
    return NameLinks(good, _with_shares(links, good), _with_shares(twice, good))


def _with_shares(found: pa.Table, threshold: Threshold) -> pa.Table:
    index = found.column_names.index("probability")
    shares = threshold.share_of(found["probability"].to_numpy())
    return found.set_column(index, "probability", pa.array(shares, pa.float64()))


@dataclass(frozen=True)
class _Asked:
    """A lead whose candidates are looked for: to teach the model, to test it, or since its account is not known."""

    lead: str
    name: int
    role: str
    account: str | None
    elsewhere: bool


def _asked(people: pa.Table, lead_names: _Names, accounts: dict[str, int | None]) -> list[_Asked]:
    columns = [people[name].to_pylist() for name in ("lead_id", "account_id", "company", "country", "elsewhere")]
    left, labelled = [], []
    for lead, account, company, country, elsewhere in zip(*columns, strict=True):
        if not company or (account is not None and accounts.get(account) is None):
            continue
        row = (lead, account, company, country, elsewhere)
        if account is None:
            left.append(row)
        if account is not None or elsewhere:
            labelled.append((zlib.crc32(lead.encode()), *row))
    labelled.sort()
    found = []
    for index, (_, lead, account, company, country, _elsewhere) in enumerate(labelled[: 2 * MOST_LABELLED]):
        if (name := lead_names.add(company, country)) is not None:
            # As if nothing were known of its domain: any account may be its.
            found.append(_Asked(lead, name, ("teach", "test")[index % 2], account, False))
    for lead, _, company, country, elsewhere in left:
        if (name := lead_names.add(company, country)) is not None:
            found.append(_Asked(lead, name, "left", None, bool(elsewhere)))
    return found


_EMPTY_LINKS = pa.table(
    {
        "lead_id": pa.array([], pa.string()),
        "account_id": pa.array([], pa.string()),
        "probability": pa.array([], pa.float64()),
        "good": pa.array([], pa.bool_()),
    }
)
_EMPTY_ACCOUNTS = pa.table(
    {
        "account_id": pa.array([], pa.string()),
        "same_as": pa.array([], pa.string()),
        "probability": pa.array([], pa.float64()),
    }
)

#: The two best accounts of each lead; whose domain is of no account can only be of an account without a domain.
_CANDIDATES = """
CREATE TEMP TABLE candidates AS
SELECT s.lead_id, s.role, s.truth, a.account_id, a.domain, p.probability,
       row_number() OVER best AS position,
       lead(p.probability) OVER best AS next
FROM asked AS s
JOIN pairs AS p ON p.lead_name = s.name
JOIN accounts AS a ON a.number = p.account_name
WHERE NOT (s.elsewhere AND a.domain IS NOT NULL)
WINDOW best AS (PARTITION BY s.lead_id, s.role ORDER BY p.probability DESC, a.account_id)
QUALIFY position <= 2
"""
#: The best candidate of each lead that tests, where it is one and can be checked: by its domain, or as the known one.
_TESTED = """
SELECT c.probability, coalesce(c.account_id = c.truth OR c.domain = t.domain, FALSE) AS correct
FROM candidates AS c LEFT JOIN accounts AS t ON t.account_id = c.truth
WHERE c.role = 'test' AND c.position = 1 AND (c.next IS NULL OR c.next < c.probability)
  AND (c.truth IS NOT NULL OR c.domain IS NOT NULL)
ORDER BY c.probability DESC, correct
"""
#: The candidates of leads without an account: good is one that is good enough while no other is.
_LINKS = """
SELECT lead_id, account_id, probability,
       position = 1 AND probability >= $1 AND (next IS NULL OR next < $1) AS good
FROM candidates WHERE role = 'left' AND probability >= $2 ORDER BY lead_id, position
"""
_ACCOUNTS = """
SELECT a.account_id, b.account_id AS same_as, max(p.probability) AS probability
FROM pairs AS p
JOIN again AS g ON g.lead_name = p.lead_name
JOIN accounts AS a ON a.number = p.account_name
JOIN accounts AS b ON b.number = g.number
WHERE a.account_id < b.account_id AND p.probability >= $1 AND (a.domain IS NULL OR b.domain IS NULL)
GROUP BY ALL ORDER BY ALL
"""
