"""Currencies: their codes and signs, and what must be known before amounts in several of them are added up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from scoring.cells import cells
from scoring.contracts.column_names import bare_name, parted

#: The codes of ISO 4217 that are in use.
_IN_USE = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL "
    "HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR "
    "RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS "
    "UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL"
)
CODES = frozenset(_IN_USE.split())

#: The currency that a sign means. A sign of several currencies stands for itself.
SIGNS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS", "฿": "THB", "₫": "VND",
    "₴": "UAH", "₦": "NGN", "₱": "PHP", "₡": "CRC", "₲": "PYG", "₸": "KZT", "$": "$", "¥": "¥", "kr": "kr",
    "R$": "BRL", "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD",
    "S$": "SGD", "MX$": "MXN", "NT$": "TWD", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "Rs.": "INR", "Rs": "INR",
    "Fr.": "CHF", "lei": "RON", "R": "ZAR", "Euro": "EUR", "euro": "EUR", "EURO": "EUR", "Euros": "EUR",
    "euros": "EUR", "US $": "USD", "USD $": "USD", "$US": "USD", "AUD $": "AUD", "CAD $": "CAD",
}  # fmt: skip
#: The names of currencies, in lower case without blanks, points and hyphens. One of several currencies is no name.
NAMES = {
    "euro": "EUR", "euros": "EUR", "usdollar": "USD", "usdollars": "USD", "americandollar": "USD", "usadollar": "USD",
    "unitedstatesdollar": "USD", "unitedstatesdollars": "USD", "dollaraméricain": "USD", "dollarus": "USD",
    "dólarestadounidense": "USD", "dólaramericano": "USD", "dollar": "$", "dollars": "$",
    "britishpound": "GBP", "britishpounds": "GBP", "poundsterling": "GBP", "poundssterling": "GBP", "pound": "GBP",
    "britishpoundsterling": "GBP", "greatbritishpound": "GBP", "ukpound": "GBP", "sterling": "GBP", "pounds": "GBP",
    "pfund": "GBP", "britischespfund": "GBP", "livresterling": "GBP", "gb£": "GBP", "uk£": "GBP",
    "swissfranc": "CHF", "swissfrancs": "CHF", "schweizerfranken": "CHF", "franken": "CHF", "francsuisse": "CHF",
    "sfr": "CHF", "fr": "CHF", "japaneseyen": "JPY", "yen": "JPY", "chineseyuan": "CNY", "yuan": "CNY", "rmb": "CNY",
    "renminbi": "CNY", "yuanrenminbi": "CNY", "chineseyuanrenminbi": "CNY", "indianrupee": "INR",
    "indianrupees": "INR", "canadiandollar": "CAD", "canadiandollars": "CAD", "australiandollar": "AUD",
    "australiandollars": "AUD", "newzealanddollar": "NZD", "hongkongdollar": "HKD", "singaporedollar": "SGD",
    "mexicanpeso": "MXN", "brazilianreal": "BRL", "reais": "BRL", "swedishkrona": "SEK", "schwedischekrone": "SEK",
    "norwegiankrone": "NOK", "danishkrone": "DKK", "czechkoruna": "CZK", "polishzloty": "PLN", "zloty": "PLN",
    "polskizłoty": "PLN", "złoty": "PLN", "hungarianforint": "HUF", "forint": "HUF", "romanianleu": "RON",
    "turkishlira": "TRY", "southafricanrand": "ZAR", "rand": "ZAR", "israelishekel": "ILS",
    "israelinewshekel": "ILS", "southkoreanwon": "KRW", "koreanwon": "KRW", "russianruble": "RUB",
    "russianrouble": "RUB", "uaedirham": "AED", "saudiriyal": "SAR", "thaibaht": "THB",
}  # fmt: skip
_PLAIN = "[\\s.\\-_\u00a0]+"
#: A code with a name or a sign beside it: `EUR - Euro`, `USD ($)`, `US Dollar (USD)`, `€ EUR`.
_FIRST = r"^([A-Z]{3})(?:[^A-Za-z].*)$"
_LAST = r"^.*[^A-Za-z]([A-Z]{3})\)?$"

#: The columns of a CRM that hold the currency of a row's amount, by their bare names, the most telling first.
COLUMNS = (
    "currency", "currencyisocode", "currencycode", "dealcurrencycode", "dealcurrency", "valuecurrency",
    "transactioncurrencyid", "transactioncurrency", "amountcurrency", "currencyname", "dealcurrencyname", "currencyid",
    "opportunitycurrency", "contractcurrency", "localcurrency", "accountcurrency", "ccy", "curr", "wahrung", "waehrung",
    "wahrungscode", "waehrungscode", "devise", "codedevise", "moneda", "moeda", "valuta", "divisa", "waluta", "валюта",
    "通貨", "币种", "货币",
)  # fmt: skip
#: What else such a column may be called: the currency of something that a deal leaves, or a sign. `home_currency` and
#: `amount_converted_currency` are not those of the row's amount.
_OF_ROW = re.compile(
    r"(?:(?:amount|value|price|revenue|sales|total|deal|opportunity|opp|contract|order|quote|offer|invoice|billing|payment|"
    r"transaction|trx|document|record|row|item|native|original|orig|source|customer|client|company|iso|auftrags?|angebots?|"
    r"beleg|rechnungs?)_)*(?:currency|curr|ccy|cur|wahrung|waehrung|devise|moneda|moeda|valuta|divisa)"
    r"(?:_(?:iso_?code|code|iso|symbol|sign|name|id|abbreviation|abbr|key))*|"
    r"(?:auftrags|angebots|beleg|rechnungs|vertrags)(?:wahrung|waehrung)"
)
#: Other names of a currency or of its rate, which are not looked at for what an amount means.
_CURRENCY = re.compile(
    r"(?:(?!(?:.+_)?(?:multi|crypto|number_of|num)_).+_)?(?:currency|curr|ccy|waehrung|wahrung|devise|moneda|moeda|valuta|divisa)"
    r"(?:_?(?:code|iso_?code|iso|id|name|symbol|type|rate))*|(?:iso_?)currency(?:_code)?|"
    r"(?:fx|forex|exchange|currency_conversion|eur_usd|usd_eur)(?:_conversion)?_?rates?(?:_.*)?|(?:fx|forex)|wechselkurse?|"
    r"umrechnungskurs|taux_de_change|tipo_de_cambio|taxa_de_cambio|tasso_di_cambio"
)


def row_currency(columns: Iterable[str]) -> list[str]:
    """The columns that hold the currency of a row's amount, the most telling first.

    Parameters
    ----------
    columns : iterable of str
    """
    columns = list(columns)
    found = [column for column in columns if bare_name(column) in COLUMNS]
    if not found:
        return sorted(column for column in columns if _OF_ROW.fullmatch(parted(column)))[:1]
    return sorted(found, key=lambda column: (COLUMNS.index(bare_name(column)), column))


def names_currency(name: str) -> bool:
    """Whether a column holds a currency or its rate, by its name.

    Parameters
    ----------
    name : str
    """
    plain = parted(name)
    return bare_name(name) in COLUMNS or any(known.fullmatch(plain) for known in (_OF_ROW, _CURRENCY))


def read_currency(cell: ir.Value) -> ir.StringValue:
    """The currency that a cell names: the code of a sign or of a name, anything else in capitals.

    Parameters
    ----------
    cell : ibis.Value
    """
    named = cells.text(cell).re_replace("^[\u00a0\\s]+|[\u00a0\\s]+$", "")
    plain = named.re_replace(_PLAIN, "").lower()
    beside = [named.re_extract(pattern, 1) for pattern in (_FIRST, _LAST)]
    codes = sorted(CODES)
    other = ibis.cases(*((found.isin(codes), found) for found in beside), else_=named.upper())
    spelled = plain.cases(*((name, code) for name, code in NAMES.items()), else_=other)
    known = named.cases(*((sign, code) for sign, code in SIGNS.items() if sign != code), else_=spelled)
    # Most cells are a code: to find that is faster.
    return ibis.ifelse(named.re_search("^[A-Z]{3}$"), named, known)


def code_of(written: str) -> str:
    """The currency that a text names, as `read_currency` does it for a cell.

    Examples
    --------
    >>> code_of("Euro"), code_of("US$"), code_of("chf ")
    ('EUR', 'USD', 'CHF')
    """
    named = written.strip()
    if re.fullmatch("[A-Z]{3}", named):
        return named
    if named in SIGNS:
        return SIGNS[named]
    if (plain := re.sub(_PLAIN, "", named).lower()) in NAMES:
        return NAMES[plain]
    for pattern in (_FIRST, _LAST):
        if (found := re.search(pattern, named)) and found[1] in CODES:
            return found[1]
    return named.upper()


@dataclass(frozen=True)
class Conversion:
    """How amounts get into the home currency.

    Attributes
    ----------
    home : str, optional
        None if the export names no currency.
    foreign : tuple of str
        The currencies that are converted.
    """

    home: str | None
    foreign: tuple[str, ...] = ()


def conversion(found: Mapping[str | None, int], rates: Mapping[str, bool], declared: str = "") -> Conversion | str:
    """Decide how the amounts of a table get into one currency, or say in a sentence why they cannot.

    Parameters
    ----------
    found : mapping of int
        How many amounts are in each currency; None: the row names none.
    rates : mapping of bool
        The currencies for which there are rates, and whether all of these are 1.
    declared : str
        The home currency that the configuration names; empty if it names none.
    """
    named = {currency: count for currency, count in found.items() if currency is not None and count}
    without = found.get(None, 0)
    home = declared or _home(named, rates)
    if home is None:
        counts = ", ".join(f"{currency} ({count:,})" for currency, count in sorted(named.items(), key=_often))
        return (
            f"amounts in more than one currency: {counts}; give the table currencies (currency, rate to the home "
            'currency) and the home currency, currency = "EUR" in [input], or export amounts in one currency'
        )
    if without and not declared and len(named) > 1:
        return (
            f"{without:,} amounts name no currency, and the others are in {_and(named)}; name the currency of the "
            f'empty cells, currency = "{home}" in [input]'
        )
    foreign = tuple(sorted(set(named) - {home}))
    missing = [currency for currency in foreign if currency not in rates]
    if missing:
        counts = ", ".join(f"{currency} ({named[currency]:,})" for currency in missing)
        return (
            f"amounts in currencies without a rate to {home}: {counts}; add them to the table currencies (currency, "
            "rate), or export amounts in one currency"
        )
    return Conversion(home, foreign)


def _home(named: Mapping[str, int], rates: Mapping[str, bool]) -> str | None:
    """The only currency, or the only one whose rate is 1; an empty text if no currency is named at all."""
    ones = [currency for currency, one in rates.items() if one]
    if len(named) <= 1 and not (rates and named and next(iter(named)) in rates):
        return next(iter(named), "")
    return ones[0] if len(ones) == 1 else None


def _often(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _and(named: Mapping[str, int]) -> str:
    return " and ".join(currency for currency, _ in sorted(named.items(), key=_often))
