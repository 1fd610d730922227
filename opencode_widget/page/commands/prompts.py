"""Commands that the user gives the agent: prompts, slash commands, shell commands, and replies to its requests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ...api import allowance
from ...errors import RequestFailed
from ...model.requests.view import WHOLE_BOUND, request_view
from ...model.view import found_view
from ...operations import long_calls, prompts, replies, search
from ...operations.prompts import queue, unanswered
from ...operations.turn import retry
from ...server.api import PromptOptions
from ...sync.runtime import InstanceRuntime
from .arguments import Args, answers, delivery, flag, maybe, number, one_of, options, text, words

if TYPE_CHECKING:
    from ...model.wire import FindResult, PromptResult, RequestView, SessionResult

# How many files, folders and symbols `find` returns: unless the page asks for a number, and at most.
FOUND, MOST_FOUND = 20, 200
REPLIES = ("once", "always", "reject")


async def prompt(runtime: InstanceRuntime, args: Args) -> PromptResult:
    words = text(args, "text")
    chosen = await _with_named(runtime, words, options(args, words))
    session = await _session(runtime, args)
    sent = await prompts.prompt(runtime, session, words, chosen, key=maybe(args, "key"))
    return {"session": session, "message": sent}


async def _with_named(runtime: InstanceRuntime, words: str, chosen: PromptOptions) -> PromptOptions:
    """What the user chose, with a description of all that the words name in the notebook. It comes first: if it fails, nothing is sent."""
    named = await runtime.named_files(words)
    return replace(chosen, files=(*chosen.files, *named)) if named else chosen


async def _session(runtime: InstanceRuntime, args: Args) -> str:
    """The id of the session that a page names; of a new one if it names none."""
    return maybe(args, "session") or (await runtime.new_session()).id


async def cancel_prompt(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await prompts.cancel_prompt(runtime, session_id, text(args, "message"))


async def take_back_prompt(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await unanswered.take_back(runtime, session_id, text(args, "message"))


async def send_again(runtime: InstanceRuntime, session_id: str, args: Args) -> PromptResult:
    return {"session": session_id, "message": await unanswered.send_again(runtime, session_id, text(args, "message"))}


async def try_again(runtime: InstanceRuntime, session_id: str, args: Args) -> PromptResult:
    return {"session": session_id, "message": await retry.try_again(runtime, session_id, text(args, "message"))}


async def edit_prompt(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await prompts.edit_prompt(runtime, session_id, text(args, "message"), text(args, "text"))


async def deliver_prompt(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await prompts.deliver_prompt(runtime, session_id, text(args, "message"), delivery(args))


async def queue_prompt(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    words = text(args, "text")
    queue.add(runtime, session_id, words, await _with_named(runtime, words, options(args, words)))


async def edit_queued(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    id, words = text(args, "queued"), text(args, "text")
    named = await runtime.named_files(queue.new_names(runtime, session_id, id, words))
    queue.edit(runtime, session_id, id, words, named)


async def move_queued(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    queue.move(runtime, session_id, text(args, "queued"), number(args, "to", 0, queue.MOST))


async def remove_queued(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    queue.remove(runtime, session_id, text(args, "queued"))


async def send_queued(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await queue.send_now(runtime, session_id, text(args, "queued"))


async def abort(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await prompts.abort(runtime, session_id)


# ---- calls that end with their turn -----------------------------------------------------------------------------------


async def run_command(runtime: InstanceRuntime, args: Args) -> SessionResult:
    command, arguments = text(args, "command"), words(args, "arguments")
    chosen = await _with_named(runtime, arguments, options(args))
    session = await _session(runtime, args)
    await long_calls.begin(runtime, session, long_calls.command(session, command, arguments, chosen))
    return {"session": session}


async def shell(runtime: InstanceRuntime, args: Args) -> SessionResult:
    command, chosen = text(args, "command"), options(args)
    session = await _session(runtime, args)
    await long_calls.begin(runtime, session, long_calls.shell(runtime, session, command, chosen))
    return {"session": session}


async def compact(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await long_calls.begin(runtime, session_id, long_calls.compact(runtime, session_id))


async def init(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    await long_calls.begin(runtime, session_id, long_calls.init(runtime, session_id))


# ---- requests of the agent --------------------------------------------------------------------------------------------


async def request(runtime: InstanceRuntime, args: Args) -> RequestView:
    waiting = runtime.state.requests.get(text(args, "request"))
    if waiting is None:
        raise RequestFailed("This request no longer waits for an answer.", remedy="It was answered meanwhile.")
    return request_view(waiting, bound=WHOLE_BOUND)


async def answer_permission(runtime: InstanceRuntime, args: Args) -> None:
    reply = cast(replies.Reply, one_of(args, "reply", REPLIES))
    await replies.answer_permission(runtime, text(args, "request"), reply, maybe(args, "message"))


async def allow_all(runtime: InstanceRuntime, session_id: str, args: Args) -> None:
    allowance.allow_all(runtime, session_id, allowed=flag(args, "allowed"))


async def answer_question(runtime: InstanceRuntime, args: Args) -> None:
    request = text(args, "request")
    await replies.answer_question(runtime, request, answers(args))


async def find(runtime: InstanceRuntime, args: Args) -> FindResult:
    found = await search.find(runtime, words(args, "query"), number(args, "limit", FOUND, MOST_FOUND))
    return {"found": [found_view(found_file) for found_file in found]}


OF_INSTANCE = {
    "prompt": prompt,
    "run_command": run_command,
    "shell": shell,
    "request": request,
    "answer_permission": answer_permission,
    "answer_question": answer_question,
    "find": find,
}
OF_SESSION = {
    "allow_all": allow_all,
    "cancel_prompt": cancel_prompt,
    "take_back_prompt": take_back_prompt,
    "send_again": send_again,
    "try_again": try_again,
    "edit_prompt": edit_prompt,
    "deliver_prompt": deliver_prompt,
    "queue_prompt": queue_prompt,
    "edit_queued": edit_queued,
    "move_queued": move_queued,
    "remove_queued": remove_queued,
    "send_queued": send_queued,
    "abort": abort,
    "compact": compact,
    "init": init,
}
