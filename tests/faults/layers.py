"""Each layer's own tests cover 95 % of its branches: `python -m tests.faults.nightly -k layers`.

For the night alone: the tracer makes the tests several times slower, and CI has run the same tests without it. `model` is held to
100 % in each run of `python -m tests`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WANTED = 95  # percent
LAYERS = {
    "server": ("tests/server",),
    "sync": ("tests/sync",),
    "operations": ("tests/operations", "tests/api"),  # the handles of api/ are the way in for most of it
    "api": ("tests/api", "tests/operations"),
    "page": ("tests/page",),
}
pytestmark = pytest.mark.timeout(3600)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_covered_by_its_own_tests(layer: str) -> None:
    coverage = ("--cov-branch", f"--cov-fail-under={WANTED}", f"--cov=opencode_widget/{layer}", "--timeout=0")
    run = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-n",
        "2",
        "--dist",
        "loadfile",
        *coverage,
        *LAYERS[layer],
    ]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
