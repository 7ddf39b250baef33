"""Who the accounts are: attributes, arrival and the fit that nobody sees in full."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from scoring.simulator.draws import (
    DAY,
    NEVER,
    WEEK,
    Bools,
    Floats,
    Ints,
    Strings,
    ids,
    labels,
    pick,
    stamps,
    within_week,
)
from scoring.simulator.parameters import Parameters, Part

# name: (share, effect on the log-odds of fit)
_INDUSTRIES = {
    "Software": (0.17, 0.9),
    "Manufacturing": (0.18, 0.5),
    "Financial Services": (0.12, 0.6),
    "Logistics": (0.09, 0.3),
    "Healthcare": (0.12, -0.1),
    "Retail": (0.14, -0.6),
    "Education": (0.10, -1.3),
    "Non-profit": (0.08, -1.6),
}
_COUNTRIES = {
    "US": (0.34, 0.2),
    "DE": (0.18, 0.3),
    "GB": (0.16, 0.1),
    "FR": (0.12, 0.0),
    "NL": (0.08, 0.2),
    "BR": (0.12, -0.8),
}
CHANNELS = {
    "organic": (0.32, 0.1),
    "paid_search": (0.17, -0.1),
    "event": (0.16, 0.1),
    "outbound": (0.16, -0.3),
    "referral": (0.11, 0.7),
    "partner": (0.05, 0.3),
    "paid_social": (0.03, -0.1),
    "podcast": (0.0, 0.0),  # nobody, unless the market has a new channel
}
_REGIONS = {"US": "AMER", "BR": "AMER", "DE": "EMEA", "GB": "EMEA", "FR": "EMEA", "NL": "EMEA"}
_TIERS = ("standard", "plus", "premium")
_TERRITORIES = tuple(f"T{number}" for number in range(1, 9))
_SOFTWARE, _FINANCE = (list(_INDUSTRIES).index(name) for name in ("Software", "Financial Services"))
PAID_SOCIAL, NEW_CHANNEL = (list(CHANNELS).index(name) for name in ("paid_social", "podcast"))


@dataclass(frozen=True)
class Accounts:
    """The accounts of a part, one entry of each array per account.

    `born` is the first week boundary at which an account is known, 0 for those that were always there.
    `created` and `enriched` (when the CRM learns the number of employees) are seconds since the start,
    `NEVER` for what does not happen. Sales does not call the `neglected` from some week on. `fit` is in
    log-odds, `log_amount` the mean of the logarithm of the amount of a win.
    """

    number: Ints
    born: Ints
    created: Ints
    enriched: Ints
    channel: Ints
    flooded: Bools
    neglected: Bools
    industry: Ints
    country: Ints
    employees: Floats
    warehouse: Bools
    automation: Bools
    fit: Floats
    log_amount: Floats

    def __len__(self) -> int:
        """Return the number of accounts."""
        return len(self.number)

    def where(self, keep: Bools | Ints) -> "Accounts":
        """Return the accounts to `keep`, a mask or positions."""
        return Accounts(*(getattr(self, field.name)[keep] for field in fields(self)))

    @property
    def ids(self) -> Strings:
        """The account ids."""
        return ids("A", self.number, 7)

    @property
    def domains(self) -> Strings:
        """The domain of each account, ``company42.example``."""
        return ("company" + pd.Series(self.number).astype("str") + ".example").array


def draw(size: int, part: Part, rng: np.random.Generator) -> Accounts:
    """Return the next `size` accounts of the part, some of them brought by the flood.

    Fit is best at about 600 employees and falls off to both sides; a data warehouse helps, automation a
    little. A flooded account looks like any other in its attributes: only its channel, and what it never
    does, betray it.
    """
    parameters, weeks = part.parameters, part.weeks
    channel, from_channel = _choose(CHANNELS, size, rng)
    industry, from_industry = _choose(_INDUSTRIES, size, rng)
    country, from_country = _choose(_COUNTRIES, size, rng)
    employees = np.maximum(np.round(np.exp(rng.normal(np.log(180), 1.25, size))), 2.0)
    warehouse = rng.random(size) < 0.3 + 0.2 * (industry == _SOFTWARE)
    automation = rng.random(size) < 0.45
    from_size = np.maximum(0.7 - 0.28 * np.log(employees / 600) ** 2, -2.5)
    from_tools = 0.8 * warehouse + 0.2 * automation
    shown = from_channel + from_industry + from_country + from_size + from_tools
    fit = shown - 0.75 + rng.normal(0.0, parameters.hidden_fit, size)

    first, last = min(parameters.flood_from, weeks), min(parameters.flood_until, weeks)
    flooded = (rng.random(size) < parameters.flood_share) & (first < last)
    born = np.where(rng.random(size) < parameters.existing_share, 0, rng.integers(1, weeks + 1, size))
    born = np.where(flooded, rng.integers(first + 1, max(last, first + 1) + 1, size), born)
    if parameters.new_channel_share > 0:  # a market without one draws what it always drew
        newcomer = (rng.random(size) < parameters.new_channel_share) & (born > parameters.new_channel_from) & ~flooded
        channel = np.where(newcomer, NEW_CHANNEL, channel)
        fit = fit + newcomer * parameters.new_channel_fit
    created = within_week(np.where(born == 0, -rng.integers(1, 105, size), born - 1), rng)

    gap = rng.random(size)
    enriched = np.where(gap < 0.10, created + rng.integers(10 * DAY, 400 * DAY, size), created)
    enriched = np.where((gap < 0.05) | (enriched >= weeks * WEEK), NEVER, enriched)
    worth = np.log(parameters.amount_median) + parameters.amount_size * np.log(employees / 200)
    return Accounts(
        number=part.first + np.arange(size),
        born=born,
        created=created,
        enriched=enriched,
        channel=np.where(flooded, PAID_SOCIAL, channel),
        flooded=flooded,
        neglected=_of(parameters.neglected, _COUNTRIES)[country] | _of(parameters.neglected, _INDUSTRIES)[industry],
        industry=industry,
        country=country,
        employees=employees,
        warehouse=warehouse,
        automation=automation,
        fit=np.where(flooded, parameters.flood_fit, fit),
        log_amount=worth + 0.3 * (industry == _FINANCE),
    )


def arriving(number: Ints, after: int, part: Part, rng: np.random.Generator) -> Accounts:
    """Return accounts with these numbers as the market draws those that arrive later than boundary `after`."""
    found: list[Accounts] = []
    while sum(map(len, found)) < len(number):
        block = draw(4 * len(number) + 100, part, rng)
        found.append(block.where(block.born > after))
    columns = ([getattr(one, field.name) for one in found] for field in fields(Accounts))
    together = Accounts(*map(np.concatenate, columns)) if found else draw(0, part, rng)
    return replace(together.where(np.arange(len(number))), number=number)


def loyalty(size: int, parameters: Parameters, rng: np.random.Generator) -> Floats:
    """Return the loyalty of the next `size` accounts, one on average."""
    return np.asarray(np.exp(rng.normal(-(parameters.loyalty**2) / 2, parameters.loyalty, size)))


def _of(wanted: tuple[str, ...], names: Iterable[str]) -> Bools:
    return np.array([name in wanted for name in names])


def _choose(table: dict[str, tuple[float, float]], size: int, rng: np.random.Generator) -> tuple[Ints, Floats]:
    shares = np.array([[share for share, _ in table.values()]])
    chosen = pick(shares, np.zeros(size, dtype=np.int64), rng)
    return chosen, np.array([effect for _, effect in table.values()])[chosen]


def table(accounts: Accounts, tier_filled: Ints, part: Part, rng: np.random.Generator) -> pd.DataFrame:
    """Return the `accounts` table at the end: some attributes missing, two that mean nothing, one that leaks.

    `tier_filled` is the second at which onboarding filled the `onboarding_tier` of each account, or `NEVER`.
    """
    n = len(accounts)
    industry = np.where(rng.random(n) < 0.05, -1, accounts.industry)
    revenue = np.round(accounts.employees * np.exp(rng.normal(np.log(160_000), 0.5, n)), -3)
    tier = np.where(tier_filled == NEVER, -1, rng.integers(0, len(_TIERS), n))
    return pd.DataFrame(
        {
            "account_id": accounts.ids,
            "domain": accounts.domains,
            "created_at": stamps(part.start, accounts.created),
            "industry": labels(list(_INDUSTRIES), industry),
            "country": labels(list(_COUNTRIES), accounts.country),
            "region": labels([_REGIONS[name] for name in _COUNTRIES], accounts.country),
            "employees": np.where(accounts.enriched == NEVER, np.nan, accounts.employees),
            "annual_revenue": np.where(rng.random(n) < 0.25, np.nan, revenue),
            "uses_data_warehouse": accounts.warehouse,
            "uses_marketing_automation": accounts.automation,
            "acquisition_channel": labels(list(CHANNELS), accounts.channel),
            "territory": labels(_TERRITORIES, rng.integers(0, len(_TERRITORIES), n)),
            "legacy_score": np.round(rng.uniform(0, 100, n), 1),
            "onboarding_tier": labels(_TIERS, tier),
        }
    )


def account_history(accounts: Accounts, part: Part) -> pd.DataFrame:
    """Return `account_history` of the employees: as created, sometimes missing, and as enriched later."""
    later = np.flatnonzero((accounts.enriched > accounts.created) & (accounts.enriched != NEVER))
    at_first = np.where(accounts.enriched == accounts.created, accounts.employees, np.nan)
    rows = pd.DataFrame(
        {
            "account_id": accounts.ids.take(np.append(np.arange(len(accounts)), later)),
            "known_at": stamps(part.start, np.append(accounts.created, accounts.enriched[later])),
            "employees": np.append(at_first, accounts.employees[later]),
        }
    )
    return rows.sort_values("known_at", kind="stable", ignore_index=True)


def onboarded(firms: Accounts, won: Ints, part: Part, rng: np.random.Generator) -> Ints:
    """Return when onboarding filled the leaking attribute: days after a win, or by mistake."""
    n, parameters = len(firms), part.parameters
    winner = won != NEVER
    onboarded = np.where(winner, won, 0) + rng.integers(3 * DAY, 30 * DAY, n)
    mistake = firms.created + rng.integers(DAY, 700 * DAY, n)
    share = np.where(winner, parameters.onboarded_share, parameters.mistaken_tier)
    filled = np.where(rng.random(n) < share, np.where(winner, onboarded, mistake), NEVER)
    return np.where(filled < part.weeks * WEEK, filled, NEVER)
