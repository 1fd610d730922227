"""bandit over the package: for the night alone, for it repeats much of what ruff says in seconds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def bandit(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run bandit with the project's settings."""
    command = [sys.executable, "-m", "bandit", "-q", "-c", "pyproject.toml", "-r", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_bandit_finds_nothing_in_the_package() -> None:
    found = bandit(ROOT / "opencode_widget")
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]


def test_bandit_would_find_something(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import pickle\n\npickle.loads(b'')\n")
    assert "B301" in bandit(tmp_path).stdout
