"""Secrets in every form that an address, a setting or a library's error has: hidden, with all around them kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import redaction
from pipelines.redaction import Message, redacted, remember_secrets, without_secrets

#: A secret that no other word of the texts holds.
SECRET = "Hj7.kQ"


@pytest.fixture(autouse=True)
def no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_secrets", set())


# ruff: noqa: E501
#: Found by their form alone: `§` stands for the secret.
FORMS = [
    ("postgresql://crm:§@db:5432/crm", "postgresql://(hidden)@db:5432/crm"),
    ("postgresql+psycopg://crm:§@db/crm", "postgresql+psycopg://(hidden)@db/crm"),
    ("postgresql://crm:§/a@b:c@db/crm", "postgresql://(hidden)@db/crm"),
    ("postgresql:/crm:§@db/crm", "postgresql:/(hidden)@db/crm"),
    ("postgresql//crm:§@db/crm", "postgresql//(hidden)@db/crm"),
    ("--engine crm:§@db/crm is not known", "--engine (hidden)@db/crm is not known"),
    ("postgresql://:§@/crm", "postgresql://(hidden)@/crm"),
    ("a bad escape: postgresql://crm:§%zz@db", "a bad escape: postgresql://(hidden)@db"),
    ("host=db user=crm password=§ dbname=x", "host=db user=crm password=(hidden) dbname=x"),
    ("host=db password = '§ \\' §' dbname=x", "host=db password = (hidden) dbname=x"),
    ("sc://host:15002/;use_ssl=true;token=§;user_id=a", "sc://host:15002/;use_ssl=true;token=(hidden);user_id=a"),
    ("MLFLOW_TRACKING_URI=http://user:§@host:5000", "MLFLOW_TRACKING_URI=http://(hidden)@host:5000"),
    ("https://§@host/x", "https://(hidden)@host/x"),
    ("jdbc:postgresql://db/crm?user=crm&password=§&ssl=true", "jdbc:postgresql://db/crm?user=crm&password=(hidden)&ssl=true"),
    ("postgresql://db/crm?sslpassword=§&sslmode=verify-full", "postgresql://db/crm?sslpassword=(hidden)&sslmode=verify-full"),
    ("s3a://key:§@bucket/crm", "s3a://(hidden)@bucket/crm"),
    ("https://x.blob.core.windows.net/c/f?sp=r&sig=§&sr=b", "https://x.blob.core.windows.net/c/f?sp=r&sig=(hidden)&sr=b"),
    ("https://bucket/f?X-Amz-Signature=§", "https://bucket/f?X-Amz-Signature=(hidden)"),
    ("https://bucket/f?X-Amz-Security-Token=§&x=1", "https://bucket/f?X-Amz-Security-Token=(hidden)&x=1"),
    ("https://maps/x?key=§", "https://maps/x?key=(hidden)"),
    ("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=§;x=1", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=(hidden);x=1"),
    ("fs.s3a.secret.key=§", "fs.s3a.secret.key=(hidden)"),
    ("aws_secret_access_key = §", "aws_secret_access_key = (hidden)"),
    ('{"password": "§", "user": "a"}', '{"password": (hidden), "user": "a"}'),
    ("{'client_secret': '§'}", "{'client_secret': (hidden)}"),
    ('{"access_token": "§"}', '{"access_token": (hidden)}'),
    ("password: §", "password: (hidden)"),
    ("unrecognized arguments: --password § --data crm", "unrecognized arguments: --password (hidden) --data crm"),
    ("Authorization: Basic §", "Authorization: (hidden)"),
    ("sent with Bearer §.§", "sent with Bearer (hidden)"),
    ("AKIAIOSFODNN7EXAMPLE is refused", "(hidden) is refused"),
    ("-----BEGIN PRIVATE KEY-----\n§\n§\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----(hidden) PRIVATE KEY-----"),
    (f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{'x' * 20}", "(hidden)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FORMS, ids=[text[:40] for text, _ in FORMS])
def test_a_secret_is_hidden_by_its_form(text: str, expected: str) -> None:
    assert without_secrets(text.replace("§", SECRET)) == expected
    assert SECRET not in redacted(text.replace("§", SECRET))
    assert without_secrets(expected) == expected  # a text may come by twice


#: What is no secret stays as it is, or a message could not be understood.
PLAIN = [
    "give duckdb, spark, a Spark master such as local[2] or spark://host:7077, or postgresql://user@host/database",
    'FATAL:  password authentication failed for user "crm"',
    "--data s3://bucket/crm does not exist",
    "unknown key 'memory' in [engine] of the configuration; did you mean 'memory_gb'?",
    "leads: the column token is left out: constant",
    "the store /srv/closedwon/closedwon-store is in use by `closedwon score` (process 12 on db:1, since 02:10)",
    "there is no secret in this: 12:30 at https://example.com:8443/a?b=c",
    "the basic authentication of a key",
]


@pytest.mark.parametrize("text", PLAIN)
def test_other_words_stay(text: str) -> None:
    assert without_secrets(text) == text


#: The command line and the environment, and the secret that a library repeats without its form.
TOLD = [
    (["--engine", "postgresql://crm:pa%ss word@db/x"], {}, "pa%ss word"),
    (["--engine=postgresql://crm:pa%73sword@db/x"], {}, "password"),
    (["--engine", "host=db password='pass word'"], {}, "pass word"),
    (["--engine", "crm:password1@db"], {}, "password1"),
    (["--password", "opensesame"], {}, "opensesame"),
    ([], {"PGPASSWORD": "hunter22"}, "hunter22"),
    ([], {"MLFLOW_TRACKING_TOKEN": "tok-12345"}, "tok-12345"),
    ([], {"AWS_SECRET_ACCESS_KEY": "abc/def+ghi"}, "abc/def+ghi"),
    ([], {"MLFLOW_TRACKING_URI": "http://me:letmein1@host"}, "letmein1"),
    ([], {"SPARK_REMOTE": "sc://host/;token=abcdef12"}, "abcdef12"),
]


@pytest.mark.parametrize(("words", "variables", "secret"), TOLD, ids=[secret for *_, secret in TOLD])
def test_a_secret_is_hidden_by_its_value(words: list[str], variables: dict[str, str], secret: str) -> None:
    said = f'invalid percent-encoded token: "{secret}"'
    assert without_secrets(said) == said
    remember_secrets(words, variables)
    assert without_secrets(said) == 'invalid percent-encoded token: "(hidden)"'


def test_a_message_keeps_its_example_and_its_redacted_form() -> None:
    message = without_secrets(Message.with_example("at postgresql://a:b@c, such as", "lead_id is 'L7'"))
    assert message == "at postgresql://(hidden)@c, such as lead_id is 'L7'"
    assert redacted(message) == "at postgresql://(hidden)@c, such as (left out)"


@given(st.text("abcXYZ019.%/:?#@&=+!$~-_", min_size=4, max_size=20), st.sampled_from(["postgresql", "http", "s3a"]))
def test_no_password_in_an_address_is_shown(password: str, scheme: str) -> None:
    marked = f"Hj7kQ{password}Hj7kQ"
    assert "Hj7kQ" not in without_secrets(f"no connection to {scheme}://crm:{marked}@db.internal:5432/crm: refused")
