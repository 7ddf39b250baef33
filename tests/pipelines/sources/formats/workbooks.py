"""Workbooks as Excel and LibreOffice write them, from rows of cells."""

import datetime
import struct
import zipfile
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(path, **sheets):
    """Write an ``.xlsx`` with a sheet for each list of rows; a cell is text, a number, a flag, a day or a time."""
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(sheets, start=1)
    )
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="rId0" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        root = f'<Relationship Id="r" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        file.writestr("_rels/.rels", f'<Relationships xmlns="{PACKAGE}">{root}</Relationships>')
        file.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{names}</sheets></workbook>'
        )
        file.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>')
        formats = '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>'
        file.writestr(
            "xl/styles.xml", f'<styleSheet xmlns="{MAIN}"><cellXfs count="3">{formats}</cellXfs></styleSheet>'
        )
        for i, rows in enumerate(sheets.values(), start=1):
            lines = "".join(
                f'<row r="{y}">{"".join(_cell(cell, x, y) for x, cell in enumerate(row))}</row>'
                for y, row in enumerate(rows, start=1)
            )
            sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'
            file.writestr(f"xl/worksheets/sheet{i}.xml", sheet)
    return path


def _cell(cell, x, y):
    place = f"{chr(ord('A') + x)}{y}"
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return f'<c r="{place}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, datetime.date):
        whole = isinstance(cell, datetime.datetime)
        moment = cell if whole else datetime.datetime(cell.year, cell.month, cell.day)
        days = (moment - datetime.datetime(1899, 12, 30)) / datetime.timedelta(days=1)
        return f'<c r="{place}" s="{2 if whole else 1}"><v>{days}</v></c>'
    if isinstance(cell, int | float):
        return f'<c r="{place}"><v>{cell}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'


TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def open_document(path, **sheets):
    """Write an ``.ods`` with a sheet for each list of rows, as LibreOffice does."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(_value, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    content = (
        f'<office:document-content xmlns:office="{OFFICE}" xmlns:table="{TABLE}" xmlns:text="{TEXT}" '
        f'office:version="1.2"><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", content)
        file.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def _value(cell):
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, bool):
        kind, value = "boolean", f'office:boolean-value="{str(cell).lower()}"'
    elif isinstance(cell, datetime.date):
        kind, value = "date", f'office:date-value="{cell.isoformat()}"'
    elif isinstance(cell, int | float):
        kind, value = "float", f'office:value="{cell}"'
    else:
        kind, value = "string", ""
    return (
        f'<table:table-cell office:value-type="{kind}" {value}><text:p>{escape(str(cell))}</text:p></table:table-cell>'
    )


#: The records of BIFF8 and the sizes of a compound file.
BOF, EOF, BOUNDSHEET, XF, FORMAT_1900, NUMBER, LABEL, BOOLERR = 0x809, 0xA, 0x85, 0xE0, 0x22, 0x203, 0x204, 0x205
SECTOR, FREE, END, FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def old_workbook(path, **sheets):
    """Write an ``.xls`` of Excel 97 with a sheet for each list of rows."""
    opening = _record(BOF, struct.pack("<HHHHII", 0x600, 5, 0, 1997, 0, 6))
    opening += _record(FORMAT_1900, b"\0\0")
    for number_format in (0, 14, 22):  # plain, a day, a day and a time
        opening += _record(XF, struct.pack("<HHH", 0, number_format, 0) + bytes(14))
    bodies = [_sheet(rows) for rows in sheets.values()]
    names = [name.encode("latin-1") for name in sheets]
    place = len(opening) + sum(12 + len(name) for name in names) + 4
    bounds = b""
    for name, body in zip(names, bodies, strict=True):
        bounds += _record(BOUNDSHEET, struct.pack("<IHBB", place, 0, len(name), 0) + name)
        place += len(body)
    path.write_bytes(_compound(opening + bounds + _record(EOF, b"") + b"".join(bodies)))
    return path


def _record(kind, content):
    return struct.pack("<HH", kind, len(content)) + content


def _sheet(rows):
    found = _record(BOF, struct.pack("<HHHHII", 0x600, 0x10, 0, 1997, 0, 6))
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            if cell is None:
                continue
            if isinstance(cell, bool):
                found += _record(BOOLERR, struct.pack("<HHHBB", y, x, 0, cell, 0))
            elif isinstance(cell, str):
                text = cell.encode("utf-16-le")
                found += _record(LABEL, struct.pack("<HHHHB", y, x, 0, len(text) // 2, 1) + text)
            else:
                style = 2 if isinstance(cell, datetime.datetime) else 1 if isinstance(cell, datetime.date) else 0
                found += _record(NUMBER, struct.pack("<HHHd", y, x, style, _days(cell) if style else cell))
    return found + _record(EOF, b"")


def _days(cell):
    whole = isinstance(cell, datetime.datetime)
    moment = cell if whole else datetime.datetime(cell.year, cell.month, cell.day)
    return (moment - datetime.datetime(1899, 12, 30)) / datetime.timedelta(days=1)


def _compound(stream):
    """A compound file with one stream, which is long enough not to be among the short ones."""
    stream = stream.ljust(4096, b"\0")
    stream += bytes(-len(stream) % SECTOR)
    count = len(stream) // SECTOR
    chain = [FAT, END, *range(3, 2 + count), END]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    entries = [("Root Entry", 5, 1, FREE, END, 0), ("Workbook", 2, FREE, FREE, 2, len(stream))]
    directory = b""
    for name, kind, child, other, start, size in entries:
        text = name.encode("utf-16-le") + b"\0\0"
        directory += text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, other, other, child)
        directory += bytes(36) + struct.pack("<IQ", start, size)
    directory = directory.ljust(SECTOR, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<I", 0)
    return header.ljust(SECTOR, b"\xff") + fat + directory + stream


#: The records of the binary workbook, and the styles of `old_workbook`.
ROW_RECORD, BLANK, REAL, INLINE, BOOL = 0, 1, 5, 6, 4


def binary_workbook(path, **sheets):
    """Write an ``.xlsb`` with a sheet for each list of rows."""
    bundle = _binary(0x8F)
    for i, name in enumerate(sheets, start=1):
        bundle += _binary(0x9C, struct.pack("<II", 0, i) + _wide(f"rId{i}") + _wide(name))
    book = _binary(0x83) + _binary(0x99, struct.pack("<II", 0, 0) + _wide("")) + bundle + _binary(0x90) + _binary(0x84)
    formats = b"".join(_binary(0x2F, struct.pack("<HHHHH", 0, f, 0, 0, 0) + bytes(6)) for f in (0, 14, 22))
    styles = _binary(0x116) + _binary(0x269, struct.pack("<I", 3)) + formats + _binary(0x26A) + _binary(0x117)
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{i}.bin"/>'
        for i in range(1, len(sheets) + 1)
    )
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("xl/workbook.bin", book)
        file.writestr("xl/styles.bin", styles)
        file.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>')
        for i, rows in enumerate(sheets.values(), start=1):
            file.writestr(f"xl/worksheets/sheet{i}.bin", _binary_sheet(rows))
    return path


def _binary(kind, content=b""):
    number = bytes([kind & 0x7F | 0x80, kind >> 7]) if kind > 0x7F else bytes([kind])
    size, length = b"", len(content)
    while True:
        length, part = length >> 7, length & 0x7F
        size += bytes([part | (0x80 if length else 0)])
        if not length:
            return number + size + content


def _wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _binary_sheet(rows):
    width = max(map(len, rows))
    found = _binary(0x81) + _binary(0x94, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)) + _binary(0x91)
    for y, row in enumerate(rows):
        found += _binary(ROW_RECORD, struct.pack("<II", y, 0) + bytes(9))
        for x, cell in enumerate(row):
            style = 2 if isinstance(cell, datetime.datetime) else 1 if isinstance(cell, datetime.date) else 0
            place = struct.pack("<II", x, style)
            if cell is None:
                found += _binary(BLANK, place)
            elif isinstance(cell, bool):
                found += _binary(BOOL, place + bytes([cell]))
            elif isinstance(cell, str):
                found += _binary(INLINE, place + _wide(cell))
            else:
                found += _binary(REAL, place + struct.pack("<d", _days(cell) if style else cell))
    return found + _binary(0x92) + _binary(0x82)
