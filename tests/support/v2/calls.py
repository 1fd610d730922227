"""The calls of a session of the fake 2.1 server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .events import Json

if TYPE_CHECKING:
    from .fake import FakeServerV2


@dataclass(frozen=True)
class Refusal:
    """What a call answers instead of its result."""

    status: int
    body: Json


NOWHERE = Refusal(404, {"_tag": "NotFoundError", "message": "Not found"})


def _patch(fake: FakeServerV2, id: str, rest: list[str], body: Json) -> None:
    if "title" in body:
        fake.sessions[id]["title"] = body["title"]
        fake.say("session.renamed", id, title=body["title"])
    if "archived" in body:
        fake.sessions[id]["time"]["archived"] = fake.now() if body["archived"] else None
        fake.say("session.archived" if body["archived"] else "session.unarchived", id)


def _delete(fake: FakeServerV2, id: str, rest: list[str], body: Json) -> None:
    del fake.sessions[id]
    fake.say("session.deleted", id)


def _choose_agent(fake: FakeServerV2, id: str, rest: list[str], body: Json) -> None:
    fake.sessions[id]["agent"] = body["agent"]
    fake.say("session.agent.selected", id, agent=body["agent"])


def _choose_model(fake: FakeServerV2, id: str, rest: list[str], body: Json) -> None:
    fake.sessions[id]["model"] = body["model"]
    fake.say("session.model.selected", id, model=body["model"])


def _fork(fake: FakeServerV2, id: str, rest: list[str], body: Json) -> Json:
    fork = fake.add_session(f"{fake.sessions[id]['title']} (fork)")
    end = next((at for at, message in enumerate(fake.messages[id]) if message["id"] == body.get("before")), None)
    fake.messages[fork["id"]] = [{**message, "id": fake.new("msg")} for message in fake.messages[id][:end]]
    boundary = {"type": "before", "messageID": body.get("before", "msg_0")}
    fake.say("session.forked", fork["id"], parentID=id, boundary=boundary)
    return fork


def _revert(fake: FakeServerV2, id: str, rest: list[str], body: Json) -> Any:
    if rest == ["stage"]:
        if fake.is_executing(id):
            return Refusal(409, {"_tag": "SessionBusyError", "message": f"Session is busy: {id}"})
        fake.sessions[id]["revert"] = {"messageID": body["messageID"]}
        fake.say("session.revert.staged", id, revert=fake.sessions[id]["revert"])
        return dict(fake.sessions[id]["revert"])
    del fake.sessions[id]["revert"]
    fake.say("session.revert.cleared", id)
    return None


async def _shell(fake: FakeServerV2, id: str, rest: list[str], body: Json) -> None:
    await fake.shells.run(id, body["command"])


def _change_inbox(fake: FakeServerV2, id: str, rest: list[str], body: Json) -> Any:
    item = next((item for item in fake.inbox[id] if [item["id"]] == rest), None)
    if item is None:
        return NOWHERE
    item["delivery"] = body["delivery"]
    fake.say("session.inbox.delivery.changed", id, inboxID=item["id"], delivery=body["delivery"])
    return None


def _cancel_inbox(fake: FakeServerV2, id: str, rest: list[str], body: Json) -> Any:
    item = next((item for item in fake.inbox[id] if [item["id"]] == rest), None)
    if item is None:
        return NOWHERE
    fake.inbox[id].remove(item)
    fake.say("session.inbox.cancelled", id, inboxID=item["id"])
    return None


def _answer_permission(fake: FakeServerV2, id: str, rest: list[str], body: Json) -> Any:
    if rest[0] not in fake.permissions:
        return NOWHERE
    fake.answers.append(body)
    fake.say("permission.replied", id, requestID=rest[0], reply=body["decision"])
    fake.settle(rest[0], body)
    return None


def _answer_form(fake: FakeServerV2, id: str, rest: list[str], body: Json) -> Any:
    if rest[0] not in fake.forms:
        return NOWHERE
    external = [field["key"] for field in fake.forms[rest[0]]["fields"] if field["type"] == "external"]
    for key in external:
        if body["answer"].get(key) is not True:
            words = f"External form field must be acknowledged: {key}"
            return Refusal(400, {"_tag": "InvalidRequestError", "message": words})
    fake.answers.append(body)
    fake.say("form.replied", id, id=rest[0], answer=body["answer"])
    fake.settle(rest[0], body["answer"])
    return None


def _cancel_form(fake: FakeServerV2, id: str, rest: list[str], body: Json) -> Any:
    if rest[0] not in fake.forms:
        return NOWHERE
    fake.say("form.cancelled", id, id=rest[0])
    fake.settle(rest[0], None)
    return None


Call = Callable[["FakeServerV2", str, list[str], Json], Any]
SESSION_CALLS: dict[tuple[str, str], Call] = {
    ("GET", ""): lambda fake, id, rest, body: fake.sessions[id],
    ("PATCH", ""): _patch,
    ("DELETE", ""): _delete,
    ("POST", "prompt"): lambda fake, id, rest, body: fake.admit_prompt(id, body),
    ("POST", "command"): lambda fake, id, rest, body: fake.admit_command(id, body),
    ("POST", "agent"): _choose_agent,
    ("POST", "model"): _choose_model,
    ("POST", "interrupt"): lambda fake, id, rest, body: {"interrupted": fake.interrupt(id)},
    ("POST", "fork"): _fork,
    ("POST", "revert"): _revert,
    ("DELETE", "revert"): _revert,
    ("POST", "shell"): _shell,
    ("POST", "compact"): lambda fake, id, rest, body: fake.admit_compaction(id, body),
    ("GET", "inbox"): lambda fake, id, rest, body: fake.inbox[id],
    ("DELETE", "inbox"): _cancel_inbox,
    ("PATCH", "inbox"): _change_inbox,
    ("GET", "permission"): lambda fake, id, rest, body: list(fake.permissions.values()),
    ("GET", "form"): lambda fake, id, rest, body: list(fake.forms.values()),
    ("POST", "permission"): _answer_permission,
    ("POST", "form"): _answer_form,
    ("DELETE", "form"): _cancel_form,
    ("GET", "diff"): lambda fake, id, rest, body: [
        {"file": "sheep.py", "patch": "--- a\n", "additions": 1, "deletions": 0, "status": "modified"}
    ],
}
