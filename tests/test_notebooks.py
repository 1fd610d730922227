"""The notebooks, executed as a user would, but without a page: nothing may wait for one."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest
from nbclient import NotebookClient

# In the environment of all that the notebook starts, however far it went from us.
MARK = "OPENCODE_WIDGET_NOTEBOOK_TEST"
NOTEBOOKS = Path(__file__).parent.parent / "notebooks"
# What must be among the outputs.
OUTPUTS = {
    "quickstart": ("parser.py", "sample-project: connected", "{folder}: connected"),
    "ask_about_a_dataframe": ("sold", "4 rows", "reasoning"),
    "batch_on_dask": ("BatchTable of 4 rows: ", "[None, None, None, None]"),
    "compare_models": ("BatchTable of 2 rows: ", "demo/brief", "$0.0", "plan"),
    "fix_the_failing_cell": ("AssertionError", "quoted = not quoted", "['a', 'b,c', 'd']"),
    "many_prompts": ("BatchTable of 3 rows: ", "topic", "Usage of 3 sessions"),
    "papermill_run": ("test_split", "parser.py"),
    "permission_policy": ("unittest", "FAILED"),
    "remote_server": ("sample-project; run the cell", "never ends"),
    "replay": ("Why test_split fails", "Usage of "),
    "host_checklist": ("opencode_widget", "anywidget", "<OpenCode closed>"),
}


def test_every_notebook_is_executed_here() -> None:
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == OUTPUTS.keys()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", OUTPUTS)
def test_a_notebook_runs_against_a_real_server_and_leaves_nothing(
    name: str, opencode_binary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv(MARK, str(tmp_path))
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    shutil.copy(NOTEBOOKS / "replay.jsonl", tmp_path)
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    text = output_text(notebook)
    for words in OUTPUTS[name]:
        assert words.format(folder=tmp_path.name) in text
    assert "Traceback" not in text
    assert [process for process in psutil.process_iter() if is_marked(process, str(tmp_path))] == []


@pytest.mark.timeout(300)
def test_papermill_runs_its_notebook_with_a_prompt_of_the_callers(
    opencode_binary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv(MARK, str(tmp_path))
    done = papermill.execute_notebook(
        NOTEBOOKS / "papermill_run.ipynb",
        tmp_path / "done.ipynb",
        parameters={"prompt": "Look around"},
        cwd=tmp_path,
        kernel_name="python3",
        progress_bar=False,
    )
    assert "test_parser.py" in output_text(done)
    assert [process for process in psutil.process_iter() if is_marked(process, str(tmp_path))] == []


def output_text(notebook: nbformat.NotebookNode) -> str:
    """All that the cells printed and gave, in every form that is text."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    forms = [text for output in outputs for kind, text in output.get("data", {}).items() if kind.startswith("text/")]
    return "\n".join([*forms, *(output.get("text", "") for output in outputs)])


def is_marked(process: psutil.Process, mark: str) -> bool:
    try:
        return bool(process.pid != psutil.Process().pid and process.environ().get(MARK) == mark)
    except psutil.Error:
        return False
