"""Domains of the Internet: the hosts in a cell, and the part of a host that somebody registered."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

#: The first part of a host that names a service, not a part of the company.
SERVICES = ("www", "mail", "email", "mx", "smtp", "m")

_BETWEEN = re.compile(r"[\s;,|<>\"'\[\](){}]+")
_PLAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(?://)?(?=.*\.)")


def hosts(cell: str) -> tuple[str, ...]:
    """The hosts in a cell with web addresses or domains, in the letters of the domain name system, each once.

    Parameters
    ----------
    cell : str
        Without e-mail addresses: `cells.domains` leaves only their domains.

    Examples
    --------
    >>> hosts("https://www.Firm.example/about; brand.example.")
    ('firm.example', 'brand.example')
    >>> hosts('["müller.example"]')
    ('xn--mller-kva.example',)
    """
    if _PLAIN.fullmatch(cell):
        return (_without_service(cell),)
    found = []
    for part in _BETWEEN.split(cell):
        host = re.split("[/:?#]", _SCHEME.sub("", part.lower()), maxsplit=1)[0].strip(".")
        if "." in host:
            found.append(_without_service(_ascii(host)))
    return tuple(dict.fromkeys(found))


def lineage(host: str) -> tuple[str, ...]:
    """A host, and the hosts above it down to the domain that somebody registered.

    A host that is itself a public suffix, such as ``co.uk`` or ``github.io``, stands alone.

    >>> lineage("mail.eu.acme.co.uk")
    ('mail.eu.acme.co.uk', 'eu.acme.co.uk', 'acme.co.uk')
    """
    if host.count(".") < 2:  # then nothing lies above it, public suffix or not
        return (host,)
    registered = _suffixes().privatesuffix(host)
    if registered is None or registered == host:
        return (host,)
    labels = host[: -len(registered) - 1].split(".")
    return (*(".".join((*labels[i:], registered)) for i in range(len(labels))), registered)


def _without_service(host: str) -> str:
    first, _, rest = host.partition(".")
    return rest if first in SERVICES and "." in rest and len(lineage(host)) > 1 else host


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


@cache
def _suffixes() -> PublicSuffixList:
    """The public suffixes, with those that companies give away: the list is read once, where it is needed."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
