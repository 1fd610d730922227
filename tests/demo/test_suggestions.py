"""The page offers prompts in the demo: the scripted model knows each of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from opencode_widget.demo.scenarios import WELCOME, find_scenario

SOURCE = Path(__file__).parents[2] / "opencode_widget/frontend/src/ui/transcript/suggestions.ts"


def offered() -> list[str]:
    """Read the prompts from the page's source."""
    found = re.search(r"DEMO_PROMPTS = (\[[^\]]*\])", SOURCE.read_text("utf-8"))
    assert found is not None
    prompts: list[str] = json.loads(found[1])
    return prompts


@pytest.mark.parametrize("prompt", offered())
def test_the_scripted_model_knows_what_the_page_offers(prompt: str) -> None:
    assert find_scenario(prompt) is not WELCOME
