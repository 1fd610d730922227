"""Pieces of HTML: everything that comes in is escaped, and what looks like a formula is taken apart.

Styles stand in place, for an output has no style sheet of its own. They take the host's colours and fonts, so that they are right in light,
dark and on paper.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from enum import StrEnum
from html import escape
from typing import NewType

from .blocks import Picture
from .visible import visible

Html = NewType("Html", str)

# MathJax, in its versions 2 and 3, and KaTeX typeset what stands in an output. They leave the insides of these classes alone; for those
# that know neither, no text keeps what a formula begins with in one piece.
UNTOUCHED = "mathjax_ignore tex2jax_ignore"
_GREY = "rgba(127,127,127,"
# JupyterLab and nbconvert break the lines of a `pre` within words.
_FIXED = (
    "font-family:var(--jp-code-font-family,var(--vscode-editor-font-family,ui-monospace,monospace));color:inherit;"
    "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;border-radius:3px;"
)
# A host's own style of cells is stronger than an `align`.
_CELL = f"border:1px solid {_GREY}.45);padding:.25em .6em;background:none;color:inherit;"


class Style(StrEnum):
    """Every style that there is: the sanitiser lets no other pass."""

    FRAME = (
        "font-family:var(--jp-content-font-family,var(--vscode-font-family,system-ui,sans-serif));line-height:1.5;max-width:60em;"
        "color:inherit;overflow:hidden;overflow-wrap:anywhere;text-align:start"
    )
    TITLE = "font-size:1.15em;font-weight:600;margin:0 0 .5em;break-after:avoid"
    SPEAKER = "font-weight:600;margin:1em 0 .25em;break-after:avoid"
    QUIET = "opacity:.75;font-weight:400"
    USER = f"margin:.25em 0;padding:.1em .75em;border-radius:4px;background:{_GREY}.12)"
    AGENT = "margin:.25em 0"
    FAULT = (
        "margin:.5em 0;padding:.25em .75em;white-space:pre-wrap;"
        "border-left:3px solid var(--jp-error-color1,var(--vscode-errorForeground,#d33));"
        f"background:{_GREY}.08)"
    )
    LINE = "margin:.25em 0;white-space:pre-wrap"
    FOLD = "margin:.25em 0"
    FOLDED = "cursor:pointer"
    INSIDE = f"margin:.25em 0 .5em;padding-left:.75em;border-left:2px solid {_GREY}.35)"
    PRE = f"{_FIXED}margin:.5em 0;padding:.5em .75em;background:{_GREY}.1)"
    CODE = f"{_FIXED}padding:.1em .3em;background:{_GREY}.14)"
    LIST = "margin:.4em 0;padding-left:1.75em"
    ITEMS = "list-style:none;margin:.25em 0;padding-left:0"
    QUOTE = f"margin:.5em 0;padding-left:.75em;border-left:3px solid {_GREY}.45);opacity:.85"
    PARAGRAPH = "margin:.4em 0"
    HEADLINE = "font-size:1.08em;font-weight:600;margin:.9em 0 .3em;break-after:avoid"
    RULE = f"border:0;border-top:1px solid {_GREY}.45);margin:1em 0"
    SCROLL = "overflow-x:auto;margin:.5em 0"
    TABLE = "border-collapse:collapse;font-size:inherit;margin:0"
    CELL = f"{_CELL}text-align:start"
    CELL_LEFT = f"{_CELL}text-align:left"
    CELL_CENTER = f"{_CELL}text-align:center"
    CELL_RIGHT = f"{_CELL}text-align:right"


def text(words: str) -> Html:
    """Words as HTML: escaped, and with what is invisible drawn."""
    shown = escape(visible(words), quote=False)
    if "$" in shown or "\\" in shown:
        shown = shown.replace("$", "<span>$</span>").replace("\\", "<span>\\</span>")
    return Html(shown)


def verbatim(words: str) -> Html:
    """Words within `<code>` or `<pre>`, where no host looks for formulas."""
    return Html(escape(visible(words), quote=False))


def element(tag: str, style: Style | None, *inside: Html, **attributes: str) -> Html:
    """An element; values of attributes are escaped."""
    given = {"style": style.value if style else "", **attributes}
    written = "".join(f' {name}="{escape(value)}"' for name, value in given.items() if value)
    return Html(f"<{tag}{written}>{''.join(inside)}</{tag}>")


def glued(*pieces: Html) -> Html:
    """Pieces side by side."""
    return Html("".join(pieces))


# Types of pictures in which nothing can be run.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


def images(pictures: Iterable[tuple[str, Picture]]) -> Html:
    """Pictures with the words that stand for them. One of another type, such as SVG, which may hold scripts, is left out."""
    return glued(*(_image(words, picture) for words, picture in pictures if picture.mime in PICTURES))


def _image(words: str, picture: Picture) -> Html:
    source = f"data:{picture.mime};base64,{base64.b64encode(picture.content).decode()}"
    return Html(f'<img src="{source}" alt="{escape(words)}" style="max-width:100%;margin:.25em 0">')
