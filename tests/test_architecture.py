"""Who may import whom: downwards only, and what is foreign only where it belongs. Read from the sources, nothing is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "opencode_widget"

# From the bottom up. A module imports from the rows below its own; within a row only a package imports from itself.
LAYERS = (
    ("redaction",),
    ("errors", "ids"),
    ("notebook",),
    ("model",),
    ("server",),
    ("context",),
    ("demo",),
    ("sync",),
    ("diagnostics",),
    ("operations",),
    ("api",),
    ("batch",),
    ("page",),
    ("replay",),
    ("widget",),
    ("cli", "magics"),
    ("__init__",),
)
HEIGHT = {name: height for height, row in enumerate(LAYERS) for name in row}

# Libraries, and the only parts of ours that may know them.
HOMES = {
    "httpcore": ("server",),
    "httpx": ("server",),
    "httpx_sse": ("server",),
    "anywidget": ("widget",),
    "traitlets": ("widget", "magics"),
    "ipywidgets": ("widget",),
}

# `model` gets time, ids and chance with its events, does no input or output, and waits for nothing.
IMPURE = {
    "asyncio", "concurrent", "contextvars", "datetime", "http", "io", "logging", "multiprocessing", "os", "pathlib", "queue",
    "random", "secrets", "select", "shutil", "signal", "socket", "ssl", "subprocess", "sys", "tempfile", "threading", "time",
    "urllib", "uuid",
}  # fmt: skip


def imports(source: str, module: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every module that `source` names in an import, as a path; `module` is its own path, for the relative ones."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module[: len(module) - node.level] if node.level else ()
            named = (*base, *(node.module.split(".") if node.module else ()))
            # `from . import x`: x may be a module.
            yield from ((*named, alias.name) for alias in node.names)


def breaches(part: str, source: str, module: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with the imports of one module, in words."""
    for target in imports(source, module):
        yield from (
            _own(part, target[1]) if target[0] == "opencode_widget" and len(target) > 1 else _foreign(part, target[0])
        )


def _own(part: str, target: str) -> Iterator[str]:
    if target not in HEIGHT or target == part:
        return  # a name of the package itself, or a module of the same layer
    if HEIGHT[target] >= HEIGHT[part]:
        yield f"{part} imports {target}, which is not below it"
    if part == "model" and target != "errors":
        yield f"model imports {target}; it may know errors, and nothing else of ours"


# Dialects that know nothing of each other: what they share is in `common.py`.
STRANGERS = {"v1", "v2", "classic"}


def acquaintances(source: str, module: tuple[str, ...]) -> Iterator[str]:
    """The other dialects that a dialect's decoders or its client import, in words."""
    own = STRANGERS.intersection(module)
    for target in imports(source, module):
        yield from (f"{module[-1]} imports {'.'.join(target)}" for _ in own and STRANGERS.intersection(target) - own)


DIALECTS = [path for path in sorted(PACKAGE.rglob("*.py")) if STRANGERS.intersection(path.with_suffix("").parts)]


