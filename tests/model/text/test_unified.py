"""Unified diffs of whole texts."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode_widget.model.text import unified as module
from opencode_widget.model.text.unified import unified

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "\u2028x\r\n"]), max_size=30).map("".join)
ENDS = st.sampled_from(["", "end"])


def patched(before: str, patch: str, folder: Path) -> str:
    """What Git makes of a text with a patch."""
    (folder / "f.txt").write_bytes(before.encode())
    command = ["git", "apply", "--unsafe-paths", "--whitespace=nowarn", f"--directory={folder}", "-"]
    done = subprocess.run(command, input=patch.encode(), capture_output=True, cwd=folder, check=False)
    assert done.returncode == 0, done.stderr.decode()
    file = folder / "f.txt"
    return file.read_bytes().decode() if file.exists() else ""


def applied(before: str, patch: str) -> str:
    """What a patch makes of a text, by its hunks alone."""
    old, out, at = module._lines(before), [], 0
    pieces = re.split(r"^@@ -(\d+),(\d+) \+\d+,\d+ @@\n", patch, flags=re.MULTILINE)
    for first, count, body in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        start = int(first) - (1 if int(count) else 0)
        out += old[at:start]
        lines = re.findall(r"([ +-].*\n)(\\ .*\n)?", body)
        out += [(line[:-1] if mark else line)[1:] for line, mark in lines if line[0] != "-"]
        assert [(line[:-1] if mark else line)[1:] for line, mark in lines if line[0] != "+"] == old[
            start : start + int(count)
        ]
        at = start + int(count)
    return "".join(out + old[at:])


@given(TEXTS, ENDS, TEXTS, ENDS)
def test_a_diff_leads_from_one_text_to_the_other(before: str, end: str, after: str, other_end: str) -> None:
    before, after = before + end, after + other_end
    patch = unified("f.txt", before, after)
    assert (patch == "") == (before == after)
    assert applied(before, patch) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("one\ntwo\nthree\n", "one\n2\nthree\n"),
        ("one\ntwo", "one\ntwo\n"),
        ("".join(f"{n}\n" for n in range(50)), "".join(f"{n}\n" for n in range(50) if n not in (5, 40))),
    ],
)
def test_git_can_apply_it(before: str, after: str, tmp_path: Path) -> None:
    assert patched(before, unified("f.txt", before, after), tmp_path) == after


def test_a_new_and_a_deleted_file_have_no_other_side() -> None:
    assert unified("f.txt", "", "a\n") == "--- /dev/null\n+++ b/f.txt\n@@ -0,0 +1,1 @@\n+a\n"
    assert unified("f.txt", "a\n", "") == "--- a/f.txt\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n"


def test_files_that_have_nothing_in_common_are_not_searched_for_long() -> None:
    lines = [f"{number}\n" for number in range(20_000)]
    before, after = "".join(lines), "".join(reversed(lines))
    began = time.perf_counter()
    patch = unified("f.txt", before, after)
    assert time.perf_counter() - began < 5, "the search is bounded"
    assert applied(before, patch) == after


def test_a_change_in_a_long_file_is_found_wherever_it_is() -> None:
    lines = [f"{number % 97}\n" for number in range(100_000)]
    changed = [*lines[:50_000], "new\n", *lines[50_000:]]
    patch = unified("f.txt", "".join(lines), "".join(changed))
    assert patch.splitlines()[2] == "@@ -49998,6 +49998,7 @@"
    assert [line for line in patch.splitlines()[3:] if not line.startswith(" ")] == ["+new"]
