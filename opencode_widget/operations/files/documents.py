"""Turns spreadsheets, documents and notebooks into text: no model takes them as they are.

The libraries that read them belong to the extra `files`, and are imported when a file needs them.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ...errors import BadAttachment

# Characters of one file. A longer text would fill the window of most models.
LONGEST = 400_000
# Bytes of what a document holds once it is unpacked.
UNPACKED = 200_000_000
# How files of Office of before 2007 begin, and those that are encrypted.
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Document:
    """A kind of file that can be read as text. `what`: its name in words; `package`: what reads it."""

    what: str
    package: str
    read: Callable[[bytes], Iterable[str]]


def document_text(name: str, document: Document, content: bytes) -> str:
    """The text of a document.

    Args:
        name: of the file.
        document: its kind.
        content: its bytes.

    Raises:
        BadAttachment: what reads it is not installed, or the file is damaged.
    """
    if content.startswith(OLE):
        raise BadAttachment(
            f"{name} cannot be read as {document.what}: it is protected by a password, or in the format of before 2007.",
            remedy="Save it without a password in the present format, or save it as text.",
        )
    try:
        return _bounded(document.read(content))
    except ImportError:
        raise BadAttachment(
            f"{name} is {document.what}, which no model takes; {document.package}, which would read it as text, is not installed.",
            remedy='Install it (pip install "opencode_widget[files]"), or save the file as text.',
        ) from None
    except Exception as problem:  # noqa: BLE001 - these libraries raise whatever a damaged file leads to
        raise BadAttachment(
            f"{name} cannot be read as {document.what}: {str(problem) or type(problem).__name__}.",
            remedy="Save it again, or save it as text.",
        ) from None


def _bounded(pieces: Iterable[str]) -> str:
    text = ""
    for piece in pieces:
        text += piece
        if len(text) > LONGEST:
            return f"{text[:LONGEST]}\n[The rest of the file is left out: it is longer than {LONGEST} characters.]\n"
    return text


def _check_archive(content: bytes) -> None:
    """A small archive may unpack to a size that fills the memory."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > UNPACKED:
            raise ValueError("it is too large")


def _spreadsheet(content: bytes) -> Iterator[str]:
    from openpyxl import load_workbook

    _check_archive(content)
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        for sheet in workbook.worksheets:
            yield f"# Sheet: {sheet.title}\n"
            for row in sheet.iter_rows(values_only=True):
                yield _csv_line(row)
    finally:
        workbook.close()


def _csv_line(row: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow("" if value is None else value for value in row)
    return line.getvalue()


def _word_document(content: bytes) -> Iterator[str]:
    import docx
    from docx.table import Table

    _check_archive(content)
    for block in docx.Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(block, Table):
            yield from (_csv_line(cell.text for cell in row.cells) for row in block.rows)
            yield "\n"
        else:
            yield f"{block.text}\n"


def _notebook(content: bytes) -> Iterator[str]:
    import nbformat

    read: Any = nbformat.reads  # it has no types
    notebook = read(content.decode("utf-8-sig"), as_version=4)
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            yield f"# Cell {number} (code)\n{cell.source}\n"
            yield from (f"# Output of cell {number}\n{text}\n" for text in map(_output, cell.outputs) if text)
        else:
            yield f"# Cell {number} ({cell.cell_type})\n{cell.source}\n"
        yield "\n"


def _output(output: Any) -> str:
    """The text of an output; its pictures are left out."""
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return str(output.data.get("text/plain", ""))


SPREADSHEET = Document("a spreadsheet", "openpyxl", _spreadsheet)
WORD_DOCUMENT = Document("a Word document", "python-docx", _word_document)
NOTEBOOK = Document("a notebook", "nbformat", _notebook)

OFFICE = "application/vnd.openxmlformats-officedocument"
BY_TYPE = {
    f"{OFFICE}.spreadsheetml.sheet": SPREADSHEET,
    "application/vnd.ms-excel.sheet.macroenabled.12": SPREADSHEET,
    f"{OFFICE}.wordprocessingml.document": WORD_DOCUMENT,
    "application/x-ipynb+json": NOTEBOOK,
}
BY_SUFFIX = {".xlsx": SPREADSHEET, ".xlsm": SPREADSHEET, ".docx": WORD_DOCUMENT, ".ipynb": NOTEBOOK}
