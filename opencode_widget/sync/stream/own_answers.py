"""Who answered a request: this kernel (a click in a widget, a policy, Python), or another program.

A server says that a request was settled, but not by whom. So the kernel records each answer before it sends it, and with it the requests
that the server will settle along with that one. An event that the record does not explain is another program's answer. The whole process
shares one record, since two widgets of a kernel may show the same server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ...model import events as e
from ...model.entities import AnsweredBy, PermissionRequest, Request
from ...model.state import State
from ...server.endpoints import Endpoint
from ...server.http.loopback import is_loopback

# Requests whose answers are remembered.
KEPT = 10_000


@dataclass(slots=True)
class Given:
    """The answers that this process gave to a request.

    Attributes:
        outcomes: what the server may report as their outcome.
        under_way: how many answers the server has neither confirmed nor refused yet.
        taken: did the server accept any of them?
    """

    outcomes: set[str] = field(default_factory=set)
    under_way: int = 0
    taken: bool = False


class Answers:
    """The answers that this process gave, by server and request."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], Given] = {}

    def give(self, server: str, request_id: str, outcome: str, pending: Iterable[Request]) -> None:
        """Record an answer, before it is sent.

        Args:
            server: its address.
            request_id: the request.
            outcome: see `events.Answered`.
            pending: all requests that wait; the server may settle some of them together with this one.
        """
        self._note(server, request_id, outcome).under_way += 1
        pending = list(pending)
        answered = next((request for request in pending if request.id == request_id), None)
        if isinstance(answered, PermissionRequest):
            for other in _settled_with(answered, outcome, pending):
                self._note(server, other.id, outcome)

    def stop(self, server: str, pending: Iterable[Request]) -> None:
        """Record that the user stops turns here: the server may reject the requests that wait in them."""
        for request in pending:
            for outcome in ("reject", "dismissed", ""):
                self._note(server, request.id, outcome)

    def sent(self, server: str, request_id: str, *, taken: bool | None) -> None:
        """Record what became of an answer.

        Args:
            server: its address.
            request_id: the request.
            taken: did the server accept it? False: the request was settled before; None: the connection broke before the server said.
        """
        given = self._given.get((_place(server), request_id))
        if given is None:
            return
        given.under_way -= 1
        given.taken = given.taken or bool(taken)
        if taken is False and not given.taken and given.under_way <= 0:
            given.outcomes.clear()

    def explains(self, server: str, request_id: str, outcome: str) -> bool:
        """Is this outcome due to an answer of this process? If the server does not name the outcome, any answer counts."""
        given = self._given.get((_place(server), request_id))
        return given is not None and (outcome in given.outcomes or (not outcome and bool(given.outcomes)))

    def _note(self, server: str, request_id: str, outcome: str) -> Given:
        given = self._given.setdefault((_place(server), request_id), Given())
        given.outcomes.add(outcome)
        if len(self._given) > KEPT:
            del self._given[next(iter(self._given))]
        return given


ANSWERS = Answers()


class Attribution:
    """Names who settled the requests of one instance.

    Args:
        state: of the instance.
        endpoint: the instance's server, whose address may change when it is started again.
        record: of the process.
    """

    def __init__(self, state: State, endpoint: Endpoint, record: Answers = ANSWERS) -> None:
        self._state = state
        self._endpoint = endpoint
        self._record = record
        self._by: dict[str, AnsweredBy] = {}

    def by(self, request_id: str) -> AnsweredBy | None:
        """Who answered a request; None if that is unknown, or was forgotten."""
        return self._by.get(request_id)

    def attributed(self, event: e.Event) -> e.Event:
        """Complete an event that says that a request was settled with who settled it and what was asked; other events stay as they are."""
        if not isinstance(event, e.Answered):
            return event
        ours = self._record.explains(self._endpoint.url or "", event.request_id, event.outcome)
        by = AnsweredBy.KERNEL if ours else AnsweredBy.OTHER
        return self.settled(event, by)

    def settled(self, event: e.Answered, by: AnsweredBy) -> e.Answered:
        """The same where the caller knows who settled it. Who is named first for a request stays named."""
        known = self._by.setdefault(event.request_id, by)
        if len(self._by) > KEPT:
            del self._by[next(iter(self._by))]
        return replace(event, answered_by=known, request=event.request or self._state.requests.get(event.request_id))

    def correct(self, event: e.Answered, by: AnsweredBy) -> e.Answered:
        """Our answer came too late: the event that was attributed to it is due to another program."""
        self._by[event.request_id] = by
        return replace(event, answered_by=by, is_correction=True)

    def vanished(self, before: dict[str, Request]) -> Iterator[e.Answered]:
        """The requests that waited before the connection was lost, and are gone now that it is back."""
        for request in before.values():
            gone = request.id not in self._state.requests and request.id not in self._state.answered
            if gone and request.session_id in self._state.sessions:
                event = e.Answered(session_id=request.session_id, request_id=request.id, outcome="", request=request)
                ours = self._record.explains(self._endpoint.url or "", request.id, "")
                yield self.settled(event, AnsweredBy.KERNEL if ours else AnsweredBy.UNKNOWN)


def _place(server: str) -> str:
    """The address of a server; the same one for every name of this machine."""
    scheme, _, rest = server.partition("://")
    host, colon, port = rest.partition("/")[0].rpartition(":")
    return f"{scheme}://{colon}{port}" if colon and is_loopback(host.strip("[]")) else server


def _settled_with(answered: PermissionRequest, outcome: str, pending: Iterable[Request]) -> Iterator[PermissionRequest]:
    """What OpenCode settles together with a permission: with "reject" all of the session, with "always" all that its patterns cover."""
    for other in pending:
        if not isinstance(other, PermissionRequest):
            continue
        in_session = other.session_id == answered.session_id
        if (outcome == "reject" and in_session) or (outcome == "always" and _covers(answered, other)):
            yield other


def _covers(answered: PermissionRequest, other: PermissionRequest) -> bool:
    return other.permission == answered.permission and all(
        any(_matches(pattern, wanted) for pattern in answered.always) for wanted in other.patterns
    )


def _matches(pattern: str, text: str) -> bool:
    """OpenCode's wildcards: "*" matches any characters, "?" matches one; the text may lack a final " *"."""
    return _fits(pattern, text) or (pattern.endswith(" *") and _fits(pattern[:-2], text))


def _fits(pattern: str, text: str) -> bool:
    """Find the pieces between the stars one after the other. A regular expression with many stars could run for ever."""
    first, *middle = pattern.split("*")
    if not middle:
        return len(first) == len(text) and _find(first, text, 0, len(text)) == 0
    *middle, last = middle
    at, end = len(first), len(text) - len(last)
    if at > end or _find(first, text, 0, at) != 0 or _find(last, text, end, len(text)) != end:
        return False
    for piece in middle:
        found = _find(piece, text, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _find(piece: str, text: str, start: int, end: int) -> int:
    if "?" not in piece:
        return text.find(piece, start, end)
    found = re.compile(re.escape(piece).replace(r"\?", "."), re.DOTALL).search(text, start, end)
    return found.start() if found else -1
