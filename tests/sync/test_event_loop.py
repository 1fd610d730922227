"""The home loop: the caller's own or one on a thread, and the ways to it from elsewhere."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from opencode_widget.errors import Closed, NotSupported
from opencode_widget.sync.event_loop import BLOCKED_AFTER, HomeLoop, LoopProbe

from ..support.wait import eventually


async def where() -> threading.Thread:
    await asyncio.sleep(0)
    return threading.current_thread()


async def fail() -> None:
    raise ValueError("on purpose")


@pytest_asyncio.fixture
async def background() -> AsyncIterator[HomeLoop]:
    loop = HomeLoop(background=True)
    yield loop
    loop.stop()
    await eventually(loop.loop.is_closed)


async def test_with_a_running_loop_this_is_home() -> None:
    loop = HomeLoop()
    assert loop.is_here
    assert await loop.run(where()) is threading.current_thread()
    assert await loop.start(where()) is threading.current_thread()


async def test_in_the_background_home_is_a_thread(background: HomeLoop) -> None:
    assert not background.is_here
    thread = await background.run(where())
    assert (thread.name, thread.daemon) == ("opencode_widget", True)
    assert await background.start(where()) is thread


def test_without_a_running_loop_home_is_a_thread() -> None:
    loop = HomeLoop()
    thread = asyncio.run(_run(loop))
    assert thread.name == "opencode_widget"
    loop.stop()
    thread.join(5)
    assert loop.loop.is_closed()


async def test_without_threads_it_says_so_and_makes_no_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python in a browser."""

    def start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    monkeypatch.setattr(asyncio, "new_event_loop", lambda: pytest.fail("a second loop was made"))
    with pytest.raises(NotSupported, match=r"can't start new thread\. In a notebook, make it without"):
        HomeLoop(background=True)


async def _run(loop: HomeLoop) -> threading.Thread:
    return await loop.run(where())


async def test_a_call_is_made_at_once_at_home_and_soon_from_elsewhere(background: HomeLoop) -> None:
    called: list[threading.Thread] = []
    HomeLoop().call(lambda: called.append(threading.current_thread()))
    assert called == [threading.current_thread()]
    background.call(lambda: called.append(threading.current_thread()))
    await eventually(lambda: len(called) == 2)
    assert called[1].name == "opencode_widget"


async def test_from_another_thread_work_is_done_at_home() -> None:
    loop = HomeLoop()
    threads = await asyncio.to_thread(lambda: asyncio.run(_run(loop)))
    assert threads is threading.current_thread()


async def test_work_goes_on_whether_or_not_it_is_awaited() -> None:
    loop, done = HomeLoop(), asyncio.Event()

    async def work() -> str:
        await asyncio.sleep(0.01)
        done.set()
        return "done"

    working = loop.start(work())
    waiter = asyncio.ensure_future(_wait(working))
    await asyncio.sleep(0)
    waiter.cancel()
    async with asyncio.timeout(5):
        await done.wait()
    assert await working == "done"
    assert repr(working) == "<Awaiting done>"


async def _wait(working: object) -> object:
    return await working  # type: ignore[misc]


@pytest.mark.parametrize("home", [False, True], ids=["own loop", "thread"])
async def test_a_failure_reaches_whoever_waits(home: bool) -> None:
    place = HomeLoop(background=home)
    with pytest.raises(ValueError, match="on purpose"):
        await place.run(fail())
    with pytest.raises(ValueError, match="on purpose"):
        await place.start(fail())
    place.start(fail())  # nobody waits: logged, not raised
    await asyncio.sleep(0.01)
    place.stop()


async def test_cancelling_the_wait_cancels_the_work(background: HomeLoop) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    running = asyncio.ensure_future(background.run(work()))
    await eventually(begun.is_set)
    running.cancel()
    await eventually(cancelled.is_set)


async def test_what_is_started_at_home_may_be_awaited_elsewhere() -> None:
    loop = HomeLoop()
    working = loop.start(where())
    assert await asyncio.to_thread(lambda: asyncio.run(_wait(working))) is threading.current_thread()


async def test_a_thread_that_was_stopped_takes_no_more_work_and_says_so() -> None:
    loop = HomeLoop(background=True)
    await loop.run(where())
    loop.stop()
    await eventually(loop.loop.is_closed)
    loop.call(lambda: None)
    with pytest.raises(Closed):
        await loop.run(where())
    with pytest.raises(Closed):
        await loop.start(where())


async def test_what_still_runs_when_the_thread_is_stopped_is_cancelled() -> None:
    loop = HomeLoop(background=True)
    begun, ended = threading.Event(), threading.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    running = asyncio.ensure_future(loop.run(work()))
    await eventually(begun.is_set)
    loop.stop()
    await eventually(ended.is_set)
    with pytest.raises(asyncio.CancelledError):
        await running


def test_it_says_what_it_is() -> None:
    loop = HomeLoop(background=True)
    assert repr(loop) == "<Home thread, 0 tasks>"
    loop.stop()


async def test_a_probe_knows_when_the_loop_is_blocked() -> None:
    now = 100.0
    probe = LoopProbe(asyncio.get_running_loop(), lambda: now)
    assert probe.is_responsive()
    now += 2 * BLOCKED_AFTER
    assert not probe.is_responsive(), "the loop has not answered: this test holds it up"
    await asyncio.sleep(0)
    assert probe.is_responsive()


def test_a_probe_of_our_own_loop_is_responsive_whenever_it_is_asked() -> None:
    assert LoopProbe(None).is_responsive()


def test_a_loop_that_has_ended_holds_up_nobody() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    assert LoopProbe(loop).is_responsive()


def test_a_notebook_whose_loop_ends_is_noticed_while_the_loop_can_still_run() -> None:
    seen: list[tuple[bool, bool]] = []

    async def notebook() -> None:
        home = HomeLoop()
        home.notebook_ended = lambda: seen.append((home.is_over, home.loop.is_closed()))
        await asyncio.sleep(0)

    asyncio.run(notebook())
    assert seen == [(True, False)]


@pytest.mark.parametrize(("session_loop", "times"), [(True, 1), (False, 0)])
def test_in_the_background_the_notebooks_loop_matters_only_if_it_ends_with_the_session(
    session_loop: bool, times: int
) -> None:
    seen: list[None] = []
    homes: list[HomeLoop] = []

    async def notebook() -> None:
        homes.append(home := HomeLoop(background=True, session_loop=session_loop))
        home.notebook_ended = lambda: seen.append(None)
        await asyncio.sleep(0)

    asyncio.run(notebook())
    assert len(seen) == times
    assert not homes[0].is_over
    homes[0].stop()


def test_a_home_loop_that_was_stopped_ends_silently() -> None:
    seen: list[None] = []

    async def notebook() -> None:
        home = HomeLoop()
        home.notebook_ended = lambda: seen.append(None)
        await asyncio.sleep(0)
        home.stop()
        await asyncio.sleep(0)

    asyncio.run(notebook())
    assert seen == []
