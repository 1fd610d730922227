"""The interface of a client: what we ask of an OpenCode server. `v1/client.py`, `v2/client.py` and `classic.py` implement it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Literal, NoReturn, TypeVar

from ..errors import NotOpenCode, NotSupported
from ..model.dialects import Decoded
from ..model.dialects.read import BadField
from ..model.entities import Catalogue, Delivery, Feature, FileDiff, Found, Request, Service, SessionInfo, SlashCommand
from ..model.events import History, Overview
from .http.client import CHECK_ADDRESS, Http

T = TypeVar("T")
# Seconds for a call that is answered at the end of a turn: the user stops it, not a clock.
LONG = 7 * 24 * 3600.0
Reply = Literal["once", "always", "reject"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file with a prompt; `url` is a `data:` URL."""

    mime: str
    filename: str
    url: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a prompt that stands for a file, a folder or an agent.

    Attributes:
        kind: "file" stands for folders too.
        name: of an agent; or a path from the folder of the instance, with "/" at the end for a folder.
        start: its first place in the text, in characters of Python.
        end: the place after its last.
    """

    kind: Literal["file", "agent"]
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PromptOptions:
    """What the user chose for a prompt or a slash command, beside its text. None leaves the choice to the server.

    Attributes:
        agent: the name of the agent that answers.
        model: the model, written "provider/id".
        variant: a variant of the model, such as how much it reasons.
        files: files whose content goes with the prompt.
        mentions: the names in the text that stand for files, folders or agents.
        delivery: when a prompt that is sent while a turn runs has its own turn (2.x).
    """

    agent: str | None = None
    model: str | None = None
    variant: str | None = None
    files: tuple[Attachment, ...] = ()
    mentions: tuple[Mention, ...] = ()
    delivery: Delivery | None = None


DEFAULTS = PromptOptions()


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt on its way to the server.

    Attributes:
        session_id: the session that it goes to.
        text: its Markdown.
        message_id: our id for its message.
        part_id: our id for the part with the text.
        options: what the user chose for it.
        extra_ids: our ids for the parts of the files and then of the mentions, where the server accepts them.
    """

    session_id: str
    text: str
    message_id: str
    part_id: str
    options: PromptOptions = DEFAULTS
    extra_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Invocation:
    """A slash command, or a command of the shell.

    Attributes:
        session_id: the session in which it runs.
        command: the name of the slash command without its slash; with `Client.shell` the command line.
        arguments: what the user wrote after the name of a slash command.
        options: what the user chose for it; the shell takes the agent and the model.
    """

    session_id: str
    command: str
    arguments: str = ""
    options: PromptOptions = DEFAULTS


class Admitted(Enum):
    """The server took an input, and answered before its turn (2.x). The value says which message the input becomes."""

    PROMPT = "prompt"
    SUMMARY = "summary"


