"""Finds the handler of a command, and what the command is about.

Three tables, by what a handler gets besides the page's arguments:

    OF_WIDGET      the manager: commands that open, select or close tabs, or need no instance
    OF_INSTANCE    the instance that the argument `instance` names
    OF_SESSION     that instance, and the id of the session that the argument `session` names

A command that names an unknown instance or session fails before its handler runs. `Arguments` in `model/wire.py` says what each command
must name; a test compares it with the tables.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ...errors import BadCommand
from ...sync.runtime import InstanceRuntime
from .. import restriction
from ..manager import Manager
from . import instances, names, prompts, sessions
from .arguments import Args, text

WidgetHandler = Callable[[Manager, Args], Awaitable[Any]]
InstanceHandler = Callable[[InstanceRuntime, Args], Awaitable[Any]]
SessionHandler = Callable[[InstanceRuntime, str, Args], Awaitable[Any]]

OF_WIDGET: dict[str, WidgetHandler] = {**instances.OF_WIDGET, **sessions.OF_WIDGET, **names.OF_WIDGET}
OF_INSTANCE: dict[str, InstanceHandler] = {**instances.OF_INSTANCE, **sessions.OF_INSTANCE, **prompts.OF_INSTANCE}
OF_SESSION: dict[str, SessionHandler] = {**sessions.OF_SESSION, **prompts.OF_SESSION}

HANDLERS: Mapping[str, Callable[..., Awaitable[Any]]] = {**OF_WIDGET, **OF_INSTANCE, **OF_SESSION}


async def run(manager: Manager, name: str, args: Args) -> Any:
    """Run a page's command.

    Args:
        manager: of the widget that the page shows.
        name: of the command.
        args: of the command, unchecked.

    Returns:
        The command's result; None if it has none.

    Raises:
        OpenCodeError: why the command is refused or failed.
    """
    if name not in HANDLERS:
        raise BadCommand(f"There is no command {name!r}.", remedy="Reload the page.")
    if manager.is_replay:
        restriction.check_replay(name)
    if manager.restricted:
        requests = {id for runtime in manager.instances.values() for id in runtime.state.requests}
        restriction.check(name, args, requests)
    if name in OF_WIDGET:
        return await OF_WIDGET[name](manager, args)
    runtime = manager.instance(text(args, "instance"))
    if name in OF_INSTANCE:
        return await OF_INSTANCE[name](runtime, args)
    return await OF_SESSION[name](runtime, runtime.session(text(args, "session")).id, args)
