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
from ...sync.history import Conversations
from .arguments import Args, answers, files, maybe, mentions, number, one_of, text, words
from .context import Desk, Handler

# Files, folders and symbols that are told, where a page does not say how many, and at most.
FOUND, MOST_FOUND = 20, 200
REPLIES = ("once", "always", "reject")
DELIVERIES = ("steer", "queue")


async def prompt(desk: Desk, args: Args) -> PromptResult:
    one, said = desk.one(args), text(args, "text")
    attached, named = files(args), mentions(args, said)
    session = await _session(one, args)
    given = {name: maybe(args, name) for name in ("agent", "model", "variant", "key")}
    sent = await prompts.prompt(one, session, said, files=attached, mentions=named, delivery=_delivery(args), **given)
    return {"session": session, "message": sent}


def _delivery(args: Args) -> Delivery | None:
    return None if args.get("delivery") is None else cast(Delivery, one_of(args, "delivery", DELIVERIES))


async def _session(one: Conversations, args: Args) -> str:
    """The session that is named, or a new one."""
    return maybe(args, "session") or (await one.new_session()).id


async def cancel_prompt(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    await prompts.cancel_prompt(one, id, text(args, "message"))


async def edit_prompt(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    await prompts.edit_prompt(one, id, text(args, "message"), text(args, "text"))


async def deliver_prompt(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    await prompts.deliver_prompt(one, id, text(args, "message"), cast(Delivery, one_of(args, "delivery", DELIVERIES)))


async def abort(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    await prompts.abort(one, id)


# ---- what takes long --------------------------------------------------------------------------------------------------


async def run_command(desk: Desk, args: Args) -> SessionResult:
    one, command, attached = desk.one(args), text(args, "command").removeprefix("/"), files(args)
    session = await _session(one, args)
    given = {name: maybe(args, name) for name in ("agent", "model", "variant")}
    invocation = Invocation(session, command, words(args, "arguments"), files=attached, **given)
    await long_calls.begin(one, session, long_calls.command(invocation))
    return {"session": session}


async def shell(desk: Desk, args: Args) -> SessionResult:
    one, command = desk.one(args), text(args, "command")
    session = await _session(one, args)
    invocation = Invocation(session, command, agent=maybe(args, "agent"), model=maybe(args, "model"))
    await long_calls.begin(one, session, long_calls.shell(one, invocation))
    return {"session": session}


async def compact(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    await long_calls.begin(one, id, long_calls.compact(one, id))


async def init(desk: Desk, args: Args) -> None:
    one, id = desk.session(args)
    await long_calls.begin(one, id, long_calls.init(one, id))


# ---- what an agent asks -----------------------------------------------------------------------------------------------


async def request(desk: Desk, args: Args) -> RequestView:
    waiting = desk.one(args).state.requests.get(text(args, "request"))
    if waiting is None:
        raise RequestFailed("This request waits no more.", remedy="It was answered meanwhile.")
    return request_view(waiting, bound=WHOLE_BOUND)


async def answer_permission(desk: Desk, args: Args) -> None:
    reply = cast(Reply, one_of(args, "reply", REPLIES))
    await prompts.answer_permission(desk.one(args), text(args, "request"), reply, maybe(args, "message"))


async def answer_question(desk: Desk, args: Args) -> None:
    one, request = desk.one(args), text(args, "request")
    await prompts.answer_question(one, request, answers(args))


async def find(desk: Desk, args: Args) -> FindResult:
    client = await desk.one(args).reach()
    found = await client.find(words(args, "query"), number(args, "limit", FOUND, MOST_FOUND))
    return {"found": [found_view(one) for one in found]}


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
