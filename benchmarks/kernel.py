"""A real kernel with the widget, and a simulated page, which sends hello and acknowledges as the front end does."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import psutil
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

LIMIT = 120.0
# Seconds between two acknowledgements.
ACKNOWLEDGE = 2.0
Json = dict[str, Any]


class Kernel:
    """One kernel. Its messages to the page go to `on_message` with their time of arrival, on a thread of its own."""

    def __init__(self, on_message: Callable[[float, Json], None]) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(env=dict(os.environ))
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=LIMIT)
        self._on_message = on_message
        self._comm: str | None = None
        self._seq: tuple[str, int] | None = None
        self._acknowledged = 0.0
        self._ends: queue.Queue[tuple[str, str]] = queue.Queue()
        self._printed = ""
        self._listening = True
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self.process = psutil.Process(int(self.run("import os; print(os.getpid())")))

    def run(self, code: str) -> str:
        """Execute a cell; return what it printed."""
        request = self.client.execute(code)
        while True:
            ended, printed = self._ends.get(timeout=LIMIT)
            if ended == request:
                return printed

    def send(self, content: Json) -> None:
        """Send the kernel a custom message, as a page does."""
        data = {"comm_id": self._comm, "data": {"method": "custom", "content": {"page": "p", **content}}}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", data))

    def seconds(self) -> float:
        """Return the processor time that the kernel has used."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def memory(self) -> float:
        """Return the memory that the kernel alone holds, in MiB."""
        return float(self.process.memory_full_info().uss) / 2**20

    def close(self) -> None:
        self._listening = False
        self._thread.join(5)
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()

    def _listen(self) -> None:
        while self._listening:
            with contextlib.suppress(queue.Empty):
                self._take(self.client.get_iopub_msg(timeout=0.2))

    def _take(self, message: Json) -> None:
        at, kind, content = time.monotonic(), message["msg_type"], message["content"]
        if kind == "comm_open" and "tabs" in content["data"].get("state", {}):
            self._comm = content["comm_id"]
        elif kind == "comm_msg" and content["data"].get("method") == "custom":
            self._take_custom(at, content["data"]["content"])
        elif kind == "stream":
            self._printed += content["text"]
        elif kind == "error":
            print("\n".join(content["traceback"]), file=sys.stderr)
        elif kind == "status" and content["execution_state"] == "idle":
            self._ends.put((message["parent_header"].get("msg_id", ""), self._printed))
            self._printed = ""

    def _take_custom(self, at: float, data: Json) -> None:
        if data["type"] in ("frame", "snapshot"):
            self._seq = data["epoch"], data["seq"]
        if self._seq is not None and at - self._acknowledged > ACKNOWLEDGE:
            self._acknowledged = at
            self.send({"type": "ack", "epoch": self._seq[0], "seq": self._seq[1]})
        self._on_message(at, data)


class Streams:
    """The process of `streamer.py`."""

    def __init__(self, servers: int, sessions: int, busy: int) -> None:
        command = [sys.executable, "-m", "benchmarks.streamer", str(servers), str(sessions), str(busy)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.urls: list[str] = self._answer()["urls"]

    def do(self, what: str, **more: float) -> Json:
        """Send a request to the process, and wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Json:
        assert self._process.stdout is not None
        answer: Json = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)
