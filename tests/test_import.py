"""`import opencode_widget` is quick, silent and starts nothing."""

from __future__ import annotations

import json
import subprocess
import sys
import time

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
def test_python_in_a_browser_is_told_in_one_sentence(platform: str) -> None:
    done = python(f"import sys; sys.platform = {platform!r}; from opencode_widget import OpenCode")
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: opencode_widget cannot work in this kernel: its Python runs in the browser")
    assert "Choose a kernel that runs on a machine" in last


def test_a_widget_is_refused_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the package was imported before the platform could be known."""
    monkeypatch.setattr(sys, "platform", "emscripten")
    for make in (opencode_widget.OpenCode, opencode_widget.OpenCode.demo):
        with pytest.raises(opencode_widget.NotSupported, match="cannot work in this kernel"):
            make()
