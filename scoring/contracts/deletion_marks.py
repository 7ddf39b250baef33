"""The columns by which a CRM or an exporter says that a row is no longer there, and the words that say it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import ibis.expr.types as ir

from scoring.cells import cells
from scoring.contracts.column_names import bare_name, plain_name


@dataclass(frozen=True)
class Mark:
    """What a column says of a row by its name.

    Attributes
    ----------
    kind : str
        `flag` if it is set, `time` if a time is there, `filled` if a user is, `master` if the id of another record is,
        `state` if a word says it, `change` if the kind of a change does.
    why : str
        What a row is of which it says so, in a word; empty where the word of a cell tells it.
    general : bool
        Whether other columns have the name too. Of those nothing is said where they are no marks.
    """

    kind: str
    why: str = ""
    general: bool = False


#: By what a row is then: the words for it in names.
_NAMED = {
    "deleted": "deleted?|deletion|removed|erased|trash(?:ed)?|recyclebin|recycled|purged?|tombstoned?|papierkorb|"
    "geloscht|geloescht|loschung|loeschung|losch|loesch|lvorm|loevm|supprime|corbeille|eliminado|papelera|excluido|lixeira|"
    "cancellato|cestino|verwijderd|usuniete|obsolete",
    "archived": "archived?|archiviert|archivado|arquivado|archiviato|gearchiveerd",
    "merged": "merged|zusammengefuhrt|zusammengefuehrt|fusionne|fusionado|mesclado",
    "voided": "void(?:ed)?|annulled|nullified|storniert|annule|anulado",
    "spam": "spam|junk",
    "duplicates": "duplicated?|dupe?|dublette|duplikat|doublon|duplicado|duplicata|duplicato|dubbel",
    "drafts": "draft|entwurf|brouillon|borrador|rascunho|bozza",
}
_SUBJECT = (
    "(?:is|was|ist|im|in|est|esta|row|record|entity|object|item|lead|contact|person|account|company|deal|opportunity|activity|"
    "task|event|crm|fivetran|airbyte|hoodie|hudi|hevo|peerdb|stitch|artie|sling|sdc|abcdc|cdc|dlt|dbt|etl|dwh|hs|sys|soft|hard|markedas|markedfor|flaggedas|flaggedfor|"
    "potential|possible|confirmed|marked|src|source|ods|wh|etl|meta|metadata)*"
)
_FLAG = "(?:flag|flg|yn|ind|indicator|marker|mark|kz|kennzeichen|vermerk|bool|record|status|state)?"
_TIME = "(?:at|on|date|time|datetime|timestamp|ts|utc|am|datum|dateutc|timeutc|ontime)"
_NAMES = tuple(
    (Mark(kind, why), re.compile(pattern))
    for why, words in _NAMED.items()
    for kind, pattern in (
        ("flag", f"{_SUBJECT}(?:{words}){_FLAG}"),
        ("time", f"{_SUBJECT}(?:{words}){_TIME}|(?:date|dt|time)(?:of)?(?:{words})"),
        ("filled", f"{_SUBJECT}(?:{words})(?:by|byid|byuser|byuserid|von)"),
    )
)
_TEST = re.compile(
    "(?:is)?test(?:record|data|flag|account|lead|contact|company|deal)|istest|is(?:dummy|fake|sample|demodata)"
)
_MASTER = re.compile(
    "merged?(?:into|to|with|in)(?:id|record|recordid|account|accountid|contactid|leadid)?|master(?:record)?(?:id)|"
    "masterrecord|(?:is)?(?:duplicate|dupe|dup|duplikat|dublette|doublon)(?:of|von|de)(?:id|record|recordid|account|lead|"
    "contact)?|supersededby(?:id)?|replacedby(?:id)?|surviv(?:or|ing)(?:record)?id|merge(?:winner|parent|master|target)(?:id)?"
)
_STATE = re.compile(
    "(?:record|row|entity|object|db|sys|system|crm|data|deletion|instance)(?:state|status)(?:code)?|statecode"
)
_CHANGE = re.compile(
    "(?:headers?|arh|hoodie|hudi|cdc|dml|row|db|record|debezium|source|abcdc|sys)?(?:changeoper(?:ation)?|changetype|op|optype|opcode|"
    "operation|operationtype|dmltype|rowkind|changeop)"
)
#: Pipedrive and Zoho clear it when a record is deleted, but in some CRMs every closed deal is inactive.
ACTIVE = ("active", "activeflag", "isactive")
#: The same of an activity that was only planned, also when its time is over.
DONE = ("done", "isdone", "doneflag", "completed", "iscompleted", "markedasdone", "erledigt", "termine", "concluido")

#: The words of cells, without blanks, dashes and underscores. They also say it in a column of flags.
WORDS = {
    "deleted": "deleted softdeleted removed erased trash trashed intrash inthetrash recyclebin purged soft-deleted "
    "tombstone tombstoned pendingdeletion markedfordeletion geloscht gelöscht geloescht papierkorb "
    "impapierkorb supprime supprimé supprimée eliminado eliminada excluido excluído cancellato "
    "verwijderd",
    "archived": "archived archiviert archivé archive archivado arquivado archiviato",
    "merged": "merged zusammengeführt fusionné fusionado",
    "voided": "void voided annulled nullified storniert",
    "spam": "spam",
    "duplicates": "duplicate duplicated dupe dublette duplikat doublon duplicado duplicata duplicato",
    "drafts": "draft entwurf brouillon borrador rascunho bozza",
}
MEANINGS = {word: why for why, words in WORDS.items() for word in words.split()}
#: The same in the status of a lead or an account, where `Archived`, `Spam` and `Duplicate` are what sales found out.
OF_STATUS = {word: why for word, why in MEANINGS.items() if why in ("deleted", "merged")}
#: An activity that was not done.
UNDONE = {**MEANINGS, **dict.fromkeys(("canceled", "cancelled"), "canceled")}
#: The same in a column that says what came of it.
WITHOUT_RESULT = UNDONE | dict.fromkeys(("noshow", "no-show", "didnotattend", "notattended", "rescheduled"), "not done")
_THERE = (
    "active inactive enabled disabled live current normal ok valid existing present new original unique "
    "open closed none aktiv inaktiv actif inactif activo inactivo ativo inativo published kept clean regular"
)
#: Words of a row that is there. An inactive customer is one.
THERE = frozenset(_THERE.split())
TRUE = (*cells.TRUE_WORDS, "ja", "j", "wahr", "oui", "vrai", "si", "sí", "sim", "verdadero", "verdadeiro", "vero", "1",
        "1.0", "x", "on", "set")  # fmt: skip
FALSE = (*cells.FALSE_WORDS, "nein", "falsch", "non", "faux", "falso", "nao", "não", "nee", "0", "0.0", "off", "notset")

#: The kinds of change that streams of changes name; of a deleted row it is one of the first.
DELETES = ("d", "del", "delete", "deleted", "remove", "removed", "-d")
_CHANGES = (
    "c r u i t l b a m s insert inserted ins update updated upd create created read upsert merge truncate load refresh "
    "snapshot replace add added modify modified updatepreimage updatepostimage updatebefore updateafter before after "
    "beforeimage afterimage +i +u -u"
)
CHANGES = (*DELETES, *_CHANGES.split())
#: A date or a count of seconds, and days that stand for none.
DATED = r"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|^[0-9]{1,4}[./][0-9]{1,2}[./][0-9]{2,4}|^[0-9]{8,}([.][0-9]+)?$"
NEVER = r"^(9999|2999|3000|4000|2099-12-31|0001-01-01|1753-01-01|1899-12-3|1900-01-01|1970-01-01)|[./](9999|1900|0001)"


def mark_of(column: str, table: str) -> Mark | None:
    """What a column says of its row, if it says that it is no longer there.

    Parameters
    ----------
    column : str
        As the export writes it, or as a canonical column.
    table : str
        By the name of its contract.

    Examples
    --------
    >>> mark_of("_fivetran_deleted", "accounts")
    Mark(kind='flag', why='deleted', general=False)
    >>> mark_of("number_of_deleted_scenes", "accounts") is None
    True
    """
    found = _mark_of(bare_name(column), column, table)
    _, _, rest = plain_name(column).strip("_").partition("_")
    if found is None and column.startswith("_") and rest:
        found = _mark_of(bare_name(rest), column, table)  # the first word is the name of a tool
    return found


def _mark_of(name: str, column: str, table: str) -> Mark | None:
    if name == "isarchived" and table == "activities":
        return None  # Salesforce archives all tasks and events of more than a year ago
    if _MASTER.fullmatch(name):
        return Mark("master", "merged" if "dup" not in name and "doublon" not in name else "duplicates")
    if _STATE.fullmatch(name):
        return Mark("state")
    if _CHANGE.fullmatch(name):
        return Mark(
            "change", "deleted", general=not plain_name(column).startswith("cdc") and not column.startswith("_")
        )
    if _TEST.fullmatch(name):
        return Mark("flag", "tests")
    if name in ("iscanceled", "iscancelled", "canceled", "cancelled") and table == "activities":
        return Mark("flag", "canceled")
    return next((mark for mark, pattern in _NAMES if pattern.fullmatch(name)), None)


def plain_type(cell: ir.Value) -> bool:
    """Whether a cell can be a flag: one of time is set where it is filled."""
    kind = cell.type()
    return bool(kind.is_string() or kind.is_boolean() or kind.is_numeric())


def word_of(cell: ir.Value) -> ir.StringValue:
    """A cell in lower case."""
    return cells.text(cell).lower()


def spelled_of(cell: ir.Value) -> ir.StringValue:
    """A cell in lower case without blanks and underscores."""
    return word_of(cell).replace(" ", "").replace("_", "")


def is_there(cell: ir.Value) -> ir.BooleanValue:
    """Whether a time or an id is there: null, no, ids of nothing but zeros and days like 9999-12-31 are not."""
    word = cell.cast("string") if not plain_type(cell) else word_of(cell)
    nothing = word.isnull() | word.isin(FALSE) | word.re_search(r"^[0{}\-./: t]+(aaa)?\}?$") | word.re_search(NEVER)
    return ~nothing
