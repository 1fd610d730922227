"""Identify the notebook cell that is being executed, so that running a cell again replaces what its first run opened."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple


class Execution(NamedTuple):
    """One run of a cell.

    Attributes:
        cell: the cell's id if the host sends it, else its source.
        run: differs for each run.
    """

    cell: str
    run: str


def current_execution() -> Execution | None:
    """Return the current execution; None outside a notebook."""
    request = _request()
    run = (request.get("header") or {}).get("msg_id")
    if not isinstance(run, str):
        return None
    metadata, content = request.get("metadata") or {}, request.get("content") or {}
    cell = metadata.get("cellId") or content.get("code")
    return Execution(str(cell), run) if cell else None


def current_kernel() -> Any:
    """Return the ipykernel of this process; None outside one."""
    return getattr(current_shell(), "kernel", None)


def is_terminal() -> bool:
    """Does the caller run in IPython's own terminal, where nothing that is shown is kept?"""
    return current_shell() is not None and current_kernel() is None


def current_shell() -> Any:
    """Return IPython's shell; None without one."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def _request() -> dict[str, Any]:
    """Return the request that the kernel is processing, as `ipykernel` stores it."""
    get_parent = getattr(current_kernel(), "get_parent", None)
    if get_parent is None:
        return {}
    request = get_parent()
    return request if isinstance(request, dict) else {}
