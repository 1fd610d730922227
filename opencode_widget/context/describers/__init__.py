"""The describers of this package, one module for each kind of object; importing this registers them.

No module imports an optional library: where an object of it exists, the library is loaded, and the object has all that is needed.
"""

from __future__ import annotations

from . import arrays, figures, files, frames, models, sources, tracebacks, values
from .values import anything

__all__ = ["anything", "arrays", "figures", "files", "frames", "models", "sources", "tracebacks", "values"]
