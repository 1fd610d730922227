"""The same tests with each ipykernel that is supported, and with IPython 8 and 9.

How a kernel calls us (on which thread, during which cell) differs from one to the next. The tests click while a cell awaits us, awaits
something else, and blocks; name what the kernel holds, of which IPython keeps the cells and errors; and run cells of magics.

For the night alone, for each is installed and takes minutes: `python -m tests.faults.nightly -k kernels`. Each version is put into a
folder of its own before all others on the path.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The last of each minor version from the oldest that is supported on.
VERSIONS = ("6.29.5", "6.30.1", "6.31.0", "7.0.1", "7.1.0", "7.2.0", "7.3.0", "7.4.0")
# The last IPython 8 and the first 9; None: the one that the tests use anyway. Each with the oldest kernel and the last of both kinds.
PAIRS = [(version, None) for version in VERSIONS] + [
    (version, ipython) for ipython in ("8.39.0", "9.0.2") for version in ("6.29.5", "6.31.0", "7.4.0")
]
# These stand still now and then, with any widget or none, where messages come close upon each other. A silence of ours, if it were as
# rare, would pass here too; the other versions get one attempt.
ATTEMPTS = {"7.0.1": 3, "7.1.0": 3, "7.2.0": 3, "7.3.0": 3}
TESTS = (
    "tests/widget/test_background.py",
    "tests/widget/test_stop.py",
    "tests/widget/test_widget.py::test_a_conversation_with_a_real_server",
    "tests/context/test_kernel.py",
    "tests/magics",
)
pytestmark = pytest.mark.timeout(1800)


@pytest.mark.parametrize(("version", "ipython"), PAIRS)
def test_with_ipykernel(version: str, ipython: str | None, tmp_path: Path, opencode_binary: Path) -> None:
    # What older versions need beside what the newest do: ipykernel 6 nest_asyncio, IPython 8 decorator.
    packages = [f"ipykernel=={version}", "nest_asyncio", *([f"ipython=={ipython}", "decorator"] if ipython else [])]
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path), *packages]
    subprocess.run(install, check=True)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    asked = [sys.executable, "-c", "import ipykernel, IPython; print(ipykernel.__version__, IPython.__version__)"]
    found = subprocess.run(asked, env=env, capture_output=True, text=True, check=True).stdout.split()
    assert found[0] == version
    assert ipython is None or found[1] == ipython
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS]
    done = subprocess.run(run, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    for _ in range(1, ATTEMPTS.get(version, 1)):
        if "queue.Empty" not in done.stdout:  # what its client raises when the kernel says nothing any more
            break
        done = subprocess.run(run, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
