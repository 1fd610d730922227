"""What a page may do if its reader is a visitor who must not run code in the kernel: `OpenCode(restricted=True)`, in Voila and apps.

The kernel checks each command of a page against this table. The page also hides what is refused, but only to spare the visitor an error.
A visitor may use the sessions of the instances that the author opened, and nothing else: no command of the visitor's runs on this
machine, and no file, folder, server or setting can be reached by its name. Nor can what the author's kernel holds: a prompt that names a
variable, a cell, the last error or a figure is refused, whether or not there is one of this name. Python code of the notebook's author
is not restricted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from ..context.names import mentioned
from ..errors import NotAllowed
from ..model.entities import Feature
from ..sync.access import READ_ONLY

if TYPE_CHECKING:
    from ..model.wire import InstanceHead, InstanceView

SHELL = "it would run a command of the visitor's on this machine"
TEMPLATE = "the arguments of a slash command may reach a shell, or name any file"
FILES = "it would reveal files on this machine"
SERVERS = "the author of this app chooses its servers and folders"
INNARDS = "it would reveal the server and this machine, not a session"
PUBLISHES = "it would put the session on the web"
ELSEWHERE = "it answers a request that is not pending in this app"
KERNEL = "it would reveal what the author's kernel holds"
DECIDES = "the author of this app decides what the agent may do, by a policy or in OpenCode's configuration"

# Every command of a page: why it is refused; None if a visitor may use it.
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
    "redo": None,
    "share_session": PUBLISHES,
    "older": None,
    "part": None,
    "diff": None,
    "search": None,
    "export": None,
    "prompt": None,
    "cancel_prompt": None,
    "take_back_prompt": None,
    "send_again": None,
    "try_again": None,
    "edit_prompt": None,
    "deliver_prompt": None,
    "queue_prompt": None,
    "edit_queued": None,
    "move_queued": None,
    "remove_queued": None,
    "send_queued": None,
    "abort": None,
    "run_command": TEMPLATE,
    "shell": SHELL,
    "compact": None,
    "init": TEMPLATE,
    "request": None,
    "answer_permission": None,
    "allow_all": DECIDES,
    "answer_question": None,
    "convert_file": None,
    "find": FILES,
    "find_names": KERNEL,
    "check_names": KERNEL,
    "preview_names": KERNEL,
    "dismiss_cell_error": KERNEL,
    "transcript": KERNEL,
    "locate_file": FILES,
    "read_picture": FILES,
    "read_mermaid": None,
    "stop_batch": None,
    "control_replay": None,
}
# What a page may do with a replay.
READS = frozenset(
    {"select_instance", "select_session", "close_session", "older", "part", "search", "export", "request", "transcript", "read_mermaid",
     "control_replay"}
)  # fmt: skip
# Features that a visitor's page does not offer, even if the server has them.
HIDDEN = frozenset({Feature.SHELL, Feature.COMMANDS, Feature.INIT, Feature.SHARE, Feature.FIND, Feature.STATUS})


def check(name: str, args: Mapping[str, Any], waiting: Collection[str]) -> None:
    """Refuse a command that a visitor may not use.

    Args:
        name: of the command.
        args: of the command, unchecked.
        waiting: the ids of the pending requests in this widget's sessions; the server may have others.

    Raises:
        NotAllowed: why it is refused. A command that the table does not have is refused, too.
    """
    reason = REFUSED.get(name, INNARDS)
    if name == "answer_permission" and args.get("reply") != "reject":
        reason = DECIDES
    elif _names_objects(args.get("text")):
        reason = KERNEL
    elif name in ("prompt", "queue_prompt") and _names_files(args.get("mentions")):
        reason = FILES
    elif "request" in args and str(args["request"]) not in waiting:
        reason = ELSEWHERE
    if reason is not None:
        raise NotAllowed(
            f"This app is restricted and refuses {name.replace('_', ' ')!r}: {reason}.",
            remedy="Ask the author of the app: OpenCode(restricted=True) is set there.",
        )


def check_replay(name: str) -> None:
    """Refuse a command that does more than read a replay.

    Raises:
        NotAllowed: it does.
    """
    if name not in READS:
        raise NotAllowed(READ_ONLY)


def _names_objects(words: object) -> bool:
    """Do the words of a prompt, new or edited, name objects of the kernel, such as `@var:df`? Found as a reader of names finds them."""
    return isinstance(words, str) and bool(mentioned(words))


def _names_files(mentions: object) -> bool:
    """Does a prompt mention anything but agents? The server would read a mentioned file, wherever it is."""
    if not isinstance(mentions, list):
        return mentions is not None
    return any(not isinstance(mention, Mapping) or mention.get("kind") != "agent" for mention in mentions)


def restricted_head(instance: InstanceHead) -> InstanceHead:
    """The head of an instance as a visitor's page gets it."""
    features = [name for name in instance["features"] if name not in HIDDEN]
    return {**instance, "restricted": True, "features": features}


def restricted_view(instance: InstanceView) -> InstanceView:
    """An instance as a visitor's page gets it."""
    return {**instance, **restricted_head(instance), "commands": []}
