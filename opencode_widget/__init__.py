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
    from .api.instance import Instance
    from .api.pending import Permission, Questions
    from .api.queue import Queue
    from .api.session import Session
    from .api.totals import SessionUsage, TotalUsage
    from .api.usage import Step, Usage
    from .batch.result.rows import BatchRow
    from .batch.result.table import BatchTable
    from .context.description import Description
    from .context.preview import Preview
    from .context.registry import describes
    from .errors import (
        AddressError,
        AnswerTimeout,
        AuthenticationFailed,
        BadAttachment,
        BadBatch,
        BinaryNotFound,
        CannotDescribe,
        CertificateFailed,
        Closed,
        ConnectionFailed,
        DirectoryError,
        NobodyAnswers,
        NotAllowed,
        NotConnected,
        NotFound,
        NotOpenCode,
        NotSupported,
        OpenCodeError,
        PromptNotSent,
        RecordingFailed,
        RequestFailed,
        SchemaMismatch,
        ServerFailed,
        ServerUnprotected,
        SessionFailed,
        UnknownName,
    )
    from .model.entities import AnsweredBy, FileDiff, QueuedPrompt, Todo
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
    from .model.render.blocks import Picture
    from .model.state import Message, MessageState, Part
    from .model.text.code_blocks import CodeBlock
    from .operations.search import Match
    from .replay.recording import Recording
    from .server.api import Attachment
    from .server.backoff import Backoff
    from .sync.connection import ConnectionState
    from .widget import OpenCode

__all__ = [
    "AddressError",
    "AnswerTimeout",
    "Answered",
    "AnsweredBy",
    "Asked",
    "Attachment",
    "AuthenticationFailed",
    "Backoff",
    "BadAttachment",
    "BadBatch",
    "BatchRow",
    "BatchTable",
    "BinaryNotFound",
    "CannotDescribe",
    "CertificateFailed",
    "Closed",
    "CodeBlock",
    "ConnectionFailed",
    "ConnectionState",
    "Description",
    "DirectoryError",
    "Event",
    "FileDiff",
    "Instance",
    "Match",
    "Message",
    "MessageRemoved",
    "MessageState",
    "MessageUpserted",
    "NobodyAnswers",
    "NotAllowed",
    "NotConnected",
    "NotFound",
    "NotOpenCode",
    "NotSupported",
    "OpenCode",
    "OpenCodeError",
    "Part",
    "PartDelta",
    "PartRemoved",
    "PartUpserted",
    "Permission",
    "Picture",
    "Preview",
    "PromptNotSent",
    "Questions",
    "Queue",
    "QueuedPrompt",
    "Recording",
    "RecordingFailed",
    "RequestFailed",
    "SchemaMismatch",
    "ServerFailed",
    "ServerUnprotected",
    "Session",
    "SessionErrored",
    "SessionFailed",
    "SessionUpserted",
    "SessionUsage",
    "StatusChanged",
    "Step",
    "Todo",
    "TodosChanged",
    "TotalUsage",
    "UnknownName",
    "Usage",
    "__version__",
    "describes",
]

# Maps each name to its module. Names are imported on first use, so that `import opencode_widget` is quick and starts nothing.
_PLACES = {
    "BadAttachment": ".errors",
    "BadBatch": ".errors",
    "BatchRow": ".batch.result.rows",
    "BatchTable": ".batch.result.table",
    "ConnectionState": ".sync.connection",
    "AddressError": ".errors",
    "AnswerTimeout": ".errors",
    "AuthenticationFailed": ".errors",
    "BinaryNotFound": ".errors",
    "CertificateFailed": ".errors",
    "Closed": ".errors",
    "Step": ".api.usage",
    "Usage": ".api.usage",
    "SessionUsage": ".api.totals",
    "TotalUsage": ".api.totals",
    "CodeBlock": ".model.text.code_blocks",
    "describes": ".context.registry",
    "Picture": ".model.render.blocks",
    "Preview": ".context.preview",
    "Description": ".context.description",
    "ConnectionFailed": ".errors",
    "DirectoryError": ".errors",
    "NobodyAnswers": ".errors",
    "CannotDescribe": ".errors",
    "UnknownName": ".errors",
    "NotAllowed": ".errors",
    "NotConnected": ".errors",
    "NotFound": ".errors",
    "NotOpenCode": ".errors",
    "NotSupported": ".errors",
    "OpenCodeError": ".errors",
    "PromptNotSent": ".errors",
    "RecordingFailed": ".errors",
    "RequestFailed": ".errors",
    "SchemaMismatch": ".errors",
    "ServerFailed": ".errors",
    "ServerUnprotected": ".errors",
    "SessionFailed": ".errors",
    "Instance": ".api.instance",
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
    "AnsweredBy": ".model.entities",
    "FileDiff": ".model.entities",
    "Todo": ".model.entities",
    "Message": ".model.state",
    "MessageState": ".model.state",
    "Part": ".model.state",
    "Match": ".operations.search",
    "Permission": ".api.pending",
    "Questions": ".api.pending",
    "Recording": ".replay.recording",
    "Backoff": ".server.backoff",
    "Attachment": ".server.api",
    "Queue": ".api.queue",
    "QueuedPrompt": ".model.entities",
    "Session": ".api.session",
    "OpenCode": ".widget",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_PLACES[name], __name__), name)
    return value


def load_ipython_extension(shell: Any) -> None:
    """Called by `%load_ext opencode_widget`: registers `%%opencode`, `%opencode` and `%opencode_config`."""
    import_module(".magics", __name__).load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Called by `%unload_ext opencode_widget`."""
    import_module(".magics", __name__).unload(shell)


def __dir__() -> list[str]:
    return sorted(__all__)
