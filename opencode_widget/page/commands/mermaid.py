"""The program that draws Mermaid diagrams. It is larger than the rest of the page, so a page gets it when a user first wants a drawing."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import NotSupported

if TYPE_CHECKING:
    from ...model.wire import MermaidResult

# Compressed by gzip, which the page undoes.
PROGRAM = Path(__file__).parents[2] / "static" / "mermaid.js.gz"
# Bytes in one piece: Jupyter and proxies limit a message, and frames of streaming answers go between the pieces.
PIECE = 150_000


def piece(offset: int) -> MermaidResult:
    """Read a piece of the program. This reads the disk: call it on a thread.

    Args:
        offset: where the piece starts, in bytes.

    Returns:
        The piece, which is empty behind the end, and the size of the whole program.

    Raises:
        NotSupported: the package was installed without the program.
    """
    try:
        with PROGRAM.open("rb") as file:
            file.seek(offset)
            content, size = file.read(PIECE), os.fstat(file.fileno()).st_size
    except OSError as error:
        raise NotSupported(
            "opencode_widget was installed without the program that draws Mermaid diagrams.",
            remedy="Install it again: pip install --force-reinstall opencode_widget",
        ) from error
    return {"base64": base64.b64encode(content).decode("ascii"), "size": size}
