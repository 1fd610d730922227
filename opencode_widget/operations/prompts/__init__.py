"""Prompts: sent, taken back or changed while they wait for their turn; and the turn stopped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace

from ...context.names import mentioned
from ...errors import ConnectionFailed, NotSupported, RequestFailed
from ...ids import make_id
from ...model import events as e
from ...model.entities import Delivery, Feature, FileInfo, NoteInfo, PartInfo, Problem, Role, prompt_part
from ...model.state import Message, MessageState, Session
from ...redaction import KNOWN
from ...server.api import Client, Prompt
from ...sync.history import PAGE
from ...sync.runtime import InstanceRuntime
from ..options import DEFAULTS, PromptOptions

# Seconds before each further attempt to send a prompt whose response was lost with the connection.
PAUSES = (0.1, 0.5, 2.0)
# Seconds after which a turn should have begun. A turn begins with the status of its session, before any model is asked.
TURN_BEGINS = 10.0
NOTHING_BEGAN = Problem(
    "NothingBegan",
    "The server accepted this prompt, and began nothing.",
    "Its log may say why. Send the prompt again when that is mended.",
)
NO_MODEL = Problem("NoModels", "The server has no model.", "Configure a provider in OpenCode.")
NOTHING_CAME = Problem(
    "NothingCame",
    "The server began to answer, and ended the turn with nothing and without a reason.",
    "Its log may say why. OpenCode 1.0 ends so where it has no ripgrep: put `rg` on its PATH, or update: opencode-widget install.",
)


async def prompt(
    runtime: InstanceRuntime,
    session_id: str,
    text: str,
    options: PromptOptions = DEFAULTS,
    *,
    key: str | None = None,
) -> str:
    """Send a prompt. The pages show it at once, and remove it again if it cannot be sent.

    Args:
        runtime: the instance.
        session_id: the session that it goes to.
        text: its Markdown.
        options: what the user chose for it.
        key: the page's own name for it.

    Returns:
        The id of its message, as soon as the server has it.

    Raises:
        NotSupported: the server has no choice of `delivery`.
        OpenCodeError: the server did not take it.
    """
    runtime.access.check_writable()
    options = _with_choice(runtime, session_id, options)
    message_id = make_id("msg")
    extra_ids = tuple(make_id("prt") for _ in (*options.files, *options.mentions))
    sent = Prompt(session_id, text, message_id, prompt_part(message_id), options, extra_ids)
    session = runtime.state.sessions.get(session_id)
    follows_turn = session is not None and session.has_turn
    _show(runtime, sent, key)
    try:
        id = await _send(runtime, sent)
    except BaseException:
        runtime.apply(e.PromptFailed(session_id=session_id, message_id=sent.message_id))
        raise
    runtime.conversations.add(session_id)
    runtime.apply(e.PromptAccepted(session_id=session_id, message_id=sent.message_id))
    if not follows_turn:
        runtime.spawn(watch(runtime, session_id, id or sent.message_id))
    if id and id != sent.message_id:
        # A server that does not accept our ids may not state the role of a message in its events either.
        runtime.apply(e.MessagePatched(session_id=session_id, message_id=id, changes={"role": Role.USER}))
    return id


def _with_choice(runtime: InstanceRuntime, session_id: str, options: PromptOptions) -> PromptOptions:
    """The options with the agent and the model that the session shows, where the server would not go on with them by itself.

    With an agent that the caller named, the server takes that agent's own model, if it has one, or else the session's.
    """
    session = runtime.state.sessions.get(session_id)
    if (
        session is None
        or options.agent is not None
        or (session.inferred is None and not _needs_choice(runtime, session))
    ):
        return options
    info = session.info
    if options.model is not None:
        return replace(options, agent=info.agent)
    return replace(options, agent=info.agent, model=info.model, variant=options.variant or info.variant)


def _needs_choice(runtime: InstanceRuntime, session: Session) -> bool:
    """Does the server have to be told the session's own agent? The agent of a sub-agent's session takes no prompts of the user."""
    if runtime.client is None or runtime.client.keeps_choice or session.info.agent is None:
        return False
    agents = runtime.state.catalogue.agents
    if not agents:  # not fetched yet
        return session.info.parent is None
    return any(agent.name == session.info.agent and agent.takes_prompts for agent in agents)


def _show(runtime: InstanceRuntime, prompt: Prompt, key: str | None) -> None:
    """Show the prompt before the server has it, if the server will keep our ids: its own events then merge with what is shown."""
    if runtime.client is None or not runtime.client.takes_ids:
        return
    runtime.apply(
        e.PromptSubmitted(
            session_id=prompt.session_id,
            message_id=prompt.message_id,
            part_id=prompt.part_id,
            text=KNOWN.text(prompt.text),  # without secrets, as the server's own event will be shown
            at=time.time_ns() // 1_000_000,
            key=key,
            agent=prompt.options.agent,
            model=prompt.options.model,
            variant=prompt.options.variant,
            extras=tuple(_extras(prompt)) if runtime.client.keeps_part_ids else (),
        )
    )


def _extras(prompt: Prompt) -> Iterator[PartInfo]:
    """The parts of files and mentions as the server will state them."""
    ids = iter(prompt.extra_ids)
    for file in prompt.options.files:
        yield FileInfo(next(ids), file.mime, file.filename, file.url)
    for mention in prompt.options.mentions:
        if mention.kind == "agent":
            yield NoteInfo(next(ids), "agent", f"@{mention.name}", {"name": mention.name})
        else:
            is_folder = mention.name.endswith("/")
            mime = "application/x-directory" if is_folder else "text/plain"
            yield FileInfo(next(ids), mime, mention.name, path=mention.name)


async def _send(runtime: InstanceRuntime, prompt: Prompt) -> str:
    """Send a prompt. If the connection broke before the response, ask the server whether it has the prompt, and send it again if not."""
    client = await runtime.reach()
    _check_delivery(client, prompt)
    await runtime.history.open(prompt.session_id)
    try:
        return await client.prompt(prompt)
    except ConnectionFailed as problem:
        if not client.takes_ids:
            raise
        error = problem
    for pause in PAUSES:
        client = await runtime.reach()
        try:
            return await _send_once(client, prompt)
        except ConnectionFailed as problem:  # a call notices that the server is gone before the stream does
            error = problem
        await asyncio.sleep(pause)
    raise error


def _check_delivery(client: Client, prompt: Prompt) -> None:
    if prompt.options.delivery is not None and Feature.DELIVERY not in client.features:
        raise NotSupported(
            f"{client.version} cannot choose when a prompt has its turn.", remedy="Send it without `delivery`."
        )


async def _send_once(client: Client, prompt: Prompt) -> str:
    """Send the prompt unless the server has it: sent again, the message would be dated later than its answer."""
    history = await client.history(prompt.session_id, PAGE)
    if any(message.info.id == prompt.message_id for message in history.messages):
        return prompt.message_id
    return await client.prompt(prompt)


# ---- prompts with which nothing begins --------------------------------------------------------------------------------

# A server may fail before the turn begins, and report it in its log alone: OpenCode 1.1.31 does where it has no models, and 1.0, after it
# has begun an answer, where it has no ripgrep. The prompt would stand in the transcript for ever, as if the answer were about to come.
# A prompt that was sent while a turn ran is not watched: it waits for the end of that turn, and is left behind where that is stopped, for
# which the transcript has words of its own.


async def watch(runtime: InstanceRuntime, session_id: str, message_id: str) -> None:
    """Wait for a while, and report the prompt in its session if nothing came of it."""
    await asyncio.sleep(TURN_BEGINS)
    if (problem := what_is_missing(runtime, session_id, message_id)) is not None:
        runtime.apply(e.SessionErrored(session_id=session_id, problem=without_models(runtime) or problem))


def without_models(runtime: InstanceRuntime) -> Problem | None:
    """Why the server can answer no prompt at all; None where nothing is known against it."""
    catalogue = runtime.state.catalogue
    has_none = bool(catalogue.agents) and not catalogue.models
    return runtime.resync.catalogue_problem or (NO_MODEL if has_none else None)


def what_is_missing(runtime: InstanceRuntime, session_id: str, message_id: str) -> Problem | None:
    """What is wrong with a prompt that has no answer, or an empty one, and nothing that says why, in an idle session; None: all is well."""
    session = runtime.state.sessions.get(session_id)
    if session is None or session.busy or not session.ids or session.info.revert is not None or not runtime.is_live:
        return None
    last = session.messages[session.ids[-1]]
    if last.id == message_id and not last.local and last.error is None:
        return NOTHING_BEGAN
    return NOTHING_CAME if last.info.parent == message_id and is_nothing(last) else None


def is_nothing(answer: Message) -> bool:
    """Was an answer cut off before it had anything to show, and without a reason?"""
    shown = any(part.text if part.kind in ("text", "reasoning") else part.kind != "note" for part in answer.parts)
    return not shown and answer.state is MessageState.INTERRUPTED and answer.error is None


# ---- prompts that wait for their turn ---------------------------------------------------------------------------------


async def cancel_prompt(runtime: InstanceRuntime, session_id: str, message_id: str) -> None:
    """Remove a prompt that waits.

    Raises:
        RequestFailed: the prompt no longer waits for its turn.
        OpenCodeError: the server cannot be reached, or refuses.
    """
    client = await runtime.reach()
    _check_waits(runtime, session_id, message_id)
    await client.cancel_prompt(session_id, message_id)


async def edit_prompt(runtime: InstanceRuntime, session_id: str, message_id: str, text: str) -> None:
    """Change the text of a prompt that waits.

    Raises:
        RequestFailed: the prompt no longer waits for its turn, or the new text names what the old one did not.
        OpenCodeError: the server cannot be reached, or refuses.
    """
    client = await runtime.reach()
    _check_waits(runtime, session_id, message_id)
    known = mentioned(runtime.session(session_id).messages[message_id].text)
    if new := [name.text for name in mentioned(text) if name not in known]:
        raise RequestFailed(
            f"The server has this prompt already, and takes no description of {', '.join(new)} along with a change.",
            remedy="Send what the prompt should name in a prompt of its own, or take the name out.",
        )
    await client.edit_prompt(session_id, message_id, text)


async def deliver_prompt(runtime: InstanceRuntime, session_id: str, message_id: str, delivery: Delivery) -> None:
    """Choose when a prompt that waits is delivered: within the turn that runs, or after it.

    Raises:
        RequestFailed: the prompt no longer waits for its turn.
        NotSupported: the server has no such choice.
        OpenCodeError: the server cannot be reached, or refuses.
    """
    client = await runtime.reach()
    _check_waits(runtime, session_id, message_id)
    await client.deliver_prompt(session_id, message_id, delivery)


def existing(runtime: InstanceRuntime, session_id: str, message_id: str) -> Message:
    """A prompt of a session.

    Raises:
        RequestFailed: it is gone.
    """
    message = runtime.session(session_id).messages.get(message_id)
    if message is None:
        raise RequestFailed("This prompt no longer exists.", remedy="Send it again.")
    return message


def _check_waits(runtime: InstanceRuntime, session_id: str, message_id: str) -> None:
    message = existing(runtime, session_id, message_id)
    if message.state is not MessageState.QUEUED:
        raise RequestFailed(
            "This prompt no longer waits for its turn.", remedy="Stop the turn, or revert to before it."
        )


# ---- prompts that wait in this kernel; see `queue.py` ----------------------------------------------------------------

STOPPED = "The turn was stopped."


def stop_queue(runtime: InstanceRuntime, session_id: str, reason: str) -> None:
    """Keep the prompts that wait in this kernel until the user sends one of them."""
    session = runtime.state.sessions.get(session_id)
    if session is not None and session.queue.prompts:
        runtime.apply(e.QueueChanged(session_id=session_id, queue=replace(session.queue, stopped=reason)))


# ---- the turn ---------------------------------------------------------------------------------------------------------


async def abort(runtime: InstanceRuntime, session_id: str) -> None:
    """Stop the turn of a session, and those of its sub-agents.

    Raises:
        OpenCodeError: the session is unknown, or the server cannot be reached or refuses.
    """
    runtime.session(session_id)
    client = await runtime.reach()
    stop_queue(runtime, session_id, STOPPED)
    # The server rejects the requests that wait in the turn: the events about that must not name another program as the one who answered.
    runtime.expect_rejections(session_id)
    await client.abort(session_id)
