"""Whatever of ours a notebook draws is drawn by the one renderer. Found by reading the sources, and by walking through the modules."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import opencode_widget
from opencode_widget.api.instance import Instance
from opencode_widget.api.pending import Permission, Questions
from opencode_widget.api.session import Session
from opencode_widget.model.render.rich import Rich
from opencode_widget.model.state import Message, Part
from opencode_widget.widget import OpenCode

PACKAGE = Path(opencode_widget.__file__).parent
HOME = PACKAGE / "model" / "render" / "rich.py"
# The widget puts a text of its own into what its library makes: the folders, for viewers that show no widget.
OWN_TEXT = {"widget.py": ["_repr_mimebundle_"]}
# What IPython, and so each host, looks for in an object.
HOOKS = {
    "_ipython_display_",
    "_mime_",
    "_repr_html_",
    "_repr_javascript_",
    "_repr_jpeg_",
    "_repr_json_",
    "_repr_latex_",
    "_repr_markdown_",
    "_repr_mimebundle_",
    "_repr_pdf_",
    "_repr_png_",
    "_repr_svg_",
}
# Names through which a display is made without such a hook.
DISPLAYS = {"display_html", "display_javascript", "display_markdown", "HTML", "Javascript", "Markdown", "SVG"}


def sources() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if not {"frontend", "sample"} & set(path.parts)]


def hooks(source: str) -> Iterator[str]:
    """Every definition, assignment or string that is such a hook, and every display that is made of HTML."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [node.name]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names = [node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names = [node.attr]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = [node.value]
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("IPython"):
            names = [alias.name for alias in node.names if alias.name in DISPLAYS]
            yield from (f"line {node.lineno}: {name}" for name in names)
            continue
        yield from (f"line {node.lineno}: {name}" for name in names if name in HOOKS)


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_but_the_renderer_draws(path: Path) -> None:
    found = [hook.partition(": ")[2] for hook in hooks(path.read_text())]
    assert path == HOME or found == OWN_TEXT.get(path.name, [])


@pytest.mark.parametrize(
    "source",
    [
        "class A:\n    def _repr_html_(self): ...",
        "class A:\n    _repr_markdown_ = lambda self: ''",
        "A._repr_svg_ = draw",
        "setattr(A, '_repr_html_', draw)",
        "from IPython.display import HTML",
    ],
)
def test_the_reader_sees_a_hook(source: str) -> None:
    assert len(list(hooks(source))) == 1


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages([str(PACKAGE)], "opencode_widget."):
        if not found.name.endswith("__main__") and ".frontend" not in found.name and ".sample" not in found.name:
            yield importlib.import_module(found.name)


def classes() -> set[type]:
    """Every class of ours, also such as stands in no module by its name."""
    found = {value for module in modules() for value in vars(module).values() if isinstance(value, type)}
    return {item for item in found if item.__module__.startswith("opencode_widget")}


def inherited(item: type, hook: str) -> type | None:
    """The class that a hook of this class comes from."""
    return next((base for base in item.__mro__ if hook in vars(base)), None)


def test_every_hook_of_a_class_is_the_renderers_or_the_widgets() -> None:
    """The widget itself is shown by its library: it names a view, and holds no word of an agent."""
    every = classes()
    origins = {(item, hook): inherited(item, hook) for item in every for hook in HOOKS}
    strange = {
        f"{item.__qualname__}.{hook} of {origin.__qualname__}"
        for (item, hook), origin in origins.items()
        if origin not in (None, Rich)
        and not (origin is OpenCode and hook in OWN_TEXT["widget.py"])
        and not (item is OpenCode and origin.__module__.startswith(("anywidget", "ipywidgets")))
    }
    assert strange == set()
    assert {item for item in every if issubclass(item, Rich)} >= {
        Instance,
        Message,
        Part,
        Permission,
        Questions,
        Session,
    }


def test_an_error_is_plain_text() -> None:
    errors = {item for item in classes() if issubclass(item, BaseException)}
    assert len(errors) > 5
    assert {
        f"{item.__qualname__}.{hook}"
        for item in errors
        for hook in (*HOOKS, "_render_traceback_")
        if hasattr(item, hook)
    } == set()
