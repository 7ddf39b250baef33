"""Numbers whose last digits are computed from the others: cards and national ids, which are written in digits alone."""

from __future__ import annotations

from collections.abc import Iterable

#: With fewer numbers, their check digits may be right by chance; of so many, nearly all must be.
LEAST_CHECKED, NEARLY_ALL = 20, 0.95


def checked_digits(numbers: Iterable[str]) -> str | None:
    """What numbers are whose last digits are computed from the others: a card, or a national id; None for others.

    Parameters
    ----------
    numbers : iterable of str
        Different ones, of digits alone.
    """
    digits = [number for number in numbers if number.isdigit()]
    if len(digits) < LEAST_CHECKED:
        return None
    for words, fits in _CHECKS:
        if sum(fits(number) for number in digits) >= NEARLY_ALL * len(digits):
            return words
    return None


def _weighed(number: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


def _card(number: str) -> bool:
    if len(number) not in (15, 16) or number[0] not in "3456":
        return False
    doubled = [int(d) * (2 if (len(number) - index) % 2 == 0 else 1) for index, d in enumerate(number)]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _pesel(number: str) -> bool:
    return len(number) == 11 and _weighed(number, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0


def _cpf(number: str) -> bool:
    if len(number) != 11:
        return False
    first = _weighed(number, tuple(range(10, 1, -1))) * 10 % 11 % 10
    second = _weighed(number, tuple(range(11, 1, -1))) * 10 % 11 % 10
    return (first, second) == (int(number[9]), int(number[10]))


def _bsn(number: str) -> bool:
    return len(number) in (8, 9) and _weighed(number.zfill(9), (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def _turkish(number: str) -> bool:
    if len(number) != 11 or number[0] == "0":
        return False
    digits = [int(digit) for digit in number]
    tenth = (sum(digits[0:9:2]) * 7 - sum(digits[1:8:2])) % 10
    return tenth == digits[9] and sum(digits[:10]) % 10 == digits[10]


def _german(number: str) -> bool:
    if len(number) != 11 or number[0] == "0":
        return False
    product = 10
    for digit in number[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(number[10])


_CHECKS = (
    ("numbers of cards", _card),
    ("national ids", _pesel),
    ("national ids", _cpf),
    ("national ids", _bsn),
    ("national ids", _turkish),
    ("national ids", _german),
)
