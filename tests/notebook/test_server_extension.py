"""The Jupyter server extension: a kernel's websocket sends at once, whatever is not acknowledged yet."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketHandler, websocket_connect

from opencode_widget.notebook import server_extension
from opencode_widget.notebook.server_extension import CONNECTIONS


class Connection:
    """As Jupyter's own: made with the handler, connected when the websocket is open."""

    def __init__(self, websocket_handler: WebSocketHandler) -> None:
        self.websocket_handler = websocket_handler

    async def connect(self) -> None:
        stream: Any = self.websocket_handler.ws_connection.stream  # type: ignore[union-attr]
        delayed = stream.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 0
        await self.websocket_handler.write_message("delayed" if delayed else "at once")


class Handler(WebSocketHandler):
    async def open(self, *_: Any) -> None:
        await self.settings[CONNECTIONS](self).connect()


def load(application: Application) -> None:
    server_extension._load_jupyter_server_extension(SimpleNamespace(web_app=application))


async def says(application: Application) -> Any:
    """How it is with a websocket of this application."""
    sockets = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(application)
    server.add_sockets(sockets)
    try:
        client = await websocket_connect(f"ws://127.0.0.1:{sockets[0].getsockname()[1]}/")
        try:
            return await client.read_message()
        finally:
            client.close()
    finally:
        server.stop()
        await server.close_all_connections()


async def test_a_kernel_s_websocket_sends_at_once() -> None:
    application = Application([("/", Handler)], **{CONNECTIONS: Connection})
    assert await says(application) == "delayed"
    load(application)
    assert await says(application) == "at once"


def test_it_names_itself_and_keeps_jupyter_s_settings() -> None:
    assert server_extension._jupyter_server_extension_points() == [
        {"module": "opencode_widget.notebook.server_extension"}
    ]
    application = Application([], **{CONNECTIONS: ZMQChannelsWebsocketConnection})
    load(application)
    made = application.settings[CONNECTIONS]
    assert issubclass(made, ZMQChannelsWebsocketConnection)
    assert made.__name__ == "ZMQChannelsWebsocketConnection"
    assert made.class_trait_names() == ZMQChannelsWebsocketConnection.class_trait_names()


def test_a_jupyter_server_that_is_too_old_stays_as_it_is() -> None:
    application = Application([])
    load(application)
    assert CONNECTIONS not in application.settings
