"""Sends the prompt of a turn that failed or was stopped once more. What the turn wrote and changed stays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from ...errors import NotSupported, RequestFailed
from ...model.entities import FileInfo, NoteInfo, Role
from ...model.state import Message, MessageState, Session
from ...server.api import Attachment, Mention, PromptOptions
from ...sync.runtime import InstanceRuntime
from .. import prompts
from ..prompts import unanswered


async def try_again(runtime: InstanceRuntime, session_id: str, message_id: str | None = None) -> str:
    """Send a prompt again, with its files and mentions, to the same agent and model. A prompt that no turn took is replaced.

    Args:
        runtime: the instance.
        session_id: the session.
        message_id: the prompt, or an answer to it; None: the latest prompt.

    Returns:
        The id of the new message.

    Raises:
        RequestFailed: a turn runs, or there is no such prompt.
        OpenCodeError: the server cannot be reached, or refuses.
    """
    await runtime.history.open(session_id)
    session = runtime.session(session_id)
    prompt = _prompt_of(session, message_id)
    if session.busy:
        raise RequestFailed("The agent is at work.", remedy="Stop it first, or wait for the end of its turn.")
    if prompt.state is MessageState.UNANSWERED:
        return await unanswered.send_again(runtime, session_id, prompt.id)
    if not _is_of_user(prompt):
        raise RequestFailed("This turn began without a prompt that could be sent again.", remedy="Write one.")
    try:
        return await _send_copy(runtime, session_id, prompt.id)
    except NotSupported:
        return await prompts.prompt(runtime, session_id, prompt.text, _options(prompt, runtime.state.directory or ""))


async def _send_copy(runtime: InstanceRuntime, session_id: str, message_id: str) -> str:
    """Send a prompt as the server has it, with parts that only the server knows.

    Raises:
        NotSupported: the server does not give out its prompts in the form in which it takes them.
    """
    client = await runtime.reach()
    new = await client.send_copy(session_id, await client.copy_prompt(session_id, message_id))
    runtime.spawn(prompts.watch(runtime, session_id, new))
    return new


def _prompt_of(session: Session, message_id: str | None) -> Message:
    """The prompt that a message is, or answers."""
    message = session.last_prompt if message_id is None else session.messages.get(message_id)
    if message is not None and message.role is not Role.USER:
        message = session.messages.get(message.info.parent or "") or _prompt_before(session, message)
    if message is None:
        raise RequestFailed("There is no prompt that could be sent again.", remedy="Write one.")
    return message


def _prompt_before(session: Session, answer: Message) -> Message | None:
    """The prompt before an answer whose server does not name the prompt."""
    earlier = session.ids[: session.ids.index(answer.id)]
    messages = (session.messages[id] for id in reversed(earlier))
    return next((message for message in messages if message.role is Role.USER), None)


def _is_of_user(prompt: Message) -> bool:
    """Has it words or files of the user's? A compaction and a command of the shell have none."""
    return bool(prompt.text.strip()) or any(part.kind == "file" for part in prompt.parts)


def _options(prompt: Message, directory: str) -> PromptOptions:
    """What the user chose for the prompt, as far as the server states it."""
    info, parts = prompt.info, [part.info for part in prompt.parts]
    files = [part for part in parts if isinstance(part, FileInfo)]
    attached = tuple(Attachment(file.mime, file.filename, file.url) for file in files if not file.path)
    paths = (file.path.removeprefix(f"{directory}/") for file in files if file.path)
    agents = (part.text.removeprefix("@") for part in parts if isinstance(part, NoteInfo) and part.type == "agent")
    mentions = [*_mentions(prompt.text, "file", paths), *_mentions(prompt.text, "agent", agents)]
    return PromptOptions(info.agent, info.model, info.variant, attached, tuple(mentions))


def _mentions(text: str, kind: Literal["file", "agent"], names: Iterable[str]) -> Iterator[Mention]:
    """Where the text names files or agents. The server keeps no place of those that it does not name."""
    for name in names:
        if (at := text.find(f"@{name}")) >= 0:
            yield Mention(kind, name, at, at + len(name) + 1)
