"""Workbooks as Dynamics 365 exports a view: a sheet with the view, and a hidden one with its own bookkeeping."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_EPOCH = pd.Timestamp("1899-12-30")


def write_sheet(path: Path, name: str, frame: pd.DataFrame) -> None:
    """Write a view.

    Parameters
    ----------
    path : Path
        The workbook.
    name : str
        Of the view and of its sheet.
    frame : DataFrame
        Columns of times become serial numbers with the format of a date, all others but numbers text.
    """
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(
            (
                ("styles", "styles.xml"),
                ("worksheet", "worksheets/sheet1.xml"),
                ("worksheet", "worksheets/sheet2.xml"),
            )
        )
    )
    sheets = (
        f'<sheet name="{escape(name[:31])}" sheetId="1" r:id="rId1"/>'
        '<sheet name="hiddenSheet" sheetId="2" state="veryHidden" r:id="rId2"/>'
    )
    head = "".join(f'<c t="inlineStr"><is><t>{escape(str(column))}</t></is></c>' for column in frame.columns)
    cells = pd.concat([_cells(frame.iloc[:, i]) for i in range(frame.shape[1])], axis=1)
    rows = "".join("<row>" + "".join(row) + "</row>" for row in cells.to_numpy())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        root = f'<Relationship Id="r" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        file.writestr("_rels/.rels", f'<Relationships xmlns="{_PACKAGE}">{root}</Relationships>')
        file.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>')
        book = f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'
        file.writestr("xl/workbook.xml", book)
        formats = '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs>'
        file.writestr("xl/styles.xml", f'<styleSheet xmlns="{_MAIN}">{formats}</styleSheet>')
        sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>%s</sheetData></worksheet>'
        file.writestr("xl/worksheets/sheet1.xml", sheet % f"<row>{head}</row>{rows}")
        hidden = '<row><c t="inlineStr"><is><t>opportunity:vH3kQ0b9:name=Name</t></is></c></row>'
        file.writestr("xl/worksheets/sheet2.xml", sheet % hidden)


def _cells(column: pd.Series) -> pd.Series:
    filled = column.notna()
    if pd.api.types.is_datetime64_any_dtype(column):
        days = (pd.to_datetime(column) - _EPOCH) / pd.Timedelta(days=1)
        found = '<c s="1"><v>' + days.round(10).astype(str) + "</v></c>"
    elif pd.api.types.is_numeric_dtype(column):
        found = "<c><v>" + column.astype("object").astype(str) + "</v></c>"
    else:
        texts = column.where(filled, "").astype("object").map(lambda cell: escape(str(cell)))
        found = '<c t="inlineStr"><is><t>' + texts + "</t></is></c>"
    return pd.Series(np.where(filled, found.astype("object"), "<c/>"))
