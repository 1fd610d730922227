"""A cancellation is heeded, whatever happens in the same moment."""

from __future__ import annotations

import asyncio

import pytest

from opencode_widget.server.http.cancel import cancellable


async def fails(when: asyncio.Event) -> None:
    await when.wait()
    raise ConnectionError("broken")


async def test_the_results_come_in_their_order() -> None:
    async def give(value: int) -> int:
        await asyncio.sleep(0.01 / value)
        return value

    assert await cancellable(asyncio.gather(give(1), give(2))) == [1, 2]


async def test_a_failure_is_raised() -> None:
    broken = asyncio.Event()
    broken.set()
    with pytest.raises(ConnectionError, match="broken"):
        await cancellable(asyncio.gather(fails(broken), asyncio.sleep(0.01)))


@pytest.mark.parametrize("heedful", [True, False], ids=["with", "without"])
async def test_a_cancellation_counts_although_a_part_has_just_failed(heedful: bool) -> None:
    """Without it the cancellation is lost: that is why it is there."""
    broken, ends = asyncio.Event(), asyncio.Event()

    async def keep() -> str:
        try:
            both = asyncio.gather(fails(broken), ends.wait())
            await (cancellable(both) if heedful else both)
        except ConnectionError:
            return "goes on"
        return "ended"

    task = asyncio.create_task(keep())
    await asyncio.sleep(0)  # it waits
    await asyncio.sleep(0)  # its parts wait
    broken.set()
    await asyncio.sleep(0)  # the part fails, and nobody knows
    task.cancel()
    if heedful:
        with pytest.raises(asyncio.CancelledError):
            await task
    else:
        assert await task == "goes on"


async def test_who_was_cancelled_before_gets_what_there_is() -> None:
    """To tidy up after a cancellation may mean to wait, too."""
    broken = asyncio.Event()

    async def tidy() -> str:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            broken.set()
            with pytest.raises(ConnectionError):
                await cancellable(asyncio.gather(fails(broken)))
            return "tidy"
        return "never"

    task = asyncio.create_task(tidy())
    await asyncio.sleep(0)
    task.cancel()
    assert await task == "tidy"
