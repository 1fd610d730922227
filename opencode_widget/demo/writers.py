"""The two ways to write a completion: as server-sent events, or whole."""

from __future__ import annotations

import json
import secrets
import time
from io import BufferedIOBase
from typing import Any, Protocol

from .steps import Call, Fail, Json

MODEL = "scripted"


class CompletionHandler(Protocol):
    """The part of the HTTP handler that a writer uses."""

    wfile: BufferedIOBase

    def send_response(self, code: int) -> None: ...
    def send_header(self, keyword: str, value: str) -> None: ...
    def end_headers(self) -> None: ...
    def reply(self, status: int, value: object) -> None: ...
    def note_write(self, delta: str) -> None: ...


class Writer:
    """What all writers share."""

    def __init__(self, handler: CompletionHandler, request: Json) -> None:
        self.handler = handler
        self.id = f"chatcmpl-{secrets.token_hex(8)}"
        self.prompt_tokens = sum(len(json.dumps(message)) for message in request["messages"]) // 4
        self.deltas = 0
        self.calls = 0

    def begin(self) -> None:
        """Send what comes before the first delta."""

    def say(self, channel: str, delta: str) -> None:
        raise NotImplementedError

    def call(self, step: Call, call_id: str) -> None:
        raise NotImplementedError

    def finish(self, reason: str) -> None:
        raise NotImplementedError

    def fail(self, step: Fail) -> None:
        self.handler.reply(step.status, error_body(step.message))

    def usage(self) -> dict[str, int]:
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.deltas,
            "total_tokens": self.prompt_tokens + self.deltas,
        }


class Stream(Writer):
    """Server-sent events in HTTP chunks, so that the client notices a broken connection."""

    begun = False

    def begin(self) -> None:
        if self.begun:
            return
        self.begun = True
        self.handler.send_response(200)
        self.handler.send_header("Content-Type", "text/event-stream")
        self.handler.send_header("Cache-Control", "no-cache")
        self.handler.send_header("Transfer-Encoding", "chunked")
        self.handler.end_headers()
        self.send(self.chunk({"role": "assistant", "content": ""}))

    def send(self, value: object) -> None:
        data = f"data: {value if isinstance(value, str) else json.dumps(value)}\n\n".encode()
        self.handler.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def chunk(self, delta: Json, reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": MODEL,
            "choices": [choice],
        }

    def say(self, channel: str, delta: str) -> None:
        self.begin()
        self.deltas += 1
        self.handler.note_write(delta)
        self.send(self.chunk({channel: delta}))

    def call(self, step: Call, call_id: str) -> None:
        """Send a call as real models do: the name first, then the arguments in pieces."""
        self.begin()
        index, self.calls = self.calls, self.calls + 1
        named = {"index": index, "id": call_id, "type": "function", "function": {"name": step.tool, "arguments": ""}}
        self.send(self.chunk({"tool_calls": [named]}))
        arguments = json.dumps(step.input)
        for start in range(0, len(arguments), 40):
            piece = {"index": index, "function": {"arguments": arguments[start : start + 40]}}
            self.send(self.chunk({"tool_calls": [piece]}))

    def finish(self, reason: str) -> None:
        self.begin()
        self.send({**self.chunk({}, reason), "usage": self.usage()})
        self.send("[DONE]")
        self.handler.wfile.write(b"0\r\n\r\n")

    def fail(self, step: Fail) -> None:
        if self.begun:
            self.send(error_body(step.message))
            self.handler.wfile.write(b"0\r\n\r\n")
        else:
            super().fail(step)


class Whole(Writer):
    """One JSON answer at the end."""

    def __init__(self, handler: CompletionHandler, request: Json) -> None:
        super().__init__(handler, request)
        self.message: dict[str, Any] = {"role": "assistant", "content": ""}

    def say(self, channel: str, delta: str) -> None:
        self.deltas += 1
        self.message[channel] = self.message.get(channel, "") + delta

    def call(self, step: Call, call_id: str) -> None:
        self.calls += 1
        function = {"name": step.tool, "arguments": json.dumps(step.input)}
        self.message.setdefault("tool_calls", []).append({"id": call_id, "type": "function", "function": function})

    def finish(self, reason: str) -> None:
        choice = {"index": 0, "message": self.message, "finish_reason": reason}
        head = {"id": self.id, "object": "chat.completion", "created": int(time.time()), "model": MODEL}
        self.handler.reply(200, {**head, "choices": [choice], "usage": self.usage()})


def error_body(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "scripted", "code": "scripted"}}
