"""Workbooks as Excel writes them, from rows of cells."""

import datetime
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
