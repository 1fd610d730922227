"""OpenCode, the AI coding agent, in a notebook.

from opencode_widget import OpenCode
oc = OpenCode()                                   # starts `opencode serve` for this folder, shows the widget
session = await oc.new_session("Fix the parser")
reply = await session.ask("Why does test_split fail?")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .connection import ConnectionState
    from .errors import (
        AddressError,
        AnswerTimeout,
        AuthenticationFailed,
        BinaryNotFound,
        Closed,
        ConnectionFailed,
        DirectoryError,
        NotFound,
        NotOpenCode,
        NotSupported,
        OpenCodeError,
        RequestFailed,
        ServerFailed,
        SessionFailed,
    )
    from .instance import Instance
    from .model.events import (
        Answered,
        Asked,
        Event,
        MessageRemoved,
        MessageUpserted,
        PartDelta,
        PartRemoved,
        PartUpserted,
        SessionErrored,
        SessionUpserted,
        StatusChanged,
        TodosChanged,
    )
    from .model.state import Message, MessageState, Part
    from .server.backoff import Backoff
    from .session import Session
    from .widget import OpenCode

__all__ = [
    "AddressError",
    "AnswerTimeout",
    "Answered",
    "Asked",
    "AuthenticationFailed",
    "Backoff",
    "BinaryNotFound",
    "Closed",
    "ConnectionFailed",
    "ConnectionState",
    "DirectoryError",
    "Event",
    "Instance",
    "Message",
    "MessageRemoved",
    "MessageState",
    "MessageUpserted",
    "NotFound",
    "NotOpenCode",
    "NotSupported",
    "OpenCode",
    "OpenCodeError",
    "Part",
    "PartDelta",
    "PartRemoved",
    "PartUpserted",
    "RequestFailed",
    "ServerFailed",
    "Session",
    "SessionErrored",
    "SessionFailed",
    "SessionUpserted",
    "StatusChanged",
    "TodosChanged",
    "__version__",
]

# Where the names live: they are imported when they are used first, so that `import opencode_widget` is quick and starts nothing.
_PLACES = {
    "ConnectionState": ".connection",
    "AddressError": ".errors",
    "AnswerTimeout": ".errors",
    "AuthenticationFailed": ".errors",
    "BinaryNotFound": ".errors",
    "Closed": ".errors",
    "ConnectionFailed": ".errors",
    "DirectoryError": ".errors",
    "NotFound": ".errors",
    "NotOpenCode": ".errors",
    "NotSupported": ".errors",
    "OpenCodeError": ".errors",
    "RequestFailed": ".errors",
    "ServerFailed": ".errors",
    "SessionFailed": ".errors",
    "Instance": ".instance",
    "Answered": ".model.events",
    "Asked": ".model.events",
    "Event": ".model.events",
    "MessageRemoved": ".model.events",
    "MessageUpserted": ".model.events",
    "PartDelta": ".model.events",
    "PartRemoved": ".model.events",
    "PartUpserted": ".model.events",
    "SessionErrored": ".model.events",
    "SessionUpserted": ".model.events",
    "StatusChanged": ".model.events",
    "TodosChanged": ".model.events",
    "Message": ".model.state",
    "MessageState": ".model.state",
    "Part": ".model.state",
    "Backoff": ".server.backoff",
    "Session": ".session",
    "OpenCode": ".widget",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_PLACES[name], __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
