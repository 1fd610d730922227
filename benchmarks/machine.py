"""The machine and the versions, on which every figure depends."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("anywidget", "ipykernel", "jupyterlab", "httpx")


def describe(*programs: Path | str) -> dict[str, str]:
    """Describe what the figures were measured on; `programs` are asked for their `--version`."""
    facts = {
        "cpu": _cpu(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }
    facts |= {name: version(name) for name in PACKAGES}
    return facts | {Path(program).name: _asked(program) for program in programs}


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _asked(program: Path | str) -> str:
    return (
        subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        .stdout.strip()
        .splitlines()[0]
    )