class Client(ABC):
    """One OpenCode server, for one of its folders.

    Every method raises OpenCodeError if the server cannot be reached, or refuses.

    Attributes:
        dialect: its name, for the user.
        version: what the server calls itself.
        has_heartbeats: whether the server sends heartbeats, so that silence means a dead connection.
        takes_ids: whether the server accepts our message ids, so that a prompt can be shown before the server's event for it.
        keeps_part_ids: whether it also accepts our ids for the parts of files and mentions.
        keeps_choice: whether a prompt that names neither agent nor model goes to those of its session.
        features: what the server offers beyond the abstract methods; the methods for all else raise NotSupported.
    """

    dialect: ClassVar[str]
    features: ClassVar[frozenset[Feature]] = frozenset()
    has_heartbeats: ClassVar[bool] = True
    takes_ids: ClassVar[bool] = True
    keeps_part_ids: ClassVar[bool] = False
    keeps_choice: ClassVar[bool] = True

    def __init__(self, http: Http, version: str) -> None:
        self.http = http
        self.version = version

    def __repr__(self) -> str:
        return f"<Client {self.dialect} {self.version} at {self.http.address.url}>"

    @abstractmethod
    def listen(self) -> AsyncGenerator[Decoded, None]:
        """The stream of events; see `stream.listen`. It begins with the server's first event, or a greeting of ours."""

    @abstractmethod
    async def directory(self) -> str | None:
        """The folder as the server writes it; None where the server has no call for it."""

    async def home(self) -> str | None:
        """The home of the user as whom the server runs; None where it does not say."""
        return None

    async def has_folder(self) -> bool | None:
        """Can the server read the folder of this client? None where it does not say."""
        return None

    async def subfolders(self) -> tuple[str, ...]:
        """The names of the folders in the folder of this client; () where the server does not say."""
        return ()

    @abstractmethod
    async def overview(self, limit: int) -> Overview:
        """The newest sessions, their status, and the requests that wait; without messages."""

    async def latest_sessions(self, limit: int) -> tuple[SessionInfo, ...]:
        """The newest sessions alone. A dialect that can fetch less than an overview does so."""
        return (await self.overview(limit)).sessions

    @abstractmethod
    async def history(self, session_id: str, limit: int, before: str | None = None) -> History:
        """The newest messages of a session; with `before`, which is a History's `more`, those before it."""

    def remember(self, requests: Iterable[Request]) -> None:  # noqa: B027 - most dialects need the id alone
        """Take note of the requests that wait, where the routes that answer them need more than their ids."""

    async def replay(self, session_id: str, after: int) -> list[Decoded] | None:
        """The events in the log of a session after this number; None where the dialect has no log, or it is too long."""
        return None

    async def shell_output(self, shell_id: str, cursor: int) -> tuple[str, int] | None:
        """What a running shell wrote from a cursor on, and the cursor of its end; 0 is the beginning. None: it cannot be had.

        Only for tools whose shell the server names (`ToolInfo.shell`) in place of their output.
        """
        return None

    @abstractmethod
    async def catalogue(self) -> Catalogue:
        """Agents and models."""

    async def late_commands(self) -> tuple[SlashCommand, ...] | None:
        """The slash commands, if the last `catalogue` did not wait for them; None if it has them."""
        return None

    @abstractmethod
    async def create_session(self, title: str | None = None) -> SessionInfo:
        """Create a session."""

    @abstractmethod
    async def prompt(self, prompt: Prompt) -> str:
        """Send a prompt. Returns the id of its message as soon as the server has accepted it."""

    @abstractmethod
    async def abort(self, session_id: str) -> None:
        """Stop the running turn, and the shell commands of the user."""

    @abstractmethod
    async def answer_permission(self, request_id: str, reply: Reply, message: str | None = None) -> bool:
        """Answer a permission; `message` goes to the model with a "reject". False if it was answered before."""

    @abstractmethod
    async def answer_question(self, request_id: str, answers: list[list[str]] | None) -> bool:
        """Answer questions, with a list of labels or words for each; None dismisses them. False if they were answered before."""

    # ---- features -----------------------------------------------------------------------------------------------------

    async def rename(self, session_id: str, title: str) -> None:
        """Give a session a title."""
        self._lacks("rename a session")

    async def delete(self, session_id: str) -> None:
        """Delete a session, with all its messages and sub-agents' sessions."""
        self._lacks("delete a session")

    async def archive(self, session_id: str, *, archived: bool) -> None:
        """Archive a session, or take it out of the archive."""
        self._lacks("archive a session")

    async def fork(self, session_id: str, before: str | None = None) -> SessionInfo:
        """Copy a session, or its messages before one."""
        self._lacks("fork a session")

    async def revert(self, session_id: str, message_id: str, part_id: str | None = None) -> None:
        """Revert a message and all after it, with their changes of files."""
        self._lacks("take back messages")

    async def unrevert(self, session_id: str) -> None:
        """Restore what was reverted."""
        self._lacks("restore messages")

    async def share(self, session_id: str, *, shared: bool) -> str | None:
        """Make a session public, or private again; the address where it is public."""
        self._lacks("share a session")

    async def compact(self, session_id: str, model: str) -> Admitted | None:
        """Replace the conversation by a summary made by `model` ("provider/id"). May take minutes. None: the summary is made."""
        self._lacks("compact a session")

    async def init(self, session_id: str, model: str) -> Admitted | None:
        """Have the agent look at the project and write AGENTS.md. May take minutes. None: the turn has ended."""
        self._lacks("write AGENTS.md")

    async def command(self, invocation: Invocation) -> Admitted | None:
        """Run a slash command. May take minutes: until the end of its turn, unless the server only admits it. None: the turn has ended."""
        self._lacks("run a command")

    async def shell(self, invocation: Invocation) -> None:
        """Run a shell command. May take minutes: until its end."""
        self._lacks("run a command of the shell")

    async def cancel_prompt(self, session_id: str, message_id: str) -> None:
        """Remove a prompt that waits."""
        self._lacks("take back a prompt that waits")

    async def edit_prompt(self, session_id: str, message_id: str, text: str) -> None:
        """Change the text of a prompt that waits."""
        self._lacks("change a prompt that waits")

    async def deliver_prompt(self, session_id: str, message_id: str, delivery: Delivery) -> None:
        """Have a waiting prompt join the running turn, or wait for its end."""
        self._lacks("change when a prompt that waits has its turn")

    async def remove_message(self, session_id: str, message_id: str) -> None:
        """Remove a message of a session at rest."""
        self._lacks("remove a message")

    async def copy_prompt(self, session_id: str, message_id: str) -> Any:
        """A prompt as the server has it, for `send_copy`."""
        self._lacks("send a prompt again")

    async def send_copy(self, session_id: str, copy: Any) -> str:
        """Send what `copy_prompt` returned. Returns the id of the new message."""
        self._lacks("send a prompt again")

    async def find(self, query: str, limit: int) -> tuple[Found, ...]:
        """Files, folders and symbols whose name is like `query`."""
        self._lacks("look for files")

    async def diff(self, session_id: str, message_id: str | None = None) -> tuple[FileDiff, ...]:
        """What a session, or one message of it, changed in files."""
        self._lacks("say which files changed")

    async def services(self) -> tuple[Service, ...]:
        """MCP servers, language servers and formatters."""
        self._lacks("say how its services stand")

    async def connect_mcp(self, name: str, *, connected: bool) -> None:
        """Connect an MCP server, or disconnect it."""
        self._lacks("connect MCP servers")

    def _lacks(self, what: str) -> NoReturn:
        raise NotSupported(f"{self.version} cannot {what}: its protocol ({self.dialect}) has no call for that.")

    def understood(self, read: Callable[[Any], T], value: Any, path: str) -> T:
        """Read an answer.

        Raises:
            NotOpenCode: it is not what OpenCode answers.
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
