"""Talking in a session: prompts on their way to the server, and answers to what it asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from ..errors import ConnectionFailed, NotSupported, RequestFailed
from ..ids import make_id
from ..model import events as e
from ..model.entities import AnsweredBy, Delivery, FileInfo, NoteInfo, PartInfo, Role, prompt_part
from ..model.state import MessageState
from ..model.wire import Feature
from ..redaction import KNOWN
from ..server.api import Client, Prompt, Reply
from ..sync.history import PAGE
from ..sync.runtime import InstanceRuntime
from ..sync.stream.own_answers import ANSWERS
from .options import DEFAULTS, PromptOptions

# Seconds between attempts to find out whether a prompt arrived whose answer was lost.
PAUSES = (0.1, 0.5, 2.0)
# Seconds by which the refusal of an answer may precede the event that says how the request was settled.
REFUSAL_LEAD = 1.0


# ---- prompts ----------------------------------------------------------------------------------------------------------


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
    message_id = make_id("msg")
    extra_ids = tuple(make_id("prt") for _ in (*options.files, *options.mentions))
    sent = Prompt(session_id, text, message_id, prompt_part(message_id), options, extra_ids)
    _show(runtime, sent, key)
    try:
        id = await _send(runtime, sent)
    except BaseException:
        runtime.apply(e.PromptFailed(session_id=session_id, message_id=sent.message_id))
        raise
    runtime.apply(e.PromptAccepted(session_id=session_id, message_id=sent.message_id))
    if id and id != sent.message_id:
        # Not every server says in its events who speaks.
        runtime.apply(e.MessagePatched(session_id=session_id, message_id=id, changes={"role": Role.USER}))
    return id


def _show(runtime: InstanceRuntime, prompt: Prompt, key: str | None) -> None:
    if runtime.client is None or not runtime.client.takes_ids:
        return
    runtime.apply(
        e.PromptSubmitted(
            session_id=prompt.session_id,
            message_id=prompt.message_id,
            part_id=prompt.part_id,
            text=KNOWN.text(prompt.text),  # as the server's own event will show it
            at=time.time_ns() // 1_000_000,
            key=key,
            agent=prompt.options.agent,
            model=prompt.options.model,
            variant=prompt.options.variant,
            extras=tuple(_extras(prompt)) if runtime.client.keeps_part_ids else (),
        )
    )


def _extras(prompt: Prompt) -> Iterator[PartInfo]:
    """Files and mentions as the server will state them."""
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
    """The answer to a prompt may be lost with the connection: then what the server has decides."""
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
        except ConnectionFailed as problem:  # a lost server shows in a call before it shows in the stream
            error = problem
        await asyncio.sleep(pause)
    raise error


def _check_delivery(client: Client, prompt: Prompt) -> None:
    if prompt.options.delivery is not None and Feature.DELIVERY not in client.features:
        raise NotSupported(
            f"{client.version} cannot choose when a prompt has its turn.", remedy="Send it without `delivery`."
        )


async def _send_once(client: Client, prompt: Prompt) -> str:
    """Sent twice it would still be one message, but one that is younger than its answer."""
    history = await client.history(prompt.session_id, PAGE)
    if any(message.info.id == prompt.message_id for message in history.messages):
        return prompt.message_id
    return await client.prompt(prompt)


# ---- prompts that wait ------------------------------------------------------------------------------------------------


async def cancel_prompt(runtime: InstanceRuntime, session_id: str, message_id: str) -> None:
    """Take back a prompt that waits."""
    client = await runtime.reach()
    _check_waits(runtime, session_id, message_id)
    await client.cancel_prompt(session_id, message_id)


async def edit_prompt(runtime: InstanceRuntime, session_id: str, message_id: str, text: str) -> None:
    """Change a prompt that waits."""
    client = await runtime.reach()
    _check_waits(runtime, session_id, message_id)
    await client.edit_prompt(session_id, message_id, text)


async def deliver_prompt(runtime: InstanceRuntime, session_id: str, message_id: str, delivery: Delivery) -> None:
    """Have a prompt that waits join the turn that runs, or wait for its end."""
    client = await runtime.reach()
    _check_waits(runtime, session_id, message_id)
    await client.deliver_prompt(session_id, message_id, delivery)


def _check_waits(runtime: InstanceRuntime, session_id: str, message_id: str) -> None:
    message = runtime.session(session_id).messages.get(message_id)
    if message is None:
        raise RequestFailed("This prompt is no more.")
    if message.state is not MessageState.QUEUED:
        raise RequestFailed("This prompt does not wait any longer.", remedy="Stop the turn, or revert to before it.")


# ---- turns and requests -----------------------------------------------------------------------------------------------


async def abort(runtime: InstanceRuntime, session_id: str) -> None:
    """Stop the turn of a session."""
    runtime.session(session_id)
    client = await runtime.reach()
    runtime.expect_rejections(session_id)
    await client.abort(session_id)


async def answer_permission(
    runtime: InstanceRuntime, request_id: str, reply: Reply, message: str | None = None
) -> None:
    """Answer a permission."""
    client = await runtime.reach()
    await _answer(runtime, request_id, reply, lambda: client.answer_permission(request_id, reply, message))


async def answer_question(runtime: InstanceRuntime, request_id: str, answers: list[list[str]] | None) -> None:
    """Answer questions; None dismisses them."""
    client, outcome = await runtime.reach(), "dismissed" if answers is None else "answered"
    await _answer(runtime, request_id, outcome, lambda: client.answer_question(request_id, answers))


async def _answer(runtime: InstanceRuntime, request_id: str, outcome: str, call: Callable[[], Awaitable[bool]]) -> None:
    """Send an answer; what is known of the others who may answer is in `sync/stream/own_answers.py`."""
    server, request = runtime.endpoint.url or "", runtime.state.requests.get(request_id)
    ANSWERS.give(server, request_id, outcome, runtime.state.requests.values())
    taken = None
    try:
        taken = await call()
    finally:
        ANSWERS.sent(server, request_id, taken=taken)
    if request is None:
        return
    settled = e.Answered(session_id=request.session_id, request_id=request_id, outcome=outcome, request=request)
    if taken or ANSWERS.explains(server, request_id, ""):
        _settle(runtime, settled, AnsweredBy.KERNEL)
    else:
        await _came_late(runtime, settled)


async def _came_late(runtime: InstanceRuntime, settled: e.Answered) -> None:
    """The request was settled before our answer came. The event that says how may come after the refusal."""
    with suppress(TimeoutError):
        async with asyncio.timeout(REFUSAL_LEAD):
            await runtime.condition.wait_for(lambda: settled.request_id not in runtime.state.requests)
    if runtime.attribution.by(settled.request_id) is AnsweredBy.KERNEL:
        runtime.apply(runtime.attribution.correct(settled, AnsweredBy.OTHER))
    else:
        _settle(runtime, replace(settled, outcome=""), AnsweredBy.UNKNOWN)


def _settle(runtime: InstanceRuntime, settled: e.Answered, by: AnsweredBy) -> None:
    if settled.request_id in runtime.state.requests:
        runtime.apply(runtime.attribution.settled(settled, by))
