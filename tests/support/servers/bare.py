"""The server of the task this package grew from, to the letter: `GET /events` and `POST /session/{id}/message`, and 404 for all else.

Its events have neither roles nor times, it names no message in its answers, and a session need not be announced before its messages.
"""

from __future__ import annotations

from .classic import ClassicServer
from .http import Exchange


class BareServer(ClassicServer):
    """See the module's docstring. A test makes sessions with `add_session`."""

    def __init__(self) -> None:
        super().__init__(bare_events=True)

    async def _normal(self, exchange: Exchange) -> None:
        request = exchange.request
        match request.method, request.path.strip("/").split("/"):
            case "GET", ["events"]:
                await super()._normal(exchange)
            case "POST", ["session", id, "message"] if id in self.sessions:
                self._prompt(id, request.json()["prompt"])
                await exchange.answer(b"", 204)
            case _:
                await exchange.answer(b"not found", 404, "text/plain")

    def _prompt(self, session: str, prompt: str) -> str:
        """Only the answer is said, not the prompt."""
        self.answer_later(session, prompt)
        return ""
