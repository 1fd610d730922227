"""Everything is allowed in a session: each permission of it and of its sub-agents is allowed as soon as it is asked for.

Policies decide first: a request about which one decides is in `runtime.deciding`, and they call `allow_waiting` when they left it to the
user.
Only the state of the kernel knows what is allowed, so it ends with the kernel.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Self

from ..errors import OpenCodeError
from ..model import events as e
from ..model.entities import PermissionRequest, Problem
from ..model.reduce.changes import Change
from ..operations.replies import answer_permission
from ..sync.runtime import InstanceRuntime


def allow_all(runtime: InstanceRuntime, session_id: str, *, allowed: bool) -> None:
    """Allow everything in a session and its sub-agents' sessions, or end that. On the home loop."""
    runtime.access.check_writable()
    watch = _Watch(runtime)
    if allowed:
        runtime.listeners.add(watch)
    runtime.apply(e.AllowAllChanged(session_id=session_id, allowed=allowed))
    if not any(session.allows_all for session in runtime.state.sessions.values()):
        runtime.listeners.discard(watch)


def allow_waiting(runtime: InstanceRuntime) -> None:
    """Allow the permissions that wait where everything is allowed, except for those about which a policy decides."""
    for request in list(runtime.state.requests.values()):
        if isinstance(request, PermissionRequest) and _is_due(runtime, request):
            runtime.spawn(_allow(runtime, request))


def _is_due(runtime: InstanceRuntime, request: PermissionRequest) -> bool:
    taken = request.id in runtime.deciding or request.id in runtime.not_allowed
    return not taken and request.id in runtime.state.requests and runtime.state.allows_all(request.session_id)


async def _allow(runtime: InstanceRuntime, request: PermissionRequest) -> None:
    """Allow it, unless a policy has begun to decide about it meanwhile."""
    if not _is_due(runtime, request):
        return
    runtime.deciding.add(request.id)
    try:
        await answer_permission(runtime, request.id, "once")
    except OpenCodeError as error:
        runtime.not_allowed.add(request.id)
        what = f"Everything is allowed in this session, but the server did not take that: {error.message}"
        runtime.alert(Problem("NotAllowed", what, "Answer the request yourself."))
    finally:
        runtime.deciding.discard(request.id)


@dataclass(frozen=True)
class _Watch:
    """Looks after each event whether a permission is to be allowed. Those of the same instance are equal."""

    runtime: InstanceRuntime

    def __call__(self, event: e.Event, changes: list[Change]) -> None:
        allow_waiting(self.runtime)


class Allowance:
    """What `Session.allow_all` returns: everything is allowed in the session until `end()`, or until the `with` block ends.

    Awaiting it waits until it is in force, where the widget runs on a thread of its own.
    """

    def __init__(self, runtime: InstanceRuntime, session_id: str, *, allowed: bool) -> None:
        self._runtime = runtime
        self._session_id = session_id
        self._set(allowed=allowed)

    def __repr__(self) -> str:
        session = self._runtime.state.sessions.get(self._session_id)
        holds = session is not None and session.allows_all
        return f"<Allowance of everything in {self._session_id}{'' if holds else ' (ended)'}>"

    def _set(self, *, allowed: bool) -> None:
        self._runtime.loop.call(lambda: allow_all(self._runtime, self._session_id, allowed=allowed))

    def end(self) -> None:
        """Ask the user about permissions again."""
        self._set(allowed=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    async def _in_force(self) -> Self:
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        return self._runtime.loop.run(self._in_force()).__await__()