@pytest.mark.parametrize("path", DIALECTS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_dialect_knows_no_other(path: Path) -> None:
    assert list(acquaintances(path.read_text(), named(path.relative_to(PACKAGE))[1])) == []


def test_a_dialect_that_knows_another_is_seen() -> None:
    module = ("opencode_widget", "model", "dialects", "v2", "objects")
    assert list(acquaintances("from ..v1.objects import todos", module)) == [
        "objects imports opencode_widget.model.dialects.v1.objects.todos"
    ]
    assert list(acquaintances("from ..common import todos\nfrom . import events", module)) == []


def _foreign(part: str, library: str) -> Iterator[str]:
    if library in HOMES and part not in HOMES[library]:
        yield f"{part} imports {library}, which belongs in {' and '.join(HOMES[library])}"
    if part == "model" and library in IMPURE:
        yield f"model imports {library}, and is to be pure"


def modules() -> list[Path]:
    kept = (path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
    return sorted(path for path in kept if path.parts[0] != "frontend" and "sample" not in path.parts)


def named(path: Path) -> tuple[str, tuple[str, ...]]:
    """The part that a module is of, and its dotted path."""
    parts = path.with_suffix("").parts
    return parts[0], ("opencode_widget", *parts)


@pytest.mark.parametrize("path", modules(), ids=str)
def test_a_module_imports_only_what_is_below_it(path: Path) -> None:
    part, module = named(path)
    assert part in HEIGHT, f"{path} has no place yet: give it one in LAYERS"
    assert list(breaches(part, (PACKAGE / path).read_text(), module)) == []


@pytest.mark.parametrize(
    ("path", "source", "breach"),
    [
        ("model/reduce/__init__.py", "from ...server.http.client import Http", "model imports server"),
        ("model/dialects/v1/events.py", "from ....widget import OpenCode", "model imports widget"),
        ("model/reduce/parts.py", "from ...ids import make_id", "model imports ids"),
        ("model/reduce/parts.py", "def f():\n    import time", "model imports time"),
        ("model/view.py", "import asyncio.tasks", "model imports asyncio"),
        ("model/view.py", "import httpx", "model imports httpx"),
        ("server/http/client.py", "from ...page import manager", "server imports page"),
        ("server/http/client.py", "import opencode_widget.widget", "server imports widget"),
        ("api/session.py", "import httpx", "api imports httpx"),
        ("operations/prompts.py", "from ..api.instance import Instance", "operations imports api"),
        ("page/manager.py", "from traitlets import Int", "page imports traitlets"),
        ("sync/connection.py", "from ..operations.prompts import prompt", "sync imports operations"),
    ],
)
def test_the_checker_sees_a_breach(path: str, source: str, breach: str) -> None:
    part, module = named(Path(path))
    assert any(found.startswith(breach) for found in breaches(part, source, module))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("model/reduce/__init__.py", "from ..state import State\nfrom ...errors import OpenCodeError\nimport re"),
        ("model/dialects/v1/events.py", "from ... import events\nfrom .. import Decoded"),
        ("server/http/client.py", "import asyncio, httpx\nfrom ...model import events"),
        ("widget.py", "import traitlets\nfrom .page.manager import Manager\nfrom .demo.endpoints import DemoEndpoints"),
    ],
)
def test_the_checker_lets_good_imports_pass(path: str, source: str) -> None:
    part, module = named(Path(path))
    assert list(breaches(part, source, module)) == []


def server_calls(source: str) -> Iterator[str]:
    """Where the code reaches for the client of an instance."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in ("client", "reach"):
            yield f"line {node.lineno}: {ast.unparse(node)}"


def test_a_server_call_is_seen() -> None:
    assert list(server_calls("await (await runtime.reach()).find(query)\nruntime.history.open(id)")) == [
        "line 1: runtime.reach"
    ]
    assert list(server_calls("runtime.client.version")) == ["line 1: runtime.client"]


@pytest.mark.parametrize("folder", ["api", "page"])
def test_handles_and_pages_ask_the_server_through_operations_alone(folder: str) -> None:
    calls = {path.name: list(server_calls(path.read_text())) for path in (PACKAGE / folder).rglob("*.py")}
    assert {name: found for name, found in calls.items() if found} == {}


def lossy(source: str) -> Iterator[str]:
    """Waits that may forget a cancellation: `gather` that tells of failures, and `wait_for` (Python 3.11)."""
    tree = ast.parse(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    heeded = {id(item) for call in calls if ast.unparse(call.func) == "cancellable" for item in call.args}
    for call in calls:
        name = ast.unparse(call.func)
        returns = any(keyword.arg == "return_exceptions" for keyword in call.keywords)
        if name == "asyncio.wait_for" or (name == "asyncio.gather" and not returns and id(call) not in heeded):
            yield f"line {call.lineno}: {name}"


def test_what_is_lossy_is_seen() -> None:
    good = "await cancellable(asyncio.gather(a, b)); await asyncio.gather(a, return_exceptions=True)"
    assert list(lossy(good)) == []
    assert list(lossy("await asyncio.gather(a)\nawait asyncio.wait_for(a, 1)")) == [
        "line 1: asyncio.gather",
        "line 2: asyncio.wait_for",
    ]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_wait_forgets_a_cancellation(path: Path) -> None:
    assert list(lossy(path.read_text())) == []


# ---- circles ----------------------------------------------------------------------------------------------------------


def edges(sources: dict[tuple[str, ...], str]) -> dict[tuple[str, ...], set[tuple[str, ...]]]:
    """The modules of ours that each module imports when it is imported itself; not what a function imports when it is called."""
    known = {path[:-1] if path[-1] == "__init__" else path: path for path in sources}
    graph = {}
    for module, source in sources.items():
        targets = {_module(target, known) for target in imports(_at_import(source), module)}
        graph[module] = {target for target in targets if target is not None and target != module}
    return graph


def _at_import(source: str) -> str:
    """The source without the bodies of functions, and without what only a type checker reads."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.If(test=ast.Name(id="TYPE_CHECKING")):
                node.body = [ast.Pass()]
    return ast.unparse(tree)


