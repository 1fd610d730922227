"""All that the night has time for: `python -m tests.faults.nightly [pytest's arguments]`.

500 schedules of faults, a million spoilt events, 200 rounds of opening and closing, 20 servers at once, each ipykernel, 10 MB in a message,
5 MB that are stated 500 times, twenty versions of OpenCode, all that the page does over 2.x, a day's work in JupyterLab, Notebook 7, Voila,
JupyterLite, a VS Code workbench, the coverage of each layer, and bandit over the package.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
# What the page does over 2.x, too, as each of these files has tests marked for the night.
OVER_TWO = ("composer", "connection", "instances", "kernel", "keyboard", "views")
MORE = (
    FOLDER / "kernels.py",
    FOLDER / "layers.py",
    FOLDER / "static_analysis.py",
    FOLDER.parent / "widget" / "test_leaks.py",
    FOLDER.parent / "sync" / "test_memory.py",
    FOLDER.parent / "e2e" / "test_hostile.py",
    *(FOLDER.parent / "e2e" / f"test_{name}.py" for name in OVER_TWO),
    FOLDER.parent / "versions",
    FOLDER.parent / "e2e" / "hosts" / "days_work.py",
    FOLDER.parent / "e2e" / "hosts" / "notebook_and_voila.py",
    FOLDER.parent / "e2e" / "hosts" / "jupyterlite.py",
    FOLDER.parent / "e2e" / "hosts" / "vscode_workbench.py",
)
NIGHT = {
    "SCHEDULES": "500",
    "FUZZ": "1000000",
    "ROUNDS": "200",
    "WEIGHT": "1",
    "STATED": "500",
    "OVER_TWO": "marked",
    "OPENCODE_VERSIONS": "all",
}


def main() -> int:
    """Run the tests of this folder, and those for leaks and hostile words, with the numbers of the night, save those that are given.

    Each file is named: pytest drops a file that is given beside its folder, and does not find it there where its name begins otherwise.
    """
    os.environ.update({name: number for name, number in NIGHT.items() if name not in os.environ})
    tests = [*sorted(FOLDER.glob("test_*.py")), *MORE]
    return int(pytest.main([*map(str, tests), "--timeout=0", *sys.argv[1:]]))


if __name__ == "__main__":
    sys.exit(main())
