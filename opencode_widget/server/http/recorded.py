"""The answers of a server, kept for a recording, and given again by one, without a connection.

A recording keeps answers as the server wrote them, and not what a dialect made of them: a later version of this package reads them by its
own dialects, and understands what this one does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import httpx

from ...errors import NotFound
from .address import Address
from .client import Http
from .limits import Limits

# The headers of an answer that a dialect reads.
KEPT = ("content-type", "x-next-cursor", "link")


class Answer(NamedTuple):
    """What a server answered to a GET; `body` is JSON."""

    path: str
    params: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any


class RecordingHttp(Http):
    """Calls a server, and keeps its answers.

    Attributes:
        answers: the path, the query and the response of each successful call, in order.
    """

    def __init__(self, address: Address, directory: str | None = None, limits: Limits | None = None) -> None:
        super().__init__(address, directory, limits)
        self.answers: list[tuple[str, dict[str, Any], httpx.Response]] = []

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, Any] | None = None,
        limit: float | None = None,
    ) -> httpx.Response:
        """See `Http.call`."""
        response = await super().call(method, path, body=body, params=params, limit=limit)
        self.answers.append((path, dict(self.params() if params is None else params), response))
        return response

    def taken(self) -> list[Answer]:
        """The answers, parsed; costs as much as they are large. What is not JSON is left out."""
        found = []
        for path, params, response in self.answers:
            try:
                body = json.loads(response.content)
            except ValueError:
                continue
            headers = {name: response.headers[name] for name in KEPT if name in response.headers}
            found.append(Answer(path, params, headers, body))
        return found


class RecordedHttp(Http):
    """Gives recorded answers, and connects to nothing."""

    def __init__(self) -> None:
        super().__init__(Address("http://recording"))
        self._answers: dict[tuple[str, str], Answer] = {}

    def put(self, answers: Iterable[Answer]) -> None:
        """Have these answers given from now on."""
        self._answers |= {_key(answer.path, answer.params): answer for answer in answers}

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, Any] | None = None,
        limit: float | None = None,
    ) -> httpx.Response:
        """Give the answer that was recorded for a GET.

        Raises:
            NotFound: there is none.
        """
        answer = self._answers.get(_key(path, params or {})) if method == "GET" else None
        if answer is None:
            raise NotFound(f"The recording has no answer to {method} {path}.", status=404)
        headers = {"content-type": "application/json", **answer.headers}
        return httpx.Response(200, headers=headers, content=json.dumps(answer.body).encode())


def _key(path: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """Names an answer. The folder is the same in a whole recording, and how many entries were wanted may differ by version."""
    named = {name: value for name, value in params.items() if name != "limit" and "directory" not in name}
    return path, json.dumps(named, sort_keys=True, default=str)
