"""A page's messages are taken from the queue of ipykernel 6, and the others are left as they were."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_client.session import Session

from opencode_widget.notebook import shell_queue


class Kernel:
    """What ipykernel 6 has of a queue."""

    def __init__(self) -> None:
        self.session = Session(key=b"secret")
        self.msg_queue: asyncio.Queue[Any] = asyncio.Queue()

    def dispatch_shell(self, frames: Any) -> None:
        raise AssertionError("the kernel dispatches nothing while a cell runs")

    def receive(self, kind: str, content: dict[str, Any], *, key: bytes = b"secret") -> Any:
        """Put a message of a page into the queue; returns the item."""
        page = Session(key=key)
        frames = page.serialize(page.msg(kind, content), ident=b"page")
        item = (self.msg_queue.qsize(), self.dispatch_shell, ([Frame(frame) for frame in frames],))
        self.msg_queue.put_nowait(item)
        return item


class Frame(bytes):
    """A frame as zmq gives it out without a copy."""

    @property
    def bytes(self) -> bytes:
        return bytes(self)

    @property
    def buffer(self) -> memoryview:
        return memoryview(self)


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    kernel = Kernel()
    monkeypatch.setattr(shell_queue, "current_kernel", lambda: kernel)
    yield kernel
    shell_queue.forget("ours")


def left(kernel: Kernel) -> list[Any]:
    return [kernel.msg_queue.get_nowait() for _ in range(kernel.msg_queue.qsize())]


def test_only_our_comms_messages_are_taken_and_all_keep_their_order(kernel: Kernel) -> None:
    delivered: list[Any] = []
    shell_queue.listen("ours", lambda message: delivered.append(message["content"]["data"]))
    others = [kernel.receive("execute_request", {"code": "1"})]
    kernel.receive("comm_msg", {"comm_id": "ours", "data": 1})
    others.append(kernel.receive("comm_msg", {"comm_id": "theirs", "data": 2}))
    others.append(kernel.receive("comm_close", {"comm_id": "ours", "data": {}}))
    kernel.receive("comm_msg", {"comm_id": "ours", "data": 3})
    others.append(kernel.receive("execute_request", {"code": "2"}))
    kernel.msg_queue.put_nowait(end := (9, "stop aborting", ()))
    shell_queue.deliver_waiting()
    shell_queue.deliver_waiting()
    assert delivered == [1, 3]
    assert left(kernel) == [*others, end]


def test_what_is_left_in_the_queue_can_still_be_read_once(kernel: Kernel) -> None:
    shell_queue.listen("ours", lambda message: None)
    _, _, (frames,) = kernel.receive("comm_msg", {"comm_id": "theirs", "data": 2})
    for _ in range(3):
        shell_queue.deliver_waiting()
    _, parts = kernel.session.feed_identities(frames, copy=False)
    assert kernel.session.deserialize(parts, content=True, copy=False)["content"]["data"] == 2


def test_a_message_with_a_wrong_signature_reaches_no_widget(kernel: Kernel) -> None:
    delivered: list[Any] = []
    shell_queue.listen("ours", delivered.append)
    kernel.receive("comm_msg", {"comm_id": "ours", "data": 1}, key=b"another")
    kernel.receive("comm_msg", {"comm_id": "ours", "data": 2})
    shell_queue.deliver_waiting()
    assert [message["content"]["data"] for message in delivered] == [2]


def test_a_comm_that_is_closed_gets_nothing(kernel: Kernel) -> None:
    shell_queue.listen("ours", lambda message: pytest.fail("delivered"))
    shell_queue.forget("ours")
    item = kernel.receive("comm_msg", {"comm_id": "ours", "data": 1})
    shell_queue.deliver_waiting()
    assert left(kernel) == [item]


# ---- ipykernel 7.0 to 7.3 ---------------------------------------------------------------------------------------------


def frames_of(kind: str, content: dict[str, Any]) -> list[Frame]:
    page = Session(key=b"secret")
    return [Frame(frame) for frame in page.serialize(page.msg(kind, content), ident=b"page")]


async def test_our_messages_are_delivered_while_a_request_is_handled_and_all_others_are_handed_on(
    kernel: Kernel,
) -> None:
    delivered: list[Any] = []
    handled: list[tuple[str | None, Any]] = []
    ends = asyncio.Event()

    async def handle(subshell: str | None, frames: Any) -> None:
        handled.append((subshell, frames))
        await ends.wait()

    shell_queue.listen("ours", lambda message: delivered.append(message["content"]["data"]))
    first, second, idle, third, last = (frames_of("comm_msg", {"comm_id": "ours", "data": n}) for n in range(5))
    other = frames_of("comm_msg", {"comm_id": "other", "data": 7})
    cell = frames_of("execute_request", {"code": "await session.ask('x')"})
    receivers: list[Any] = []
    made_in = asyncio.ensure_future(make(receivers, kernel, handle))
    await asyncio.sleep(0)
    (receive,) = receivers
    await receive(None, first)
    assert delivered == [0], "while the cell runs that made the widget"
    made_in.cancel()
    await asyncio.wait([made_in])
    await asyncio.sleep(0)
    items = ((None, idle), (None, cell), (None, other), ("subshell", third))
    tasks = [asyncio.ensure_future(receive(*item)) for item in items]
    await asyncio.sleep(0)
    assert handled == list(items), "the first found the kernel idle"
    await receive(None, second)
    assert delivered == [0, 1]
    ends.set()
    await asyncio.wait(tasks)
    await receive(None, last)
    assert handled == [*items, (None, last)]


async def make(receivers: list[Any], kernel: Kernel, handle: Any) -> None:
    """A cell that makes the widget, and awaits something."""
    receivers.append(shell_queue.receiver(kernel, handle))
    await asyncio.Event().wait()


@pytest.mark.parametrize(("version", "put"), [("7.0.1", 1), ("7.3.0", 1), ("7.4.0", 0), ("8.0.0a1", 0)])
def test_the_callback_is_put_once_and_only_where_messages_wait(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch, version: str, put: int
) -> None:
    found: list[Any] = []
    manager = SimpleNamespace(set_on_recv_callback=found.append)
    monkeypatch.setattr(kernel, "shell_channel_thread", SimpleNamespace(manager=manager), raising=False)
    monkeypatch.setattr(kernel, "shell_main", lambda *_: None, raising=False)
    monkeypatch.setattr(shell_queue, "version", lambda _: version)
    for _ in range(2):
        shell_queue.listen("ours", lambda _: None)
    assert len(found) == put
