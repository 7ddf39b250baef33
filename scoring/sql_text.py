"""Names, texts and paths of JSON as SQL has them, in DuckDB and in PostgreSQL."""


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def json_path(*keys: str) -> str:
    """The path to what objects hold under keys, one within the other."""
    return "$" + "".join('."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"' for key in keys)
