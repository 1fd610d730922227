"""What a page may do where its reader is a visitor, who may not run code in the kernel: `OpenCode(restricted=True)` in Voila and apps.

The kernel checks each command of a page against this table; that the page hides what is refused is a courtesy. A visitor may talk in the
sessions of the instances that the author gave, and nothing beyond: no command of the visitor's own runs, no file, folder, server or
setting is reached by its name. Python code of the notebook's author is not restricted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..errors import NotAllowed
from ..model.wire import Feature, InstanceHead, InstanceView

SHELL = "it would run a command of the visitor's on this machine"
TEMPLATE = "what follows a slash command may reach a shell, or name any file"
FILES = "it would tell of files on this machine"
SERVERS = "the author of this app chooses its servers and folders"
INNARDS = "it tells of the server and this machine, not of a session"
PUBLISHES = "it would put the session on the web"
ELSEWHERE = "it is about no request that waits here"
DECIDES = "the author of this app decides what the agent may do, by a policy or in OpenCode's configuration"

# Every command of a page: why it is refused to a visitor; None: it is not.
REFUSED: Mapping[str, str | None] = {
    "select_instance": None,
    "open": SERVERS,
    "attach": SERVERS,
    "close_instance": SERVERS,
    "reconnect": None,
    "restart": SERVERS,
    "complete_folder": FILES,
    "recent_folders": FILES,
    "services": INNARDS,
    "connect_mcp": SERVERS,
    "log": INNARDS,
    "events": INNARDS,
    "report": INNARDS,
    "select_session": None,
    "new_session": None,
    "close_session": None,
    "more_sessions": None,
    "rename_session": None,
    "delete_session": None,
    "archive_session": None,
    "fork_session": None,
    "revert": None,
    "unrevert": None,
    "share_session": PUBLISHES,
    "older": None,
    "part": None,
    "diff": None,
    "search": None,
    "export": None,
    "prompt": None,
    "cancel_prompt": None,
    "edit_prompt": None,
    "deliver_prompt": None,
    "abort": None,
    "run_command": TEMPLATE,
    "shell": SHELL,
    "compact": None,
    "init": TEMPLATE,
    "request": None,
    "answer_permission": None,
    "answer_question": None,
    "find": FILES,
}
# What a page offers only where the server can do it, and a visitor may not.
HIDDEN = frozenset({Feature.SHELL, Feature.COMMANDS, Feature.INIT, Feature.SHARE, Feature.FIND, Feature.STATUS})


def check(name: str, args: Mapping[str, Any], waiting: Collection[str]) -> None:
    """May a visitor's page have this done?

    Args:
        name: of the command.
        args: of the command, as the page sent them.
        waiting: the ids of the requests that wait in the sessions of this widget; a server may have others.

    Raises:
        NotAllowed: no; a command that the table does not know is refused, too.
    """
    reason = REFUSED.get(name, INNARDS)
    if name == "answer_permission" and args.get("reply") != "reject":
        reason = DECIDES
    elif name == "prompt" and _names_files(args.get("mentions")):
        reason = FILES
    elif "request" in args and str(args["request"]) not in waiting:
        reason = ELSEWHERE
    if reason is not None:
        raise NotAllowed(
            f"This app is restricted and refuses {name.replace('_', ' ')!r}: {reason}.",
            remedy="Ask the author of the app: OpenCode(restricted=True) is set there.",
        )


def _names_files(mentions: object) -> bool:
    """Does a prompt mention anything but agents? The server would read a file, wherever it is."""
    if not isinstance(mentions, list):
        return mentions is not None
    return any(not isinstance(mention, Mapping) or mention.get("kind") != "agent" for mention in mentions)


def restricted_head(instance: InstanceHead) -> InstanceHead:
    """An instance as a visitor's page sees it, without its catalogue."""
    features = [name for name in instance["features"] if name not in HIDDEN]
    return {**instance, "restricted": True, "features": features}


def restricted_view(instance: InstanceView) -> InstanceView:
    """An instance as a visitor's page sees it."""
    return {**instance, **restricted_head(instance), "commands": []}
