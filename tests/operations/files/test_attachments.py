"""Files with a prompt, read from the disk."""

from __future__ import annotations

import base64
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from opencode_widget.errors import BadAttachment
from opencode_widget.operations.files import attachments
from opencode_widget.operations.files.attachments import read
from opencode_widget.server.api import Attachment


@pytest.mark.parametrize(
    ("name", "content", "mime"),
    [
        ("a.png", b"\x89PNG", "image/png"),
        ("a.py", b"x = 1", "text/plain"),
        ("a.json", b"{}", "text/plain"),
        ("Makefile", b"all:", "text/plain"),
        ("a.ts", b"let x = 1", "text/plain"),
        ("a.mp3", b"\xff\xfb\0", "audio/mpeg"),
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
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path in (tmp_path / "gone.txt", tmp_path / "loop", tmp_path / "a\0b"):
        with pytest.raises(BadAttachment, match="cannot be read"):
            read([path])


def _listen(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as item:
        item.bind(str(path))


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda path: path.mkdir(), "a folder"),
        (os.mkfifo, "a named pipe"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
        (lambda path: path.symlink_to("/dev/tty"), "a device"),
        (_listen, "a socket"),
    ],
    ids=["folder", "pipe", "zero", "terminal", "socket"],
)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, make: Callable[[Path], object], kind: str) -> None:
    make(tmp_path / "x")
    with pytest.raises(BadAttachment, match=f"x is {kind}; only files can be attached"):
        read([tmp_path / "x"])


def test_a_file_that_became_a_pipe_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "x")
    file = Path(__file__).stat()
    monkeypatch.setattr(Path, "stat", lambda path: file)
    with pytest.raises(BadAttachment, match="x is a named pipe"):
        read([tmp_path / "x"])


def test_a_file_that_says_nothing_of_its_size_is_read_up_to_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path("/proc/self/maps")
    assert path.stat().st_size == 0
    (file,) = read([path])
    assert len(file.url) > 1000
    monkeypatch.setattr(attachments, "BOUND", 100)
    with pytest.raises(BadAttachment, match="maps is larger than"):
        read([path])


def test_a_file_that_would_be_waited_for_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log").write_text("x")
    end, other = os.pipe()  # as /proc/kmsg: it says that it is a file, and has nothing to read yet
    os.set_blocking(end, False)
    monkeypatch.setattr(attachments, "_without_waiting", lambda path, flags: end)
    monkeypatch.setattr(attachments, "_check_kind", lambda path, mode: None)
    with pytest.raises(BadAttachment, match="log cannot be read: it has nothing to read now"):
        read([tmp_path / "log"])
    os.close(other)


def test_a_file_without_rights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.txt").write_text("x")

    def refuse(path: str, flags: int) -> int:  # root may read everything
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(attachments, "_without_waiting", refuse)
    with pytest.raises(BadAttachment, match=r"secret\.txt cannot be read: Permission denied"):
        read([tmp_path / "secret.txt"])


def test_many_files_are_refused_before_all_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "BOUND", 5)
    for name in ("a", "b"):
        (tmp_path / name).write_text("four")
    with pytest.raises(BadAttachment, match="With b the files are larger"):
        read([tmp_path / "a", tmp_path / "b", tmp_path / "gone"])


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "BOUND", 3)
    (tmp_path / "large.txt").write_text("four")
    with pytest.raises(BadAttachment, match=r"large\.txt is larger"):
        read([tmp_path / "large.txt"])


def test_a_name_that_is_no_text_goes_as_one(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/bad\xff.txt"
    Path(os.fsdecode(path)).write_bytes(b"words")
    (attached,) = read([path])
    assert attached.filename == "bad\ufffd.txt"
    assert attached.filename.encode()


# ---- attachments that are complete ------------------------------------------------------------------------------------


def test_an_attachment_without_a_proper_type_is_refused() -> None:
    with pytest.raises(BadAttachment, match=r"a\.png has no proper type: 'png'"):
        attachments.checked([Attachment("png", "a.png", "data:image/png;base64,eA==")])


def test_an_attachment_is_a_data_url_and_nothing_that_is_fetched() -> None:
    with pytest.raises(BadAttachment, match="a file without a name is not a data: URL"):
        attachments.checked([Attachment("image/png", "", "https://host.invalid/a.png")])


def test_text_is_called_plain_text_and_a_file_without_a_name_gets_one() -> None:
    (file,) = attachments.checked([Attachment("application/json", "", "data:application/json,{}")])
    assert file == Attachment("text/plain", "file", "data:text/plain;base64,e30=")


def test_attachments_are_too_large_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "BOUND", 10)
    small = Attachment("image/png", "a.png", "data:image/png;base64," + base64.b64encode(b"x" * 6).decode())
    assert attachments.checked([small]) == (small,)
    with pytest.raises(BadAttachment, match="together"):
        attachments.checked([small, small])
