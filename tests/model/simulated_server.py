"""A server as OpenCode is, and one client of it, for scripts of chance.

The server stores before it says, stores no deltas, and says nothing to a client that is not connected. A fetch answers with what was stored
when it was made, however late it arrives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from opencode_widget.model import events as e
from opencode_widget.model.entities import (
    BUSY,
    IDLE,
    Activity,
    MessageInfo,
    PartInfo,
    Problem,
    Request,
    Role,
    SessionInfo,
    Status,
    TextInfo,
    Todo,
    ToolInfo,
    ToolState,
)
from opencode_widget.model.reduce import apply
from opencode_widget.model.reduce.changes import Change
from opencode_widget.model.state import HistoryState, Phase, State

from . import builders

NAMES = ("parent", "child", "other")
STATUSES = (IDLE, BUSY, Status(Activity.RETRY, "Overloaded", 1))
WORDS = ("a", "bc", "\n", "é🐑", "")


@dataclass
class Stored:
    """A session as the server has it. `written`: what the texts will be when they are stated next."""

    info: SessionInfo
    status: Status = IDLE
    todos: tuple[Todo, ...] = ()
    messages: dict[str, MessageInfo] = field(default_factory=dict)
    parts: dict[str, dict[str, PartInfo]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)

    @property
    def in_order(self) -> list[MessageInfo]:
        return sorted(self.messages.values(), key=lambda info: (info.created, info.id))

    def history(self, window: int, before: str | None = None) -> e.History:
        known = self.in_order
        ids = [info.id for info in known]
        end = ids.index(before) if before in ids else len(known)
        start = max(0, end - window)
        messages = tuple(e.LoadedMessage(info, tuple(self.parts[info.id].values())) for info in known[start:end])
        more = ids[start] if start else None
        return e.History(self.info.id, messages, more, self.todos if before is None else None)


@dataclass
class SimulatedServer:
    """The server, the state of its client, and what is on its way between them.

    Attributes:
        window: how many messages are fetched at once.
        received: all events that the client took.
        changes: what they changed, until somebody takes it.
    """

    window: int = 3
    state: State = field(default_factory=lambda: State(directory=builders.DIRECTORY))
    sessions: dict[str, Stored] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    requests: dict[str, Request] = field(default_factory=dict)
    received: list[e.Event] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    online: bool = False
    number: int = 0
    overview: e.Overview | None = None
    fetches: dict[str, e.History] = field(default_factory=dict)
    prompts: dict[str, e.PromptSubmitted] = field(default_factory=dict)

    # ---- between the two ----

    def receive(self, event: e.Event) -> None:
        before = self.growing() if isinstance(event, e.Loaded | e.HistoryLoaded) else {}
        self.received.append(event)
        self.changes += apply(self.state, event)
        after = self.growing()
        shorter = {key for key, text in before.items() if key in after and len(after[key]) < len(text)}
        assert not shorter, "a fetch shortened a text"

    def growing(self) -> dict[tuple[str, str, str], str]:
        """The texts on screen that are not at their end."""
        return {
            (session.id, message.id, part.id): part.text
            for session in self.state.sessions.values()
            for message in session
            for part in message.parts
            if not part.ended
        }

    def say(self, kind: Callable[..., e.Event], session_id: str, **more: Any) -> None:
        if self.online:
            self.receive(kind(id=f"evt{self.next()}", session_id=session_id, **more))

    def next(self) -> int:
        self.number += 1
        return self.number

    def name(self, prefix: str) -> str:
        """Ids whose order is not that of time, as after the wrap of OpenCode's ids."""
        number = self.next()
        return f"{prefix}{(7 * number) % 10}{number}"

    # ---- what the server does ----

    def pick(self, a: int) -> Stored | None:
        known = list(self.sessions.values())
        return known[a % len(known)] if known else None

    def pick_message(self, a: int, b: int) -> tuple[Stored, MessageInfo] | None:
        stored = self.pick(a)
        if stored is None or not stored.messages:
            return None
        known = stored.in_order
        return stored, known[-1 - b % len(known)]  # the newest is the likeliest

    def pick_part(self, a: int, b: int) -> tuple[Stored, MessageInfo, PartInfo] | None:
        found = self.pick_message(a, b % 3)
        if found is None or not (parts := list(found[0].parts[found[1].id].values())):
            return None
        return (*found, parts[b % len(parts)])

    def create(self, a: int, b: int) -> None:
        name = NAMES[a % len(NAMES)]
        if name in self.sessions or name in self.deleted:
            return
        info = SessionInfo(
            name, "New", directory=builders.DIRECTORY, updated=self.next(), parent="parent" if name == "child" else None
        )
        self.sessions[name] = Stored(info)
        self.say(e.SessionUpserted, name, info=info, created=True)

    def restate(self, stored: Stored, **changes: Any) -> None:
        stored.info = replace(stored.info, updated=self.next(), **changes)
        self.say(e.SessionUpserted, stored.info.id, info=stored.info)

    def retitle(self, a: int, b: int) -> None:
        if (stored := self.pick(a)) is not None:
            self.restate(stored, title=f"Title {b}", archived=b if b == 5 else None)

    def revert(self, a: int, b: int) -> None:
        if (found := self.pick_message(a, b)) is not None:
            self.restate(found[0], revert=found[1].id)

    def unrevert(self, a: int, b: int) -> None:
        if (stored := self.pick(a)) is not None and stored.info.revert is not None:
            self.restate(stored, revert=None)

    def delete(self, a: int, b: int) -> None:
        if b % 3 == 0 and (stored := self.pick(a)) is not None:
            del self.sessions[stored.info.id]
            self.deleted.add(stored.info.id)
            self.requests = {
                id: request for id, request in self.requests.items() if request.session_id != stored.info.id
            }
            self.say(e.SessionRemoved, stored.info.id)

    def set_status(self, a: int, b: int) -> None:
        if (stored := self.pick(a)) is not None:
            stored.status = STATUSES[b % len(STATUSES)]
            self.say(e.StatusChanged, stored.info.id, status=stored.status)

    def put_message(self, stored: Stored, info: MessageInfo) -> None:
        stored.messages[info.id] = info
        stored.parts.setdefault(info.id, {})
        self.say(e.MessageUpserted, stored.info.id, message_id=info.id, info=info)

    def put_part(self, stored: Stored, message_id: str, part: PartInfo) -> None:
        stored.parts[message_id][part.id] = part
        self.say(e.PartUpserted, stored.info.id, message_id=message_id, part=part)

    def ask(self, a: int, b: int) -> None:
        if (stored := self.pick(a)) is not None:
            info = MessageInfo(self.name("u"), stored.info.id, Role.USER, self.number // 2)
            self.put_message(stored, info)
            self.put_part(stored, info.id, TextInfo(self.name("p"), text="Ask"))

    def answer(self, a: int, b: int) -> None:
        if (stored := self.pick(a)) is not None:
            parent = next((info.id for info in reversed(stored.in_order) if info.role is Role.USER), None)
            info = MessageInfo(self.name("m"), stored.info.id, Role.ASSISTANT, self.number // 2, parent=parent)
            self.put_message(stored, info)
            self.put_part(stored, info.id, TextInfo(self.name("p")))

    def finish(self, a: int, b: int) -> None:
        found = self.pick_message(a, b)
        if found is not None and found[1].role is Role.ASSISTANT:
            error = (None, None, builders.OOPS, builders.ABORTED)[b % 4]
            self.put_message(found[0], replace(found[1], completed=self.next(), error=error))

    def fail(self, a: int, b: int) -> None:
        session_id = NAMES[b] if b < len(NAMES) else None
        problem = (builders.OOPS, builders.ABORTED, Problem("Other", "Words."))[a % 3]
        if self.online:
            self.receive(e.SessionErrored(id=f"evt{self.next()}", session_id=session_id, problem=problem))

    def add_part(self, a: int, b: int) -> None:
        if (found := self.pick_message(a, 0)) is not None:
            id = self.name("p")
            kinds = (TextInfo(id), TextInfo(id, "reasoning"), ToolInfo(id, "bash"), TextInfo(id, hidden=True))
            self.put_part(found[0], found[1].id, kinds[b % len(kinds)])

    def delta(self, a: int, b: int) -> None:
        found = self.pick_part(a, b)
        if found is not None and not found[2].ended:
            stored, message, part = found
            field = part.grows[b % len(part.grows)]
            key, words = f"{part.id} {field}", WORDS[b % len(WORDS)]
            stored.written[key] = stored.written.get(key, getattr(part, field)) + words
            more = {"message_id": message.id, "part_id": part.id, "field": field}
            self.say(e.PartDelta, stored.info.id, text=words, **more)

    def as_written(self, stored: Stored, part: PartInfo) -> PartInfo:
        return replace(
            part, **{name: stored.written.get(f"{part.id} {name}", getattr(part, name)) for name in part.grows}
        )

    def state_part(self, a: int, b: int) -> None:
        found = self.pick_part(a, b)
        if found is not None and not found[2].ended:
            stored, message, part = found
            self.put_part(stored, message.id, self.as_written(stored, part))

    def end_part(self, a: int, b: int) -> None:
        found = self.pick_part(a, b)
        if found is not None:
            self.end(*found)

    def end(self, stored: Stored, message: MessageInfo, part: PartInfo) -> None:
        if part.ended:
            return
        changes: dict[str, Any] = {"ended": True} if isinstance(part, TextInfo) else {"state": ToolState.COMPLETED}
        self.put_part(stored, message.id, replace(self.as_written(stored, part), **changes))

    def run_tool(self, a: int, b: int) -> None:
        """A tool's output is said whole, again and again."""
        found = self.pick_part(a, b)
        if found is not None and isinstance(found[2], ToolInfo) and not found[2].ended:
            stored, message, part = found
            stored.written[f"{part.id} output"] = stored.written.get(f"{part.id} output", "") + WORDS[b % len(WORDS)]
            running: dict[str, Any] = {"state": ToolState.RUNNING}
            self.put_part(stored, message.id, replace(self.as_written(stored, part), **running))

    def remove_part(self, a: int, b: int) -> None:
        if (found := self.pick_part(a, b)) is not None:
            del found[0].parts[found[1].id][found[2].id]
            self.say(e.PartRemoved, found[0].info.id, message_id=found[1].id, part_id=found[2].id)

    def remove_message(self, a: int, b: int) -> None:
        if (found := self.pick_message(a, b)) is not None:
            del found[0].messages[found[1].id]
            del found[0].parts[found[1].id]
            self.say(e.MessageRemoved, found[0].info.id, message_id=found[1].id)

    def request(self, a: int, b: int) -> None:
        if (stored := self.pick(a)) is not None:
            request = builders.permission_info(self.name("per"), stored.info.id)
            self.requests[request.id] = request
            self.say(e.Asked, stored.info.id, request=request)

    def settle_request(self, a: int, b: int) -> None:
        if self.requests:
            request = list(self.requests.values())[b % len(self.requests)]
            del self.requests[request.id]
            self.say(e.Answered, request.session_id, request_id=request.id, outcome="once")

    def set_todos(self, a: int, b: int) -> None:
        if (stored := self.pick(a)) is not None:
            stored.todos = (Todo(f"Do {b}"),)
            self.say(e.TodosChanged, stored.info.id, todos=stored.todos)

    # ---- what the client does ----

    def lose(self, a: int, b: int) -> None:
        self.online, self.overview = False, None
        self.receive(e.Lost())

    def connect(self, a: int, b: int) -> None:
        """A new stream, or all of the state fetched anew on the one that stands."""
        if self.state.phase is not Phase.LOADING:
            self.online = True
            self.receive(e.Connected())

    def fetch(self, a: int, b: int) -> None:
        if self.state.phase is Phase.LOADING and self.overview is None:
            known = self.state.sessions
            kept = [
                session
                for session in self.sessions.values()
                if b % 2 or (session.info.id in known and known[session.info.id].ids)
            ]
            self.overview = e.Overview(
                tuple(session.info for session in self.sessions.values()),
                {id: session.status for id, session in self.sessions.items() if session.status is not IDLE},
                tuple(self.requests.values()),
                tuple(session.history(self.as_many(session)) for session in kept),
            )

    def as_many(self, stored: Stored) -> int:
        """As many messages as the client has, that it may keep them."""
        known = self.state.sessions.get(stored.info.id)
        return max(self.window, len(known.ids) if known is not None else 0)

    def arrive(self, a: int, b: int) -> None:
        if self.overview is not None:
            overview, self.overview = self.overview, None
            self.receive(e.Loaded(overview=overview))

    def open(self, a: int, b: int) -> None:
        stored = self.pick(a)
        if self.state.phase is Phase.LIVE and stored is not None:
            self.receive(e.HistoryLoading(session_id=stored.info.id))
            if b % 2:
                self.fetch_history(a, b)

    def fetch_history(self, a: int, b: int) -> None:
        stored = self.pick(a)
        known = self.state.sessions.get(stored.info.id) if stored is not None else None
        if stored is not None and known is not None and known.history_state is HistoryState.LOADING:
            self.fetches.setdefault(stored.info.id, stored.history(self.as_many(stored)))

    def history_arrives(self, a: int, b: int) -> None:
        if self.fetches:
            id, history = self.fetches.popitem()
            failed = e.HistoryFailed(session_id=id, problem=builders.OOPS)
            self.receive(failed if b == 0 else e.HistoryLoaded(session_id=id, history=history))

    def older(self, a: int, b: int) -> None:
        stored = self.pick(a)
        known = self.state.sessions.get(stored.info.id) if stored is not None else None
        if stored is not None and known is not None and known.more in stored.messages:
            self.receive(e.OlderLoaded(session_id=known.id, history=stored.history(self.window, known.more)))

    def drop(self, a: int, b: int) -> None:
        self.receive(e.HistoryDropped(session_id=NAMES[a % len(NAMES)]))
        self.fetches.pop(NAMES[a % len(NAMES)], None)

    def prompt(self, a: int, b: int) -> None:
        message_id = self.name("u")
        session_id = NAMES[a % len(NAMES)]
        self.prompts[message_id] = builders.prompt(message_id, session_id=session_id, at=b * 50, key=f"key{b}")
        self.receive(self.prompts[message_id])

    def receive_prompt(self, a: int, b: int) -> None:
        if not self.prompts:
            return
        id, prompt = self.prompts.popitem()
        stored = self.sessions.get(prompt.session_id)
        if b == 0 or stored is None:
            self.receive(e.PromptFailed(session_id=prompt.session_id, message_id=id))
            return
        if b % 2:
            self.receive(e.PromptAccepted(session_id=prompt.session_id, message_id=id))
        self.put_message(stored, MessageInfo(id, stored.info.id, Role.USER, self.number // 2))
        self.put_part(stored, id, TextInfo(prompt.part_id, text=prompt.text))

    def view(self, a: int, b: int) -> None:
        self.receive(e.Viewed(session_id=NAMES[a] if a < len(NAMES) else None))

    def close_tab(self, a: int, b: int) -> None:
        self.receive(e.TabClosed(session_id=NAMES[a % len(NAMES)]))

    # ---- the end ----

    def come_to_rest(self) -> None:
        """All that was begun ends, the client connects if it must, and looks at every session."""
        if self.state.phase is Phase.OFFLINE:
            self.connect(0, 0)
        self.fetch(0, 1)
        self.arrive(0, 0)
        while self.prompts:
            self.receive_prompt(0, 0)
        for stored in list(self.sessions.values()):
            for message in list(stored.messages.values()):
                for part in list(stored.parts[message.id].values()):
                    self.end(stored, message, part)
            stored.status = IDLE
            self.say(e.StatusChanged, stored.info.id, status=IDLE)
            self.receive(e.HistoryLoading(session_id=stored.info.id))
            self.receive(e.HistoryLoaded(session_id=stored.info.id, history=stored.history(100)))

    def truth(self) -> dict[str, Any]:
        """What `facts` must say of the client at rest."""
        state = State(directory=builders.DIRECTORY)
        apply(state, e.Connected())
        histories = tuple(stored.history(100) for stored in self.sessions.values())
        infos = tuple(stored.info for stored in self.sessions.values())
        statuses = {id: stored.status for id, stored in self.sessions.items()}
        overview = e.Overview(infos, statuses, tuple(self.requests.values()), histories)
        apply(state, e.Loaded(overview=overview))
        return facts(state)


def facts(state: State) -> dict[str, Any]:
    """All that the server vouches for: no notices, which it does not store, and no prompts that it does not have."""
    prints = state.fingerprint()
    for id, item in prints.items():
        ours = {message.id for message in state.sessions[id] if message.local or message.role is Role.NOTICE}
        item["messages"] = [message for message in item["messages"] if message[0].id not in ours]
    todos = {id: session.todos for id, session in state.sessions.items()}
    return {"sessions": prints, "todos": todos, "requests": dict(sorted(state.requests.items()))}


# What happens often in a conversation stands here often.
ACTIONS: tuple[Callable[[SimulatedServer, int, int], None], ...] = (
    *(
        SimulatedServer.create,
        SimulatedServer.ask,
        SimulatedServer.answer,
        SimulatedServer.answer,
        SimulatedServer.add_part,
        SimulatedServer.set_status,
        SimulatedServer.end_part,
    )
    * 2,
    *(SimulatedServer.delta,) * 6,
    *(
        SimulatedServer.state_part,
        SimulatedServer.run_tool,
        SimulatedServer.run_tool,
        SimulatedServer.finish,
        SimulatedServer.fail,
    ),
    *(
        SimulatedServer.remove_part,
        SimulatedServer.remove_message,
        SimulatedServer.revert,
        SimulatedServer.unrevert,
        SimulatedServer.retitle,
        SimulatedServer.delete,
    ),
    *(SimulatedServer.request, SimulatedServer.settle_request, SimulatedServer.set_todos),
    *(
        SimulatedServer.lose,
        SimulatedServer.connect,
        SimulatedServer.connect,
        SimulatedServer.fetch,
        SimulatedServer.fetch,
        SimulatedServer.arrive,
        SimulatedServer.arrive,
    ),
    *(
        SimulatedServer.open,
        SimulatedServer.open,
        SimulatedServer.fetch_history,
        SimulatedServer.history_arrives,
        SimulatedServer.history_arrives,
        SimulatedServer.older,
        SimulatedServer.drop,
    ),
    *(SimulatedServer.prompt, SimulatedServer.receive_prompt, SimulatedServer.view, SimulatedServer.close_tab),
)
SPOKEN = ACTIONS[: ACTIONS.index(SimulatedServer.lose)]
