"""What we ask of an OpenCode server: one interface, one implementation a dialect (`v1.py`, `classic.py`)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

from ..errors import NotOpenCode
from ..model.dialects import Decoded
from ..model.dialects.read import BadField
from ..model.events import History, Overview
from ..model.infos import Catalogue, SessionInfo
from .http import CHECK_ADDRESS, Http

T = TypeVar("T")
Reply = Literal["once", "always", "reject"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt on its way to the server; `model` is "provider/id"."""

    session_id: str
    text: str
    message_id: str
    part_id: str
    agent: str | None = None
    model: str | None = None
    variant: str | None = None


class Client(ABC):
    """One OpenCode server, as one folder of it sees it.

    Every method raises OpenCodeError where the server cannot be reached or refuses.

    Attributes:
        dialect: its name, for people.
        version: what the server calls itself.
        has_heartbeats: is silence a sign of death?
        takes_ids: are our own message ids taken, so that a prompt can be shown before the server's event for it?
    """

    dialect: ClassVar[str]
    has_heartbeats: ClassVar[bool] = True
    takes_ids: ClassVar[bool] = True

    def __init__(self, http: Http, version: str) -> None:
        self.http = http
        self.version = version

    def __repr__(self) -> str:
        return f"<Client {self.dialect} {self.version} at {self.http.address.url}>"

    @abstractmethod
    def listen(self) -> AsyncGenerator[Decoded, None]:
        """The stream of events; see `stream.listen`."""

    @abstractmethod
    async def directory(self) -> str | None:
        """The folder as the server writes it; None where it does not say."""

    @abstractmethod
    async def overview(self, limit: int) -> Overview:
        """The newest sessions, what they do, and the requests that wait; without histories."""

    @abstractmethod
    async def history(self, session_id: str, limit: int, before: str | None = None) -> History:
        """The newest messages of a session; or those before a History's `more`."""

    @abstractmethod
    async def catalogue(self) -> Catalogue:
        """Agents and models."""

    @abstractmethod
    async def create_session(self, title: str | None = None) -> SessionInfo:
        """Make a session."""

    @abstractmethod
    async def prompt(self, prompt: Prompt) -> str:
        """Send a prompt; returns as soon as the server has it, with its id for the message."""

    @abstractmethod
    async def abort(self, session_id: str) -> None:
        """Stop the turn that runs."""

    @abstractmethod
    async def answer_permission(self, request_id: str, reply: Reply, message: str | None = None) -> None:
        """Answer a permission; `message` goes to the model with a "reject"."""

    @abstractmethod
    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> None:
        """Answer questions, a list of labels or words for each; None dismisses them."""

    def understood(self, read: Callable[[Any], T], value: Any, path: str) -> T:
        """What an answer says.

        Raises:
            NotOpenCode: it says something else than OpenCode does.
        """
        try:
            return read(value)
        except BadField as problem:
            raise NotOpenCode(
                f"{self.http.address.url} answered {path} with JSON that is not OpenCode's: {problem}.",
                remedy=CHECK_ADDRESS,
            ) from problem

    async def close(self) -> None:
        """Close all connections."""
        await self.http.close()
