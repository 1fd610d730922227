"""Random schedules over OpenCode 2.x: its runtime inside 1.18, which is real, and the fake 2.1 server.

`SEED=17` replays one, `SCHEDULES=500` runs more; see `test_schedules.py`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from opencode_widget.server.v2.client import V2Client
from tests.support.v2_preview.client import V2PreviewClient

from ..support.servers.real import RealServer
from ..support.v2.fake import FakeServerV2
from ..support.v2_preview import live as v2_preview_live
from .fault_run_v2 import FaultRunV2
from .schedule import make_schedule

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

SEEDS = [int(os.environ["SEED"])] if "SEED" in os.environ else list(range(int(os.environ.get("SCHEDULES", "8"))))


@dataclass(frozen=True)
class Open:
    """A server without a password."""

    url: str
    password: None = None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, model: Demo) -> Path:
    """One folder for all schedules."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "sheep.py").write_text("def count(sheep: list[str]) -> int:\n    return len(sheep)\n")
    v2_preview_live.prepare(folder, model)
    return folder


@pytest_asyncio.fixture(params=["no log", "a log"])
async def fake(request: pytest.FixtureRequest) -> AsyncIterator[FakeServerV2]:
    """`opencode serve` keeps no log; nothing may rely on one, nor on there being none."""
    async with FakeServerV2(keeps_log=request.param == "a log") as server:
        yield server


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_breaks_the_end_is_what_the_runtime_inside_1_18_says(
    seed: int, server: RealServer, folder: Path
) -> None:
    await FaultRunV2(make_schedule(seed), server, str(folder), V2PreviewClient, v2_preview_live.find).run()


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_breaks_the_end_is_what_the_fake_2_1_says(seed: int, fake: FakeServerV2) -> None:
    await FaultRunV2(make_schedule(seed), Open(fake.url), None, V2Client, acts=True).run()
