"""The names of columns, made plain: what CRMs, exporters and integrations write differently is taken away."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

#: What integrations put in front of the names of a CRM.
_PREFIX = re.compile(r"^(?:properties_+|property_+|hs_|hubspot_|sf_|sfdc_|crm_|analytics_|custom_|c_|x_)+(?=[a-z])")
#: Letters that are not another one with an accent.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "ł": "l", "Ł": "L", "đ": "d"})
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def plain_name(name: str) -> str:
    """A name in lower case, its words joined by one underscore, without accents and without what integrations add.

    `Last Activity Date`, `LastActivityDate__c` and `properties_hs_last_activity_date` are `last_activity_date`.
    """
    text = unicodedata.normalize("NFKD", _WORDS.sub("_", name).translate(_LETTERS))
    text = "".join(letter for letter in text if not unicodedata.combining(letter)).lower()
    text = re.sub(r"__c$|_c$|__pc$", "", text)
    text = re.sub(r"[\W_]+", "_", text).strip("_").replace("hub_spot", "hubspot")
    return _PREFIX.sub("", text)


def bare_name(name: str) -> str:
    """A plain name without underscores: `IsDeleted`, `isdeleted` and `is_deleted__c` are `isdeleted`."""
    return plain_name(name).replace("_", "")


#: Words of names that are written without a separator: `numsessions`, `hubspotscore`, `lastactivitydate`.
_LIST = (
    "last latest first recent next most number num count cnt total times days hours weeks months since date "
    "datetime time timestamp day ago activity activities contact contacts contacted touch touches touchpoint visit "
    "visits session sessions page pages view views clicks click open opens opened email emails mail calls call "
    "meeting meetings note notes task tasks login logins event events web site website lead account company "
    "customer client prospect deal deals opportunity opportunities opp opps won lost closed value amount revenue "
    "score rating grade probability prob propensity likelihood quality health win close conversion converted stage "
    "status phase lifecycle contract contracts order orders quote quotes proposal proposals invoice invoices "
    "purchase purchases subscription qualified mql sql sal hash row md5 inactive idle dormant reason engagement "
    "engagements interaction interactions response responses reply replies replied form forms submission "
    "submissions active existing current paying former fx exchange rate currency code pipeline weighted expected "
    "forecast lifetime churn risk hubspot pardot marketo einstein salesforce sales marketing record checksum fit "
    "intent buying is has priority"
)
_GLUED = tuple(_LIST.split())


@cache
def parted(name: str) -> str:
    """A plain name whose words are parted also where nothing separates them, if all of them are known words."""
    return "_".join(_parts(part) for part in plain_name(name).split("_"))


def _parts(glued: str) -> str:
    if glued in _GLUED:
        return glued
    ways: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(glued) + 1):
        # The way with the fewest words is the one that is meant: `contacts`, not `contact` and a rest.
        found = [
            (*way, word)
            for word in _GLUED
            if glued.endswith(word, 0, end) and (way := ways[end - len(word)]) is not None
        ]
        ways.append(min(found, key=len) if found else None)
    return "_".join(ways[-1] or (glued,))
