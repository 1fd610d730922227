"""The window: which messages of the session on screen the pages have. These are the newest, as many as fit into one frame or as the user
asked for.

The pages have the messages from `first` on, and will get those from `goal` on: the messages in between follow in later frames. Of the
messages before `goal` the pages know only that there are some.
"""

from __future__ import annotations

from bisect import bisect_left

from ..state import Message, Order, Session

# Before every message.
BEGINNING: Order = (False, float("-inf"), "")
# Messages that the user gets at once when asking for older ones.
STEP = 100


def is_visible(session: Session, message: Message) -> bool:
    """Is the message not hidden by a revert?"""
    return message.local or (boundary := session.boundary) is None or message.order < boundary


class Window:
    """The messages that pages have of one session."""

    def __init__(self) -> None:
        self.first = BEGINNING
        self.goal = BEGINNING

    def shows(self, session: Session, message: Message) -> bool:
        """Do the pages have the message?"""
        return message.order >= self.first and is_visible(session, message)

    def hides(self, session: Session) -> bool:
        """Are there messages before the goal?"""
        return bool(session.keys) and session.keys[0] < self.goal

    @property
    def owes(self) -> bool:
        """Are there messages that the pages will get and do not have yet?"""
        return self.goal < self.first

    def before(self, session: Session, message: Message) -> str | None:
        """The message that precedes this one on the pages."""
        at = bisect_left(session.keys, message.order) - 1
        if message.local and at < session.first_local and (boundary := session.boundary) is not None:
            at = bisect_left(session.keys, boundary) - 1
        return session.ids[at] if at >= 0 and session.keys[at] >= self.first else None

    def start_at(self, session: Session, at: int) -> None:
        """Set the window and the goal: the pages have the messages from this index on, and will get no more."""
        if at < len(session.keys):
            self.first = self.goal = session.keys[at] if at else BEGINNING

    def reach(self, session: Session, at: int) -> None:
        """Extend the window: the pages have the messages from this index on."""
        is_goal = not at or session.keys[at - 1] < self.goal
        self.first = self.goal if is_goal else session.keys[at]

    def index(self, session: Session) -> int:
        """The index of the first message that the pages have."""
        return bisect_left(session.keys, self.first)

    def reveal(self, session: Session, until: str | None = None) -> None:
        """Move the goal back: by some messages, or to `until`."""
        at = max(0, bisect_left(session.keys, self.goal) - STEP)
        if until is not None and (message := session.messages.get(until)) is not None:
            at = min(at, bisect_left(session.keys, message.order))
        self.goal = session.keys[at] if at else BEGINNING

    def prepend(self, session: Session, fresh: set[str]) -> list[str]:
        """Move the goal back over fetched messages. Return those that are not older than all others."""
        at = 0
        while at < len(session.ids) and session.ids[at] in fresh:
            at += 1
        if self.first == BEGINNING and 0 < at < len(session.ids):
            self.first = session.keys[at]
        return [id for id in session.ids[at:] if id in fresh and session.messages[id].order >= self.first]
