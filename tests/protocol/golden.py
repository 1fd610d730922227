"""The golden file of operations: what a page shows before, the operations, what it shows after. Both languages replay it.

    python -m tests.protocol.golden        write `ops.json` from the cases below

A case is played through the real reducer and the real patch. `after` is what the views say of the state then, not what any page made of
the operations; so each page is held against the kernel, and no page against another.

    [{"name": str, "before": PageState, "ops": [Op], "after": PageState, "problems": [Problem]}]
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from opencode_widget.model import events as e
from opencode_widget.model import view as views
from opencode_widget.model.bounds.frame_budget import Room
from opencode_widget.model.entities import Agent, Catalogue, Todo, ToolState
from opencode_widget.model.patch import Patch
from opencode_widget.model.requests.view import request_view
from opencode_widget.model.state import State
from tests.model import builders as make
from tests.model.builders import MSG, PRT, SES

Json = dict[str, Any]
Case = tuple[str, Callable[[], State], tuple[e.Event, ...]]

FILE = Path(__file__).parent / "ops.json"
INSTANCE = "i"


def instance(id: str = INSTANCE, **more: Any) -> Json:
    """An instance, as small as it may be."""
    return {
        "id": id,
        "title": "project",
        "owned": True,
        "connection": {"state": "connected"},
        "features": [],
        "waiting": 0,
        "moreSessions": False,
        **views.catalogue_view(Catalogue()),
        **more,
    }


def page_state(state: State, shown: str | None) -> Json:
    """What a page shows of a state."""
    session = state.sessions.get(shown) if shown is not None else None
    transcript = views.transcript_view(INSTANCE, session) if session is not None else None
    return {
        "instances": [instance()],
        "sessions": {INSTANCE: views.sessions_view(state)},
        "requests": {INSTANCE: [request_view(request) for request in state.requests.values()]},
        "activeInstance": INSTANCE,
        **({"transcript": transcript} if transcript is not None else {}),
    }


# ---- cases of the model -----------------------------------------------------------------------------------------------


def paged() -> State:
    """A conversation of which only the last message is here."""
    state = make.empty()
    last = make.fetched(make.user_info("c", at=3))
    make.play(state, make.session(), make.loading(), make.history_loaded(last, more="c"))
    return state


CASES: tuple[Case, ...] = (
    ("a delta", lambda: make.streaming(make.delta("Hello")), (make.delta(" Wor"), make.delta("ld 🌍"))),
    ("a part that changed otherwise", lambda: make.streaming(make.delta("a")), (make.delta("b"), make.text("new"))),
    (
        "two fields of a tool",
        lambda: make.streaming(make.part(make.tool_info())),
        (make.delta("{", field="raw"), make.delta("line\n", field="output")),
    ),
    ("the end of a part", lambda: make.streaming(make.delta("a")), (make.text("all of it", ended=True),)),
    (
        "a message with its parts",
        lambda: make.conversation(make.user()),
        (make.busy(), make.answer(), make.text("a"), make.text("b", "second")),
    ),
    (
        "a message that moves",
        lambda: make.conversation(make.user("a", at=1), make.prompt(), make.user("b", at=5)),
        (make.user("mine", at=3),),
    ),
    ("a message that goes", lambda: make.streaming(make.delta("a")), (make.gone(),)),
    ("a part that goes", lambda: make.streaming(make.text("a"), make.text("b", "second")), (make.part_gone(),)),
    (
        "a message that goes and comes back",
        lambda: make.streaming(make.text("Thinking", "thought"), make.idle()),
        (make.CONNECTED, make.answer(), make.text("New"), make.loaded(make.history(make.fetched(make.user_info())))),
    ),
    ("a revert", lambda: make.streaming(make.delta("a")), (make.session(revert="ask"),)),
    (
        "older messages",
        paged,
        (
            make.older(
                make.fetched(make.user_info("a", at=1)),
                make.fetched(make.user_info("b", at=2), make.text_info("b")),
                more="a",
            ),
        ),
    ),
    ("the end of the older messages", paged, (make.older(),)),
    ("a transcript that is fetched anew", make.conversation, (make.loading(),)),
    ("a to-do list", make.conversation, (e.TodosChanged(session_id=SES, todos=(Todo("Count"), Todo("Rest", "done"))),)),
    ("a session that is born", make.conversation, (make.born("child", parent=SES),)),
    ("a session that is deleted", make.conversation, (e.SessionRemoved(session_id=SES),)),
    ("a request, and its answer", make.conversation, (make.asked(), make.asked("second"), make.answered())),
    ("a connection that is lost", lambda: make.streaming(make.delta("a")), (make.LOST,)),
    (
        "a tool that ends",
        lambda: make.streaming(make.part(make.tool_info())),
        (make.part(make.tool_info(ToolState.COMPLETED, output="done")), make.idle()),
    ),
    ("a problem of no session", make.conversation, (make.errored(session=None),)),
)


def of_model() -> Iterator[Json]:
    for name, build, events in CASES:
        state = build()
        patch = Patch(INSTANCE, state)
        patch.show(SES)
        patch.drain(Room(None))
        before = copy.deepcopy(page_state(state, SES))
        patch.add(make.play(state, *events))
        ops = patch.drain(Room(None))
        yield case(name, before, ops, page_state(state, SES))


# ---- cases of the manager, which tells of instances -------------------------------------------------------------------


def of_instances() -> Iterator[Json]:
    empty: Json = {"instances": [], "sessions": {}, "requests": {}}
    first = {"op": "instance", "instance": instance(), "after": None}
    tab = {**empty, "instances": [instance()], "activeInstance": INSTANCE}
    yield case("a first instance", empty, [first, {"op": "active", "instance": INSTANCE}], tab)
    changed = instance(connection={"state": "reconnecting", "retryIn": 0, "attempt": 1})
    yield case(
        "an instance that changes",
        tab,
        [{"op": "instance", "instance": changed, "after": None}],
        {**tab, "instances": [changed]},
    )
    known = views.catalogue_view(Catalogue(agents=(Agent("build"),), default_agent="build"))
    changes = {**tab, "instances": [instance(**known)]}
    yield case("a catalogue", tab, [{"op": "catalogue", "instance": INSTANCE, **known}], changes)
    head = {key: value for key, value in instance(waiting=1).items() if key not in views.catalogue_view(Catalogue())}
    still = {**tab, "instances": [instance(waiting=1, **known)]}
    yield case(
        "an instance that keeps its catalogue", changes, [{"op": "instance", "instance": head, "after": None}], still
    )
    asked = [request_view(make.asked().request)]
    waiting = {**tab, "requests": {INSTANCE: asked}}
    yield case("all requests", tab, [{"op": "requests", "instance": INSTANCE, "requests": asked}], waiting)
    second = instance("j")
    two = {**tab, "instances": [instance(), second]}
    yield case("an instance behind another", tab, [{"op": "instance", "instance": second, "after": INSTANCE}], two)
    full = {**two, "sessions": {INSTANCE: [], "j": []}, "requests": {INSTANCE: [], "j": []}}
    left = {**tab, "instances": [second], "activeInstance": "j", "sessions": {"j": []}, "requests": {"j": []}}
    gone = [{"op": "instance-", "id": INSTANCE}, {"op": "active", "instance": "j"}]
    yield case("an instance that is closed", full, gone, left)
    batch = {"id": "b", "total": 10, "done": 4, "failed": 1, "cost": 0.2}
    runs = {**tab, "batches": [batch]}
    yield case("a batch that runs", tab, [{"op": "batches", "batches": [batch]}], runs)
    yield case("a batch that ended", runs, [{"op": "batches", "batches": []}], tab)
    yield case("the last instance that is closed", tab, [{"op": "instance-", "id": INSTANCE}, {"op": "active"}], empty)


def of_edges() -> Iterator[Json]:
    """What a page must pass over."""
    before = page_state(make.streaming(make.delta("a")), SES)
    text = {"op": "text", "session": SES, "message": MSG, "part": PRT, "field": "text", "text": "!"}
    strangers: list[Json] = [{**text, "session": "other"}, {**text, "message": "none"}, {**text, "part": "none"}]
    yield case("words for what is not on screen", before, strangers, before)


def case(name: str, before: Json, ops: Any, after: Json) -> Json:
    problems = [op["problem"] for op in ops if op["op"] == "problem"]
    return {"name": name, "before": before, "ops": list(ops), "after": after, "problems": problems}


def cases() -> list[Json]:
    """All of them, as JSON has them."""
    made = [*of_model(), *of_instances(), *of_edges()]
    return json.loads(json.dumps(made))  # type: ignore[no-any-return]


def written() -> str:
    """The file's text: a line a case, so that a difference shows which."""
    return "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False, sort_keys=True) for each in cases()) + "\n]\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
