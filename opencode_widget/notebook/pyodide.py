"""JSON's `null` on its way between a kernel in the browser and its page.

In JupyterLite no JSON is written: Pyodide converts the objects. It makes `undefined` of None, which a page takes for a missing key, and an
object of its own, `jsnull`, of `null`. With other kernels nothing is to be done.
"""

from __future__ import annotations

import sys
from typing import Any


def to_page(value: Any) -> Any:
    """A message as it must be sent, so that the page gets `null` where it has None."""
    null = _null()
    return value if null is None else _replaced(value, None, null)


def from_page(value: Any) -> Any:
    """A message as the page sent it, with None where it has `null`."""
    null = _null()
    return value if null is None else _replaced(value, null, None)


def _null() -> Any:
    """Pyodide's `null`; None in a kernel of another kind, or with an old Pyodide, which tells no `null` from None."""
    return getattr(sys.modules.get("pyodide.ffi"), "jsnull", None)


def _replaced(value: Any, old: Any, new: Any) -> Any:
    if value is old:
        return new
    if isinstance(value, dict):
        return {key: _replaced(item, old, new) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(item, old, new) for item in value]
    return value
