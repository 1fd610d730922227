"""The check of regular expressions: it finds what is bad in either language, and leaves what is good."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def checked(folder: Path, python: str, script: str) -> subprocess.CompletedProcess[str]:
    source = folder / "sample" / "frontend" / "src"
    source.mkdir(parents=True)
    (folder / "sample" / "__init__.py").write_text("")
    (folder / "sample" / "words.py").write_text(f"import re\n\n{python}\n")
    (source / "words.ts").write_text(f"\n{script}\n")
    command = [sys.executable, "-m", "tests.regexes", str(folder), "sample"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100)


@pytest.mark.timeout(120)
def test_what_can_be_made_to_take_long_is_named_with_its_place_and_an_attack(tmp_path: Path) -> None:
    found = checked(tmp_path, 'END = re.compile(r"\\s+$")', "export const END: RegExp = /^(a|a)*$/;")
    assert found.returncode == 1
    assert "sample/words.py:3: '\\\\s+$'" in found.stdout
    assert "sample/frontend/src/words.ts:2: /^(a|a)*$/" in found.stdout
    assert ".repeat(" in found.stdout


@pytest.mark.timeout(120)
def test_what_is_linear_passes(tmp_path: Path) -> None:
    found = checked(tmp_path, 'END = re.compile(r"[a-z]+")', "export const END = /x$/;")
    assert found.returncode == 0, found.stdout + found.stderr
    assert "2 regular expressions checked, 0 at fault" in found.stdout
