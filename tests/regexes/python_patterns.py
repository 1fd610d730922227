"""The regular expressions of a tree of Python files, as far as they are known when its modules are imported."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FUNCTIONS = {"compile", "match", "search", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
# What Python spells in another way than JavaScript, whose syntax the checker reads.
SPELLINGS = ((r"\(\?P<", "(?<"), (r"\(\?P=(\w+)\)", r"\\k<\1>"), (r"\\A", "^"), (r"\\Z", "$"), (r"\(\?[aLiux]\)", ""))
SCOPED = re.compile(r"\(\?s:\.")


@dataclass(frozen=True)
class Pattern:
    """A regular expression and where it stands; without `source` it is made while the program runs."""

    file: str
    line: int
    written: str
    source: str | None
    flags: str = ""


def patterns(root: Path, package: str) -> Iterator[Pattern]:
    """All patterns of `package`, whose files lie below `root`."""
    for path in sorted((root / package).rglob("*.py")):
        if "node_modules" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in ast.walk(tree):
            if is_regex_call(call):
                yield pattern_of(call, path.relative_to(root), methods_of(call, tree))


def is_regex_call(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in FUNCTIONS
        and bool(node.args)
    )


def methods_of(call: ast.AST, tree: ast.Module) -> set[str]:
    """What is called of the pattern: "fullmatch" where `re.fullmatch(...)` is, or where `NAME = re.compile(...)` is used so only."""
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr != "compile":
        return {call.func.attr}
    names = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and node.value is call
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    used = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))
    return {node.attr for node in used if isinstance(node.value, ast.Name) and node.value.id in names}


def anchored(source: str, methods: set[str]) -> str:
    """The pattern as it is looked for: at the beginning alone, or up to the end."""
    if not methods or not methods <= {"match", "fullmatch"}:
        return source
    return f"^(?:{source})" + ("$" if methods == {"fullmatch"} else "")


def pattern_of(call: ast.AST, file: Path, methods: set[str]) -> Pattern:
    assert isinstance(call, ast.Call)
    written = ast.unparse(call.args[0])
    value = evaluated(call.args[0], file)
    flags = flags_of([*call.args[1:], *(keyword.value for keyword in call.keywords)])
    if isinstance(value, re.Pattern):
        value = value.pattern
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    source = anchored(in_javascript(value), methods) if isinstance(value, str) else None
    return Pattern(file.as_posix(), call.lineno, written, source, flags)


def evaluated(node: ast.expr, file: Path) -> Any:
    """The value of an expression that uses nothing but literals and the names of its module; None for any other."""
    if isinstance(node, ast.Constant):
        return node.value
    try:
        module = importlib.import_module(".".join(file.with_suffix("").parts).removesuffix(".__init__"))
        return eval(compile(ast.Expression(node), str(file), "eval"), vars(module))
    except (NameError, AttributeError, ImportError):
        return None


def flags_of(arguments: list[ast.expr]) -> str:
    named = {node.attr for argument in arguments for node in ast.walk(argument) if isinstance(node, ast.Attribute)}
    letters = {"IGNORECASE": "i", "I": "i", "MULTILINE": "m", "M": "m", "DOTALL": "s", "S": "s"}
    return "".join(sorted({letters[name] for name in named & letters.keys()}))


def in_javascript(source: str) -> str:
    for ours, theirs in SPELLINGS:
        source = re.sub(ours, theirs, source)
    return SCOPED.sub(r"(?:[^]", source)


def as_json(found: Iterator[Pattern]) -> list[dict[str, Any]]:
    return [asdict(pattern) for pattern in found]
