"""Finds running OpenCode servers."""

from __future__ import annotations

from pathlib import Path

import psutil


def servers_in(folder: Path) -> list[psutil.Process]:
    """Return the `opencode serve` processes whose working folder this is."""
    return [process for process in psutil.process_iter() if _serves(process, folder)]


def _serves(process: psutil.Process, folder: Path) -> bool:
    try:
        return (
            Path(process.cwd()) == folder and "serve" in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
        )
    except psutil.Error:
        return False
