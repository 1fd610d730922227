"""Keeps a widget's comms registered in the kernel.

A kernel forgets a comm when any of its clients closes it, and then drops the messages of all clients for it. But a widget may have many
pages, and a client need not be a page of ours at all: JupyterLab answers a `comm_open` with `comm_close` where nothing handles the comm's
target, as in a console of the same kernel, or where a page could not load a widget. The other pages would stay on the screen, and never be
heard again. So a comm that a client closes is registered again. Only the kernel closes the widget.
"""

from __future__ import annotations

import weakref
from typing import Any

import comm as comms
from comm.base_comm import BaseComm


def keep_registered(comm: Any) -> None:
    """Have a comm of ours stay in the kernel when a client closes it. Kernels with comms of another kind are left alone."""
    if not isinstance(comm, BaseComm):
        return
    itself = weakref.ref(comm)

    def closed(_message: object) -> None:
        if (open_comm := itself()) is not None:
            # The kernel marked it as closed, and `close` would not tell the pages any longer. There is no public way to take this back.
            open_comm._closed = False
            comms.get_comm_manager().register_comm(open_comm)

    comm.on_close(closed)
