"""Packages of a host, in a folder of their own: what they require, or add to a Jupyter server, is not for the other tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
KEPT = "HOST_PACKAGES"
# What a test's environment may bring along: a host's packages must be found before those that the tests use.
INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-warn-conflicts", "--target")


class HostPackages:
    """Packages in a folder before all others on the path.

    `$HOST_PACKAGES` names a folder in which they are kept for the next run.

    Args:
        folder: an empty folder.
        requirements: for pip.
    """

    def __init__(self, folder: Path, *requirements: str) -> None:
        kept = os.environ.get(KEPT)
        self._folder = Path(kept, re.sub(r"\W+", "-", " ".join(requirements))) if kept else folder
        if not self._folder.exists() or not any(self._folder.iterdir()):
            subprocess.run([sys.executable, *INSTALL, str(self._folder), *requirements], check=True)

    @property
    def env(self) -> dict[str, str]:
        """The variables with which Python and Jupyter find them, on top of our own environment."""
        return {
            "PYTHONPATH": os.pathsep.join([str(self._folder), str(ROOT)]),
            "JUPYTER_PATH": str(self._folder / "share" / "jupyter"),
            "JUPYTER_CONFIG_PATH": str(self._folder / "etc" / "jupyter"),
        }
