"""Stacks of JavaScript in a server's messages."""

from __future__ import annotations

import pytest

from opencode_widget.model.text.trace import without_trace

STACK = "\n    at command2 (/$bunfs/root/src/index.js:242410:33)\n    at processTicksAndRejections (native:7:39)"


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (f"TypeError: undefined is not an object{STACK}", "TypeError: undefined is not an object"),
        ("Look\nat this", "Look\nat this"),
        ("", ""),
    ],
)
def test_a_message_ends_where_its_stack_begins(words: str, left: str) -> None:
    assert without_trace(words) == left
