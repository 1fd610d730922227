"""What a Python caller chose for a prompt."""

from __future__ import annotations

from pathlib import Path

import pytest

from opencode_widget.errors import BadAttachment
from opencode_widget.operations.options import PromptOptions, prompt_options, prompt_text
from opencode_widget.server.api import Attachment

PICTURE = Attachment("image/png", "a.png", "data:image/png;base64,eA==")


async def test_what_is_not_chosen_is_left_to_the_server() -> None:
    assert await prompt_options() == PromptOptions(None, None, None, (), (), None)


async def test_choices_are_kept_and_files_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    options = await prompt_options(
        agent="plan", model="p/m", variant="high", files=[PICTURE, tmp_path / "a.txt"], delivery="queue"
    )
    text = Attachment("text/plain", "a.txt", "data:text/plain;base64,eA==")
    assert options == PromptOptions("plan", "p/m", "high", (PICTURE, text), (), "queue")


async def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAttachment, match=r"gone\.txt"):
        await prompt_options(files=[tmp_path / "gone.txt"])


def test_the_text_of_a_prompt_is_kept_as_it_is() -> None:
    assert prompt_text(" Hello\n") == " Hello\n"


@pytest.mark.parametrize("wrong", ["", "  \n"])
def test_an_empty_prompt_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        prompt_text(wrong)


@pytest.mark.parametrize("wrong", [7, None, b"Hello"])
def test_a_prompt_is_a_string(wrong: object) -> None:
    with pytest.raises(TypeError, match=f"not {type(wrong).__name__}"):
        prompt_text(wrong)
