"""On which of the kernel's threads the messages of a page arrive.

JupyterLab 4.4 and later send the messages of widgets to a *subshell* of the kernel (ipykernel 7 and later), which runs on its own thread
while a cell blocks the main one. But ipykernel 7.4 sends a message to the shell that last published on the message's comm, so that a reply
reaches the cell that asked for it (`BaseComm._reply_subshell_for`). The cell that makes a widget is run by the main shell, so all messages
of the page would wait for the running cell.

Our handler hands the messages of our own protocol over to the home loop, so that any thread will do for them. Writes of traits stay
where ipykernel sends them, because they call observers of the user's, which belong on the notebook's thread.
"""

from __future__ import annotations

from typing import Any

# A private name of ipykernel; where it is missing, messages arrive where the host sends them, and nothing is to be done.
ROUTE = "_reply_subshell_for"


def keep_on_subshell(comm: Any) -> None:
    """Have custom messages of this comm arrive on the subshell to which the host sends them."""
    route = getattr(comm, ROUTE, None)
    if not callable(route):
        return

    def routed(data: Any, default: Any) -> Any:
        is_custom = isinstance(data, dict) and data.get("method") == "custom"
        return default if is_custom else route(data, default)

    setattr(comm, ROUTE, routed)
