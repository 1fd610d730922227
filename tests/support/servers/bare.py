"""The server of the task this package grew from, to the letter: `GET /events` and `POST /session/{id}/message`, and nothing else.

Its events have neither roles nor times, it names no message in its answers, and a session need not be announced before its messages.
"""

from __future__ import annotations

from .classic import ClassicServer
from .faults import Fault, body
from .http import Exchange

NOT_FOUND = body(b"not found", "text/plain", 404)


class BareServer(ClassicServer):
    """See the module's docstring. A test makes sessions with `add_session`.

    Args:
        absent: the answer to all other calls.
        has_sessions: has it a list of its sessions, which the task does not name?
    """

    def __init__(self, absent: Fault = NOT_FOUND, *, has_sessions: bool = False) -> None:
        super().__init__(bare_events=True)
        self.absent = absent
        self.has_sessions = has_sessions

    async def _normal(self, exchange: Exchange) -> None:
        request = exchange.request
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["events"]:
                await super()._normal(exchange)
            case "GET", ["session"] if self.has_sessions:
                await super()._normal(exchange)
            case "POST", ["session", id, "message"] if id in self.sessions:
                self._prompt(id, request.json()["prompt"])
                await exchange.answer(b"", 204)
            case _:
                await self.absent(exchange, super()._normal)

    def _prompt(self, session: str, prompt: str) -> str:
        """Only the answer is said, not the prompt."""
        self.answer_later(session, prompt)
        return ""
