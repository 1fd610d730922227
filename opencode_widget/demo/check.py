"""Run the quickstart without a browser: execute it, print its output as it streams, and verify the result."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from ..errors import OpenCodeError
from ..server.process.child import open_log

CELL_LIMIT = 180  # seconds
MARK = "opencode-widget-check "

# Runs as the last cell: reports what the notebook's objects and the server hold, then closes as a user would.
EXAMINE = f"""
import json as _json
_first = oc.instances[0]
_messages = session.messages + elsewhere.messages
_facts = {{
    "version": _first.version,
    "url": _first.url,
    "instances": len(oc.instances),
    "answers": [[message.text, str(message.error or "")] for message in _messages if message.role == "assistant"],
    "prompts": sum(message.role == "user" for message in _messages),
    "tools": [part.info.tool for message in session.messages for part in message.parts if part.kind == "tool"],
    "children": len(session.children),
}}
await oc.close()
print({MARK!r} + _json.dumps(_facts))
"""


class ReportingClient(NotebookClient):
    """Executes a notebook and reports its progress.

    Args:
        write: receives pieces of output as they arrive.
    """

    def __init__(self, notebook: Any, manager: AsyncKernelManager, write: Callable[[str], object]) -> None:
        super().__init__(notebook, km=manager, timeout=CELL_LIMIT, on_notebook_start=self._handle_signals)
        self._write = write
        self._at_start = True
        self.facts: dict[str, Any] | None = None
        self.ended = False

    def _handle_signals(self, notebook: Any) -> None:
        """Let Ctrl-C end the run in order, since nbclient's own handler would kill the kernel first."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def end() -> None:
            self.ended = True
            if task is not None:
                task.cancel()

        for name in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(name, end)

    def write(self, text: str) -> None:
        """Write a piece of output, and remember whether the line is complete."""
        if text:
            self._write(text)
            self._at_start = text.endswith("\n")

    def write_line(self, text: str) -> None:
        """Write a line of its own."""
        self.write(("" if self._at_start else "\n") + text + "\n")

    async def async_execute_cell(
        self,
        cell: Any,
        cell_index: int,
        execution_count: int | None = None,
        store_history: bool = True,  # noqa: FBT001, FBT002 (nbclient's own interface)
    ) -> Any:
        """Write a cell's source before it is executed."""
        if cell.cell_type == "code" and not cell.metadata.get("examination"):
            self.write_line("\n" + "\n".join(f">>> {line}" for line in cell.source.splitlines()))
        return await super().async_execute_cell(cell, cell_index, execution_count, store_history)

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Write a cell's output."""
        content, kind = msg["content"], msg["msg_type"]
        if kind == "stream" and content["text"].startswith(MARK):
            self.facts = json.loads(content["text"].removeprefix(MARK))
        elif kind == "stream":
            self.write(content["text"])
        elif kind in ("execute_result", "display_data"):
            data = content["data"]
            self.write_line(data.get("text/plain", ""))
        return super().process_message(msg, cell, cell_index)


async def run_check(
    folder: Path, notebook: Path, env: Mapping[str, str], *, scripted: bool, write: Callable[[str], object]
) -> str:
    """Execute the notebook and verify its result.

    Args:
        folder: the kernel's working folder.
        notebook: the notebook.
        env: variables in addition to ours.
        scripted: the scripted model answers, so the expected result is known.
        write: receives pieces of output as they arrive.

    Returns:
        A sentence about the run.

    Raises:
        OpenCodeError: a cell failed, or no real server answered.
    """
    document = await asyncio.to_thread(nbformat.read, notebook, as_version=4)
    document.cells.append(nbformat.v4.new_code_cell(EXAMINE, metadata={"examination": True}))  # type: ignore[no-untyped-call]
    manager = AsyncKernelManager(kernel_name="python3", connection_file=str(folder / "connection.json"))
    client = ReportingClient(document, manager, write)
    log = folder / "kernel.log"
    with open_log(log) as stderr:
        try:
            await client.async_execute(env={**os.environ, **env}, cwd=str(folder), stderr=stderr, cleanup_kc=True)
        except CellExecutionError as error:
            raise OpenCodeError(f"A cell of the quickstart failed: {error.ename}: {error.evalue}") from None
        except (CellTimeoutError, RuntimeError) as error:  # RuntimeError: the kernel died, or did not start
            if client.ended:  # nbclient takes our own cancellation for the kernel's death
                raise KeyboardInterrupt from None
            text = await asyncio.to_thread(log.read_text, errors="replace")
            raise OpenCodeError(f"The quickstart did not finish: {error}\n{text[-2000:]}") from None
    return verdict(client.facts, scripted=scripted)


def verdict(facts: dict[str, Any] | None, *, scripted: bool) -> str:
    """Return a sentence about the run.

    Raises:
        OpenCodeError: the result is not that of a real server.
    """
    if facts is None:
        raise OpenCodeError("The quickstart ended, but its last cell printed no result.")
    problems = list(_problems(facts, scripted=scripted))
    if problems:
        raise OpenCodeError("The quickstart ran, but " + "; ".join(problems) + ".")
    characters = sum(len(text) for text, _ in facts["answers"])
    return (
        f"{facts['version']} at {facts['url']} answered {facts['prompts']} prompts with {characters} characters, "
        f"used {len(facts['tools'])} tools and {facts['children']} subagent(s), in {facts['instances']} instances."
    )


def _problems(facts: dict[str, Any], *, scripted: bool) -> list[str]:
    failed = [error for _, error in facts["answers"] if error]
    checks = [
        (not facts["version"] or not facts["url"], "no server reported its version"),
        (facts["instances"] < 2, "there were fewer than two instances"),
        (facts["prompts"] < 4, "not all prompts arrived"),
        (not any(text for text, _ in facts["answers"]), "no answer has any text"),
        (bool(failed), f"an answer failed: {'; '.join(failed)}"),
        (scripted and "edit" not in facts["tools"], "the agent did not fix the parser"),
        (scripted and facts["children"] != 1, "there was no subagent"),
    ]
    return [words for wrong, words in checks if wrong]
