"""Redaction: what a message, a log or a file of ours must not repeat: secrets anywhere, and what is of a person.

A message for the terminal may show an example of a bad row. What is logged, kept or passed on is the redacted text.
Secrets are in neither. They are found in two ways: by their form, such as `user:password@host` or `token=...`, and by
their value, which the command line and the environment told (`remember_secrets`). Libraries quote parts of an address
in their errors, where no form is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from urllib.parse import unquote

from scoring.persons.names_in_text import without_name
from scoring.persons.written import hidden

#: What an example of somebody's row is replaced by.
HIDDEN_EXAMPLE = "(left out)"
#: What a password, a token or a key is replaced by. It has no sign that the pattern of addresses takes for a word.
HIDDEN_SECRET = "(hidden)"


#: The names of options, parameters and variables that hold a secret, at the end of any longer name.
_NAMES = (
    r"pass(?:word|wd|phrase|code)|pwd|secret|token|(?:api|access|account|private|secret|sas|shared|storage|master)"
    r"[-_. ]?key|signature|credentials?|auth"
)
#: A text may be redacted more than once.
_NOT_YET = r"(?!\(hidden\))"
_QUOTED = r"'(?:[^'\\]|\\.|'')*'?|\"(?:[^\"\\]|\\.)*\"?"
_FORMS = tuple(
    (re.compile(pattern, re.IGNORECASE if plain else re.IGNORECASE | re.DOTALL), rf"\g<kept>{HIDDEN_SECRET}")
    for pattern, plain in (
        # user:password@host, whatever the scheme, also with @, / and : in the password, and without a scheme.
        (r"(?P<kept>\b[a-z][a-z0-9+.-]{0,30}:/{1,3})[^\s/@'\"]{0,200}:[^\s'\"]{0,1000}(?=@)", True),
        (r"(?P<kept>\bhttps?:/{1,3})[^\s/@:'\"]{1,1000}(?=@)", True),
        (r"(?P<kept>(?<![^\s'\"`(=/]))[^\s/@:'\"`(=]{1,200}:(?!/)[^\s@'\"]{1,1000}(?=@[\w.-])", True),
        (rf"(?P<kept>(?<![\w.-])[\w.-]{{0,60}}(?:{_NAMES})[\"']?\s*=\s*){_NOT_YET}(?:{_QUOTED}|[^\s&;,'\"`)]+)", True),
        (
            rf"(?P<kept>(?<![\w.-])[\w.-]{{0,60}}(?:pass(?:word|wd|phrase)|secret)[\"']?\s*:\s*){_NOT_YET}(?:{_QUOTED}|[^\s&;,'\"`)]+)",
            True,
        ),
        (rf"(?P<kept>(?<![\w.-])[\w.-]{{0,60}}(?:{_NAMES})[\"']\s*:\s*)(?:{_QUOTED})", True),
        # The word after an option: `--password S3CRET`.
        (rf"(?P<kept>(?<![\w-])--?[\w.-]{{0,60}}(?:{_NAMES})\s+){_NOT_YET}(?!-)(?:{_QUOTED}|[^\s'\"]+)", True),
        (rf"(?P<kept>[?&;](?:[\w.-]{{0,60}}[-_.])?(?:key|sig|code|auth|sv|se|sas)=){_NOT_YET}[^\s&;'\"`)]+", True),
        (r"(?P<kept>\b(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?)[^'\"\r\n]+", True),
        (r"(?P<kept>\bbearer\s+)[\w.~+/=-]{6,}", True),
        (r"(?P<kept>-----BEGIN [A-Z ]*PRIVATE KEY-----)(?!\(hidden\)).*?(?:-----END|\Z)", False),
    )
)
#: Tokens that makers give a form of their own: of AWS, Google, GitHub, GitLab, Slack, Databricks, HubSpot, Salesforce,
#: Stripe and its like, and JSON Web Tokens.
_TOKENS = re.compile(
    r"\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{30,}|ya29\.[\w-]+|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
    r"|xox[abeprs]-[\w-]{10,}|dapi[0-9a-f]{32}|pat-[a-z]{2,4}\d?-[0-9a-f-]{30,}|00D\w{9,15}![\w.]{20,}"
    r"|[rs]k_(?:live|test)_\w{10,}|sk-[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
)
#: Variables of the environment that hold a secret.
_VARIABLE = re.compile(
    r"(?:^|_)(?:\w*PASS(?:WORD|WD|PHRASE)|\w*SECRET|\w*TOKEN|SAS|(?:API|ACCESS|ACCOUNT|PRIVATE)_KEY)$"
)
_LOGIN = re.compile(r"^\w[\w+.-]{0,30}:/*[^/@:]*:(?P<secret>.+)@|^[^/@:\s]+:(?P<bare>(?!//)[^@\s]+)@", re.DOTALL)
_SETTING = re.compile(rf"(?:{_NAMES}|[?&;](?:key|sig|code))\s*=\s*(?P<secret>{_QUOTED}|[^\s&;,]+)", re.IGNORECASE)
_OPTION = re.compile(rf"--?[\w.-]{{0,60}}(?:{_NAMES})", re.IGNORECASE)
#: Shorter ones are hidden by their form only: they are parts of common words.
_SHORTEST = 6
_secrets: set[str] = set()


def remember_secrets(words: Iterable[str], variables: Mapping[str, str]) -> None:
    """Learn the secrets of this run, so that they are hidden wherever they turn up.

    Parameters
    ----------
    words : iterable of str
        The command line.
    variables : mapping of str
        The environment: the values of variables whose name says so, and what is in the addresses of others.
    """
    found = [value for name, value in variables.items() if _VARIABLE.search(name.upper())]
    listed = list(words)
    found += [word for option, word in pairwise(listed) if _OPTION.fullmatch(option) and not word.startswith("-")]
    for text in (*listed, *variables.values()):
        if "@" in text and (login := _LOGIN.search(text.partition("=")[2] if text.startswith("--") else text)):
            found.append(login["secret"] or login["bare"])
        found += [setting["secret"].strip("'\"") for setting in _SETTING.finditer(text) if len(text) < 10_000]
    _secrets.update(form for secret in found for form in (secret, unquote(secret)) if len(form) >= _SHORTEST)


def one_line(error: object, longest: int | None = None) -> str:
    """What a library says of an error, on one line and without secrets; the type of the error if it says nothing."""
    return without_secrets(" ".join(str(error).split()))[:longest] or type(error).__name__


def without_secrets(text: str) -> str:
    """A text without passwords, tokens and keys.

    >>> without_secrets("no connection to postgresql://crm:s3cr/t@db.internal/crm?sslpassword=x")
    'no connection to postgresql://(hidden)@db.internal/crm?sslpassword=(hidden)'
    """
    if isinstance(text, Message):
        message = Message(without_secrets(str(text)))
        message.redacted = without_secrets(text.redacted)
        return message
    hidden = str(text)
    for secret in sorted(_secrets, key=len, reverse=True):
        hidden = hidden.replace(secret, HIDDEN_SECRET)
    for form, replacement in _FORMS:
        hidden = form.sub(replacement, hidden)
    return _TOKENS.sub(HIDDEN_SECRET, hidden)


class Message(str):
    """A message that shows an example of somebody's row, which its redacted form leaves out.

    Attributes
    ----------
    redacted : str
        The same message without the example.

    Examples
    --------
    >>> message = Message.with_example("set aside: leads, unparsable_created_at (2), such as", "lead_id is 'L7'")
    >>> message
    "set aside: leads, unparsable_created_at (2), such as lead_id is 'L7'"
    >>> message.redacted
    'set aside: leads, unparsable_created_at (2), such as (left out)'
    """

    redacted: str

    @classmethod
    def with_example(cls, text: str, example: str) -> Message:
        """A text, and an example after it.

        Parameters
        ----------
        text : str
            The message up to the example.
        example : str
            Cells of a row of the export.
        """
        message = cls(f"{text} {example}")
        message.redacted = f"{text} {HIDDEN_EXAMPLE}"
        return message


def indented(text: str) -> str:
    """A text two blanks to the right; a `Message` stays one.

    >>> indented(Message.with_example("set aside, such as", "lead_id is 'L7'")).redacted
    '  set aside, such as (left out)'
    """
    moved = f"  {text}"
    if isinstance(text, Message):
        message = Message(moved)
        message.redacted = f"  {text.redacted}"
        return message
    return moved


def redacted(text: str) -> str:
    """A text without secrets and without what may be a person's: see `scoring.persons`.

    The example that a `Message` carries is left out.

    >>> redacted("no answer for ada@x.example, a lead")
    'no answer for (e-mail), a lead'
    """
    return hidden(without_secrets(text.redacted if isinstance(text, Message) else text))


def nameless(text: str) -> str:
    """A word of the export that is shown: on one line, and without what is of a person, also without a name.

    >>> nameless("Waiting for Anna Markowitz, anna@x.example")
    'Waiting for (name), (e-mail)'
    """
    return redacted(without_name(" ".join(text.split())))
