"""Takes our pages' messages from the kernel's queue while a cell awaits us.

ipykernel 6 handles one message of the shell channel after the other, and an asynchronous cell is a message too. A click on "Allow once"
would wait for the cell, and the cell for the click. ipykernel 7 handles the messages of comms meanwhile, and has no such queue.

1. The messages that wait are in `kernel.msg_queue`, a public queue of (number, function, arguments). We take all of them out and put
   back what is not ours, in the same order, without an `await` in between. So nothing is lost, doubled or overtaken: cells, completions
   and other widgets' messages wait on.
2. A message that is not ours is looked at without `session.deserialize`, which accepts each message only once.
3. The message is given to the widget directly. The kernel's own dispatch would make it the parent of what the cell prints, and would
   replace the handler of SIGINT that Stop relies on. Nor is a status published, which would show the kernel as idle while its cell runs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from .cell import current_kernel

log = logging.getLogger("opencode_widget")

Deliver = Callable[[dict[str, Any]], None]
_open: dict[str, Deliver] = {}

# The frames of a message after the identities: signature, header, parent's header, metadata, content.
HEADER, CONTENT = 1, 4


def listen(comm_id: str, deliver: Deliver) -> None:
    """Have the messages of a comm delivered also while a cell awaits us, until `forget`."""
    _open[comm_id] = deliver


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


def _deliver_of(kernel: Any, item: Any) -> Deliver | None:
    """Who gets a message that waits; None: it is not ours."""
    try:
        _, function, (frames,) = item
        if function != kernel.dispatch_shell:
            return None
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
