"""Each reader takes a small good file as its CRM does, and refuses one for each rule, saying which."""

import io
import zipfile
from collections.abc import Callable

import pytest

from tests.crm_readers import dynamics, hubspot, marketo, odoo, salesforce, sheet, zoho
from tests.crm_readers.sheet import Broken, Field, Imported

BOM = b"\xef\xbb\xbf"
ABCD = ("A", "B", "C", "D")


def zipped(*files: bytes, name: str = "leads.csv") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, file in enumerate(files):
            archive.writestr(f"{number or ''}{name}", file)
    return packed.getvalue()


SALESFORCE = {
    "Id": Field("Id"),
    "Chance__c": Field("Percent", digits=5, decimals=2),
    "Grade__c": Field("Picklist", choices=ABCD),
    "Reason__c": Field("Text", length=21),
    "Scored__c": Field("DateTime"),
}
HUBSPOT = {
    "Record ID": Field("record id"),
    "chance": Field("number"),
    "grade": Field("enumeration", choices=ABCD),
    "scored_on": Field("date"),
}
DYNAMICS = {
    "Account": Field("Uniqueidentifier"),
    "Win chance": Field("Decimal", decimals=2),
    "Grade": Field("Picklist", choices=ABCD),
    "Why now": Field("String", length=100),
}
ZOHO = {
    "id": Field("id"),
    "Chance": Field("double", decimals=4),
    "Reason": Field("text", length=255),
    "Scored": Field("datetime"),
}
MARKETO = {"id": Field("id"), "chance": Field("float"), "fit": Field("score"), "reason": Field("string", length=255)}
ODOO = {"id": Field("external id"), "x_chance": Field("float"), "x_scored": Field("datetime")}
GUID = b"8da6bcc1-0c42-4b52-9b7a-2f6f0f1d0c11"

READ: dict[str, Callable[[bytes], Imported]] = {
    "salesforce": lambda file: salesforce.read(file, SALESFORCE),
    "hubspot": lambda file: hubspot.read(file, HUBSPOT),
    "dynamics": lambda file: dynamics.read(file, DYNAMICS, "Account"),
    "scores": dynamics.read_predictive_scores,
    "zoho": lambda file: zoho.read(zipped(file), ZOHO),
    "zip": lambda file: zoho.read(file, ZOHO),
    "marketo": lambda file: marketo.read(file, MARKETO),
    "odoo": lambda file: odoo.read(file, ODOO),
}
GOOD: dict[str, bytes] = {
    "salesforce": b'Id,Chance__c,Grade__c,Reason__c,Scored__c\n001A0000006Vm9u,21.50,A,"reads ""prices"", often",'
    b"2025-12-29T02:14:09.000Z\n001A0000006Vm9v,#N/A,#N/A,#N/A,#N/A\n",
    "hubspot": b"Record ID,chance,grade,scored_on\n501,0.215,A,2025-12-29\n502,0.004,D,2025-12-29\n",
    "dynamics": BOM + b"Account,Win chance,Grade,Why now\r\n" + GUID + b',21.50,A,"prices, again"\r\n',
    "scores": BOM + b"Name,Entity ID,Entity type,Score,Grade,Score trend,Score reasons,Scored on\n"
    b"closedwon," + GUID + b",account,93,Grade A,Improving,reads prices,2025-12-29\n",
    "zoho": b"id,Chance,Reason,Scored\n3652397000000624046,0.2150,reads prices,2025-12-29T02:14:09+00:00\n",
    "marketo": b"id,chance,fit,reason\n318581,0.215,93,reads prices\n",
    "odoo": b"id,x_chance,x_scored\nclosedwon.a_1,0.215,2025-12-29 02:14:09\n",
}


@pytest.mark.parametrize("crm", GOOD)
def test_good_file(crm: str) -> None:
    imported = READ[crm](GOOD[crm])
    assert [list(row) for row in imported.rows] == [list(imported.header)] * len(imported.rows)
    assert len(imported.keys) == GOOD[crm].count(b"\n") - 1