def _module(target: tuple[str, ...], known: dict[tuple[str, ...], tuple[str, ...]]) -> tuple[str, ...] | None:
    """The module that an import runs: the target itself, or the one that it is a name of."""
    return known.get(target) or known.get(target[:-1])


def circle(graph: dict[tuple[str, ...], set[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """Modules that cannot be put in an order because they import each other; [] where there are none."""
    left = {module: set(targets) for module, targets in graph.items()}
    while free := [module for module, targets in left.items() if not targets & left.keys()]:
        for module in free:
            del left[module]
    return sorted(left)


def test_no_modules_import_each_other() -> None:
    sources = {named(path)[1]: (PACKAGE / path).read_text() for path in modules()}
    assert circle(edges(sources)) == []


@pytest.mark.parametrize(
    "sources",
    [
        {"a": "from .b import x", "b": "from .a import y"},
        {"a": "from . import b", "b": "from . import c", "c": "import opencode_widget.a"},
    ],
)
def test_a_circle_is_seen(sources: dict[str, str]) -> None:
    graph = edges({("opencode_widget", name): source for name, source in sources.items()})
    assert len(circle(graph)) == len(sources)


def test_what_a_function_or_a_type_checker_imports_makes_no_circle() -> None:
    late = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .a import A\ndef f():\n    from .a import A"
    graph = edges({("opencode_widget", "a"): "from .b import f", ("opencode_widget", "b"): late})
    assert circle(graph) == []


# ---- the state --------------------------------------------------------------------------------------------------------


def assignments(source: str) -> Iterator[str]:
    """Every field of a `state` that is assigned to, as it is written."""
    for node in ast.walk(ast.parse(source)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Attribute) and _is_state(target.value):
                yield ast.unparse(target)


def _is_state(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
    return name in {"state", "_state"}


@pytest.mark.parametrize("path", [path for path in modules() if path.parts[0] != "model"], ids=str)
def test_nothing_but_the_model_changes_a_state(path: Path) -> None:
    assert list(assignments((PACKAGE / path).read_text())) == []


def test_an_assignment_to_a_state_is_seen() -> None:
    source = "self.state.directory = '/'\nself.state = State()\nself._state.count += 1\nstate.viewed: str = 'ses'"
    assert list(assignments(source)) == ["self.state.directory", "self._state.count", "state.viewed"]


# ---- rooms ------------------------------------------------------------------------------------------------------------

MOST_ROOMS = 12  # Python files and packages in one folder, `__init__` aside
OF_LIKE_THINGS: set[str] = set()  # folders that may hold more
MOST_AT_THE_TOP = 8


def rooms(folder: Path) -> list[str]:
    """The Python files and packages in a folder."""
    inside = (path for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file())
    return sorted(path.name for path in inside if path.name != "__init__.py")


def test_a_folder_has_few_rooms() -> None:
    folders = {PACKAGE / path.parent for path in modules()} - {PACKAGE}
    crowded = {str(folder.relative_to(PACKAGE)) for folder in folders if len(rooms(folder)) > MOST_ROOMS}
    assert crowded <= OF_LIKE_THINGS
    assert len(list(PACKAGE.glob("*.py"))) <= MOST_AT_THE_TOP
