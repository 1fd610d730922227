"""Find the quickstart notebook, and copy it to run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ..errors import OpenCodeError

HERE = Path(__file__).parent
PLACES = (
    HERE / "quickstart.ipynb",
    HERE.parents[1] / "notebooks" / "quickstart.ipynb",
)  # the first in a wheel, the second in a checkout
NAME = "quickstart.ipynb"
DEMO = "OpenCode.demo()"


def find_notebook() -> Path:
    """Return the quickstart notebook of this installation.

    Raises:
        OpenCodeError: it is not there.
    """
    for path in PLACES:
        if path.is_file():
            return path
    raise OpenCodeError(
        "The quickstart notebook is missing.", remedy="Install the package again: pip install opencode_widget"
    )


def copy_notebook(folder: Path, own: Path | None) -> Path:
    """Copy the quickstart into a folder.

    Args:
        folder: where to put the copy.
        own: the folder in which the user's own OpenCode works; None: the sample project, with the scripted model.
    """
    notebook = json.loads(find_notebook().read_text(encoding="utf-8"))
    if own is not None:
        for cell in notebook["cells"]:
            cell["source"] = [line.replace(DEMO, f"OpenCode({str(own)!r})") for line in cell["source"]]
    path = folder / NAME
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return path


def write_kernelspec(folder: Path) -> dict[str, str]:
    """Make the kernel `python3` run this interpreter, and return the variables for that.

    Otherwise Jupyter would prefer a kernel of that name that the user once installed, which does not have this package.
    """
    place = folder / "jupyter" / "kernels" / "python3"
    place.mkdir(parents=True)
    spec: dict[str, Any] = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "metadata": {"debugger": True},
    }
    (place / "kernel.json").write_text(json.dumps(spec))
    return {"JUPYTER_PATH": str(folder / "jupyter")}
