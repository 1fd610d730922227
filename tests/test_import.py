"""`import opencode_widget` is quick, silent and starts nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

import opencode_widget

PROBE = """
import sys, threading, json, psutil
before = threading.active_count()
import opencode_widget
import asyncio.events
print(json.dumps({
    "threads": threading.active_count() - before,
    "loop": asyncio.events._get_running_loop() is not None,
    "children": len(psutil.Process().children()),
    "heavy": sorted(name for name in ("httpx", "anywidget", "ipywidgets", "traitlets", "IPython") if name in sys.modules),
    "ours": sorted(name for name in sys.modules if name.startswith("opencode_widget.")),
}), file=sys.stderr)
"""

RESOLVE = """
import opencode_widget
for name in opencode_widget.__all__:
    value = getattr(opencode_widget, name)
    assert name == "__version__" or value.__name__ == name, (name, value)
assert set(opencode_widget._PLACES) | {"__version__"} == set(opencode_widget.__all__)
assert dir(opencode_widget) == sorted(opencode_widget.__all__)
namespace = {}
exec("from opencode_widget import *", namespace)
assert set(opencode_widget.__all__) <= set(namespace)
"""


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=50, check=False
    )


def test_importing_prints_nothing_and_starts_nothing() -> None:
    done = python(PROBE)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert json.loads(done.stderr) == {"threads": 0, "loop": False, "children": 0, "heavy": [], "ours": []}


OPTIONAL = [
    "dask",
    "distributed",
    "jsonschema",
    "matplotlib",
    "mcp",
    "numpy",
    "openpyxl",
    "pandas",
    "polars",
    "pydantic",
    "tqdm",
]


def test_no_optional_library_is_imported_before_it_is_used() -> None:
    code = f"import opencode_widget, sys; opencode_widget.OpenCode; print([name for name in {OPTIONAL} if name in sys.modules])"
    assert python(code).stdout.strip() == "[]"


# What the first cell does not need; a module whose name begins so is loaded when it is used.
LATER = (
    "opencode_widget.api.session_export",
    "opencode_widget.api.totals",
    "opencode_widget.api.usage",
    "opencode_widget.batch.",
    "opencode_widget.cli",
    "opencode_widget.context.describers",
    "opencode_widget.context.description",
    "opencode_widget.context.listing",
    "opencode_widget.context.preview",
    "opencode_widget.context.registry",
    "opencode_widget.context.work",
    "opencode_widget.demo",
    "opencode_widget.diagnostics.doctor",
    "opencode_widget.diagnostics.report",
    "opencode_widget.magics",
    "opencode_widget.model.dialects.classic",
    "opencode_widget.model.dialects.v1",
    "opencode_widget.model.dialects.v2",
    "opencode_widget.model.render.",
    "opencode_widget.model.wire",
    "opencode_widget.operations.export",
    "opencode_widget.operations.files.documents",
    "opencode_widget.operations.files.encoding",
    "opencode_widget.operations.files.project_files",
    "opencode_widget.operations.saved_transcript",
    "opencode_widget.operations.turn.shapes",
    "opencode_widget.operations.turn.structured",
    "opencode_widget.replay",
    "opencode_widget.server.classic",
    "opencode_widget.server.v1",
    "opencode_widget.server.v2",
    "difflib",
    "platformdirs",
)
# Of these, small parts that are needed at once: what a handle inherits, the letters of a line, the count of running batches.
AT_ONCE = {
    "opencode_widget.batch.progress",
    "opencode_widget.model.render.rich",
    "opencode_widget.model.render.visible",
}


def test_the_widget_loads_nothing_that_the_first_cell_does_not_need() -> None:
    done = python("from opencode_widget import OpenCode; import sys; print(*sys.modules)")
    loaded = set(done.stdout.split())
    assert "opencode_widget.widget" in loaded, done.stderr
    assert sorted(name for name in loaded - AT_ONCE if name.startswith(LATER)) == []


def test_what_is_loaded_later_exists() -> None:
    """A name that no module has would forbid nothing."""
    known = {path.removesuffix("/__init__").replace("/", ".") for path in modules()}
    assert [
        name for name in (*LATER, *AT_ONCE) if name.startswith("opencode") and name.removesuffix(".") not in known
    ] == []


def modules() -> list[str]:
    package = Path(opencode_widget.__file__).parent
    return [path.relative_to(package.parent).with_suffix("").as_posix() for path in package.rglob("*.py")]


def test_importing_is_quick() -> None:
    code = "import time; t = time.process_time(); import opencode_widget; print(time.process_time() - t)"
    began = time.monotonic()
    assert float(python(code).stdout) < 0.4
    assert time.monotonic() - began < 30


def test_every_public_name_resolves() -> None:
    done = python(RESOLVE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_an_unknown_name_is_an_attribute_error_that_names_it() -> None:
    done = python("import opencode_widget; opencode_widget.Nonsense")
    assert "module 'opencode_widget' has no attribute 'Nonsense'" in done.stderr


@pytest.mark.parametrize("platform", ["emscripten", "wasi"])
def test_python_in_a_browser_imports_us_and_is_told_that_it_reaches_no_server(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for make in (opencode_widget.OpenCode, opencode_widget.OpenCode.demo):
        with pytest.raises(opencode_widget.NotSupported, match="can neither start OpenCode nor connect") as refused:
            make()
        assert "Recordings play here, too: OpenCode.replay(path)." in refused.value.remedy
