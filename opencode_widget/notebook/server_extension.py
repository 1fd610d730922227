"""A Jupyter server extension that sends a kernel's messages to the page without delay.

Jupyter's websockets leave Nagle's algorithm on: a small message waits until the browser's machine has acknowledged the one before it, and
that machine delays its acknowledgement by up to 40 ms. Text that any widget streams every few milliseconds therefore stutters. The
extension sets TCP_NODELAY on the websockets of kernels, and does nothing else. The wheel enables it; `jupyter server extension list`
shows it.

Source: RFC 896, RFC 1122 section 4.2.3.2; `tornado.websocket.WebSocketHandler.set_nodelay`.
"""

from __future__ import annotations

import logging
from types import new_class
from typing import Any

log = logging.getLogger("opencode_widget")

# The setting of Jupyter server that names the class of these connections.
CONNECTIONS = "kernel_websocket_connection_class"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    settings = server.web_app.settings
    connection = settings.get(CONNECTIONS)
    if connection is None:  # a Jupyter server before 2.0
        log.info("this Jupyter server has no %s: its websockets stay as they are", CONNECTIONS)
    else:
        settings[CONNECTIONS] = undelayed(connection)


def undelayed(connection: type[Any]) -> type[Any]:
    """Return a connection class of the same name whose websockets do not wait for acknowledgements.

    Args:
        connection: a `jupyter_server.services.kernels.connection.base.BaseKernelWebsocketConnection`.
    """

    def connect(self: Any) -> Any:
        self.websocket_handler.set_nodelay(True)
        return connection.connect(self)

    return new_class(connection.__name__, (connection,), exec_body=lambda names: names.update(connect=connect))
