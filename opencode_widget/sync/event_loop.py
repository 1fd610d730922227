"""The home loop, on which all coroutines of a manager run, and the ways to it from other loops and threads.

1. The home loop is the notebook's, if the manager was made where one runs. With `background=True`, or where none runs, it is a loop on a
   thread of its own: then work goes on while a cell blocks the notebook's loop.
2. Only what runs on the home loop touches the state. `call`, `start` and `run` bring work there from anywhere.
3. A notebook's loop may end before its process, and takes its coroutines with it: `asyncio.run` returned in a script, or a visitor of
   `marimo run` left. The home loop then calls `notebook_ended`, because nobody can close the widget any longer.
4. The user's code may raise KeyboardInterrupt or SystemExit in our thread, or stop its loop; see `user_code.py`. The thread goes on after
   the first two. A loop that was stopped from outside is over, and its manager shows that.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

from ..errors import Closed, NotSupported
from ..notebook.interrupt import hearing_stop
from ..redaction import words_of
from .user_code import log_fault

log = logging.getLogger("opencode_widget")
T = TypeVar("T")


class BackgroundResult(Generic[T]):
    """Work that runs whether or not anybody awaits it. Awaiting it, from any loop, gives its result.

    Args:
        task: on the home loop.
    """

    def __init__(self, task: asyncio.Future[T] | Any) -> None:
        self._task = task

    def __await__(self) -> Generator[Any, None, T]:
        return self._awaited().__await__()

    async def _awaited(self) -> T:
        task: asyncio.Future[T] | Any = self._task
        with hearing_stop():
            if not isinstance(task, asyncio.Future):
                return await asyncio.wrap_future(task)
            if task.get_loop() is not asyncio.get_running_loop():
                return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_result(task), task.get_loop()))
            return await asyncio.shield(task)

    def cancel(self) -> None:
        """Cancel the work: from the loop on which it was started, or from any loop if it runs on another."""
        self._task.cancel()

    def __repr__(self) -> str:
        return f"<Awaiting {'done' if self._task.done() else 'under way'}>"


def finished() -> BackgroundResult[None]:
    """A result that is there already: nothing had to be done."""
    nothing: concurrent.futures.Future[None] = concurrent.futures.Future()
    nothing.set_result(None)
    return BackgroundResult(nothing)


async def _result(task: asyncio.Future[T]) -> T:
    return await asyncio.shield(task)


# Seconds without an answer after which a loop counts as blocked.
BLOCKED_AFTER = 0.25
# How often a thread that ends cancels its tasks, and the seconds that it waits each time.
ROUNDS, ROUND = 3, 2.0


class LoopProbe:
    """Finds out whether a loop runs callbacks, or a cell blocks it.

    Args:
        loop: another thread's; None: the caller's own, which is responsive whenever the caller runs.
        clock: in seconds.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._loop = loop
        self._clock = clock
        self._asked: float | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Is it another thread's loop, which may be blocked while the caller runs?"""
        return self._loop is not None

    def is_responsive(self) -> bool:
        """Did the loop answer the last question in time? Asks again."""
        if self._loop is None or self._loop.is_closed():
            return True
        if self._asked is None:
            self._asked = self._clock()
            with contextlib.suppress(RuntimeError):  # the loop was closed just now
                self._loop.call_soon_threadsafe(self._answer)
        return self._unanswered_for() < BLOCKED_AFTER

    def _unanswered_for(self) -> float:
        asked = self._asked  # read once, because the other thread may answer meanwhile
        return 0.0 if asked is None else self._clock() - asked

    def _answer(self) -> None:
        self._asked = None


