"""Commands that talk: prompts, slash commands, the shell, and answers to what an agent asks."""

from __future__ import annotations

from typing import cast

from ...errors import RequestFailed
from ...model.entities import Delivery
from ...model.requests.view import WHOLE_BOUND, request_view
from ...model.view import found_view
from ...model.wire import FindResult, PromptResult, RequestView, SessionResult
from ...operations import long_calls, prompts
from ...server.api import Invocation, Reply
from ...sync.history import InstanceRuntime
from .arguments import Args, answers, files, maybe, mentions, number, one_of, text, words
from .context import CommandContext, Handler

# Files, folders and symbols that are told, where a page does not say how many, and at most.
FOUND, MOST_FOUND = 20, 200
REPLIES = ("once", "always", "reject")
DELIVERIES = ("steer", "queue")


async def prompt(context: CommandContext, args: Args) -> PromptResult:
    runtime, words = context.runtime(args), text(args, "text")
    attached, named = files(args), mentions(args, words)
    session = await _session(runtime, args)
    given = {name: maybe(args, name) for name in ("agent", "model", "variant", "key")}
    sent = await prompts.prompt(
        runtime, session, words, files=attached, mentions=named, delivery=_delivery(args), **given
    )
    return {"session": session, "message": sent}


def _delivery(args: Args) -> Delivery | None:
    return None if args.get("delivery") is None else cast(Delivery, one_of(args, "delivery", DELIVERIES))


async def _session(runtime: InstanceRuntime, args: Args) -> str:
    """The session that is named, or a new one."""
    return maybe(args, "session") or (await runtime.new_session()).id


async def cancel_prompt(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    await prompts.cancel_prompt(runtime, id, text(args, "message"))


async def edit_prompt(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    await prompts.edit_prompt(runtime, id, text(args, "message"), text(args, "text"))


async def deliver_prompt(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    await prompts.deliver_prompt(
        runtime, id, text(args, "message"), cast(Delivery, one_of(args, "delivery", DELIVERIES))
    )


async def abort(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    await prompts.abort(runtime, id)


# ---- what takes long --------------------------------------------------------------------------------------------------


async def run_command(context: CommandContext, args: Args) -> SessionResult:
    runtime, command, attached = context.runtime(args), text(args, "command").removeprefix("/"), files(args)
    session = await _session(runtime, args)
    given = {name: maybe(args, name) for name in ("agent", "model", "variant")}
    invocation = Invocation(session, command, words(args, "arguments"), files=attached, **given)
    await long_calls.begin(runtime, session, long_calls.command(invocation))
    return {"session": session}


async def shell(context: CommandContext, args: Args) -> SessionResult:
    runtime, command = context.runtime(args), text(args, "command")
    session = await _session(runtime, args)
    invocation = Invocation(session, command, agent=maybe(args, "agent"), model=maybe(args, "model"))
    await long_calls.begin(runtime, session, long_calls.shell(runtime, invocation))
    return {"session": session}


async def compact(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    await long_calls.begin(runtime, id, long_calls.compact(runtime, id))


async def init(context: CommandContext, args: Args) -> None:
    runtime, id = context.session(args)
    await long_calls.begin(runtime, id, long_calls.init(runtime, id))


# ---- what an agent asks -----------------------------------------------------------------------------------------------


async def request(context: CommandContext, args: Args) -> RequestView:
    waiting = context.runtime(args).state.requests.get(text(args, "request"))
    if waiting is None:
        raise RequestFailed("This request waits no more.", remedy="It was answered meanwhile.")
    return request_view(waiting, bound=WHOLE_BOUND)


async def answer_permission(context: CommandContext, args: Args) -> None:
    reply = cast(Reply, one_of(args, "reply", REPLIES))
    await prompts.answer_permission(context.runtime(args), text(args, "request"), reply, maybe(args, "message"))


async def answer_question(context: CommandContext, args: Args) -> None:
    runtime, request = context.runtime(args), text(args, "request")
    await prompts.answer_question(runtime, request, answers(args))


async def find(context: CommandContext, args: Args) -> FindResult:
    client = await context.runtime(args).reach()
    found = await client.find(words(args, "query"), number(args, "limit", FOUND, MOST_FOUND))
    return {"found": [found_view(found_file) for found_file in found]}


HANDLERS: dict[str, Handler] = {
    "prompt": prompt,
    "cancel_prompt": cancel_prompt,
    "edit_prompt": edit_prompt,
    "deliver_prompt": deliver_prompt,
    "abort": abort,
    "run_command": run_command,
    "shell": shell,
    "compact": compact,
    "init": init,
    "request": request,
    "answer_permission": answer_permission,
    "answer_question": answer_question,
    "find": find,
}
