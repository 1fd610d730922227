"""The last gate of all HTML: nh3 parses it as a browser does, and lets pass what is listed here.

What `elements.py` and the tree of `model/render/prose/tree.py` can say is within this list; a mistake there is caught here.
"""

from __future__ import annotations

import nh3

from .elements import UNTOUCHED, Html, Style
from .prose.address import is_allowed

_TAGS = "a bdi blockquote br code details div em h3 h4 h5 h6 hr li ol p pre s span strong summary table tbody td th thead tr ul"
TAGS = frozenset(_TAGS.split())
# The page that is opened gets no hold of the notebook, and does not learn where it was opened from.
REL = "noopener noreferrer"
_VALUES: dict[tuple[str, str], frozenset[str]] = {
    ("a", "target"): frozenset({"_blank"}),
    ("a", "rel"): frozenset({REL}),
    ("div", "class"): frozenset({UNTOUCHED}),
}
_STYLES = frozenset(style.value for style in Style)
_LONGEST_NUMBER = 9
_ATTRIBUTES = {
    "*": {"style", "dir"},
    "a": {"href", "title", "target"},
    "div": {"class"},
    "ol": {"start"},
}


def sanitized(html: Html) -> Html:
    """The same HTML without anything that is not listed. Every link gets REL."""
    return Html(
        nh3.clean(
            html,
            tags=set(TAGS),
            clean_content_tags={"script", "style"},
            attributes=_ATTRIBUTES,
            attribute_filter=_filtered,
            url_schemes={"http", "https", "mailto"},
            link_rel=REL,
        )
    )


def _filtered(tag: str, name: str, value: str) -> str | None:
    return value if _passes(tag, name, value) else None


def _passes(tag: str, name: str, value: str) -> bool:
    match name:
        case "style":
            return value in _STYLES
        case "dir":
            return value == "auto"
        case "href" | "title":
            return is_allowed(value)
        case "start":
            return value.isdecimal() and len(value) <= _LONGEST_NUMBER
    return value in _VALUES.get((tag, name), ())
