"""All that the night has time for: `python -m tests.faults.nightly [pytest's arguments]`; 500 schedules, and long fuzzing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
NIGHT = {"SCHEDULES": "500", "FUZZ": "1000000", "ROUNDS": "200"}


def main() -> int:
    """Run the tests of this folder with the numbers of the night, save those that are given."""
    os.environ.update({name: number for name, number in NIGHT.items() if name not in os.environ})
    return int(pytest.main([str(FOLDER), "--timeout=0", *sys.argv[1:]]))


if __name__ == "__main__":
    sys.exit(main())
