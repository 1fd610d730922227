"""`null` between a kernel in the browser and its page. `tests/e2e/hosts/jupyterlite.py` does it in a real one."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from opencode_widget.notebook.pyodide import from_page, to_page

NULL = object()
MESSAGE: dict[str, Any] = {"after": None, "ops": [{"id": None}, None], "text": "", "count": 0}


def test_in_other_kernels_a_message_goes_as_it_is() -> None:
    assert to_page(MESSAGE) is MESSAGE
    assert from_page(MESSAGE) is MESSAGE


def test_in_a_browser_none_goes_as_null_and_comes_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("pyodide.ffi")
    module.jsnull = NULL  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyodide.ffi", module)
    sent = to_page(MESSAGE)
    assert sent == {"after": NULL, "ops": [{"id": NULL}, NULL], "text": "", "count": 0}
    assert from_page(sent) == MESSAGE


def test_an_old_pyodide_has_no_null(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyodide.ffi", ModuleType("pyodide.ffi"))
    assert to_page(MESSAGE) is MESSAGE
