"""Drives a real server and records the raw bytes of its event stream."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from ..servers.real import RealServer
from ..shapes import Json

LIMIT = 60.0  # seconds to wait for anything
QUIET = 1.5  # seconds without an event after which a scenario is over; some events follow `session.idle`


class Recorder:
    """A connection to `/global/event` and a client for one directory.

    Attributes:
        raw: the bytes of the stream so far.
        events: the payloads in them, heartbeats and `sync` copies left out.
    """

    def __init__(self, server: RealServer, directory: Path) -> None:
        self.directory = directory
        self.client = server.client(directory)
        self.raw = bytearray()
        self.events: list[Json] = []
        self._decoded = 0
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.wait_for("server.connected")

    def close(self) -> None:
        self._closed = True
        self.client.close()

    # ---- calls ---------------------------------------------------------------------------------------------------------

    def get(self, path: str) -> Any:
        return self._sound(self.client.get(path)).json()

    def post(self, path: str, body: Any = None) -> Any:
        response = self._sound(self.client.post(path, json=body))
        return response.json() if response.content else None

    def new_session(self, title: str = "Recorded", **more: Any) -> str:
        return str(self.post("/session", {"title": title, **more})["id"])

    def prompt(self, session: str, text: str, **more: Any) -> None:
        self.post(f"/session/{session}/prompt_async", {"parts": [{"type": "text", "text": text}], **more})

    def turn(self, session: str, text: str, **more: Any) -> None:
        """Send a prompt and wait for the end of its turn."""
        mark = len(self.events)
        self.prompt(session, text, **more)
        self.wait_for("session.idle", lambda seen: seen["sessionID"] == session, after=mark)

    @staticmethod
    def _sound(response: httpx.Response) -> httpx.Response:
        assert response.is_success, (
            f"{response.request.method} {response.request.url}: {response.status_code} {response.text}"
        )
        return response

    # ---- events --------------------------------------------------------------------------------------------------------

    def wait_for(self, type: str, where: Callable[[Json], bool] = lambda _: True, after: int = 0) -> Json:
        """Wait for an event of this type whose properties fit, not among the first `after`; return its properties."""

        def look() -> Json | None:
            fits = (event["properties"] for event in self.events[after:] if event["type"] == type)
            return next(filter(where, fits), None)

        with self._changed:
            assert self._changed.wait_for(lambda: look() is not None, LIMIT), f"no {type} came; seen: {self._types()}"
            found = look()
            assert found is not None
            return found

    def wait_until_quiet(self) -> None:
        """Wait until no event has arrived for a while."""
        with self._changed:
            while self._changed.wait(QUIET):
                pass

    def forget(self) -> None:
        """Start again: drop what has arrived so far, as if the recorder had connected now."""
        with self._changed:
            greeting = self.raw.index(b"\n\n") + 2
            del self.raw[greeting : self._decoded]
            del self.events[1:]
            self._decoded = greeting

    def _types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def _read(self) -> None:
        try:
            with self.client.stream("GET", "/global/event", timeout=LIMIT) as response:
                for data in response.iter_raw():
                    self._take(data)
        except (httpx.HTTPError, RuntimeError):
            if not self._closed:
                raise

    def _take(self, data: bytes) -> None:
        with self._changed:
            self.raw += data
            end = self.raw.rfind(b"\n\n") + 2
            fresh = [event for event in map(_payload, bytes(self.raw[self._decoded : end]).split(b"\n\n")) if event]
            self._decoded = max(self._decoded, end)
            self.events += fresh
            if fresh:
                self._changed.notify_all()

    # ---- what is there at the end --------------------------------------------------------------------------------------

    def state(self) -> Json:
        """Return what a client that connects now can fetch."""
        sessions = self.get("/session?limit=1000")
        ids = [session["id"] for session in sessions]
        return {
            "sessions": sessions,
            "status": self.get("/session/status"),
            "permissions": self.get("/permission"),
            "questions": self.get("/question"),
            "messages": {id: self.get(f"/session/{id}/message") for id in ids},
            "todos": {id: self.get(f"/session/{id}/todo") for id in ids},
        }


def _payload(frame: bytes) -> Json | None:
    """Return the event in a frame, if it has one."""
    if not frame.startswith(b"data:"):
        return None
    payload: Json = json.loads(frame[5:])["payload"]
    return None if payload["type"] in ("sync", "server.heartbeat") else payload
