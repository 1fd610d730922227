"""The way from the kernel to a page, as bad as a schedule says; and checks of everything that the page shows."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from ..support.page import Json, Page
from .schedule import Line


class LossyComm:
    """Drops frames, repeats them, and delivers them too late; snapshots it may repeat."""

    def __init__(self, page: Page, line: Line, seed: int) -> None:
        self._page = page
        self._line = line
        self._chance = Random(seed)
        self._late: list[Json] = []

    def mend(self) -> None:
        """Be sound from now on."""
        self._line = Line(0, 0, 0)
        self._late.clear()

    def receive(self, message: Json) -> None:
        """Carry a message of the kernel."""
        message = copy.deepcopy(message)  # what a comm carries is a copy
        droppable = message["type"] == "frame"
        if droppable and self._chance.random() < self._line.dropped:
            return
        if droppable and self._chance.random() < self._line.late:
            self._late.append(message)
            return
        self._page.receive(message)
        if self._chance.random() < self._line.repeated:
            self._page.receive(copy.deepcopy(message))
        while self._late:
            self._page.receive(self._late.pop(0))


class PageInvariants:
    """Sees what the page shows after each message: a text is never shortened, and says no word twice.

    Attributes:
        may_vanish: the user takes messages back, so that they may vanish.
    """

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        self.may_vanish = False
        self._page = page
        self._seen: dict[tuple[str, str], list[str]] = {}
        self._session: str | None = None
        self._answers: list[str] = []

    def look(self) -> None:
        shown = self._page.state.get("transcript")
        if shown is None or shown["state"] != "ready":
            self._session = None
            return
        self._look_at_messages(shown)
        for message in shown["messages"]:
            for part in message["parts"]:
                if part["kind"] in ("text", "reasoning") and message["head"]["role"] == "assistant":
                    self._look_at_words(message["head"]["id"], part)

    def _look_at_messages(self, shown: Json) -> None:
        answers = [message["head"]["id"] for message in shown["messages"] if message["head"]["role"] == "assistant"]
        is_known = shown["session"] == self._session and not self.may_vanish
        if is_known and (gone := set(self._answers) - set(answers)):
            self.complaints.append(f"messages vanished: {gone}")
        self._session, self._answers = shown["session"], answers

    def _look_at_words(self, message: str, part: dict[str, Any]) -> None:
        words = part["text"].split()
        before = self._seen.get((message, part["id"]), [])
        whole = words if part.get("ended") or not words else words[:-1]
        if len(set(words)) != len(words):
            self.complaints.append(f"said twice in {part['id']}: {part['text']!r}")
        if whole != sorted(whole):
            self.complaints.append(f"out of order in {part['id']}: {part['text']!r}")
        if missing := [word for word in before if word not in words]:
            self.complaints.append(f"shortened in {part['id']}: {missing} went from {part['text']!r}")
        self._seen[message, part["id"]] = whole