def test_cells_are_what_stands_in_them() -> None:
    first, second = READ["salesforce"](GOOD["salesforce"]).rows
    assert first["Reason__c"] == 'reads "prices", often'
    assert set(second.values()) == {"001A0000006Vm9v", "#N/A"}
    assert READ["dynamics"](GOOD["dynamics"]).header == ("Account", "Win chance", "Grade", "Why now")


@pytest.mark.parametrize(
    ("crm", "before", "after", "reason"),
    [
        ("salesforce", b"Id,", BOM + b"Id,", "a byte order mark is in the way"),
        ("salesforce", b"\n", b"\r\n", "lines do not end as this CRM expects"),
        ("salesforce", b",A,", b",E,", "'E' is none of A, B, C, D"),
        ("salesforce", b",A,", b",,", "an empty cell"),
        ("salesforce", b",A,", b",\xe9,", "not UTF-8"),
        ("salesforce", b",A,", b",A,A,", "row 2 has 6 cells, the header 5"),
        ("salesforce", b"Grade__c", b"Grade", "there is no field 'Grade'"),
        ("salesforce", b"Grade__c", b"Win grade", "'Win grade' cannot be a field's name"),
        ("salesforce", b"Grade__c", b"Chance__c", "two columns have the same name"),
        ("salesforce", b"21.50", b"21.505", "at most 2 decimals"),
        ("salesforce", b"21.50", b"1000.00", "at most 5 digits"),
        ("salesforce", b"21.50", b"2.15e1", "not a plain decimal"),
        ("salesforce", b"21.50", b"-21.50", "would be a formula"),
        ("salesforce", b"09.000Z", b"09", "is no time"),
        ("salesforce", b"12-29T", b"13-29T", "is no time"),
        ("salesforce", b"001A0000006Vm9v", b"001A0000006Vm9u", "two rows have the same key"),
        ("salesforce", b"001A0000006Vm9v", b"#N/A", "#N/A is no record"),
        ("salesforce", b"prices", b"prices and more", "characters in a field of 21"),
        ("salesforce", b"prices", b"pri\nces", "row 2 is not one line"),
        ("salesforce", b"prices", b"pri\x07ces", "a control character"),
        ("salesforce", b'often"', b'often" ', "in the middle of a cell"),
        ("salesforce", b",A,", b',A"B",', "not CSV"),
        ("salesforce", GOOD["salesforce"].split(b"\n", 1)[1], b"", "a header and nothing else"),
        ("hubspot", b"grade", b"Grade", "cannot be a field's name"),
        ("hubspot", b"2025-12-29\n502", b"29/12/2025\n502", "is no date"),
        ("hubspot", b"0.215", b"21,5 %", "row 2 has 5 cells"),
        ("hubspot", b"501", b"acme.com", "is no Record ID"),
        ("hubspot", b"\n502", b"\r\n502", "lines end in more than one way"),
        ("dynamics", BOM, b"", "a byte order mark is missing"),
        ("dynamics", b"Why now", b'"Why now"', "a quotation mark in the headings"),
        ("dynamics", GUID, b"A-1", "is no GUID"),
        ("dynamics", b"21.50", b"100000000000.01", "more than a decimal column holds"),
        ("scores", b"Grade A", b"A", "is none of Grade A"),
        ("scores", b",93,", b",93.4,", "is not a whole number"),
        ("scores", b"Entity type", b"Type", "there is no field 'Type'"),
        ("zoho", b"3652397000000624046", b"A-1", "is no record id"),
        ("zoho", b"reads prices", b"x" * 256, "256 characters in a field of 255"),
        ("zoho", b"0.2150", b"1234567890123.2150", "at most 16 digits"),
        ("zoho", b"+00:00", b"", "is no time"),
        ("marketo", b"318581", b"acme@example.com", "is no lead id"),
        ("marketo", b",93,", b",93.4,", "is not a whole number"),
        ("odoo", b"x_chance", b"chance", "cannot be a field's name"),
        ("odoo", b"closedwon.a_1", b"closedwon.a 1", "External IDs cannot contain spaces"),
        ("odoo", b"closedwon.a_1", b".a_1", "lacks the module or the name"),
        ("odoo", b"29 02", b"29T02", "is no time"),
    ],
)
def test_broken_file(crm: str, before: bytes, after: bytes, reason: str) -> None:
    assert before in GOOD[crm]
    with pytest.raises(Broken) as error:
        READ[crm](GOOD[crm].replace(before, after))
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (GOOD["zoho"], "not a zip"),
        (zipped(GOOD["zoho"], GOOD["zoho"]), "2 files in the zip"),
        (zipped(GOOD["zoho"], name="leads.txt"), "is not a CSV file"),
    ],
)
def test_broken_zip(file: bytes, reason: str) -> None:
    with pytest.raises(Broken, match=reason):
        READ["zip"](file)


