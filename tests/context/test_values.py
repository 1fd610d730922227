"""Values of Python itself are described within bounds, whatever their size, their depth and their own repr."""

from __future__ import annotations

import collections
import dataclasses
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from opencode_widget.context.description import TEXT_BYTES
from opencode_widget.context.work import described
from opencode_widget.errors import CannotDescribe


class Point(NamedTuple):
    x: int
    y: int


@dataclasses.dataclass
class Run:
    name: str
    losses: list[float]


class Plain:
    def __init__(self) -> None:
        self.size = 3
        self.words = "hello"


class Raising:
    """Its repr and its properties raise."""

    def __repr__(self) -> str:
        raise ZeroDivisionError("no repr today")

    @property
    def shape(self) -> tuple[int, ...]:
        raise ValueError("no shape today")


@dataclasses.dataclass
class Half:
    good: int = 1

    @property
    def bad(self) -> int:
        raise ValueError


def endless() -> list[Any]:
    inside: list[Any] = []
    inside.append(inside)
    return inside


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ({"a": 1, "b": [1, 2]}, "dict, 2 entries", "'a': 1\n'b': [1, 2]"),
        (MappingProxyType({"a": 1}), "mappingproxy, 1 entry", "'a': 1"),
        (collections.OrderedDict(a=1), "collections.OrderedDict, 1 entry", "'a': 1"),
        ([1, "two"], "list, 2 entries", "1\n'two'"),
        ((), "tuple, 0 entries", ""),
        ({7}, "set, 1 entry", "7"),
        (range(3), "range, 3 entries", "0\n1\n2"),
        (Point(1, 2), "Point, 2 entries", "x: 1\ny: 2"),
        (Run("first", [0.5]), "Run (dataclass), 2 fields", "name: 'first'\nlosses: [0.5]"),
        (Plain(), "Plain (object), 2 fields", "size: 3\nwords: 'hello'"),
        (Half(), "Half (dataclass), 1 field", "good: 1"),
        ("some words", "str, 10 characters", "some words"),
        (b"\x00abc", "bytes, 4 bytes", r"b'\x00abc'"),
        (7, "int", "7"),
        (None, "NoneType", "None"),
        (1.5, "float", "1.5"),
        (10**5_000, "int", "<int of 16,610 bits>"),
        (memoryview(b"ab"), "memoryview, 2 bytes", "b'ab'"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_described(value: object, kind: str, text: str) -> None:
    found = described(value, "@var:x")
    assert found.kind.removeprefix("tests.") == kind
    assert found.text.strip("`").strip() == text
    assert found.omitted == ()


@pytest.mark.parametrize(
    "value",
    [
        dict.fromkeys(range(100000), "x" * 1000),
        list(range(1_000_000)),
        "z" * 10_000_000,
        "\U0001f600" * 100_000,
        b"b" * 10_000_000,
        {"key": {"inner": ["w" * 5_000] * 5_000}, **{str(number): number for number in range(60)}},
        frozenset(range(100_000)),
        collections.deque(range(100_000)),
        range(10**12),
        [Raising() for _ in range(1_000)],
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_huge_value_is_within_the_bounds_and_says_what_is_left_out(value: object) -> None:
    found = described(value, "@var:x", limit=20)
    assert len(found.text.encode()) <= TEXT_BYTES
    assert found.omitted
    assert "Left out:" in found.markdown


@pytest.mark.parametrize("value", [endless(), deep(5_000), {"self": endless()}])
def test_what_holds_itself_and_what_is_deep_is_described(value: object) -> None:
    assert "..." in described(value, "@var:x").text


def test_what_raises_costs_its_own_line_alone() -> None:
    text = described({"bad": Raising(), "good": 1}, "@var:x").text
    assert "whose repr raised ZeroDivisionError: no repr today" in text
    assert "'good': 1" in text


def test_an_object_whose_repr_raises_is_refused_in_words() -> None:
    with pytest.raises(CannotDescribe, match=r"@var:x .*Raising.* ZeroDivisionError: no repr today") as caught:
        described(Raising(), "@var:x")
    assert caught.value.remedy


def test_code_in_a_text_cannot_end_its_block() -> None:
    found = described("```\nnot the end\n````", "@var:x")
    fence = found.text.splitlines()[0]
    assert fence == "`````"
    assert found.text.endswith(fence)


def test_half_a_character_and_a_nul_can_be_sent() -> None:
    text = described("half \ud83d and \0", "@var:x").markdown
    text.encode()
    assert "\0" not in text


# ---- paths ------------------------------------------------------------------------------------------------------------


def test_a_path_is_described_by_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("print('hé')\n")
    (tmp_path / "b.bin").write_bytes(b"\0\1")
    (tmp_path / "c.txt").write_bytes(b"caf\xe9 ole and more than four bytes")
    (tmp_path / "empty").mkdir()
    code = described(tmp_path / "a.py", "@var:p")
    assert code.text == "```python\nprint('hé')\n\n```"
    assert code.kind.endswith("13 bytes")
    assert described(tmp_path / "b.bin", "@var:p").kind.endswith("not text")
    assert described(tmp_path / "c.txt", "@var:p").kind.endswith("not text in UTF-8")
    assert described(tmp_path / "gone", "@var:p").kind.endswith("where nothing is")
    assert described(tmp_path / "empty", "@var:p").kind.endswith("a folder, empty")
    assert "a.py\nb.bin\nc.txt\nempty/" in described(tmp_path, "@var:p").text
    assert "pure" in described(PurePosixPath("pure"), "@var:p").kind


def test_a_large_file_is_cut_between_characters(tmp_path: Path) -> None:
    (tmp_path / "large.txt").write_text("é" * 100_000)
    (tmp_path / "odd.txt").write_text("a" + "é" * 100_000)
    for name in ("large.txt", "odd.txt"):
        found = described(tmp_path / name, "@var:p")
        assert len(found.text.encode()) <= TEXT_BYTES
        assert "of 200,00" in found.omitted[0]


def test_a_device_is_not_opened() -> None:
    assert described(Path("/dev/zero"), "@var:p").kind.endswith("no regular file")
