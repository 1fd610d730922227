"""What the tests of a client share: a recorder of its stream, prompts, and waits for what the stream brings."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

from opencode_widget.ids import make_id
from opencode_widget.model import events as e
from opencode_widget.model.entities import Activity, ToolState
from opencode_widget.server.api import Prompt, PromptOptions
from opencode_widget.server.v1.client import V1Client


class StreamRecorder:
    """Listens to a client's stream, and waits for what it says."""

    def __init__(self, client: V1Client) -> None:
        self.client = client
        self.events: list[e.Event] = []
        self._came = asyncio.Event()
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async with aclosing(self.client.listen()) as stream:
            async for decoded in stream:
                self.events += decoded.events
                self._came.set()

    async def wait_for(self, what: Callable[[e.Event], object]) -> e.Event:
        """The first event, from the beginning on, for which `what` is true."""
        async with asyncio.timeout(20):
            while not (found := next((event for event in self.events if what(event)), None)):
                self._came.clear()
                await self._came.wait()
        return found

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def prompt(session_id: str, text: str, *, extra_ids: tuple[str, ...] = (), **options: Any) -> Prompt:
    return Prompt(session_id, text, make_id("msg"), make_id("prt"), PromptOptions(**options), extra_ids)


def is_status(session_id: str, activity: Activity) -> Callable[[e.Event], bool]:
    return lambda event: (
        isinstance(event, e.StatusChanged) and event.session_id == session_id and event.status.activity is activity
    )


async def say_all(client: V1Client, recorder: StreamRecorder, session_id: str, text: str, **more: Any) -> Prompt:
    """Send a prompt and wait for the end of its turn."""
    sent = prompt(session_id, text, **more)
    recorder.events.clear()
    assert await client.prompt(sent) == sent.message_id
    await recorder.wait_for(is_status(session_id, Activity.IDLE))
    return sent


async def asked_in(recorder: StreamRecorder, session_id: str) -> str:
    event = await recorder.wait_for(lambda event: isinstance(event, e.Asked) and event.session_id == session_id)
    assert isinstance(event, e.Asked)
    return event.request.id


async def last_tool(client: V1Client, session_id: str) -> tuple[ToolState, str]:
    messages = (await client.history(session_id, 20)).messages
    tool = [part for message in messages for part in message.parts if part.kind == "tool"][-1]
    return tool.state, tool.output + tool.error
