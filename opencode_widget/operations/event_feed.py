"""The events of a turn, on their way from the home loop to a consumer on that loop or on another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator

from ..model.entities import Problem
from ..model.events import Event
from ..notebook.interrupt import hearing_stop
from ..sync.runtime import InstanceRuntime
from .options import DEFAULTS, PromptOptions
from .turn import ask
from .turn.interrupt import Interruptible, OnInterrupt
from .turn.unattended import Unattended

log = logging.getLogger("opencode_widget")


class Feed:
    """A queue that the home loop fills and the consumer's loop reads. The consumer may close its loop at any time.

    Args:
        home: the loop that fills it. The loop on which the feed is made reads it.
    """

    def __init__(self, home: asyncio.AbstractEventLoop) -> None:
        self._queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._reader = asyncio.get_running_loop()
        self._is_near = self._reader is home
        self._is_left = False

    def put(self, event: Event) -> bool:
        """Add an event; False if nobody can read it any more."""
        return self._hand_over(event)

    def end(self) -> bool:
        """Mark the end; False if the consumer's loop was closed before the consumer left."""
        return self._hand_over(None)

    def leave(self) -> None:
        """The consumer stops reading, and may close its loop."""
        self._is_left = True

    def _hand_over(self, item: Event | None) -> bool:
        if self._is_near:
            self._queue.put_nowait(item)
            return True
        try:
            self._reader.call_soon_threadsafe(self._queue.put_nowait, item)
        except RuntimeError:  # the consumer's loop was closed
            return self._is_left
        return True

    async def get(self) -> Event | None:
        """The next event; None at the end."""
        with hearing_stop():
            return await self._queue.get()


async def stream_turn(
    runtime: InstanceRuntime,
    session_id: str,
    text: str,
    options: PromptOptions = DEFAULTS,
    *,
    unattended: Unattended = "wait",
    on_interrupt: OnInterrupt = "abort",
) -> AsyncGenerator[Event, None]:
    """Send a prompt and yield the events of its turn. On any loop.

    Args:
        runtime: the instance.
        session_id: the session that the prompt goes to.
        text: its Markdown.
        options: what the user chose for it.
        unattended: see `turn.ask`.
        on_interrupt: what happens to the turn where the notebook's Stop button ends the wait.

    Yields:
        The events of the session until the turn ends.

    Raises:
        OpenCodeError: see `turn.ask`.
    """
    feed = Feed(runtime.loop.loop)
    interruptible = Interruptible(runtime, session_id, on_interrupt)

    with interruptible.waiting():
        turn = runtime.loop.start(_fill(feed, interruptible, text, options, unattended))
        try:
            while (event := await feed.get()) is not None:
                yield event
            await turn
        finally:
            feed.leave()
            turn.cancel()


async def _fill(
    feed: Feed, interruptible: Interruptible, text: str, options: PromptOptions, unattended: Unattended
) -> None:
    """Put the events of one turn into a feed; stop early if the consumer's loop was closed."""
    task, runtime, session_id = asyncio.current_task(), interruptible.runtime, interruptible.session_id

    def put(event: Event) -> None:
        if not feed.put(event) and task is not None:
            task.cancel()

    try:
        turn = ask(runtime, session_id, text, options, on_event=put, unattended=unattended, interruptible=interruptible)
        await turn
    finally:
        if not feed.end():
            what = f"The consumer of session.stream() of {session_id} is gone: its event loop was closed."
            log.warning("%s", what)
            runtime.alert(Problem("ConsumerGone", what, "The turn goes on; session.abort() stops it."))
