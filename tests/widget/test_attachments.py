"""Files with a prompt, read from the disk."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from opencode_widget import attachments
from opencode_widget.attachments import BadAttachment, read
from opencode_widget.server.client import Attachment


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("a.png", b"\x89PNG", "image/png"),
        ("a.py", b"x = 1", "text/plain"),
        ("a.json", b"{}", "text/plain"),
        ("Makefile", b"all:", "text/plain"),
        ("data.bin8", b"\0\1", "application/octet-stream"),
        ("latin", b"\xe9", "application/octet-stream"),
        ("a.pdf", b"%PDF", "application/pdf"),
    ],
)
def test_a_file_goes_with_its_type_and_content(tmp_path: Path, name: str, content: bytes, mime: str) -> None:
    (tmp_path / name).write_bytes(content)
    (file,) = read([tmp_path / name])
    assert (file.mime, file.filename) == (mime, name)
    assert file.url == f"data:{mime};base64,{base64.b64encode(content).decode()}"


def test_an_attachment_goes_as_it_is() -> None:
    file = Attachment("image/png", "a.png", "data:image/png;base64,eA==")
    assert read([file]) == (file,)


def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.txt", tmp_path):
        with pytest.raises(BadAttachment, match=f"{path.name} cannot be read"):
            read([path])


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "BOUND", 3)
    (tmp_path / "large.txt").write_text("four")
    with pytest.raises(BadAttachment, match=r"large\.txt is"):
        read([tmp_path / "large.txt"])
