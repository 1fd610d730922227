"""One event of every kind in the 2.1 contract, as a server would send it; the typed models of `opencode-python-sdk` accept each."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

SESSION, MESSAGE, CALL = "ses_1", "msg_2", "call_1"
DIRECTORY = "/project"
NOW = 1_790_000_000_000.0
MODEL = {"id": "m", "providerID": "scripted", "variant": "high"}
TOKENS = {"input": 5, "output": 7, "reasoning": 1, "cache": {"read": 2, "write": 3}}
ERROR = {"type": "provider.overloaded", "message": "Too busy", "status": 529}
FORM: Json = {
    "id": "frm_1",
    "sessionID": SESSION,
    "title": "Deploy",
    "metadata": {"tool": {"messageID": MESSAGE, "id": CALL}},
    "fields": [
        {"key": "name", "type": "string", "title": "Name", "required": True, "minLength": 2, "maxLength": 9},
        {
            "key": "mail",
            "type": "string",
            "format": "email",
            "placeholder": "a@b.c",
            "pattern": ".+@.+",
            "hidden": True,
        },
        {
            "key": "size",
            "type": "string",
            "options": [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}],
        },
        {"key": "cpus", "type": "number", "minimum": 0.5, "maximum": 8, "default": 1.5},
        {"key": "replicas", "type": "integer", "minimum": 1, "description": "How many?"},
        {"key": "public", "type": "boolean", "default": False},
        {"key": "host", "type": "string", "when": [{"key": "public", "op": "eq", "value": True}]},
        {"key": "why", "type": "string", "when": [{"key": "public", "op": "neq", "value": True}]},
        {
            "key": "zones",
            "type": "multiselect",
            "options": [{"value": "eu", "label": "Europe", "description": "All of it"}, {"value": "us", "label": "US"}],
            "minItems": 1,
            "maxItems": 2,
            "custom": True,
            "default": ["eu"],
        },
        {"key": "login", "type": "external", "url": "https://example.org/login", "title": "Log in"},
    ],
}
PERMISSION: Json = {
    "id": "per_1",
    "sessionID": SESSION,
    "action": "bash",
    "resources": ["echo hi"],
    "save": ["echo *"],
    "metadata": {"command": "echo hi"},
    "source": {"type": "tool", "messageID": MESSAGE, "id": CALL},
    "message": "Run a command",
}
SHELL: Json = {
    "id": "sh_1",
    "status": "running",
    "command": "ls",
    "cwd": DIRECTORY,
    "shell": "/bin/sh",
    "file": "/tmp/out",
    "metadata": {},
    "time": {"started": NOW},
}
PROMPT: Json = {
    "text": "Fix it",
    "files": [
        {"data": "aGk=", "mime": "text/plain", "source": {"type": "inline"}, "name": "hi.txt"},
        {
            "data": "",
            "mime": "text/x-python",
            "source": {"type": "uri", "uri": f"file://{DIRECTORY}/a.py"},
            "name": "a.py",
        },
    ],
    "agents": [{"name": "general"}],
    "skills": [{"id": "skl_1", "name": "pdf"}],
}
ASSISTANT = {"sessionID": SESSION, "assistantMessageID": MESSAGE}
TEXT = {**ASSISTANT, "ordinal": 0}
TOOL = {**ASSISTANT, "id": CALL}
OF_SESSION = {"sessionID": SESSION}

# Events that a stream brings once, and no log keeps.
TRANSIENT: dict[str, Json] = {
    "server.connected": {},
    "location.shutdown": {},
    "form.created": {"form": FORM},
    "form.replied": {"id": "frm_1", **OF_SESSION, "answer": {"name": "x", "cpus": 2, "public": True, "zones": ["eu"]}},
    "form.cancelled": {"id": "frm_1", **OF_SESSION},
    "permission.asked": PERMISSION,
    "permission.replied": {**OF_SESSION, "requestID": "per_1", "reply": "once"},
    "session.compaction.delta": {**OF_SESSION, "text": "They"},
    "session.idle": OF_SESSION,
    "session.reasoning.delta": {**TEXT, "delta": "Hm"},
    "session.status": {**OF_SESSION, "status": {"type": "busy"}},
    "session.text.delta": {**TEXT, "delta": "Hel"},
    "session.tool.input.delta": {**TOOL, "delta": '{"com'},
    "session.tool.progress": {**TOOL, "metadata": {"output": "hi", "sessionID": "ses_2"}},
    "session.usage.updated": {**OF_SESSION, "cost": 0.25, "tokens": TOKENS},
    "tui.toast.show": {"title": "Quota", "message": "Nearly spent", "variant": "warning"},
    "vcs.branch.updated": {"branch": "main"},
    "mcp.status.changed": {"server": "search"},
}

# What is kept for good, with the number of the event's version.
DURABLE: dict[str, Json] = {
    "session.created": {
        **OF_SESSION,
        "projectID": "prj_1",
        "location": {"directory": DIRECTORY},
        "slug": "calm-fox",
        "title": "New session - 2026-01-01T00:00:00.000Z",
        "parentID": "ses_0",
        "agent": "build",
        "model": MODEL,
        "version": "2.1.0",
    },
    "session.agent.selected": {**OF_SESSION, "agent": "plan", "previous": "build"},
    "session.model.selected": {**OF_SESSION, "model": MODEL},
    "session.archived": OF_SESSION,
    "session.unarchived": OF_SESSION,
    "session.deleted": OF_SESSION,
    "session.renamed": {**OF_SESSION, "title": "Better"},
    "session.moved": {**OF_SESSION, "location": {"directory": "/elsewhere"}, "projectID": "prj_1"},
    "session.forked": {**OF_SESSION, "parentID": "ses_0", "boundary": {"type": "before", "messageID": "msg_1"}},
    "session.metadata.updated": {**OF_SESSION, "metadata": {"a": 1}},
    "session.permissions": {**OF_SESSION, "permissions": [{"action": "bash", "resource": "*", "effect": "ask"}]},
    "session.instructions.updated": {**OF_SESSION, "delta": {"a": "removed"}, "text": "Be kind"},
    "session.viewed": {**OF_SESSION, "idle": NOW},
    "session.usage.recorded": {**OF_SESSION, "source": "title", "cost": 0.01, "tokens": TOKENS},
    "session.execution.started": OF_SESSION,
    "session.execution.succeeded": OF_SESSION,
    "session.execution.failed": {**OF_SESSION, "error": ERROR},
    "session.execution.interrupted": {**OF_SESSION, "reason": "user"},
    "session.retry.scheduled": {**ASSISTANT, "attempt": 2, "at": int(NOW) + 4000, "error": ERROR},
    "session.inbox.enqueued": {
        **OF_SESSION,
        "inboxID": "msg_1",
        "item": {"type": "user", "payload": PROMPT, "delivery": "queue"},
    },
    "session.inbox.delivered": {**OF_SESSION, "inboxID": "msg_1"},
    "session.inbox.cancelled": {**OF_SESSION, "inboxID": "msg_1"},
    "session.inbox.delivery.changed": {**OF_SESSION, "inboxID": "msg_1", "delivery": "steer"},
    "session.synthetic": {**OF_SESSION, "text": "<done/>", "description": "A shell ended"},
    "session.skill.activated": {**OF_SESSION, "id": "skl_1", "name": "pdf", "text": "How to read PDF"},
    "session.shell.started": {**OF_SESSION, "shell": SHELL},
    "session.shell.ended": {
        **OF_SESSION,
        "shell": {**SHELL, "status": "exited", "exit": 0},
        "output": {"output": "a.py\n", "cursor": 5, "size": 5, "truncated": False},
    },
    "session.compaction.started": {**OF_SESSION, "reason": "manual", "inputID": "msg_9"},
    "session.compaction.ended": {
        **OF_SESSION,
        "reason": "manual",
        "text": "They fixed it",
        "model": MODEL,
        "cost": 0.02,
        "tokens": TOKENS,
    },
    "session.compaction.failed": {**OF_SESSION, "reason": "auto", "error": ERROR},
    "session.message.content.updated": {
        **OF_SESSION,
        "messageID": MESSAGE,
        "content": [{"type": "text", "text": "Rewritten"}],
    },
    "session.step.started": {**ASSISTANT, "agent": "build", "model": MODEL, "started": int(NOW) - 5},
    "session.step.streamed": ASSISTANT,
    "session.step.ended": {**ASSISTANT, "finish": "stop", "cost": 0.5, "tokens": TOKENS},
    "session.step.failed": {**ASSISTANT, "error": {"type": "aborted", "message": "Aborted"}},
    "session.text.started": TEXT,
    "session.text.ended": {**TEXT, "text": "Hello"},
    "session.reasoning.started": TEXT,
    "session.reasoning.ended": {**TEXT, "text": "Hmm"},
    "session.tool.input.started": {**TOOL, "name": "bash"},
    "session.tool.input.ended": {**TOOL, "text": '{"command": "ls"}'},
    "session.tool.called": {**TOOL, "input": {"command": "ls"}, "executed": False},
    "session.tool.success": {
        **TOOL,
        "content": [
            {"type": "text", "text": "a.py\n"},
            {"type": "file", "uri": "data:image/png;base64,AA==", "mime": "image/png", "name": "a.png"},
        ],
        "metadata": {"exit": 0, "title": "List"},
        "executed": False,
    },
    "session.tool.failed": {**TOOL, "error": {"type": "tool", "message": "No such file"}, "executed": False},
    "session.revert.staged": {**OF_SESSION, "revert": {"messageID": "msg_1"}},
    "session.revert.cleared": OF_SESSION,
    "session.revert.committed": {**OF_SESSION, "to": "msg_1"},
}
VERSION = dict.fromkeys(
    (
        "session.deleted",
        "session.forked",
        "session.instructions.updated",
        "session.tool.success",
        "session.tool.failed",
    ),
    2,
)


def event(type: str, data: Json | None = None, seq: int = 1, *, at: float = NOW, id: str = "evt_3") -> Json:
    """An event of this type, with the sample's data where none is given."""
    kept = type in DURABLE
    fields: Json = {"id": id, "created": at, "type": type, "location": {"directory": DIRECTORY}}
    if kept:
        fields["durable"] = {"aggregateID": SESSION, "seq": seq, "version": VERSION.get(type, 1)}
    return {**fields, "data": data if data is not None else {**DURABLE, **TRANSIENT}[type]}
