"""Batches whose prompts are asked by the workers of an executor: threads, processes, and a cluster of Dask."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio
from pydantic import BaseModel

from opencode_widget import BadBatch, OpenCode
from opencode_widget.batch import worker
from opencode_widget.demo import Demo

from ..support.scripts import bash, gate, say, script
from ..support.wait import eventually, eventually_async

pytestmark = [pytest.mark.timeout(180), pytest.mark.filterwarnings("ignore::DeprecationWarning")]
PROMPTS = [script(say(f"Hello {name}.")) for name in "abcd"]
GREETINGS = ["Hello a.", "Hello b.", "Hello c.", "Hello d."]


class Person(BaseModel):
    age: int


@pytest.fixture(params=["threads", "processes"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    spawn = multiprocessing.get_context("spawn")
    made = ThreadPoolExecutor(2) if request.param == "threads" else ProcessPoolExecutor(2, mp_context=spawn)
    with made:
        yield made


@pytest.fixture
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as made:
        yield made


@pytest_asyncio.fixture
async def owned(opencode_binary: Path, model: Demo, project: Path) -> AsyncIterator[OpenCode]:
    """A widget that starts its server, as its workers do."""
    widget = OpenCode(str(project), env=dict(model.env))
    await widget.ready()
    yield widget
    await widget.close()


async def test_workers_attach_to_the_same_server(oc: OpenCode, executor: Executor, tmp_path: Path) -> None:
    table = await oc.batch(PROMPTS, executor=executor, journal=tmp_path / "j", progress=False)
    assert [row.text for row in table] == GREETINGS
    await eventually(lambda: {row.session for row in table} <= {session.id for session in oc.sessions})
    again = await oc.batch(PROMPTS, executor=executor, journal=tmp_path / "j", progress=False)
    assert [row.session for row in again] == [row.session for row in table]
    shaped = await oc.batch([script(say('{"age": 36}'))], executor=executor, schema=Person, progress=False)
    assert shaped[0].data == Person(age=36)
    assert worker._workers == {}


async def test_a_worker_starts_a_server_of_its_own_and_ends_it(owned: OpenCode, threads: Executor) -> None:
    before = servers()
    task = asyncio.create_task(owned.batch(PROMPTS, executor=threads, progress=False))
    await eventually(lambda: len(servers() - before) == 1)
    assert [row.text for row in await task] == GREETINGS
    await eventually(lambda: servers() <= before)


def servers() -> set[int]:
    """The OpenCode servers that this process started, by their ids."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        try:
            if "serve" in process.cmdline():
                found.add(process.pid)
        except psutil.Error:
            continue
    return found


async def test_each_row_has_its_folder_in_a_worker(
    oc: OpenCode, threads: Executor, project: Path, tmp_path: Path
) -> None:
    (other := tmp_path / "other").mkdir()
    prompts = [{"prompt": script(say("{directory}")), "folder": folder} for folder in (other, None)]
    table = await oc.batch(prompts, executor=threads, progress=False)
    assert [row.text for row in table] == [str(other), str(project)]


async def test_nobody_answers_in_a_worker(oc: OpenCode, threads: Executor, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL, "opencode_widget"):
        table = await oc.batch(
            [script(bash("echo sheep"), say("Without."))], executor=threads, progress=False, timeout=60
        )
    assert table[0].session is not None
    with pytest.raises(BadBatch, match="Nobody can answer"):
        await oc.batch(["Hello"], executor=threads, unattended="wait", progress=False)
    with pytest.raises(BadBatch, match="not int"):
        await oc.batch(["Hello"], executor=7, progress=False)


async def test_a_stop_reaches_the_workers_of_this_process(oc: OpenCode, threads: Executor, model: Demo) -> None:
    task = asyncio.create_task(oc.batch([script(gate("worker"), say("Late"))], executor=threads, progress=False))
    await eventually_async(lambda: waits(model))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not await waits(model)


async def waits(model: Demo) -> bool:
    return "worker" in await model.waiting()


class Broken(ThreadPoolExecutor):
    def submit(self, *call: Any, **more: Any) -> Any:
        raise RuntimeError("cannot schedule new futures after shutdown")


async def test_what_a_worker_dies_of_stands_in_the_row(oc: OpenCode) -> None:
    table = await oc.batch(["Hello"], executor=Broken(1), progress=False)
    assert "The worker failed: RuntimeError: cannot schedule" in str(table[0].error)


@pytest.mark.filterwarnings("ignore")
async def test_a_cluster_of_dask_does_a_batch(oc: OpenCode) -> None:
    from distributed import Client, LocalCluster

    def start() -> tuple[LocalCluster, Client]:
        cluster = LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
        return cluster, Client(cluster)

    cluster, client = await asyncio.to_thread(start)
    try:
        table = await oc.batch(PROMPTS, executor=client, progress=False)
        assert [(row.text, row.error) for row in table] == [(text, None) for text in GREETINGS]
    finally:
        await asyncio.to_thread(client.close)
        await asyncio.to_thread(cluster.close)
