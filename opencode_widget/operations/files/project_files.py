"""Files of the project that an answer names: found, so that the host can open them, and pictures read, so that the page can show them.

Only what lies below the instance's folder counts, after all links are followed. The server's folder may be on another machine; then there
are no such files here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from ...errors import BadAttachment, NotFound
from .attachments import content_of_file, data_url

# The largest picture, in bytes: base64 makes it a third larger, and Jupyter lets 10 MB through.
PICTURE_BOUND = 6_000_000
# By the suffix of the file. An SVG runs no scripts, for the page shows it as an image.
PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".svg": "image/svg+xml",
}
# The notebook's file, by the name that Jupyter gives the kernel.
NOTEBOOK = "JPY_SESSION_NAME"


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file of the project.

    Attributes:
        path: from the instance's folder.
        absolute: on the kernel's machine.
        notebook: the notebook's file on this machine, from which a page tells how paths look to its host; None where the host names none.
    """

    path: str
    absolute: str
    notebook: str | None


def locate(directory: str | None, named: str) -> ProjectFile:
    """Find a file of the project. This reads the disk: call it on a thread.

    Args:
        directory: the instance's folder.
        named: as an answer writes it: from the folder, or absolute; maybe percent-encoded.

    Raises:
        NotFound: there is no such file or folder in the project, as far as this kernel can see.
    """
    root = Path(os.path.realpath(directory)) if directory else None
    if root is None or not root.is_dir():
        raise NotFound("The kernel cannot see the project's folder, which may be on another machine.")
    for name in dict.fromkeys((named, unquote(named))):
        found = _below(root, name)
        if found is not None:
            path = found.relative_to(root).as_posix()
            return ProjectFile(path, str(found), os.environ.get(NOTEBOOK) or None)
    raise NotFound(f"There is no file {named[:200]!r} in this project.")


def _below(root: Path, name: str) -> Path | None:
    """The file below the folder, with all links followed; None if it is missing or elsewhere."""
    try:
        found = Path(os.path.realpath(root / name))
        return found if found.exists() and found.is_relative_to(root) else None
    except (OSError, ValueError):  # a NUL, or a name that is too long
        return None


def picture(directory: str | None, named: str) -> str:
    """The `data:` URL of a picture of the project. This reads the disk: call it on a thread.

    Args:
        directory: the instance's folder.
        named: see `locate`.

    Raises:
        NotFound: there is no such file in the project.
        BadAttachment: it is no picture, cannot be read, or is too large.
    """
    file = locate(directory, named)
    mime = PICTURES.get(Path(file.absolute).suffix.lower())
    if mime is None:
        raise BadAttachment(
            f"{file.path} is no picture that a browser shows.", remedy="Open it in the notebook's host."
        )
    size = os.stat(file.absolute).st_size  # noqa: PTH116
    if size > PICTURE_BOUND:
        bound = f"{PICTURE_BOUND / 1e6:.0f} MB can be shown here"
        raise BadAttachment(f"{file.path} has {size / 1e6:.1f} MB; {bound}.", remedy="Open it in the notebook's host.")
    return data_url(mime, content_of_file(Path(file.absolute), PICTURE_BOUND))
