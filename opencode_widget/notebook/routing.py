"""Takes the messages of a page from the thread on which the kernel receives them.

ipykernel 7 receives messages on a thread of its own, and hands each one to the *shell* for which it is meant: the main one, which runs the
cells, or a *subshell*, which runs on its own thread while a cell blocks the main one. JupyterLab 4.4 and later send the messages of widgets
to a subshell, once they know that the kernel has subshells. Other hosts send them to the main shell, as JupyterLab does after a reload
while a cell blocks, because the kernel's reply that tells of subshells waits for the cell.

ipykernel 7.4 also asks the comm where a message is to go (`BaseComm._reply_subshell_for`), and by itself answers with the shell that last
published on the comm. The cell that makes a widget is run by the main shell, so all messages of the page would wait for the running cell.
We replace the answer, for the messages of our own protocol (`custom`) alone:

1. A message that the host sends to a subshell goes there.
2. A message for the main shell is delivered at once, on the kernel's receiving thread, and goes to the main shell too, because the kernel
   must not lose a message. There it is recognised by its content, and ignored.
3. All other messages go where ipykernel sends them. Writes of traits call observers of the user's, which belong on the notebook's thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

# A private name of ipykernel. Where it is missing, messages arrive where the host sends them, and nothing is to be done.
ROUTE = "_reply_subshell_for"


class Route:
    """The way of the custom messages of one comm.

    Args:
        comm: the widget's.
        deliver: takes the content of a custom message, on any thread. Returns whether it did.
        state_requested: called on the kernel's receiving thread when a page asks for the widget's traits.

    Attributes:
        is_ours: does the kernel ask us where messages go? If so, they are delivered at once, whatever the host.
    """

    def __init__(
        self, comm: Any, deliver: Callable[[object], bool], state_requested: Callable[[], object] = lambda: None
    ) -> None:
        self._kernels_own: Any = getattr(comm, ROUTE, None)
        self._deliver = deliver
        self._state_requested = state_requested
        self._delivered: list[object] = []
        self._lock = threading.Lock()
        self.is_ours = callable(self._kernels_own)
        if self.is_ours:
            setattr(comm, ROUTE, self._route)

    def was_delivered(self, content: object) -> bool:
        """Was this message delivered when the kernel received it? For each such message this is so once."""
        with self._lock:
            try:
                self._delivered.remove(content)
            except ValueError:
                return False
        return True

    def _route(self, data: Any, default: Any) -> Any:
        """The shell that handles a message; None is the main one."""
        method = data.get("method") if isinstance(data, dict) else None
        if method == "request_state":
            self._state_requested()
        if method != "custom":
            return self._kernels_own(data, default)
        if default is None:
            self._deliver_now(data.get("content"))
        return default

    def _deliver_now(self, content: object) -> None:
        # Noted first: the main shell may handle the message before `deliver` returns.
        with self._lock:
            self._delivered.append(content)
        if not self._deliver(content):
            self.was_delivered(content)
