"""Columns -> a table of pandas or polars, whichever the user has."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from ..errors import NotSupported

Library = Literal["pandas", "polars"]
LIBRARIES: tuple[Library, ...] = ("pandas", "polars")


def frame(columns: Mapping[str, Sequence[object]], library: str | None = None) -> Any:
    """A DataFrame with these columns.

    Args:
        columns: their names and values, all of one length.
        library: "pandas" or "polars"; None: the one that is loaded, or else the one that is installed, pandas first.

    Raises:
        ValueError: there is no such library.
        NotSupported: it is not installed.
    """
    name = _chosen(library)
    # A column of polars has one type: what a user put into one dictionary and not into another may have several.
    return import_module(name).DataFrame(dict(columns), **({"strict": False} if name == "polars" else {}))


def _chosen(library: str | None) -> str:
    if library is not None and library not in LIBRARIES:
        raise ValueError(f"A table is made with {' or '.join(LIBRARIES)}, not {library!r}.")
    wanted = LIBRARIES if library is None else (library,)
    loaded = [name for name in wanted if name in sys.modules]
    found = loaded or [name for name in wanted if find_spec(name) is not None]
    if not found:
        raise NotSupported(
            f"A table needs {' or '.join(wanted)}, which is not installed.",
            remedy="Run: pip install 'opencode_widget[data]'",
        )
    return found[0]
