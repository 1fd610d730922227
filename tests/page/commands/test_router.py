"""Which handler a command gets, and what it must name: nonsense is refused in words."""

from __future__ import annotations

from typing import Any, NotRequired, get_origin, get_type_hints

import pytest

from opencode_widget.model import wire
from opencode_widget.page.commands.router import HANDLERS, OF_INSTANCE, OF_SESSION, OF_WIDGET

from ...support.command_client import CommandClient

OF_A_SESSION = ["instance", "session"]
NEEDED = {
    "select_instance": ["instance"],
    "select_session": OF_A_SESSION,
    "open": ["directory"],
    "attach": ["url"],
    "close_instance": ["instance"],
    "reconnect": ["instance"],
    "restart": ["instance"],
    "convert_file": ["mime", "url"],
    "complete_folder": [],
    "recent_folders": [],
    "services": ["instance"],
    "connect_mcp": ["instance", "name", "connected"],
    "log": ["instance"],
    "events": ["instance"],
    "report": [],
    "find": ["instance"],
    "find_names": [],
    "check_names": [],
    "preview_names": [],
    "dismiss_cell_error": [],
    "transcript": [],
    "locate_file": ["instance", "path"],
    "read_picture": ["instance", "path"],
    "read_mermaid": [],
    "stop_batch": ["batch"],
    "control_replay": [],
    "new_session": ["instance"],
    "close_session": OF_A_SESSION,
    "more_sessions": ["instance"],
    "rename_session": [*OF_A_SESSION, "title"],
    "delete_session": OF_A_SESSION,
    "archive_session": [*OF_A_SESSION, "archived"],
    "fork_session": OF_A_SESSION,
    "revert": [*OF_A_SESSION, "message"],
    "unrevert": OF_A_SESSION,
    "redo": OF_A_SESSION,
    "share_session": [*OF_A_SESSION, "shared"],
    "older": OF_A_SESSION,
    "part": [*OF_A_SESSION, "message", "part"],
    "diff": OF_A_SESSION,
    "search": [*OF_A_SESSION, "query"],
    "export": [*OF_A_SESSION, "format"],
    "prompt": ["instance", "text"],
    "cancel_prompt": [*OF_A_SESSION, "message"],
    "take_back_prompt": [*OF_A_SESSION, "message"],
    "send_again": [*OF_A_SESSION, "message"],
    "try_again": [*OF_A_SESSION, "message"],
    "edit_prompt": [*OF_A_SESSION, "message", "text"],
    "deliver_prompt": [*OF_A_SESSION, "message", "delivery"],
    "queue_prompt": [*OF_A_SESSION, "text"],
    "edit_queued": [*OF_A_SESSION, "queued", "text"],
    "move_queued": [*OF_A_SESSION, "queued"],
    "remove_queued": [*OF_A_SESSION, "queued"],
    "send_queued": [*OF_A_SESSION, "queued"],
    "abort": OF_A_SESSION,
    "run_command": ["instance", "command"],
    "shell": ["instance", "command"],
    "compact": OF_A_SESSION,
    "init": OF_A_SESSION,
    "request": ["instance", "request"],
    "answer_permission": ["instance", "request", "reply"],
    "answer_question": ["instance", "request"],
    "allow_all": [*OF_A_SESSION, "allowed"],
}
GOOD: dict[str, Any] = {
    "session": "ses_1",
    "mime": "image/png",
    "directory": "/",
    "url": "http://127.0.0.1:1",
    "text": "Hi",
    "command": "init",
    "reply": "once",
    "delivery": "queue",
    "archived": True,
    "shared": True,
    "allowed": True,
    "connected": True,
    "format": "markdown",
}


def test_every_command_is_tried_here() -> None:
    assert set(NEEDED) == set(HANDLERS)


# ---- what a command is about ------------------------------------------------------------------------------------------

# Commands about the tabs of the widget, although they name an instance or a session.
TABS = {"select_instance", "select_session", "close_instance"}


def required(name: str) -> set[str]:
    """The arguments that the contract with the page requires of a command."""
    hints = get_type_hints(get_type_hints(wire.Arguments)[name], include_extras=True)
    return {key for key, hint in hints.items() if get_origin(hint) is not NotRequired}


def test_a_command_stands_in_one_table() -> None:
    assert len(HANDLERS) == len(OF_WIDGET) + len(OF_INSTANCE) + len(OF_SESSION)
    assert set(OF_WIDGET) >= TABS


@pytest.mark.parametrize("name", sorted(set(HANDLERS) - TABS))
def test_a_handler_gets_what_the_command_must_name(name: str) -> None:
    names = required(name) & {"instance", "session"}
    table = {2: OF_SESSION, 1: OF_INSTANCE, 0: OF_WIDGET}[len(names)]
    assert name in table


# ---- nonsense ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "missing"), [(name, key) for name, keys in NEEDED.items() for key in keys])
@pytest.mark.parametrize("value", [None, "", 7, {"a": 1}])
async def test_an_argument_that_is_missing_or_nonsense_is_a_problem_in_words(
    client: CommandClient, name: str, missing: str, value: object
) -> None:
    good = {**GOOD, "instance": client.instance.id}
    args = {key: good.get(key, "x") for key in NEEDED[name]} | {missing: value}
    problem = await client.fails(name, **args)
    assert problem["name"] in ("BadCommand", "RequestFailed", "NotFound")
    assert "Traceback" not in str(problem)


@pytest.mark.parametrize(
    "name", [name for name, keys in NEEDED.items() if "instance" in keys and name != "close_instance"]
)
async def test_an_unknown_instance_is_not_found(client: CommandClient, name: str) -> None:
    args = {key: GOOD.get(key, "x") for key in NEEDED[name] if key != "instance"}
    assert (await client.fails(name, **args, instance="i0"))["name"] == "NotFound"


@pytest.mark.parametrize(
    "name", [*(name for name, keys in NEEDED.items() if "session" in keys), "prompt", "run_command", "shell"]
)
async def test_an_unknown_session_is_not_found(client: CommandClient, name: str) -> None:
    args = {key: GOOD.get(key, "x") for key in NEEDED[name]} | {"instance": client.instance.id, "session": "ses_x"}
    assert (await client.fails(name, **args))["name"] == "NotFound"


async def test_an_unknown_command_says_so(client: CommandClient) -> None:
    assert (await client.fails("make_coffee"))["remedy"] == "Reload the page."
