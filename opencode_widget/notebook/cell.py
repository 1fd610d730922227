"""Which notebook cell is being executed: so that a cell that is run again leaves nothing of its first run behind."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple


class Execution(NamedTuple):
    """One run of a cell.

    Attributes:
        cell: the cell's id where the host tells it, else its source.
        run: differs for each run.
    """

    cell: str
    run: str


def current_execution() -> Execution | None:
    """The run that we are in; None outside a notebook."""
    request = _request()
    run = (request.get("header") or {}).get("msg_id")
    if not isinstance(run, str):
        return None
    metadata, content = request.get("metadata") or {}, request.get("content") or {}
    cell = metadata.get("cellId") or content.get("code")
    return Execution(str(cell), run) if cell else None


def current_kernel() -> Any:
    """The ipykernel that runs us; None outside one."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None)


def _request() -> dict[str, Any]:
    """The message that the kernel works on, as `ipykernel` keeps it."""
    get_parent = getattr(current_kernel(), "get_parent", None)
    if get_parent is None:
        return {}
    request = get_parent()
    return request if isinstance(request, dict) else {}
