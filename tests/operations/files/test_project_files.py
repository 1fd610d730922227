"""Files of the project that an answer names."""

from __future__ import annotations

from pathlib import Path

import pytest

from opencode_widget.errors import BadAttachment, NotFound
from opencode_widget.operations.files import project_files
from opencode_widget.operations.files.project_files import locate, picture

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "plots").mkdir(parents=True)
    (root / "a b.py").write_text("x = 1")
    (root / "plots" / "loss.PNG").write_bytes(PNG)
    (root / "plots" / "dot.svg").write_text("<svg/>")
    (tmp_path / "secret.png").write_bytes(PNG)
    return root


@pytest.mark.parametrize("named", ["a b.py", "a%20b.py", "./a b.py", "plots/../a b.py"])
def test_a_file_is_found_as_an_answer_names_it(project: Path, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/n.ipynb")
    found = locate(str(project), named)
    assert (found.path, found.absolute, found.notebook) == ("a b.py", str(project / "a b.py"), "/home/me/n.ipynb")
    assert locate(str(project), str(project / "a b.py")).path == "a b.py"


@pytest.mark.parametrize(
    "named", ["../secret.png", "/etc/passwd", "none.py", "a\0b", "x" * 5_000, "~/.ssh", "link.png"]
)
def test_nothing_outside_of_the_folder_is_found(project: Path, named: str) -> None:
    (project / "link.png").symlink_to(project.parent / "secret.png")
    for call in (locate, picture):
        with pytest.raises(NotFound, match="no file"):
            call(str(project), named)


@pytest.mark.parametrize("directory", [None, "/nowhere/at/all"])
def test_a_folder_that_is_elsewhere_has_no_files_here(directory: str | None) -> None:
    with pytest.raises(NotFound, match="another machine"):
        locate(directory, "a.py")


def test_a_picture_is_read_up_to_a_bound(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert picture(str(project), "plots/loss.PNG") == "data:image/png;base64,iVBORw0KGgo="
    assert picture(str(project), "plots/dot.svg").startswith("data:image/svg+xml;base64,")
    with pytest.raises(BadAttachment, match="no picture"):
        picture(str(project), "a b.py")
    monkeypatch.setattr(project_files, "PICTURE_BOUND", 4)
    with pytest.raises(BadAttachment, match="can be shown here"):
        picture(str(project), "plots/loss.PNG")
