"""What models don't take as it is goes as text in UTF-8, or is refused by name before it is sent."""

from __future__ import annotations

import base64
import io
import json
import sys
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from opencode_widget.errors import BadAttachment
from opencode_widget.operations.files import documents
from opencode_widget.operations.files.attachments import checked, read
from opencode_widget.operations.files.encoding import decoded
from opencode_widget.server.api import Attachment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sent(name: str, content: bytes, mime: str) -> str:
    """The text that a model gets of a file that a page attached."""
    (file,) = checked([Attachment(mime, name, f"data:{mime};base64,{base64.b64encode(content).decode()}")])
    assert (file.mime, file.filename) == ("text/plain", name)
    return base64.b64decode(file.url.partition(",")[2]).decode()


GERMAN = "Name;Ort\nMüller;Köln\n„Größe“;5 €\n"
FRENCH = "prénom,où\nZoë,là-bas — ça\n"
GREEK = "Όνομα;Πόλη\nΓιώργος;Αθήνα\nΜαρία;Θεσσαλονίκη\nΕλένη;Πάτρα\n" * 4  # noqa: RUF001
RUSSIAN = "Имя;Город\nИван Петров;Москва\nАнна Сидорова;Санкт-Петербург\n" * 4  # noqa: RUF001
JAPANESE = "名前,都市\n山田太郎,東京都千代田区\n鈴木花子,大阪府大阪市\n" * 4


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "cp1252"),
        (FRENCH, "cp1252"),
        ("Müller;Köln\n", "latin-1"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        (JAPANESE, "utf-16"),
        ("x\ty\r\n1\t2\r\n", "utf-16"),
        ("", "utf-8"),
        ("\x1b[31mred\x1b[0m \x08\n", "utf-8"),
    ],
)
@pytest.mark.parametrize("mime", ["text/csv", "application/octet-stream"])
def test_a_text_of_a_certain_encoding_goes_as_utf_8(text: str, encoding: str, mime: str) -> None:
    assert sent("daten.csv", text.encode(encoding), mime) == text


@pytest.mark.parametrize(
    ("text", "encoding"), [(RUSSIAN, "cp1251"), (JAPANESE, "shift_jis"), (GREEK, "cp1253"), (RUSSIAN, "koi8-r")]
)
def test_no_other_words_are_sent_than_the_file_has(text: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = text.encode(encoding)
    assert decoded(content) in (text, None)
    monkeypatch.setitem(sys.modules, "charset_normalizer", None)
    with pytest.raises(BadAttachment, match=r"daten\.csv is neither text nor a picture \(text/csv\)") as refused:
        sent("daten.csv", content, "text/csv")
    assert refused.value.remedy
    assert "UTF-8" in refused.value.remedy


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Müller;Köln\n", "cp850"),
        ("Имя;Город\n", "koi8-r"),
        ("姓名,城市\n張三,臺北\n", "big5"),
    ],
)
def test_a_short_text_is_no_reason_to_guess_wrong(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) in (text, None)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Zürich, Köln".encode()[:-2] + "ö".encode()[:1], "Zürich, Kö\ufffd"),
        ("日本".encode()[:-1], "日\ufffd"),
        (b"caf\xe9", "café"),  # Windows-1252, and no cut letter
    ],
)
def test_a_text_that_was_cut_within_a_letter_is_still_utf_8(content: bytes, text: str) -> None:
    assert decoded(content) == text


def test_a_picture_that_no_model_takes_is_called_a_picture() -> None:
    with pytest.raises(BadAttachment, match="is a picture of a kind that models do not take") as refused:
        sent("a.heic", b"\0\0\0\x18ftypheic", "image/heic")
    assert refused.value.remedy == "Save it as PNG or JPEG."