class HomeLoop:
    """The home loop: the notebook's, in which it was made, or one on a thread of its own.

    Args:
        background: take a thread of its own, so that work goes on while a cell blocks. Without a running loop there is no other way.
        session_loop: the loop that runs now ends with the user's session, so call `notebook_ended` also if the home loop is another one.
    """

    def __init__(self, *, background: bool = False, session_loop: bool = False) -> None:
        self._tasks: set[asyncio.Future[Any]] = set()
        self._stopped = False
        # Called on our thread's loop, with what interrupted the loop.
        self.interrupted: Callable[[BaseException], object] = lambda fault: None
        # Called on our thread when its loop ended although nobody called `stop`.
        self.ended: Callable[[], object] = lambda: None
        # Called on the notebook's loop when that ends although nobody called `stop`.
        self.notebook_ended: Callable[[], object] = lambda: None
        self._thread: threading.Thread | None = None
        running = running_loop()
        if running is not None and not background:
            self.loop = running
        else:
            _check_threads()
            self.loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._run_thread, name="opencode_widget", daemon=True)
            self._thread.start()
        # The messages of pages arrive on the notebook's loop, whichever loop is ours.
        self.page_loop = LoopProbe(running if self._thread is not None else None)
        self._watch: asyncio.Task[None] | None = None
        if running is not None and (self._thread is None or session_loop):
            self._watch = running.create_task(self._watch_notebook())

    def __repr__(self) -> str:
        return f"<Home {'thread' if self._thread else 'loop'}, {len(self._tasks)} tasks>"

    async def _watch_notebook(self) -> None:
        """Wait until the notebook's loop cancels its tasks, which is the last thing that a loop does."""
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            if self._watch is not None:
                self._watch = None
                self._stopped = self._stopped or self._thread is None
                self.notebook_ended()

    def _run_thread(self) -> None:
        asyncio.set_event_loop(self.loop)
        while not self._run_on():
            pass
        if not self._stopped:
            self._stopped = True
            self.ended()
        if not self.loop.is_closed():
            self._wind_up()

    def _run_on(self) -> bool:
        """Run the loop until it stops. Returns False if it was only interrupted, and must run again."""
        try:
            self.loop.run_forever()
        except BaseException as fault:  # noqa: BLE001 - KeyboardInterrupt or SystemExit of a task that the user's code started
            log_fault("the loop of opencode_widget was interrupted, and goes on", fault)
            if not self.loop.is_closed():
                self.loop.call_soon(self.interrupted, fault)
                if self._stopped:  # the interrupt may have discarded the call of `stop`
                    self.loop.call_soon(self.loop.stop)
                return False
        return self._stopped or self.loop.is_closed()

    def _wind_up(self) -> None:
        """Cancel the tasks that still run, then close the loop. A task that refuses to be cancelled is left behind."""
        for _ in range(ROUNDS):
            if not (left := asyncio.all_tasks(self.loop)):
                break
            for task in left:
                task.cancel()
            self._finish(asyncio.gather(*left, return_exceptions=True))
        else:
            log.warning("tasks that cannot be cancelled are left behind: %s", asyncio.all_tasks(self.loop))
        self._finish(self.loop.shutdown_asyncgens())
        # A connection that was closed a moment ago closes its socket in the loop's next iteration.
        self._finish(asyncio.sleep(0))
        self.loop.close()

    def _finish(self, work: Awaitable[object]) -> None:
        try:
            self.loop.run_until_complete(_for_a_while(work))
        except BaseException as fault:
            log.warning("the loop of opencode_widget did not end well", exc_info=fault)

    @property
    def is_over(self) -> bool:
        """Has the loop ended, so that nothing can run on it any longer?"""
        return self._stopped or self.loop.is_closed() or (self._thread is not None and not self._thread.is_alive())

    @property
    def is_here(self) -> bool:
        """Does the caller run on the home loop?"""
        return running_loop() is self.loop

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Call a function on the home loop: at once if the caller is there, else as soon as the loop can."""
        if self.is_here:
            function(*args)
        elif not self.is_over:
            self.loop.call_soon_threadsafe(function, *args)

    def spawn(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start a task, and keep a reference to it until it ends. On the home loop only."""
        task = self.loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()) is not None:
            log.debug("a task ended with %s", words_of(problem))

    def start(self, coroutine: Coroutine[Any, Any, T]) -> BackgroundResult[T]:
        """Start work from anywhere; its result may be awaited anywhere, or not at all.

        Raises:
            Closed: nothing can run here any longer.
        """
        if self.is_here:
            return BackgroundResult(self.spawn(coroutine))
        return BackgroundResult(self._hand_over(coroutine))

    async def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run work on the home loop and wait for it, from any loop. Cancelling the wait cancels the work.

        Raises:
            Closed: nothing can run here any longer.
        """
        with hearing_stop():
            if self.is_here:
                return await coroutine
            return await asyncio.wrap_future(self._hand_over(coroutine))

    def _hand_over(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        if not self.is_over:
            return asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        coroutine.close()
        raise loop_ended()

    def stop(self) -> None:
        """End the thread, if there is one, and cancel what still runs on it. From any thread."""
        watch, self._watch = self._watch, None
        if watch is not None and not (loop := watch.get_loop()).is_closed():
            loop.call_soon_threadsafe(watch.cancel)
        if self._thread is not None and not self._stopped:
            self._stopped = True
            self.loop.call_soon_threadsafe(self.loop.stop)


def _check_threads() -> None:
    """Start a thread that does nothing. Before there is a loop for it: in a browser a second loop would break the first.

    Raises:
        NotSupported: this kernel cannot start one.
    """
    try:
        threading.Thread(target=int, name="opencode_widget probe", daemon=True).start()
    except RuntimeError as fault:  # Python in a browser has none; elsewhere there are too many
        raise NotSupported(
            f"The widget needs a thread of its own here, and this kernel cannot start one: {fault}.",
            remedy="In a notebook, make it without background=True.",
        ) from None


def loop_ended() -> Closed:
    """The error for a caller who uses a widget whose loop has ended."""
    return Closed(
        "The widget is closed, or the event loop in which it was made has ended.",
        remedy="Make a new one: OpenCode(...).",
    )


async def _for_a_while(work: Awaitable[object]) -> None:
    """Wait for work that may never end, but not longer than ROUND seconds."""
    await asyncio.wait([asyncio.ensure_future(work)], timeout=ROUND)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop on which the caller runs; None if it runs on none."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
