"""Delivers our pages' messages while a cell awaits us.

ipykernel handles one message of the shell channel after the other, and an asynchronous cell is a message too. A click on "Allow once" would
wait for the cell, and the cell for the click. From 7.4 on it handles the messages of comms meanwhile; 6 has a queue, and 7.0 to 7.3 a lock.

1. In ipykernel 6 the messages that wait are in `kernel.msg_queue`, a public queue of (number, function, arguments). We take all of them
   out and put back what is not ours, in the same order, without an `await` in between. So nothing is lost, doubled or overtaken: cells,
   completions and other widgets' messages wait on.
2. A message that is not ours is looked at without `session.deserialize`, which accepts each message only once.
3. The message is given to the widget directly. The kernel's own dispatch would make it the parent of what the cell prints, and would
   replace the handler of SIGINT that Stop relies on. Nor is a status published, which would show the kernel as idle while its cell runs.
4. ipykernel 7.0 to 7.3 hand each message to a callback, which waits for the running cell. `set_on_recv_callback` puts ours before it: it
   delivers what is for our comms while a request is handled, and hands on all else. Messages of a subshell come to it on other threads,
   and are handed on: a cell holds up no subshell.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any

from .cell import current_kernel

log = logging.getLogger("opencode_widget")

Deliver = Callable[[dict[str, Any]], None]
Receive = Callable[[str | None, Any], Awaitable[None]]
_open: dict[str, Deliver] = {}

# The frames of a message after the identities: signature, header, parent's header, metadata, content.
HEADER, CONTENT = 1, 4


# The first ipykernel that handles the messages of comms while a cell awaits something.
CONCURRENT = (7, 4)
# The kernels whose callback is ours.
_heard: weakref.WeakSet[Any] = weakref.WeakSet()


def listen(comm_id: str, deliver: Deliver) -> None:
    """Have the messages of a comm delivered also while a cell awaits us, until `forget`. On the kernel's thread."""
    _open[comm_id] = deliver
    _hear_during_cells(current_kernel())


def forget(comm_id: str) -> None:
    """The comm is closed."""
    _open.pop(comm_id, None)


def deliver_waiting() -> None:
    """Deliver the messages for our comms that wait for the running cell. On the kernel's loop."""
    kernel = current_kernel()
    queue = getattr(kernel, "msg_queue", None)
    if queue is None or not _open or not queue.qsize():
        return
    waiting = [queue.get_nowait() for _ in range(queue.qsize())]
    ours: list[tuple[Deliver, Any]] = []
    for item in waiting:
        deliver = _deliver_of(kernel, item)
        if deliver is None:
            queue.put_nowait(item)
        else:
            ours.append((deliver, item[2][0]))
    for deliver, frames in ours:
        _deliver(kernel, deliver, frames)


def _hear_during_cells(kernel: Any) -> None:
    """Put our callback before that of ipykernel 7.0 to 7.3 (rule 4)."""
    manager = getattr(getattr(kernel, "shell_channel_thread", None), "manager", None)
    put = getattr(manager, "set_on_recv_callback", None)
    handle = getattr(kernel, "shell_main", None)
    if put is None or handle is None or kernel in _heard or not _waits_for_cells():
        return
    _heard.add(kernel)
    put(receiver(kernel, handle))


def _waits_for_cells() -> bool:
    numbers = version("ipykernel").split(".")[:2]
    return tuple(int(number) for number in numbers if number.isdigit()) < CONCURRENT


def receiver(kernel: Any, handle: Receive) -> Receive:
    """The callback for the messages of the shell channel: `handle`, but that messages for our comms don't wait for a request."""
    running = 0

    def ended(_: object) -> None:
        nonlocal running
        running -= 1

    if (cell := _current_task()) is not None:  # the request that makes the widget, of which `receive` did not hear
        running = 1
        cell.add_done_callback(ended)

    async def receive(subshell_id: str | None, frames: Any) -> None:
        nonlocal running
        if subshell_id is not None:
            return await handle(subshell_id, frames)
        if running and (deliver := _recipient(kernel, frames)) is not None:
            return _deliver(kernel, deliver, frames)
        running += 1
        try:
            await handle(None, frames)
        finally:
            running -= 1
        return None

    return receive


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # no loop runs
        return None


def _deliver_of(kernel: Any, item: Any) -> Deliver | None:
    """Who gets a message that waits in the queue; None: it is not ours."""
    try:
        _, function, (frames,) = item
        ours = function == kernel.dispatch_shell
    except Exception:  # noqa: BLE001 - whatever it is, it is not ours
        return None
    return _recipient(kernel, frames) if ours else None


def _recipient(kernel: Any, frames: Any) -> Deliver | None:
    """Who gets a message; None: it is not ours."""
    try:
        _, parts = kernel.session.feed_identities(frames, copy=False)
        if kernel.session.unpack(parts[HEADER].bytes).get("msg_type") != "comm_msg":
            return None
        return _open.get(kernel.session.unpack(parts[CONTENT].bytes).get("comm_id"))
    except Exception:  # noqa: BLE001 - whatever it is, it is not ours, and the kernel will say what is wrong with it
        return None


def _deliver(kernel: Any, deliver: Deliver, frames: Any) -> None:
    try:
        _, parts = kernel.session.feed_identities(frames, copy=False)
        message = kernel.session.deserialize(parts, content=True, copy=False)
    except Exception:
        log.warning("a message of a page is not valid, and was dropped", exc_info=True)
        return
    deliver(message)
