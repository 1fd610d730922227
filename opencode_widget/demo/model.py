"""The scripted model as an OpenAI-compatible server on loopback; standard library only.

Run it with `python -m opencode_widget.demo.model`; it prints its address and serves until it is ended. `script.py` decides its answers.

    POST /v1/chat/completions   streamed or whole
    GET  /v1/models             the one model
    GET  /__writes              when each delta was written: [{"text", "session", "time_ns", "monotonic_ns"}, ...]; DELETE forgets them
    GET  /__waiting             the names of the gates at which a completion is waiting
    POST /__open/NAME           open a gate, for good
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import secrets
import select
import socket
import threading
import time
from collections import Counter, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import unquote

from .script import answer
from .steps import Call, Cut, Fail, Gate, Json, Say, Stall, Step, Wait
from .writers import MODEL, Stream, Whole, Writer, error_body

GATE_LIMIT = 60.0  # seconds
STALL_LIMIT = 3600.0
WRITES_KEPT = 200_000


class Model(ThreadingHTTPServer):
    """The server, and its state between requests.

    Args:
        port: on loopback; 0 for a free one.
        python: what the scripts call to run Python.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int = 0, python: str = "python3") -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.python = python
        self.writes: deque[dict[str, Any]] = deque(maxlen=WRITES_KEPT)
        self.gates: dict[str, threading.Event] = {}
        self.waiting: list[str] = []
        self.faults: Counter[str] = Counter()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def gate(self, name: str) -> threading.Event:
        with self.lock:
            return self.gates.setdefault(name, threading.Event())

    def occurs(self, fault: Fail | Cut, request: Json) -> bool:
        """Return whether a fault occurs this time, and count it."""
        if fault.times is None:
            return True
        key = hashlib.sha256(f"{fault} {json.dumps(request['messages'])}".encode()).hexdigest()
        with self.lock:
            self.faults[key] += 1
            return self.faults[key] <= fault.times

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: a client that disconnects in mid-answer is an ordinary abort."""


class Gone(Exception):
    """The client disconnected, or the script breaks the connection."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    @property
    def model(self) -> Model:
        return cast(Model, self.server)

    def log_message(self, format: str, *args: object) -> None:
        """Suppress the access log."""

    def do_GET(self) -> None:
        answers: dict[str, object] = {
            "/v1/models": {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "opencode_widget"}]},
            "/__writes": list(self.model.writes),
            "/__waiting": list(self.model.waiting),
        }
        path = self.path.partition("?")[0]
        self.reply(200, answers[path]) if path in answers else self.reply(404, error_body("There is nothing here."))

    def do_DELETE(self) -> None:
        self.model.writes.clear()
        self.reply(200, [])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/__open/"):
            self.model.gate(unquote(self.path.removeprefix("/__open/"))).set()
            self.reply(200, {})
        elif self.path == "/v1/chat/completions":
            self.complete(json.loads(body))
        else:
            self.reply(404, error_body("There is nothing here."))

    def note_write(self, delta: str) -> None:
        """Record when a delta is written, so that a benchmark can measure how long it travels."""
        session = self.headers.get("x-session-id", "")
        clock = {"time_ns": time.time_ns(), "monotonic_ns": time.monotonic_ns()}
        self.model.writes.append({"text": delta, "session": session, **clock})

    def reply(self, status: int, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def complete(self, request: Json) -> None:
        """Carry out the steps that a request asks for."""
        steps = answer(request, self.model.python)
        writer = Stream(self, request) if request.get("stream") else Whole(self, request)
        try:
            for number, step in enumerate(steps):
                self.carry_out(step, number, writer, request)
            writer.finish("tool_calls" if writer.calls else "stop")
        except (Gone, OSError):
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def carry_out(self, step: Step, number: int, writer: Writer, request: Json) -> None:
        match step:
            case Say():
                self.say(step, writer)
            case Call():
                writer.call(step, f"call_{len(request['messages'])}_{number}_{secrets.token_hex(4)}")
            case Wait():
                self.pause(time.monotonic() + step.seconds)
            case Gate():
                self.wait_at(step.name, writer)
            case Stall():
                writer.begin()
                self.pause(time.monotonic() + STALL_LIMIT)
            case Fail() | Cut() if self.model.occurs(step, request):
                if isinstance(step, Fail):
                    writer.fail(step)
                raise Gone

    def say(self, step: Say, writer: Writer) -> None:
        """Write the deltas, each at its due time, so that delays do not add up."""
        start = time.monotonic()
        for number, delta in enumerate(step.deltas):
            if step.interval:
                self.pause(start + number * step.interval)
            writer.say(step.channel, delta)

    def pause(self, until: float) -> None:
        """Wait, but stop when the client disconnects."""
        while (left := until - time.monotonic()) > 0:
            readable, _, _ = select.select([self.connection], [], [], left)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise Gone
            if readable:
                time.sleep(min(left, 0.05))  # the client has already sent its next request, which must wait

    def wait_at(self, name: str, writer: Writer) -> None:
        """Wait until a gate is open; everything before it has been written."""
        writer.begin()
        gate, deadline = self.model.gate(name), time.monotonic() + GATE_LIMIT
        self.model.waiting.append(name)
        try:
            while not gate.wait(0.01):
                self.pause(min(deadline, time.monotonic() + 0.001))
                if time.monotonic() >= deadline:
                    raise Gone
        finally:
            self.model.waiting.remove(name)


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(
        prog="python -m opencode_widget.demo.model", description="The scripted model, on loopback."
    )
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    parser.add_argument("--python", default="python3", help="what the scripts call to run Python")
    options = parser.parse_args()
    with Model(options.port, options.python) as server:
        print(f"scripted model listening on {server.url}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    main()
