"""Writes the page's types from `opencode_widget/model/wire.py`, and the mark by which a page knows its kernel.

- `python opencode_widget/frontend/generate_types.py` writes `frontend/src/protocol/state.gen.ts`, and PROTOCOL in `page/frames.py`.
- With `--check` it writes nothing, and exits with 1 if they are not what it would write.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from opencode_widget.model import wire  # noqa: E402 - of this checkout

WIRE = ROOT / "opencode_widget" / "model" / "wire.py"
FRAMES = ROOT / "opencode_widget" / "page" / "frames.py"
TYPES = ROOT / "opencode_widget" / "frontend" / "src" / "protocol" / "state.gen.ts"
HEAD = "// Written by generate_types.py from opencode_widget/model/wire.py: change that file, and run the script.\n"
MARK = re.compile(r'^PROTOCOL = "(\w*)"$', re.MULTILINE)
PLAIN = {"str": "string", "int": "number", "float": "number", "bool": "boolean", "Any": "unknown", "None": "null"}
WIDTH = 120


class Writer:
    """The TypeScript of one Python module.

    Args:
        source: the module's text, for its order and its comments.
        module: the module itself, for the names that it imports.
    """

    def __init__(self, source: str, module: Any) -> None:
        self.lines = source.splitlines()
        self.tree = ast.parse(source)
        self.module = module

    def write(self) -> str:
        """All its types, those that it imports first."""
        return "\n".join([*self._imported(), *filter(None, map(self._statement, self.tree.body))])

    def _imported(self) -> Iterator[str]:
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and node.level > 0:
                for alias in node.names:
                    kind = getattr(self.module, alias.name)
                    about = comment(kind.__doc__, "") if isinstance(kind, type) and kind.__doc__ else ""
                    yield about + alias_type(alias.name, union(values_of(kind)))

    def _statement(self, node: ast.stmt) -> str | None:
        if isinstance(node, ast.ClassDef):
            return self._class(node)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            return alias_type(node.targets[0].id, typescript(node.value))
        return None

    def _class(self, node: ast.ClassDef) -> str:
        doc = ast.get_docstring(node)
        about = comment(doc, "") if doc else ""
        name = typescript_name(node.name)
        bases = [typescript(base) for base in node.bases]
        fields = "".join(self._field(field, node.name) for field in node.body if isinstance(field, ast.AnnAssign))
        base = "" if bases == ["TypedDict"] else f" extends {', '.join(bases)}"
        if not fields and len(bases) < 2:
            return about + alias_type(node.name, "Record<string, never>")
        body = f"{{\n{fields}}}" if fields else "{}"
        return f"{about}export interface {name}{base} {body}\n"

    def _field(self, field: ast.AnnAssign, owner: str) -> str:
        kind, optional = field.annotation, False
        if isinstance(kind, ast.Subscript) and typescript(kind.value) == "NotRequired":
            kind, optional = kind.slice, True
        text = typescript(kind)
        if optional:  # None is never sent
            text = text.removesuffix(" | null")
        if owner == "Results" and text == "null":
            text = "undefined"
        above = comment(self._above(field.lineno), "  ") if self._above(field.lineno) else ""
        return f"{above}  {ast.unparse(field.target)}{'?' if optional else ''}: {text};\n"

    def _above(self, line: int) -> str:
        """The comment on the lines above a line."""
        words: list[str] = []
        for text in reversed(self.lines[: line - 1]):
            if not text.strip().startswith("#"):
                break
            words.insert(0, text.strip().removeprefix("#").strip())
        return " ".join(words)


def alias_type(name: str, text: str) -> str:
    """A type that is another name for something, formatted as biome formats it."""
    line = f"export type {typescript_name(name)} = {text};"
    if len(line) > WIDTH:
        line = f"export type {typescript_name(name)} =\n  | {text.replace(' | ', chr(10) + '  | ')};"
    return f"{line}\n"


def typescript_name(name: str) -> str:
    """The name of a class of the wire in the page."""
    return name.removesuffix("View")


def typescript(node: ast.expr) -> str:
    """An annotation in TypeScript."""
    if isinstance(node, ast.Constant):
        return "null" if node.value is None else f'"{node.value}"'
    if isinstance(node, ast.Name):
        return PLAIN.get(node.id, typescript_name(node.id))
    if isinstance(node, ast.BinOp):
        return f"{typescript(node.left)} | {typescript(node.right)}"
    if isinstance(node, ast.Subscript):
        return generic(ast.unparse(node.value), node.slice)
    raise ValueError(f"The wire has a type that this script does not know: {ast.unparse(node)}")


def generic(name: str, inner: ast.expr) -> str:
    """A type with parameters in TypeScript."""
    parts = [typescript(each) for each in (inner.elts if isinstance(inner, ast.Tuple) else [inner])]
    if name == "Literal":
        return " | ".join(parts)
    if name == "list":
        return f"({parts[0]})[]" if " " in parts[0] else f"{parts[0]}[]"
    if name == "dict":
        return f"Record<{', '.join(parts)}>"
    raise ValueError(f"The wire has a type that this script does not know: {name}[...]")


def values_of(kind: Any) -> tuple[str, ...]:
    """The words of an enum or of a Literal."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return tuple(str(member) for member in kind)
    return get_args(kind)


def union(values: tuple[str, ...]) -> str:
    """Words as a union of literals."""
    return " | ".join(f'"{value}"' for value in values)


def comment(text: str, indent: str) -> str:
    """A comment of TypeScript."""
    return f"{indent}/** {' '.join(text.split())} */\n"


def without_comments(types: str) -> Iterator[str]:
    """The text between the comments."""
    before, *rest = types.split("/**")
    yield before
    for each in rest:
        yield each.partition("*/")[2]


def mark_of(types: str) -> str:
    """Eight digits that change with the types, and not with their comments."""
    bare = " ".join("".join(without_comments(types)).split())
    return hashlib.sha256(bare.encode()).hexdigest()[:8]


def generate(source: str, frames: str) -> tuple[str, str]:
    """What both files are to contain: `frames.py` with the mark, and the page's types."""
    types = Writer(source, wire).write()
    mark = mark_of(types)
    return MARK.sub(f'PROTOCOL = "{mark}"', frames), f'{HEAD}\nexport const PROTOCOL = "{mark}";\n\n{types}'


def main(arguments: list[str]) -> int:
    source, frames = WIRE.read_text(encoding="utf-8"), FRAMES.read_text(encoding="utf-8")
    wanted = dict(zip((FRAMES, TYPES), generate(source, frames), strict=True))
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            command = "python opencode_widget/frontend/generate_types.py"
            sys.stderr.write(f"{path.relative_to(ROOT)} is out of date: run `{command}`.\n")
        return 1 if stale else 0
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
