"""In a real kernel: a batch in a cell, its bar, and the notebook's Stop button."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..support.kernel import LIMIT, Kernel
from ..support.scripts import gate, say, script
from ..support.servers.real import RealServer

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# Waits until all sessions are idle, for as long as an abort may take.
IDLE = (
    "import asyncio\n"
    "for _ in range(200):\n"
    "    await asyncio.sleep(0.05)\n"
    "    if (states := {session.status for session in oc.sessions}) == {'idle'}: break\n"
    "print(states)"
)


@pytest.fixture
def kernel(project: Path) -> Iterator[Kernel]:
    kernel = Kernel(project)
    yield kernel
    kernel.close()


@pytest.mark.parametrize("background", [False, True])
def test_stop_ends_a_batch_and_leaves_a_whole_journal(
    kernel: Kernel, server: RealServer, project: Path, background: bool
) -> None:
    journal = project / "answers.jsonl"
    prompts = [script(say("First.")), script(gate("never"), say("Too late"))]
    kernel.run(
        "from opencode_widget import OpenCode\n"
        f"oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r}, background={background})\n"
        f"await oc.ready()\nprompts = {prompts!r}"
    )
    request = kernel.client.execute(
        f"await oc.batch(prompts, concurrency=1, journal={str(journal)!r})", stop_on_error=False
    )
    deadline = time.monotonic() + LIMIT
    while not (journal.exists() and journal.read_text().endswith("\n")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    kernel.manager.interrupt_kernel()
    with pytest.raises(AssertionError, match=r"Cancelled|KeyboardInterrupt"):
        kernel.finish(request)
    assert [json.loads(line)["text"] for line in journal.read_text().splitlines()] == ["First."]
    assert kernel.run(IDLE) == "{'idle'}\n"
    widgets = [
        item["content"]["data"].get("state", {}) for _, item in kernel.published if item["msg_type"] == "comm_open"
    ]
    assert any(state.get("_model_name") == "FloatProgressModel" for state in widgets)  # tqdm's bar of the notebook
