"""An exported notebook through nbconvert, which lets all HTML pass and looks for formulas in its own way."""

from __future__ import annotations

import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from opencode_widget.model.render import markdown
from opencode_widget.model.render.blocks import Prose, Words
from opencode_widget.model.render.prose.parser import Allowance

from ...hostile import CORPUS
from ...hostile.checks import formulas, live


@pytest.mark.parametrize("family", CORPUS)
def test_nothing_of_it_lives_in_html_of_nbconvert(family: str) -> None:
    for text in CORPUS[family]:
        events = [Prose(text), Words(text, name=text), Prose(f"Behind {text} it")]
        written = markdown.written(events, Allowance())
        html = markdown2html_mistune(written)
        assert live(html) == [], written
        assert formulas(html) == [], written


def test_its_html_of_the_texts_themselves_lives() -> None:
    assert live(markdown2html_mistune(CORPUS["audit"][0])) != []
