"""Random schedules of sessions, sub-agents, tools, requests and faults, against a real server.

`SEED=17 pytest tests/faults/test_schedules.py` replays one; `SCHEDULES=500` runs more, and `python -m tests.faults.nightly` all that
the night has time for.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ..support.servers.real import RealServer
from .fault_run import FaultRun
from .schedule import make_schedule

SEEDS = [int(os.environ["SEED"])] if "SEED" in os.environ else list(range(int(os.environ.get("SCHEDULES", "25"))))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, server: RealServer) -> Path:
    """One folder for all schedules, known to the server: a new one costs it a second."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "sheep.py").write_text("def count(sheep: list[str]) -> int:\n    return len(sheep)\n")
    with server.client(folder) as client:
        client.post("/session", json={"title": "The first"}).raise_for_status()
    return folder


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_breaks_the_end_is_what_the_server_says(seed: int, server: RealServer, folder: Path) -> None:
    schedule = make_schedule(seed)
    print(f"SEED={seed}\n{schedule}")
    await FaultRun(schedule, server, str(folder)).run()
