"""What every command can use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ...server.endpoints import Source
from ...sync.history import Conversations
from ..manager import Manager
from .arguments import Args, text

OpenFolder = Callable[[str], Source]


@dataclass(frozen=True)
class Desk:
    """Where commands are carried out.

    Attributes:
        manager: of the widget.
        open_folder: the source of a server in a folder.
    """

    manager: Manager
    open_folder: OpenFolder

    def one(self, args: Args) -> Conversations:
        """The instance that a command is about.

        Raises:
            OpenCodeError: it names none, or one that there is not.
        """
        return self.manager.instance(text(args, "instance"))

    def session(self, args: Args) -> tuple[Conversations, str]:
        """The instance and the id of the session that a command is about.

        Raises:
            OpenCodeError: it names none, or one that there is not.
        """
        one = self.one(args)
        return one, one.session(text(args, "session")).id


Handler = Callable[[Desk, Args], Awaitable[Any]]