@pytest.mark.parametrize("name", ["a.xlsx", "a.docx"])
def test_a_document_with_a_password_is_not_called_damaged(name: str) -> None:
    with pytest.raises(BadAttachment, match="protected by a password"):
        sent(name, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/octet-stream")


def _archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "words " * 100)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("a.zip", _archive(), "application/zip"),
        ("a.parquet", b"PAR1\x15\0\x15\x10\0\0PAR1", "application/octet-stream"),
        ("a.pkl", b"\x80\x04\x95\x01\x00\x00\x00\x00\x00\x00\x00K\x01.", "application/octet-stream"),
        ("a.bmp", b"BM\x1a\0\0\0\0\0\0\0", "image/bmp"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "application/vnd.ms-excel"),
    ],
)
def test_what_no_model_takes_is_refused_by_name(name: str, content: bytes, mime: str, tmp_path: Path) -> None:
    with pytest.raises(BadAttachment, match=name):
        sent(name, content, mime)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadAttachment, match=name):
        read([tmp_path / name])


def _workbook() -> bytes:
    workbook, file = openpyxl.Workbook(), io.BytesIO()
    sheet = workbook.active
    sheet.title = "Sheep"
    for row in (("name", "kg", "note"), ("Dolly", 61.5, None), ("Sh,aun", 1234567890, "bä\nh")):
        sheet.append(row)
    workbook.create_sheet("Empty")
    workbook.save(file)
    return file.getvalue()


def test_a_spreadsheet_goes_as_text(tmp_path: Path) -> None:
    text = '# Sheet: Sheep\nname,kg,note\nDolly,61.5,\n"Sh,aun",1234567890,"bä\nh"\n# Sheet: Empty\n'
    assert sent("a.xlsx", _workbook(), XLSX) == text
    assert sent("A.XLSX", _workbook(), "application/octet-stream") == text
    (tmp_path / "a.xlsx").write_bytes(_workbook())
    (file,) = read([tmp_path / "a.xlsx"])
    assert base64.b64decode(file.url.partition(",")[2]).decode() == text


def test_a_word_document_goes_as_text() -> None:
    document, file = docx.Document(), io.BytesIO()
    document.add_heading("Über Schafe")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Dolly", "61 kg"
    document.add_paragraph("Ende")
    document.save(file)
    assert sent("a.docx", file.getvalue(), "application/octet-stream") == "Über Schafe\nDolly,61 kg\n\nEnde\n"


def test_a_notebook_goes_as_its_cells_and_the_words_of_its_outputs() -> None:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["print", "ed"]},
        {
            "output_type": "execute_result",
            "execution_count": 1,
            "metadata": {},
            "data": {"text/plain": "42", "image/png": "AAAA"},
        },
        {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": ["long"]},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "AAAA"}},
    ]
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Títle"},
        {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": ["x = ", "1"], "outputs": outputs},
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    text = sent("a.ipynb", json.dumps(notebook).encode(), "application/json")
    assert text == (
        "# Cell 1 (markdown)\n# Títle\n\n# Cell 2 (code)\nx = 1\n# Output of cell 2\nprinted\n# Output of cell 2\n42\n"
        "# Output of cell 2\nKeyError: 'x'\n\n"
    )


def test_what_reads_a_document_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(BadAttachment, match=r"a\.xlsx is a spreadsheet.*openpyxl.*not installed") as refused:
        sent("a.xlsx", _workbook(), XLSX)
    assert refused.value.remedy
    assert "opencode_widget[files]" in refused.value.remedy


def test_a_damaged_document_is_refused_by_name() -> None:
    with pytest.raises(BadAttachment, match=r"a\.xlsx cannot be read as a spreadsheet"):
        sent("a.xlsx", _workbook()[:200], XLSX)


def test_a_document_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "UNPACKED", 100)
    with pytest.raises(BadAttachment, match="too large"):
        sent("a.xlsx", _workbook(), XLSX)


def test_a_long_document_says_that_its_rest_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LONGEST", 20)
    assert sent("a.xlsx", _workbook(), XLSX).startswith("# Sheet: Sheep\nname,\n[The rest of the file is left out")
