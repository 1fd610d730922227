"""The contract with the page, held against both sides: types, names, operations."""

from __future__ import annotations

import copy
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest

from opencode_widget.model import wire
from opencode_widget.page.commands import HANDLERS
from opencode_widget.page.frames import PROTOCOL
from tests.protocol import golden
from tests.support.page import Page
from tests.support.page_store import PageStore

ROOT = Path(__file__).parents[2]
CASES = json.loads(golden.FILE.read_text(encoding="utf-8"))


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "generate_types", ROOT / "opencode_widget" / "frontend" / "generate_types.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- types ------------------------------------------------------------------------------------------------------------


def test_the_page_has_the_types_that_the_wire_has() -> None:
    script = generator()
    frames = script.FRAMES.read_text(encoding="utf-8")
    python, typescript = script.generate(script.WIRE.read_text(encoding="utf-8"), frames)
    assert frames == python, f"run `python {script.__file__}`"
    assert script.TYPES.read_text(encoding="utf-8") == typescript, f"run `python {script.__file__}`"


def test_the_mark_changes_with_the_types_and_not_with_their_comments() -> None:
    script = generator()
    source = script.WIRE.read_text(encoding="utf-8")
    commented = source.replace("    # Dollars.\n", "    # In dollars.\n")
    changed = source.replace("    waiting: int\n", "    waiting: str\n")
    assert commented != source != changed
    mark = f'PROTOCOL = "{PROTOCOL}"'
    assert script.generate(commented, mark)[0] == mark
    assert script.generate(changed, mark)[0] != mark


# ---- names ------------------------------------------------------------------------------------------------------------


def test_each_command_has_a_handler_arguments_and_a_result() -> None:
    assert set(HANDLERS) == set(wire.Arguments.__annotations__) == set(wire.Results.__annotations__)


@pytest.mark.parametrize("name", sorted(HANDLERS))
def test_a_handler_gives_back_what_the_page_expects(name: str) -> None:
    given = get_type_hints(HANDLERS[name], localns=vars(wire))["return"]  # handlers import the wire for its types alone
    assert given == get_type_hints(wire.Results)[name]


def test_the_golden_file_has_every_operation() -> None:
    known = {get_args(get_type_hints(kind)["op"])[0] for kind in get_args(wire.Op)}
    assert {op["op"] for case in CASES for op in case["ops"]} == known


# ---- operations -------------------------------------------------------------------------------------------------------


def test_the_golden_file_is_what_the_model_makes() -> None:
    assert golden.FILE.read_text(encoding="utf-8") == golden.written(), "run `python -m tests.protocol.golden`"


def shown(state: dict[str, Any]) -> dict[str, Any]:
    """A page lists sessions in no order of the kernel's; what is absent is None, or not there."""
    sessions = {id: sorted(each, key=lambda session: session["id"]) for id, each in state["sessions"].items()}
    return {key: value for key, value in (state | {"sessions": sessions}).items() if value is not None}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_python_page_shows_what_the_kernel_has(case: dict[str, Any]) -> None:
    page = Page(lambda message: None)
    case = copy.deepcopy(case)
    page.receive({"type": "snapshot", "epoch": "e", "seq": 0, "to": page.name, **case["before"]})
    page.receive({"type": "frame", "epoch": "e", "seq": 1, "ops": case["ops"]})
    assert shown(page.state) == shown(case["after"])
    assert page.problems == case["problems"]


def test_a_strict_page_fails_on_what_it_does_not_have() -> None:
    (case,) = (case for case in CASES if case["name"] == "words for what is not on screen")
    for op in case["ops"]:
        with pytest.raises(AssertionError, match="does not have"):
            PageStore(copy.deepcopy(case["before"]), strict=True).apply([op])
