"""Whatever says how it is displayed, as IPython asks: by a bundle of MIME types, or by a method for one of them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..description import Description, Picture, code
from ..registry import DISPLAYS
from ..work import type_name

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
MIMES = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "svg": "image/svg+xml",
    "markdown": "text/markdown",
    "latex": "text/latex",
}
# The texts that say most to a model, the best first. HTML is not among them: it is mostly markup.
TEXTS = ("text/markdown", "text/plain", "text/latex", "image/svg+xml", "application/json")
LANGUAGES = {"text/plain": "", "text/latex": "latex", "image/svg+xml": "svg", "application/json": "json"}


def displayed(value: object) -> Description:
    """An object by its own display.

    Raises:
        Exception: whatever its methods raise.
    """
    bundle = _bundle(value)
    pictures = tuple(_pictures(bundle))
    words = next((mime for mime in TEXTS if isinstance(bundle.get(mime), str | dict | list)), None)
    if words == "image/svg+xml" and pictures:
        words = None
    if words is None and not pictures:
        bundle, words = {**bundle, "text/plain": repr(value)}, "text/plain"
    text, omitted = _text(bundle, words) if words else ("", ())
    others = sorted(mime for mime in bundle if mime != words and mime not in PICTURES and mime != "text/plain")
    if others:
        omitted = (*omitted, f"its display as {', '.join(others[:8])}")
    return Description(type_name(type(value)), text, pictures, omitted)


def _bundle(value: Any) -> Mapping[str, Any]:
    """What the object displays. Methods are looked up in its class, as an object may answer to any name."""
    bundle: dict[str, Any] = {}
    for display in DISPLAYS:
        method = getattr(type(value), f"_repr_{display}_", None)
        if method is None:
            continue
        if display == "mimebundle":
            found = _content(method(value, include=None, exclude=None))
            if isinstance(found, Mapping) and found:
                return {str(mime): item for mime, item in found.items()}
        elif (found := _content(method(value))) is not None:
            bundle[MIMES[display]] = found
    return bundle


def _content(found: Any) -> Any:
    """What a method returned, without the metadata that may stand beside it."""
    return found[0] if isinstance(found, tuple) and len(found) == 2 else found


def _pictures(bundle: Mapping[str, Any]) -> Iterator[Picture]:
    for mime in PICTURES:
        content = bundle.get(mime)
        if isinstance(content, str):
            content = base64.b64decode(content)
        if isinstance(content, bytes):
            yield Picture(mime, content)


def _text(bundle: Mapping[str, Any], mime: str) -> tuple[str, tuple[str, ...]]:
    content = bundle[mime]
    if not isinstance(content, str):
        content = json.dumps(content, indent=1, ensure_ascii=False, default=str)
    return (content, ()) if mime == "text/markdown" else code(content, LANGUAGES[mime])
