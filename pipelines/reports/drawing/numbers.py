"""How figures read on the page: three digits that matter, a thin space before %, a true minus."""

from datetime import date

#: U+202F, which keeps a figure and its unit on one line.
THIN = "\N{NARROW NO-BREAK SPACE}"
NONE = "\N{EN DASH}"
MULTIPLIED = "\N{MULTIPLICATION SIGN}"

_SIZES = ((1e9, "billion"), (1e6, "million"))


def money(x: float | None) -> str:
    """An amount in the CRM's own currency, which it does not name: `4.21 million`, `812,000`, `8,420`."""
    if x is None:
        return NONE
    for size, name in _SIZES:
        if abs(x) >= 0.9995 * size:
            return f"{_signed(_digits(x / size))}\N{NO-BREAK SPACE}{name}"
    step = 1_000 if abs(x) >= 99_950 else 100 if abs(x) >= 9_995 else 10 if abs(x) >= 995 else 1
    return _signed(f"{round(x / step) * step:,.0f}")


def _digits(x: float) -> str:
    return f"{x:,.0f}" if abs(x) >= 99.95 else f"{x:.1f}" if abs(x) >= 9.995 else f"{x:.2f}"


def percent(x: float | None) -> str:
    """A share: `62 %`, `3.2 %`, `0.32 %`, and `0 %` only for nothing at all."""
    if x is None:
        return NONE
    share = 100 * abs(x)
    if 0 < share < 0.005:
        return f"<{THIN}0.01{THIN}%"
    text = f"{share:.0f}" if share >= 9.95 or share == 0 else f"{share:.1f}" if share >= 0.995 else f"{share:.2f}"
    return f"{_signed('-' + text if x < 0 else text)}{THIN}%"


def tick(x: float) -> str:
    """A share that is round, as at an axis: `5 %`, `12.5 %`."""
    return f"{100 * x:.3g}{THIN}%"


def points(x: float | None) -> str:
    """A difference of two shares, in percentage points and with its sign: `+53`, `-0.4`."""
    if x is None:
        return NONE
    text = f"{100 * x:+.0f}" if abs(100 * x) >= 9.95 else f"{100 * x:+.1f}"
    return _signed(text) if float(text) else "0"


def decimals(x: float | None, digits: int = 3, sign: bool = False) -> str:
    """A measure to so many places."""
    return NONE if x is None else _signed(f"{x:+.{digits}f}" if sign else f"{x:.{digits}f}")


def count(x: float | None) -> str:
    """A whole number with its thousands parted."""
    return NONE if x is None else f"{x:,.0f}"


def times(x: float | None) -> str:
    """A factor: `\N{MULTIPLICATION SIGN}2.4`, and near 1, where more digits matter, `\N{MULTIPLICATION SIGN}1.04`."""
    if x is None:
        return NONE
    text = f"{x:,.0f}" if x >= 9.95 else f"{x:.1f}" if x >= 1.995 else f"{x:.2f}"
    return f"{MULTIPLIED}{text}"


def one_in(x: float | None) -> str:
    """A share as people say it: `1 in 4`."""
    if x is None or x < 0:
        return NONE
    if x == 0:
        return "none"
    return "more than 1 in 2" if x > 0.6 else f"1 in {1 / x:,.0f}"


def day(iso: str | None) -> str:
    """`2025-12-29` as `29 December 2025`."""
    if not iso:
        return NONE
    found = date.fromisoformat(iso)
    return f"{found.day}\N{NO-BREAK SPACE}{found:%B %Y}"


def month(iso: str) -> str:
    """`2025-12` as `Dec 25`."""
    return f"{date.fromisoformat(f'{iso[:7]}-01'):%b %y}"


def short(x: float) -> str:
    """A figure at an axis: `1,200`, `25k`, `1.5M`."""
    for size, name in ((1e9, "bn"), (1e6, "M"), (1e4, "k")):
        if abs(x) >= size:
            return _signed(f"{x / (1e3 if name == 'k' else size):.3g}{name}")
    return _signed(f"{x:,.4g}" if abs(x) >= 1 else f"{x:.2g}")


def _signed(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")
