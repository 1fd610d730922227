"""Changes of some fields of a session or a message."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

from ..entities import JSON, MessageInfo, SessionInfo

Info = TypeVar("Info", SessionInfo, MessageInfo)


def patched(info: Info, changes: JSON) -> Info:
    """Return an info with those changes whose fields it has; its ids stay."""
    known = {field.name for field in fields(info)} - {"id", "session_id"}
    return replace(info, **{name: value for name, value in changes.items() if name in known})