@pytest.mark.parametrize(
    ("crm", "line", "fits"),
    [  # one row more is too much
        pytest.param("hubspot", b"%d,0.2,A,2025-12-29\n", 1_048_575, marks=pytest.mark.slow),
        ("zoho", b"%d,0.2000,reads prices,2025-12-29T02:14:09Z\n", 25_000),
        ("marketo", b"%07d,0.215,93,reads the prices once again\n", None),
        ("dynamics", b"00000000-0000-0000-0000-%012d,21.50,A,reads the prices\n", None),
    ],
)
def test_limits(crm: str, line: bytes, fits: int | None) -> None:
    start = GOOD[crm].split(b"\n", 1)[0].rstrip(b"\r") + b"\n"
    most = {"marketo": 9_999_999, "dynamics": 8_000_000}.get(crm, 0)
    first = 1_000_000
    fits = fits or (most - len(start)) // len(line % first)
    body = b"".join(line % number for number in range(first, first + fits))
    assert len(READ[crm](start + body).keys) == fits
    with pytest.raises(Broken, match=r"at most|more than"):
        READ[crm](start + body + line % (first + fits))


def test_big_files_are_sampled_and_counted_in_full() -> None:
    rows = b"".join(b"%d,0.2,A,2025-12-29\n" % number for number in range(1, 20_001))
    imported = hubspot.read(b"Record ID,chance,grade,scored_on\n" + rows, HUBSPOT)
    assert len(imported.keys) == 20_000
    assert sheet.CLOSELY <= len(imported.rows) <= 2 * sheet.CLOSELY


def test_definitions_are_read_as_their_makers_wrote_them() -> None:
    metadata = b"""<?xml version="1.0" encoding="UTF-8"?><CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">
        <fields><fullName>Chance__c</fullName><label>Chance</label><type>Percent</type><precision>5</precision><scale>2</scale></fields>
        <fields><fullName>Grade__c</fullName><label>Grade</label><type>Picklist</type><valueSet><valueSetDefinition>
        <value><fullName>A</fullName></value><value><fullName>B</fullName></value>
        </valueSetDefinition></valueSet></fields></CustomObject>"""
    assert salesforce.defined(metadata) == {
        "Chance__c": Field("Percent", digits=5, decimals=2),
        "Grade__c": Field("Picklist", choices=("A", "B")),
    }
    grade = b'{"name": "grade", "label": "Grade", "groupName": "c", "type": "enumeration", "fieldType": "select", '
    body = b'{"inputs": [' + grade + b'"options": [{"label": "A", "value": "A"}]}]}'
    assert hubspot.defined(body) == {"grade": Field("enumeration", choices=("A",))}
    with pytest.raises(Broken, match="cannot be shown as text"):
        hubspot.defined(body.replace(b'"select"', b'"text"'))
