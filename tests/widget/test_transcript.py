"""The transcript in a notebook that nbclient executes, without any page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from opencode_widget.operations.saved_transcript import BYTES

from ..support.scripts import say, script
from ..support.servers.real import RealServer

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
ROOT = Path(__file__).parents[2]
Execute = Callable[..., Any]


@pytest.fixture
def execute(server: RealServer, project: Path) -> Execute:
    attach = f"OpenCode({str(project)!r}, url={server.url!r}, password={server.password!r}"
    first = f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom opencode_widget import OpenCode\n"

    def executed(*cells: str, **options: Any) -> Any:
        sources = [first, *(cell.replace("OpenCode(", f"{attach}, ") for cell in cells)]
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
        NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(project)}}, **options).execute()
        return notebook

    return executed


def transcripts(notebook: Any) -> list[tuple[int, Any]]:
    """The transcripts, each with the index of its cell."""
    return [
        (index, output.data)
        for index, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", ())
        if "opencode-transcript" in output.get("data", {}).get("text/html", "")
    ]


def ask(words: str) -> str:
    return f"await (await oc.new_session('Sheep')).ask({script(say(words))!r})"


@pytest.mark.parametrize("background", [False, True])
def test_it_stands_below_the_widget_and_has_what_a_later_cell_said(execute: Execute, background: bool) -> None:
    notebook = execute(f"oc = OpenCode(background={background})\nawait oc.ready()\noc", ask("It has one key."))
    ((index, data),) = transcripts(notebook)
    assert index == 1
    kinds = [list(output.data) for output in notebook.cells[1].outputs if "data" in output]
    assert "application/vnd.jupyter.widget-view+json" in kinds[0]
    assert "text/html" in kinds[1]
    assert "It has one key." in data["text/html"]
    assert "It has one key." in data["text/markdown"]
    assert len(json.dumps(data, ensure_ascii=False).encode()) <= BYTES


def test_a_turn_in_the_cell_of_the_widget_is_in_it(execute: Execute) -> None:
    notebook = execute(f"oc = OpenCode()\ndisplay(oc)\n{ask('It has one key.')};")
    ((_, data),) = transcripts(notebook)
    assert "It has one key." in data["text/html"]


def test_two_widgets_have_their_own_and_a_second_drawing_adds_none(execute: Execute) -> None:
    notebook = execute("oc = OpenCode()\noc", ask("First."), "oc", "oc = OpenCode()\noc", ask("Second."))
    (one, first), (two, second) = transcripts(notebook)
    assert (one, two) == (1, 4)
    assert ("First." in first["text/html"], "Second." in first["text/html"]) == (True, False)
    assert ("First." in second["text/html"], "Second." in second["text/html"]) == (False, True)


def test_it_can_be_turned_off_and_visitors_have_none(execute: Execute) -> None:
    notebook = execute(
        "oc = OpenCode(transcript=False)\noc", ask("First."), "oc = OpenCode(restricted=True)\noc", ask("Second.")
    )
    assert transcripts(notebook) == []


def test_a_notebook_without_the_state_of_widgets_is_small_and_has_the_transcript(execute: Execute) -> None:
    cells = ("oc = OpenCode()\nawait oc.ready()\noc", ask("It has one key."))
    notebook = execute(*cells, store_widget_state=False)
    ((_, data),) = transcripts(notebook)
    assert "It has one key." in data["text/html"]
    assert len(nbformat.writes(notebook)) < 30_000
