"""A real kernel, without a notebook and without a page."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

LIMIT = 60.0


class Kernel:
    """A kernel, and everything that it publishes, with the times of arrival."""

    def __init__(self, folder: Path) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder), env=dict(os.environ))
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=LIMIT)
        self.published: list[tuple[float, dict[str, Any]]] = []

    def run(self, code: str) -> str:
        """Execute a cell and return what it printed."""
        return self.finish(self.client.execute(code))

    def finish(self, request: str) -> str:
        printed: list[str] = []
        while True:
            message = self.receive()
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            # Only stdout: some kernels print warnings to stderr.
            if message["msg_type"] == "stream" and content["name"] == "stdout":
                printed.append(content["text"])
            elif message["msg_type"] == "error":
                raise AssertionError("\n".join(content["traceback"]))
            elif message["msg_type"] == "status" and content["execution_state"] == "idle":
                self.client.get_shell_msg(timeout=LIMIT)  # see `greet`
                return "".join(printed)

    def receive(self) -> dict[str, Any]:
        message: dict[str, Any] = self.client.get_iopub_msg(timeout=LIMIT)
        self.published.append((time.monotonic(), message))
        return message

    def subshell(self) -> str | None:
        """Create a thread for messages, as JupyterLab does for comms; None if this ipykernel has none."""
        if "kernel subshells" not in self.client.kernel_info(reply=True)["content"].get("supported_features", ()):
            return None
        self.client.control_channel.send(self.client.session.msg("create_subshell_request"))
        while (reply := self.client.get_control_msg(timeout=LIMIT))["msg_type"] != "create_subshell_reply":
            pass
        made: str = reply["content"]["subshell_id"]
        return made

    def say(self, content: dict[str, Any], subshell: str | None = None) -> None:
        """Send the kernel a custom message, as a page does."""
        opened = [message for _, message in self.published if message["msg_type"] == "comm_open"]
        (comm,) = {item["content"]["comm_id"] for item in opened if "tabs" in item["content"]["data"]["state"]}
        data = {"comm_id": comm, "data": {"method": "custom", "content": content}}
        message = self.client.session.msg("comm_msg", data)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)

    def hears_during_cells(self, *, by_subshell: bool) -> bool:
        """Does this ipykernel take messages of a page while a cell blocks: those for a subshell (7.0), or all (7.4)?"""
        # Not `implementation_version` of the kernel's info, which is IPython's.
        version = self.run("import ipykernel; print(ipykernel.__version__)")
        numbers = tuple(int(number) for number in version.split(".")[:2])
        return numbers >= ((7, 0) if by_subshell else (7, 4))

    def opened(self) -> int:
        """Return how many times the widget's comm was opened."""
        states = [item["content"]["data"]["state"] for _, item in self.published if item["msg_type"] == "comm_open"]
        return sum("tabs" in state for state in states)

    def greet(self, subshell: str | None = None) -> None:
        """Say hello as a page does and wait for the snapshot, as ipykernel 7.0 to 7.3 may deadlock on messages in quick succession."""
        self.say({"type": "hello", "page": "p"}, subshell)
        while not any(message["type"] == "snapshot" for _, message in self.custom()):
            self.receive()

    def custom(self) -> Iterator[tuple[float, dict[str, Any]]]:
        """Return the custom messages to a page, with their times."""
        for at, message in self.published:
            data = message["content"].get("data", {}) if message["msg_type"] == "comm_msg" else {}
            if data.get("method") == "custom":
                yield at, data["content"]

    def came(self) -> str:
        """Return all text that a page received."""
        return "".join(texts(message) for _, message in self.custom())

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()


def texts(message: dict[str, Any]) -> str:
    """Return the text that a frame adds or states."""
    if message["type"] != "frame":
        return ""
    added = [op["text"] for op in message["ops"] if op["op"] == "text"]
    stated = [op["part"].get("text", "") for op in message["ops"] if op["op"] == "part"]
    return "".join(added + stated)
