"""Cells that begin with `%%opencode`, in a real kernel, with a real server, and without a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..support.kernel import Kernel
from ..support.scripts import fail, say, script
from ..support.servers.real import RealServer

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def kernel(server: RealServer, project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kernel]:
    monkeypatch.setenv("OPENCODE_WIDGET_URL", server.url)
    monkeypatch.setenv("OPENCODE_WIDGET_DIRECTORY", str(project))
    monkeypatch.setenv("OPENCODE_SERVER_PASSWORD", server.password)
    kernel = Kernel(project)
    kernel.run(f"import sys; sys.path.insert(0, {str(ROOT)!r})\n%load_ext opencode_widget")
    yield kernel
    kernel.close()


def execute(kernel: Kernel, code: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run a cell; returns the reply and what was published."""
    before = len(kernel.published)
    request = kernel.client.execute(code)
    while True:
        message = kernel.receive()
        ours = message["parent_header"].get("msg_id") == request
        if ours and message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            break
    while (reply := kernel.client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != request:
        pass  # of an earlier request
    return reply["content"], [message for _, message in kernel.published[before:]]


def shown(published: list[dict[str, Any]]) -> list[str]:
    """The texts of the displays that are updated, in order."""
    kinds = ("display_data", "update_display_data")
    return [item["content"]["data"]["text/plain"] for item in published if item["msg_type"] in kinds]


def test_the_answer_stands_below_the_cell_and_in_a_variable(kernel: Kernel) -> None:
    kernel.run("data = {'depth': 3}")
    prompt = script(say("Look:\n\n```python\nx = 41 + 1\n```\n\n```sh\nls\n```"))
    reply, published = execute(kernel, f"%%opencode -s Sheep -o answer -i\n{prompt}")
    assert reply["status"] == "ok"
    assert shown(published)[-1].startswith("Look:")
    assert [item for item in published if item["msg_type"] == "update_display_data"]
    assert [item["text"] for item in reply["payload"] if item["source"] == "set_next_input"] == ["x = 41 + 1"]
    assert kernel.run("print(answer.text[:5], answer.code_blocks[1].language)") == "Look: sh\n"
    reply, _ = execute(kernel, f"%%opencode -s Sheep --quiet\n{script(say('Again.'))}")
    assert reply["status"] == "ok"
    titles = kernel.run("oc = %opencode\nprint([(s.title, len(s.messages)) for s in oc.sessions])")
    assert "4)" in titles


def test_quiet_shows_nothing(kernel: Kernel) -> None:
    _, published = execute(kernel, f"%%opencode --quiet -o answer\n{script(say('Silence.'))}")
    assert shown([item for item in published if "Silence" in str(item["content"].get("data"))]) == []
    assert kernel.run("print(answer.text)") == "Silence.\n"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("%%opencode\nSee @var:gone", "There is no variable 'gone'"),
        ("%%opencode\nSee @cell:99", "has run no cell [99]"),
        ("%%opencode\nSee @fig", "There is no open figure"),
        ("%%opencode -m no/such\nHello", "The server has no model 'no/such'. Nothing was sent."),
        ("%%opencode -m demo/scirpted\nHello", "Did you mean demo/scripted?"),
        ("%%opencode -a biuld\nHello", "The server has no agent 'biuld'. Nothing was sent. Did you mean build?"),
        ("%%opencode -f nowhere.txt\nHello", "nowhere.txt cannot be read"),
        (f"%%opencode\n{script(fail(400, 'The model is on strike'))}", "on strike"),
        ("%%opencode\n", "body is empty"),
    ],
)
def test_what_goes_wrong_is_one_line_and_the_cell_has_failed(kernel: Kernel, cell: str, words: str) -> None:
    reply, published = execute(kernel, cell)
    errors = [item["content"]["text"] for item in published if item["msg_type"] == "stream"]
    assert reply["status"] == "error"
    assert words in "".join(errors)
    assert "Traceback" not in "".join(errors)
    assert not [item for item in published if item["msg_type"] == "error"]
