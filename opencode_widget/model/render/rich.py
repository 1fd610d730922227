"""The one way in which an object of ours is drawn in a notebook: a test sees to it that there is no other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .visible import visible

if TYPE_CHECKING:
    from .blocks import Block, Picture


class Rich:
    """Gives an object its HTML as a cell's output, beside its repr. `_blocks` says what there is to draw.

    There is no `_repr_markdown_`: JupyterLab draws the Markdown of a trusted cell with all the HTML and all the pictures in it.
    """

    __slots__ = ()

    def _blocks(self) -> Iterable[Block]:
        """What there is to draw; nothing: the repr is enough."""
        raise NotImplementedError

    def _pictures(self) -> Iterable[tuple[str, Picture]]:
        """Pictures of the user's own objects, which follow the blocks, with the words that stand for them."""
        return ()

    def _repr_html_(self) -> str:
        # Imported when something is drawn: the libraries behind it would slow down every start.
        from .elements import images
        from .html import output

        blocks = tuple(self._blocks())
        return output(blocks) + images(self._pictures()) if blocks else ""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        plain = {"text/plain": visible(repr(self))}
        html = self._repr_html_()
        return {**plain, "text/html": html} if html else plain
