"""The sample project of the scenarios: a small parser with one bug."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from ..server.process.programs import find_program, without_working_folder

SAMPLE = Path(__file__).with_name("sample")


def make_project(folder: Path) -> None:
    """Copy the sample into a new folder, and make it a git repository if git is installed."""
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "gitignore").rename(folder / ".gitignore")
    if git := find_program("git"):
        _commit(git, folder)


def _commit(git: Path, folder: Path) -> None:
    """Make the first commit, without the user's git configuration (hooks, signing, names)."""
    author = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in AUTHOR.items()}
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env = {**without_working_folder(ours), **author, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "A small parser"]):
        done = subprocess.run(
            [git, *words], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode:
            return  # git is too old or broken: the demo works without it


AUTHOR = {"NAME": "Demo", "EMAIL": "demo@example.invalid"}
