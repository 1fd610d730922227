"""What every command can use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ...server.endpoints import Endpoint
from ...sync.history import InstanceRuntime
from ..manager import Manager
from .arguments import Args, text

OpenFolder = Callable[[str], Endpoint]


@dataclass(frozen=True)
class CommandContext:
    """Where commands are carried out.

    Attributes:
        manager: of the widget.
        open_folder: the source of a server in a folder.
    """

    manager: Manager
    open_folder: OpenFolder

    def runtime(self, args: Args) -> InstanceRuntime:
        """The instance that a command is about.

        Raises:
            OpenCodeError: it names none, or one that there is not.
        """
        return self.manager.instance(text(args, "instance"))

    def session(self, args: Args) -> tuple[InstanceRuntime, str]:
        """The instance and the id of the session that a command is about.

        Raises:
            OpenCodeError: it names none, or one that there is not.
        """
        runtime = self.runtime(args)
        return runtime, runtime.session(text(args, "session")).id


Handler = Callable[[CommandContext, Args], Awaitable[Any]]
