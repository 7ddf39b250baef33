"""A CRM of companies with typos, legal forms, subsidiaries, missing domains and duplicates, whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

_BEGINNINGS = (
    "al", "ar", "ba", "be", "bel", "bri", "ca", "cor", "da", "del", "el", "en", "fal", "fer", "gal", "ge", "hel",
    "in", "jo", "kar", "ken", "la", "lin", "lo", "mar", "mel", "mon", "na", "nor", "or", "pal", "per", "qua",
    "ra", "rel", "ro", "sa", "sel", "sol", "ta", "tel", "tor", "ul", "va", "ver", "wes", "xan", "yor", "zen",
)  # fmt: skip
_MIDDLES = (
    "ba", "co", "da", "di", "fo", "ga", "la", "li", "lo", "ma", "mi", "na", "no", "pe", "ra", "ri", "ro", "sa",
    "si", "ta", "te", "ti", "to", "va", "vi",
)  # fmt: skip
_ENDS = (
    "x", "n", "r", "s", "th", "m", "l", "nd", "rt", "ck", "ta", "na", "ro", "lo", "via", "tec", "sys", "don",
    "ley", "ton", "mark", "berg", "stad",
)  # fmt: skip
_TRADES = (
    "software", "systems", "consulting", "logistics", "energy", "foods", "medical", "pharma", "capital",
    "partners", "group", "holding", "industries", "technologies", "media", "design", "engineering", "robotics",
    "analytics", "security", "networks", "labs", "materials", "plastics", "steel", "textil", "automotive",
    "electronics", "optics", "packaging", "print", "travel", "hotels", "retail", "trading", "insurance",
    "services", "solutions",
)  # fmt: skip
_FORMS = {
    "US": ("Inc.", "Inc", "LLC", "Corp.", "Corporation"),
    "GB": ("Ltd", "Limited", "Ltd.", "PLC"),
    "DE": ("GmbH", "AG", "GmbH & Co. KG", "SE"),
    "FR": ("SA", "S.A.", "SAS", "SARL"),
    "NL": ("BV", "B.V.", "NV"),
    "SE": ("AB", "AB (publ)"),
}
_TOP = {"US": "com", "GB": "co.uk", "DE": "de", "FR": "fr", "NL": "nl", "SE": "se"}
_COUNTRIES = ("US", "GB", "DE", "FR", "NL", "SE")
FREE = ("gmail.com", "yahoo.com", "hotmail.com", "gmx.de")


@dataclass(frozen=True)
class Shares:
    """How often each thing goes wrong, as shares."""

    no_domain: float = 0.15
    duplicates: float = 0.03
    subsidiaries: float = 0.08
    alias: float = 0.2
    by_id: float = 0.35
    converted: float = 0.05
    unknown_company: float = 0.3
    free_mail: float = 0.25
    no_mail: float = 0.1
    no_company: float = 0.05
    typo: float = 0.12
    twice: float = 0.04


@dataclass(frozen=True)
class Truth:
    """The company of each account and lead (those of no account have one too), and the person of each lead."""

    company_of_account: np.ndarray
    company_of_lead: np.ndarray
    person_of_lead: np.ndarray


def _names(rng: np.random.Generator, count: int) -> list[str]:
    """Names of companies, nearly all different; some differ in the trade alone, as real ones do."""
    found = []
    parts = rng.integers(0, [len(_BEGINNINGS), len(_MIDDLES), len(_ENDS), len(_TRADES), len(_TRADES)], (count, 5))
    kinds = rng.random(count)
    for (start, middle, end, trade, other), kind in zip(parts.tolist(), kinds.tolist(), strict=True):
        brand = (_BEGINNINGS[start] + (_MIDDLES[middle] if kind < 0.75 else "") + _ENDS[end]).capitalize()
        if kind < 0.15:
            found.append(brand)
        elif kind < 0.85:
            found.append(f"{brand} {_TRADES[trade].capitalize()}")
        else:
            found.append(f"{brand} {_TRADES[trade].capitalize()} {_TRADES[other].capitalize()}")
    return found


def _typed(rng: np.random.Generator, name: str, form: str, typo: bool) -> str:
    """A name as somebody types it into a form."""
    kind = rng.random()
    if kind < 0.35:
        text = name
    elif kind < 0.75:
        text = f"{name} {form}"
    elif kind < 0.85:
        text = f"{name.upper()} {form.upper()}"
    elif kind < 0.93:
        text = name.lower()
    else:  # the last word is left out: `Belmax` for `Belmax Software`
        text = name.rsplit(" ", 1)[0]
    if typo and len(text) > 4:
        index = int(rng.integers(1, len(text) - 1))
        what = rng.integers(0, 4)
        if what == 0:
            text = text[:index] + text[index + 1 :]
        elif what == 1:
            text = text[:index] + text[index] + text[index:]
        elif what == 2:
            text = text[:index] + text[index + 1] + text[index] + text[index + 2 :]
        else:
            text = text[:index] + "aeionrst"[int(rng.integers(0, 8))] + text[index + 1 :]
    return text


def write_market(folder: Path, accounts: int, leads: int, seed: int = 1, shares: Shares | None = None) -> Truth:
    """Write `accounts`, `leads` and `opportunities` as Parquet, and give their truth.

    Parameters
    ----------
    folder : Path
    accounts, leads : int
    seed : int
    shares : Shares, optional
    """
    share, rng = shares or Shares(), np.random.default_rng(seed)
    doubles = int(accounts * share.duplicates)
    known = accounts - doubles
    companies = int(known / (1 - share.unknown_company))
    names, country = _names(rng, companies), rng.choice(len(_COUNTRIES), companies, p=[0.4, 0.2, 0.2, 0.1, 0.05, 0.05])
    parent = np.full(companies, -1)
    for i in np.flatnonzero(rng.random(companies) < share.subsidiaries):  # of a company before it, with its brand
        if i > 10:
            parent[i] = int(rng.integers(0, i))
            where = _COUNTRIES[country[i]]
            names[i] = f"{names[parent[i]].split()[0]} {('France', 'Nordic', 'UK', 'Iberia')[i % 4]} {where}"
    form = [str(rng.choice(_FORMS[_COUNTRIES[c]])) for c in country]
    uses: dict[str, int] = {}
    domain, alias = [], []
    for i, name in enumerate(names):
        label = name.lower().replace(" ", "" if i % 3 else "-")
        uses[label] = uses.get(label, 0) + 1
        label += str(uses[label]) if uses[label] > 1 else ""
        domain.append(f"{label}.{_TOP[_COUNTRIES[country[i]]]}")
        alias.append(f"{label}-group.com" if rng.random() < share.alias else "")
    own = rng.permutation(companies)[:known]
    company_of_account = np.concatenate([own, rng.choice(own, doubles)])
    has_domain = rng.random(accounts) >= share.no_domain
    with_alias = rng.random(accounts) < 0.7
    id_of = {int(company): f"A{i}" for i, company in enumerate(own)}
    day = np.datetime64("2022-01-01") + rng.integers(0, 1200, accounts).astype("timedelta64[D]")
    first_day = dict(zip(own.tolist(), day[:known].tolist(), strict=True))
    folder.mkdir(parents=True, exist_ok=True)
    mine = company_of_account.tolist()
    typed = [_typed(rng, names[c], form[c], i >= known and i % 3 == 0) for i, c in enumerate(mine)]
    _write(
        folder / "accounts.parquet",
        account_id=[f"A{i}" for i in range(accounts)],
        name=typed,
        domain=[domain[c] if has else None for c, has in zip(mine, has_domain, strict=True)],
        additional_domains=[alias[c] or None if has else None for c, has in zip(mine, with_alias, strict=True)],
        parent_id=[id_of.get(int(parent[c])) for c in mine],
        country=[_COUNTRIES[country[c]] for c in mine],
        created_at=day.astype("datetime64[us]"),
    )
    return _write_leads(folder, rng, leads, share, mine, names, form, domain, alias, parent, country, id_of, first_day)


def _write_leads(folder, rng, leads, share, mine, names, form, domain, alias, parent, country, id_of, first_day):  # type: ignore[no-untyped-def]
    companies = len(names)
    company = rng.integers(0, companies, leads)
    person = np.arange(leads)
    again = rng.random(leads) < share.twice
    person[again] = rng.integers(0, leads, int(again.sum()))
    person = person[person]  # who was entered twice is the person that was entered first
    company = company[person]
    draws = {name: rng.random(leads) for name in ("id", "mail", "alias", "company", "typo", "converted", "parent")}
    day = np.datetime64("2022-06-01") + rng.integers(0, 1200, leads).astype("timedelta64[D]")
    columns: dict[str, list] = {name: [] for name in ("account_id", "email", "company", "converted", "at")}
    for i, c in enumerate(company.tolist()):
        account = id_of.get(c)
        late = day[i].item() <= first_day.get(c, day[i].item())
        has_id = account is not None and draws["id"][i] < share.by_id
        became = account is not None and not has_id and draws["converted"][i] < share.converted
        columns["account_id"].append(account if has_id else None)
        columns["converted"].append(account if became else None)
        columns["at"].append(np.datetime64(first_day[c] if late else day[i].item(), "us") if became else None)
        mail = draws["mail"][person[i]]
        host = alias[c] if alias[c] and draws["alias"][i] < 0.3 else domain[c]
        if parent[c] >= 0 and draws["parent"][i] < 0.15:
            host = domain[parent[c]]
        if mail < share.no_mail:
            columns["email"].append(None)
        elif mail < share.no_mail + share.free_mail:
            columns["email"].append(f"p{person[i]}@{FREE[person[i] % 4]}")
        else:
            columns["email"].append(f"p{person[i]}@{host}")
        without = draws["company"][i] < share.no_company
        columns["company"].append(None if without else _typed(rng, names[c], form[c], draws["typo"][i] < share.typo))
    _write(
        folder / "leads.parquet",
        lead_id=[f"L{i}" for i in range(leads)],
        account_id=columns["account_id"],
        email=columns["email"],
        company=columns["company"],
        country=[_COUNTRIES[c] for c in country[company]],
        converted_account_id=columns["converted"],
        converted_date=columns["at"],
        created_at=day.astype("datetime64[us]"),
    )
    won = rng.integers(0, len(mine), max(40, len(mine) // 50))
    begin = np.datetime64("2023-01-01") + rng.integers(0, 900, len(won)).astype("timedelta64[D]")
    _write(
        folder / "opportunities.parquet",
        opportunity_id=[f"O{i}" for i in range(len(won))],
        account_id=[f"A{i}" for i in won],
        created_at=begin.astype("datetime64[us]"),
        closed_at=(begin + np.timedelta64(40, "D")).astype("datetime64[us]"),
        status=["won"] * len(won),
        amount=rng.integers(1_000, 90_000, len(won)).astype(float),
    )
    return Truth(np.asarray(mine), company, person)


def _write(path: Path, **columns: object) -> None:
    pq.write_table(pa.table({name: pa.array(values) for name, values in columns.items()}), path)
