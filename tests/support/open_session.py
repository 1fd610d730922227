"""One session of an instance, for tests of what can be done in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from opencode_widget.model.state import Message, Session
from opencode_widget.operations import prompts, turn
from opencode_widget.sync.runtime import InstanceRuntime

from .runtimes import Connect, connected, selected
from .servers.fake import FakeServer
from .servers.real import RealServer
from .wait import eventually


@dataclass(frozen=True)
class OpenSession:
    """A session whose messages the kernel has."""

    runtime: InstanceRuntime
    id: str

    @property
    def state(self) -> Session:
        """What the kernel knows of it."""
        return self.runtime.session(self.id)

    @property
    def messages(self) -> list[Message]:
        """Its messages, the oldest first."""
        return list(self.state)

    @property
    def texts(self) -> list[str]:
        """The text of each message."""
        return [message.text for message in self.messages]

    async def ask(self, text: str, **more: Any) -> Message:
        """Send a prompt and wait for the end of its turn."""
        return await turn.ask(self.runtime, self.id, text, **more)

    async def send(self, text: str, **more: Any) -> str:
        """Send a prompt."""
        return await prompts.prompt(self.runtime, self.id, text, **more)

    async def abort(self) -> None:
        """Stop the turn."""
        await prompts.abort(self.runtime, self.id)


async def open_fake(server: FakeServer, connect: Connect, **more: Any) -> OpenSession:
    """The session "ses_1" of the fake server, on screen; the server answers no prompt by itself."""
    runtime = connect(server.url, **more)
    return OpenSession(runtime, await selected(runtime, server))


async def open_real(server: RealServer, connect: Connect, folder: str, url: str | None = None) -> OpenSession:
    """A new session of a real server; `url`: of a proxy before it."""
    runtime = await connected(connect, server, folder, url)
    return OpenSession(runtime, (await runtime.new_session("A session")).id)


async def prompt_arrived(server: FakeServer, session: str = "ses_1") -> None:
    """Wait until the fake server has a prompt."""
    await eventually(lambda: server.messages[session])
