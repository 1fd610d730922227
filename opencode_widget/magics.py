"""Magics of IPython: `%load_ext opencode_widget`, then `%%opencode`, `%opencode` and `%opencode_config`.

`%%opencode` sends the text of its cell, and shows the answer below the cell as it comes. It needs no widget and no page: a terminal,
papermill and nbclient run it, too. IPython has no magics that can be awaited, so the extension puts an `await` before the call that
IPython makes of the cell; then clicks and the Stop button reach the turn, as in a cell that awaits `session.ask`.

What goes wrong is a `UsageError`, which IPython shows in one line; the cell has failed for whoever runs the notebook.
"""

from __future__ import annotations

import asyncio
import difflib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import traitlets
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring
from IPython.display import display

from .api.session import Session
from .errors import OpenCodeError
from .model.entities import Role
from .model.render import conversation
from .model.render.blocks import Block, joined
from .model.render.rich import Rich
from .model.state import Message
from .notebook.cell import is_terminal
from .operations.options import check_choice
from .widget import HEIGHT, OpenCode

# The call that IPython makes of a cell that begins with `%%opencode`.
CALL = "get_ipython().run_cell_magic('opencode',"
# The names of the variables of the environment that set the defaults, before the trait's own name in capitals.
PREFIX = "OPENCODE_WIDGET_"
# Seconds between two drawings of an answer, and how many times as long as a drawing took.
EVERY, TIMES = 0.25, 10
# Languages of code that can be run in the next cell.
PYTHON = frozenset({"", "python", "py", "python3", "ipython", "ipython3"})


class Answer(Rich):
    """The messages that answer a prompt, as they come."""

    __slots__ = ("messages",)

    def __init__(self, messages: Iterable[Message]) -> None:
        self.messages = tuple(messages)

    def __repr__(self) -> str:
        return "\n\n".join(filter(None, (message.text for message in self.messages)))

    def _blocks(self) -> Iterable[Block]:
        return joined(conversation.message(message) for message in self.messages)


@magics_class
class OpenCodeMagics(Magics):
    """The magics, with what they use where a cell names nothing else.

    Set by `%opencode_config`, by `c.OpenCodeMagics.model = "..."` in `ipython_config.py`, or by variables of the environment such as
    `OPENCODE_WIDGET_MODEL`.
    """

    url = traitlets.Unicode(help="A running server, http://host:port; empty: the widget starts one.").tag(config=True)
    directory = traitlets.Unicode(help="The folder; empty: the notebook's.").tag(config=True)
    model = traitlets.Unicode(help="provider/model; empty: the server's choice.").tag(config=True)
    agent = traitlets.Unicode(help="The name of an agent; empty: the server's choice.").tag(config=True)
    policy = traitlets.Enum(
        ["ask", "allow", "reject"], "ask", help="What the agent requests is asked, allowed, or rejected."
    ).tag(config=True)
    height = traitlets.CInt(HEIGHT, min=120, help="Of the widget, in pixels.").tag(config=True)
    error_bar = traitlets.CBool(default_value=True, help="Offer to ask about a cell that has failed.").tag(config=True)
    transcript = traitlets.CBool(default_value=True, help="Save what was said in the notebook.").tag(config=True)
    send_key = traitlets.Enum(["enter", "ctrl+enter"], "enter", help="The key that sends a prompt.").tag(config=True)

    def __init__(self, shell: InteractiveShell, **settings: Any) -> None:
        super().__init__(shell, **settings)
        self._shell = shell
        self._widget: OpenCode | None = None
        # The environment goes before the configuration, which the base class has read.
        for name in SETTINGS:
            if value := os.environ.get(f"{PREFIX}{name.upper()}"):
                self._set(name, value)

    # ---- settings ----

    @line_magic
    def opencode_config(self, line: str) -> None:
        """Show the settings, or change some: `%opencode_config model=provider/model agent=plan`."""
        words = line.split()
        for word in words:
            name, given, value = word.partition("=")
            self._set(name, value if given else None)
        if not words:
            for name in SETTINGS:
                print(f"{name} = {getattr(self, name)!r}  # {self.traits()[name].help}")  # noqa: T201 - what was asked for

    def _set(self, name: str, value: str | None) -> None:
        if name not in SETTINGS:
            near = difflib.get_close_matches(name, SETTINGS, 1) or [f"one of {', '.join(SETTINGS)}"]
            raise UsageError(f"There is no setting {name!r}. Did you mean {near[0]}?")
        if value is None:
            raise UsageError(f"{name!r} has no value. Write {name}=...")
        try:
            setattr(self, name, value)
        except traitlets.TraitError as error:
            raise UsageError(" ".join(str(error).split())) from None

    # ---- prompts ----

    @no_var_expand
    @magic_arguments()
    @argument("-s", "--session", help="the id or the title of a session; one of this title is made if there is none")
    @argument("-m", "--model", help="provider/model")
    @argument("-a", "--agent", help="the name of an agent")
    @argument("-f", "--file", action="append", default=[], help="a file to attach; may stand several times")
    @argument("-o", "--output", metavar="VARIABLE", help="the variable that gets the answer, a Message")
    @argument("-i", "--insert", action="store_true", help="put the answer's Python code into the next cell")
    @argument("--quiet", action="store_true", help="do not show the answer")
    @line_cell_magic
    def opencode(self, line: str, cell: str | None = None) -> Any:
        """`%%opencode` sends the text of the cell as a prompt; `%opencode` alone shows the widget."""
        if cell is None:
            if line.strip():
                raise UsageError(
                    "%opencode alone shows the widget; a prompt is the text of a cell that begins with %%opencode."
                )
            with _in_one_line():
                return self._open()
        chosen = parse_argstring(self.opencode, line)
        if chosen.output is not None and not chosen.output.isidentifier():
            raise UsageError(f"-o takes the name of a variable, not {chosen.output!r}.")
        if not cell.strip():
            raise UsageError("The cell has no prompt: write it below %%opencode.")
        return self._prompt(chosen, cell.strip("\n"))

    async def _prompt(self, chosen: Any, text: str) -> None:
        """Send a prompt, show its answer as it comes, and keep it."""
        with _in_one_line():
            widget = self._open()
            await widget.ready()
            agent, model = chosen.agent or self.agent or None, chosen.model or self.model or None
            session = await self._session(widget, chosen.session, agent, model)
            known = {message.id for message in await session.load()}
            asking = session.ask(
                text,
                agent=agent,
                model=model,
                files=chosen.file,
            )
            showing = [] if chosen.quiet else [asyncio.ensure_future(_show(session, known))]
            try:
                reply = await asking
            finally:
                for task in showing:
                    task.cancel()
                await asyncio.gather(*showing, return_exceptions=True)
        self._keep(chosen, reply)

    def _keep(self, chosen: Any, reply: Message) -> None:
        if chosen.output:
            self._shell.push({chosen.output: reply})
        code = [block.text for block in reply.code_blocks if block.language.lower() in PYTHON]
        if chosen.insert and code:
            self._shell.set_next_input("\n\n".join(code))
        if reply.error is not None:
            raise UsageError(f"{reply.error.message} {reply.error.remedy}".strip())

    async def _session(self, widget: OpenCode, name: str | None, agent: str | None, model: str | None) -> Session:
        """The session of that id or title; without one, the session on screen. It is made where there is none, and the prompt can go."""
        known = {session.id: session for session in widget.sessions}
        wanted = widget.active_session if name is None else name
        if wanted in known:
            return known[wanted]
        titled = [session for session in known.values() if session.title == name]
        if titled:
            return titled[0]
        await check_choice(widget._active_runtime(), agent=agent, model=model)
        return await widget.new_session(name)

    # ---- the widget ----

    def _open(self) -> OpenCode:
        """The widget that the user made last, or else one of our own."""
        for value in reversed(list(self._shell.user_ns.values())):
            if issubclass(type(value), OpenCode) and not value.is_closed:
                found: OpenCode = value
                return found
        if self._widget is None or self._widget.is_closed:
            self._widget = self._made()
        return self._widget

    def _made(self) -> OpenCode:
        common: dict[str, Any] = {
            "height": self.height,
            "send_key": self.send_key,
            "error_bar": self.error_bar,
            "transcript": self.transcript,
        }
        if self.url:
            password = os.environ.get("OPENCODE_SERVER_PASSWORD")
            widget = OpenCode(self.directory or None, url=self.url, password=password, **common)
        else:
            widget = OpenCode(self.directory or None, **common)
        if self.policy == "allow":
            widget.on_permission(lambda permission: "once")
        elif self.policy == "reject":
            widget.on_permission(lambda permission: "reject")
        return widget


