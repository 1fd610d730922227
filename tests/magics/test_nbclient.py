"""Cells that begin with `%%opencode` in a notebook that nbclient executes, as nbconvert and papermill do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from ..support.scripts import fail, say, script
from ..support.servers.real import RealServer

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
ROOT = Path(__file__).parents[2]
LOAD = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n%load_ext opencode_widget"


@pytest.fixture
def settings(server: RealServer, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCODE_WIDGET_URL", server.url)
    monkeypatch.setenv("OPENCODE_WIDGET_DIRECTORY", str(project))
    monkeypatch.setenv("OPENCODE_SERVER_PASSWORD", server.password)


def executed(project: Path, *cells: str) -> Any:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(project)}}).execute()
    return notebook


@pytest.mark.usefixtures("settings")
def test_the_answer_is_in_the_notebook_that_was_executed(project: Path) -> None:
    prompt = f"%%opencode -o answer\n{script(say('It has one key.'))}"
    notebook = executed(project, LOAD, prompt, "print(answer.text)")
    shown = [item.data for item in notebook.cells[1].outputs if item.output_type == "display_data"]
    assert [data["text/plain"] for data in shown] == ["It has one key."]
    assert "It has one key." in shown[0]["text/html"]
    assert notebook.cells[2].outputs[0].text == "It has one key.\n"


@pytest.mark.usefixtures("settings")
def test_a_prompt_that_fails_ends_the_run(project: Path) -> None:
    refused = f"%%opencode\n{script(fail(400, 'The model is on strike'))}"
    with pytest.raises(CellExecutionError, match="on strike"):
        executed(project, LOAD, refused, "print('not reached')")
