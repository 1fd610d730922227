"""Whoever waits for a condition looks again at every change, and is forgotten when the wait ends."""

from __future__ import annotations

import asyncio

import pytest

from opencode_widget.sync.condition import Condition


async def test_a_condition_that_holds_is_not_waited_for() -> None:
    await asyncio.wait_for(Condition().wait_for(lambda: True), 1)


async def test_all_who_wait_look_again_at_every_change_until_their_condition_holds() -> None:
    condition, count = Condition(), 0
    waits = [asyncio.create_task(condition.wait_for(lambda goal=goal: count >= goal)) for goal in (1, 2)]
    await asyncio.sleep(0)
    for count in (1, 2):
        assert not waits[count - 1].done()
        condition.notify()
        await asyncio.wait_for(waits[count - 1], 1)


async def test_two_changes_in_one_step_wake_a_wait_once() -> None:
    condition, looks = Condition(), []

    def look() -> bool:
        looks.append(1)
        return len(looks) > 1

    waiting = asyncio.create_task(condition.wait_for(look))
    await asyncio.sleep(0)
    condition.notify()
    condition.notify()
    await asyncio.wait_for(waiting, 1)
    assert len(looks) == 2


async def test_a_wait_that_is_cancelled_is_forgotten() -> None:
    condition = Condition()
    waiting = asyncio.create_task(condition.wait_for(lambda: False))
    await asyncio.sleep(0)
    assert len(condition._waiters) == 1
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert condition._waiters == set()
