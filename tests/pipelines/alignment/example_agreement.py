"""The agreement of the first quarter of 2027."""

from pathlib import Path

TEXT = """\
# The first quarter.
[agreement]
name = "2027-Q1"
first_day = 2027-01-01
last_day = 2027-03-31
revenue_target = 1_200_000

[target_market]
employees = { at_least = 200 }
country = ["DE", "US"]

[capacity]
inside_sales = 120
account_executives = 30

[service_level]
a = 4
b = 24

[handoff]
accepted = "An account executive has agreed to call within the service level."
reasons = ["no budget", "duplicate"]

[approved]
sales = 2026-12-10
marketing = 2026-12-11
customer_success = 2026-12-11

[parts.enterprise]
where = { employees = { at_least = 1000 } }
revenue_target = 800_000
"""


def written(folder: Path, text: str = TEXT, name: str = "2027-Q1") -> Path:
    """The file of an agreement."""
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return file
