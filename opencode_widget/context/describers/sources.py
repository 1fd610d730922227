"""Functions, classes and modules: their source, also of those that a cell defines, or else their documentation."""

from __future__ import annotations

import ast
import functools
import inspect
import linecache
import textwrap
import types
from collections.abc import Callable, Iterator
from typing import Any

from ...model.text.brief import counted
from ..description import Description, code
from ..registry import describes
from ..work import in_words, type_name
from .brief import lines

CALLABLES = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    functools.partial,
    "functools._lru_cache_wrapper",
)


@describes(*CALLABLES)
def function(value: Any) -> Description:
    """A function, a method, or a function whose first arguments are given."""
    inner = value.func if isinstance(value, functools.partial) else value
    name = getattr(inner, "__qualname__", type_name(type(inner)))
    module = getattr(inner, "__module__", None)
    place = f" of {module}" if isinstance(module, str) and module not in ("__main__", "builtins") else ""
    partly = " with some arguments given" if inner is not value else ""
    return _source(inner, f"function {name}{_signature(value)}{place}{partly}")


@describes(type)
def kind(value: type) -> Description:
    """A class."""
    bases = ", ".join(type_name(base) for base in value.__bases__ if base is not object)
    return _source(value, f"class {type_name(value)}{f'({bases})' if bases else ''}")


@describes(types.ModuleType)
def module(value: types.ModuleType) -> Description:
    """A module: its documentation, and the names in it. Only what is there already is looked at, by its type."""
    public = {name: item for name, item in vars(value).items() if not name.startswith("_")}
    shown, omitted = lines((f"{name}: {type_name(type(item))}" for name, item in sorted(public.items())), len(public))
    version = vars(value).get("__version__")
    kind = f"module {value.__name__}{f' {version}' if isinstance(version, str) else ''}, {counted(len(public), 'name')}"
    names = code(shown)[0] if shown else ""
    doc, cut = code(inspect.cleandoc(value.__doc__ or ""), room=4_000)
    return Description(kind, "\n\n".join(filter(None, (doc if value.__doc__ else "", names))), omitted=(*omitted, *cut))


def _source(value: Any, kind: str) -> Description:
    """The source; where there is none, such as of what is written in C, the documentation."""
    source = source_of(value)
    if source is not None:
        text, omitted = code(textwrap.dedent(source), "python")
        return Description(kind, text, omitted=omitted)
    doc = getattr(value, "__doc__", None)
    text, omitted = code(inspect.cleandoc(doc)) if isinstance(doc, str) and doc else ("", ())
    return Description(f"{kind}, whose source is not known", text, omitted=omitted)


def _signature(value: Callable[..., object]) -> str:
    try:
        return str(inspect.signature(value))
    except (TypeError, ValueError):  # functions in C may have none
        return "(...)"
    except Exception as fault:  # noqa: BLE001 - the repr of a default value
        return f"(..., whose signature raised {in_words(fault)})"


def source_of(value: Any) -> str | None:
    """The source of a function or a class; None where it is not known."""
    if isinstance(value, type) and (source := _class_by_its_methods(value)) is not None:
        return source
    try:
        source = inspect.getsource(value)
    except (OSError, TypeError):
        return None
    # A class of another file than its module's, such as of a cell, is looked for in the module's by its line.
    return source if not isinstance(value, type) or f"class {value.__name__}" in source else None


def _class_by_its_methods(value: type) -> str | None:
    """The source of a class that has methods: they know in which file, or cell, they stand. The module of a cell has no file."""
    for method in _methods(value):
        source = "".join(linecache.getlines(method.co_filename))
        try:
            tree = ast.parse(source)
        except SyntaxError:  # magics
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == value.__name__ and _holds(node, method):
                return "\n".join(source.splitlines()[_first_line(node) - 1 : node.end_lineno])
    return None


def _methods(value: type) -> Iterator[types.CodeType]:
    for item in vars(value).values():
        method = getattr(item, "__func__", None) or getattr(item, "fget", None) or item
        if isinstance(method, types.FunctionType) and method.__qualname__.startswith(f"{value.__qualname__}."):
            yield method.__code__


def _holds(node: ast.ClassDef, method: types.CodeType) -> bool:
    return node.lineno <= method.co_firstlineno <= (node.end_lineno or node.lineno)


def _first_line(node: ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
