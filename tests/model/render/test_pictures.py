"""Pictures beside an output's words: of types that run nothing, with words that cannot leave their place."""

from __future__ import annotations

from collections.abc import Iterable

from opencode_widget.model.render.blocks import Block, Picture, Words
from opencode_widget.model.render.elements import images
from opencode_widget.model.render.rich import Rich


class Shown(Rich):
    def _blocks(self) -> Iterable[Block]:
        return (Words("words"),)

    def _pictures(self) -> Iterable[tuple[str, Picture]]:
        return (('a "picture" <b>', Picture("image/png", b"x")), ("b", Picture('image/svg+xml"><script>', b"y")))


def test_pictures_follow_the_words() -> None:
    html = Shown()._repr_html_()
    words, _, picture = html.partition("<img ")
    assert "words" in words
    assert picture.startswith('src="data:image/png;base64,eA==" alt="a &quot;picture&quot; &lt;b&gt;"')
    assert "script" not in html


def test_nothing_is_drawn_of_no_pictures() -> None:
    assert images(()) == ""
