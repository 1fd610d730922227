"""What happens to a turn when the notebook's Stop button ends the cell that waits for it.

The wait itself ends at once. The turn is stopped in the background, on the home loop, so that the request reaches the server although the
caller is gone. Other ends of the wait (a time limit, a task that is cancelled, a loop that is left) stop no turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

from ...errors import Closed, OpenCodeError
from ...notebook.interrupt import CellWait
from ...server.problems import problem_of
from ...sync.runtime import InstanceRuntime
from ..prompts import abort
from .choices import check

# When Stop ends the wait for a turn: stop the turn too, or let it go on.
OnInterrupt = Literal["abort", "continue"]
# Seconds until a turn has begun after its prompt was sent: a server ignores an abort before that.
BEGINS = 2.0


def checked(value: OnInterrupt) -> OnInterrupt:
    """Check a caller's choice.

    Raises:
        ValueError: there is no such choice.
    """
    check("on_interrupt", value, OnInterrupt)
    return value


class Interruptible:
    """A turn whose caller may be interrupted.

    Args:
        runtime: the instance.
        session_id: the session of the turn.
        choice: what happens to the turn then.

    Attributes:
        sending: sends the prompt; None until that begins, and for turns that no prompt begins.
    """

    def __init__(self, runtime: InstanceRuntime, session_id: str, choice: OnInterrupt) -> None:
        self.sending: asyncio.Task[str] | None = None
        self.runtime = runtime
        self.session_id = session_id
        self._choice = choice

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """The caller waits for the turn. On the caller's loop."""
        wait = CellWait()
        try:
            yield
        except (asyncio.CancelledError, GeneratorExit) as end:
            if self._choice == "abort":
                wait.if_stopped(self._stop_soon)
            # Without our own frames, which say nothing here: IPython would take longer to print them than the wait took to end.
            raise end.with_traceback(None) from None

    def _stop_soon(self) -> None:
        with suppress(Closed):  # the widget is closed, and its turns are no longer ours
            self.runtime.loop.start(self.stop())

    async def stop(self) -> None:
        """Stop the turn on the server, as soon as it has begun. On the home loop."""
        runtime = self.runtime
        session = runtime.state.sessions.get(self.session_id)
        if session is None or runtime.closed:
            return
        if self.sending is not None:
            await asyncio.wait([self.sending])
            if self.sending.cancelled() or self.sending.exception() is not None:
                return
        with suppress(TimeoutError):
            async with asyncio.timeout(BEGINS):
                await runtime.condition.wait_for(lambda: session.busy or runtime.closed)
        try:
            await abort(runtime, self.session_id)
        except OpenCodeError as error:
            if (problem := problem_of(error)) is not None:
                runtime.alert(problem)