SETTINGS = ("url", "directory", "model", "agent", "policy", "height", "error_bar", "transcript", "send_key")


@contextmanager
def _in_one_line() -> Iterator[None]:
    """What a user can mend is said in one line, without a traceback."""
    try:
        yield
    except (OpenCodeError, ValueError, TypeError) as error:
        raise UsageError(" ".join(str(error).split())) from None


async def _show(session: Session, known: set[str]) -> None:
    """Draw the answer again and again until the turn has ended, and once more then."""
    handle = None if is_terminal() else display(Answer(()), display_id=True)
    printed, took = 0, 0.0
    try:
        while True:
            await asyncio.sleep(max(EVERY, TIMES * took))
            began = time.monotonic()
            printed = _draw(session, known, handle, printed)
            took = time.monotonic() - began
    finally:
        _draw(session, known, handle, printed)


def _draw(session: Session, known: set[str], handle: Any, printed: int) -> int:
    """Bring what is shown up to date; returns how many characters a terminal shows."""
    answer = Answer(item for item in session.messages if item.id not in known and item.role is Role.ASSISTANT)
    if handle is not None:
        handle.update(answer)
        return printed
    text = repr(answer)
    print(text[printed:], end="", flush=True)  # noqa: T201 - the answer
    return max(printed, len(text))


# ---- the extension ----------------------------------------------------------------------------------------------------


def _awaited(lines: list[str]) -> list[str]:
    """Put an `await` before the call of the cell magic; other cells stay as they are."""
    return [f"await {lines[0]}", *lines[1:]] if lines and lines[0].startswith(CALL) else lines


def load(shell: InteractiveShell) -> None:
    """Register the magics."""
    shell.register_magics(OpenCodeMagics)
    if _awaited not in shell.input_transformers_post:
        shell.input_transformers_post.append(_awaited)


def unload(shell: InteractiveShell) -> None:
    """Take the magics away."""
    if _awaited in shell.input_transformers_post:
        shell.input_transformers_post.remove(_awaited)
    for kind, names in (("line", ("opencode", "opencode_config")), ("cell", ("opencode",))):
        for name in names:
            shell.magics_manager.magics[kind].pop(name, None)
