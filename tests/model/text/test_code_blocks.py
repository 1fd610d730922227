"""The blocks of code of a message: whole, in order, wherever they stand."""

from __future__ import annotations

import pytest

from opencode_widget.model.text.code_blocks import CodeBlock, code_blocks

from ..builders import PRT, answer, conversation, part, text_info, the_message


@pytest.mark.parametrize(
    ("markdown", "blocks"),
    [
        ("```python\nx = 1\n\ny = 2\n```", [("x = 1\n\ny = 2", "python")]),
        ("~~~\nplain\n~~~", [("plain", "")]),
        ("````md\n```py\nx\n```\n````", [("```py\nx\n```", "md")]),
        ("```python title='a.py'\nx\n```", [("x", "python")]),
        ("1. First:\n   ```sh\n   ls\n   ```\n\n> ```py\n> x\n> ```", [("ls", "sh"), ("x", "py")]),
        ("```python\nnot closed", [("not closed", "python")]),
        ("```\n```", [("", "")]),
        ("`inline` and\n\n    indented\n\n<pre>x</pre>", []),
        ("", []),
        ("```py\n" + "x = 1\n" * 100_000 + "```", [(("x = 1\n" * 100_000).removesuffix("\n"), "py")]),
        ("```py\nhalf \ud83d\n```", [("half \ufffd", "py")]),
    ],
)
def test_the_fenced_blocks_of_a_text(markdown: str, blocks: list[tuple[str, str]]) -> None:
    assert code_blocks(markdown) == [CodeBlock(*block) for block in blocks]


def test_a_message_has_the_blocks_of_its_text_parts() -> None:
    state = conversation(
        answer(), part(text_info("```py\na\n```", PRT)), part(text_info("Then\n```js\nb\n```", f"{PRT}2"))
    )
    blocks = the_message(state).code_blocks
    assert [(block.language, block.text) for block in blocks] == [("py", "a"), ("js", "b")]
