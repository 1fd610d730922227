"""The tree of errors: complete, drawn as it is, and without what cannot be shown."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import opencode_widget
from opencode_widget import errors
from opencode_widget.errors import OpenCodeError, RequestFailed, ServerFailed
from opencode_widget.redaction import KNOWN

PACKAGE = Path(opencode_widget.__file__).parent
TREE = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}


def test_every_error_of_ours_stands_in_the_tree() -> None:
    """A subclass that is defined elsewhere is one that nobody finds who reads what can go wrong."""
    elsewhere = [
        f"{path.relative_to(PACKAGE)}: {node.name}"
        for path in PACKAGE.rglob("*.py")
        if path.name != "errors.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).split(".")[-1] in TREE for base in node.bases)
    ]
    assert elsewhere == []


def test_the_drawing_is_the_tree() -> None:
    drawn = re.findall(r"^    ([│├└─ ]*)(\w+)", errors.__doc__ or "", re.MULTILINE)
    line: list[str] = []
    found = {}
    for branch, name in drawn:
        depth = len(branch) // 4
        line[depth:] = [name]
        found[name] = line[depth - 1] if depth else "Exception"
    assert found == {name: kind.__bases__[0].__name__ for name, kind in TREE.items()}


@pytest.mark.parametrize("name", sorted(TREE))
def test_an_error_says_what_failed_and_what_to_do(name: str) -> None:
    error = TREE[name]("It failed.", remedy="Try again.")
    assert isinstance(error, OpenCodeError)
    assert (str(error), error.message, error.remedy) == ("It failed. Try again.", "It failed.", "Try again.")
    assert TREE[name].__doc__


def test_an_error_without_a_remedy_is_its_message() -> None:
    assert str(RequestFailed("It failed.", status=418)) == "It failed."


def test_an_error_holds_no_secret_and_no_lone_surrogate() -> None:
    KNOWN.add("hunter2-swordfish")
    try:
        error = ServerFailed("no hunter2-swordfish \ud83d", log=("says hunter2-swordfish",), code=3)
    finally:
        KNOWN.forget("hunter2-swordfish")
    assert "hunter2" not in f"{error} {error.log}"
    assert error.message.encode().decode() == error.message
    assert error.code == 3
