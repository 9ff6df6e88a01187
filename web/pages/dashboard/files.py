"""A table as a file: CSV as the reader's spreadsheet expects it, or XLSX with real numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from web.pages.dashboard.tables import Kind, Table, Value
from web.plain import harmless

Ending = Literal["csv", "xlsx"]
TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMATS: Mapping[str, str] = {
    "count": "#,##0",
    "decimal": "#,##0.00",
    "money": '"€" #,##0.00',
    "percent": "0%",
    "days": "0.0",
    "day": "dd-mm-yyyy",
}
_WIDTHS: Mapping[Kind, int] = {"text": 30, "money": 16, "day": 14}


def csv_file(table: Table, headings: Sequence[str], hidden: str, language: str) -> bytes:
    """With a byte order mark, by which Excel knows UTF-8; in Dutch with ; and decimal commas."""
    out = io.StringIO()
    dutch = language == "nl"
    writer = csv.writer(out, delimiter=";" if dutch else ",", lineterminator="\r\n")
    writer.writerow([harmless(heading) for heading in headings])
    for row in table.rows:
        writer.writerow(
            [
                _plain(hidden if column.hidden and cell.value is None else cell.value, dutch=dutch)
                for column, cell in zip(table.columns, row, strict=True)
            ]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(value: Value, *, dutch: bool) -> str:
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case _:
            return str(value).replace(".", ",") if dutch else str(value)


def xlsx_file(table: Table, headings: Sequence[str], hidden: str, title: str) -> bytes:
    """A sheet with the headings held in place; texts are texts, whatever they begin with."""
    # It takes a moment to import, and few ask for it.
    from xlsxwriter import Workbook

    out = io.BytesIO()
    book = Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": title})
    sheet = book.add_worksheet(_sheet_name(title))
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
    for place, (column, heading) in enumerate(zip(table.columns, headings, strict=True)):
        sheet.set_column(place, place, _WIDTHS.get(column.kind, 12))
        sheet.write_string(0, place, heading, bold)
    for number, row in enumerate(table.rows, 1):
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            value = hidden if column.hidden and cell.value is None else cell.value
            _write(sheet, number, place, value, column.kind, formats)
    sheet.freeze_panes(1, 0)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    book.close()
    return out.getvalue()


def _write(
    sheet: Any, row: int, column: int, value: Value, kind: Kind, formats: Mapping[str, Any]
) -> None:
    match value:
        case None:
            return
        case str():
            sheet.write_string(row, column, value)
        case date():
            sheet.write_datetime(row, column, value, formats["day"])
        case _:
            number = float(value) / 100 if kind == "percent" else float(value)
            sheet.write_number(row, column, number, formats[kind])


def _sheet_name(title: str) -> str:
    """At most 31 characters, without those that sheets may not have in their names."""
    return "".join(sign for sign in title if sign not in "[]:*?/\\'")[:31] or "Traject"
