"""All that the night has time for: `python -m tests.faults.nightly [pytest's arguments]`.

500 schedules of faults, a million spoilt events, 200 rounds of opening and closing, 20 servers at once, each ipykernel.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
LEAKS = FOLDER.parent / "widget" / "test_leaks.py"
NIGHT = {"SCHEDULES": "500", "FUZZ": "1000000", "ROUNDS": "200"}


def main() -> int:
    """Run the tests of this folder, and those for leaks, with the numbers of the night, save those that are given."""
    os.environ.update({name: number for name, number in NIGHT.items() if name not in os.environ})
    return int(pytest.main([str(FOLDER), str(LEAKS), "--timeout=0", *sys.argv[1:]]))


if __name__ == "__main__":
    sys.exit(main())
