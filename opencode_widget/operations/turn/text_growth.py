"""Makes the deltas that a server does not send.

OpenCode up to 1.1, and servers of the classic dialect, state the whole text of a part again for each piece of it. A consumer of
`session.stream()` that prints `PartDelta.text` would print nothing. Where a statement continues the text that is known, the addition
becomes a PartDelta. It comes before the statement, as the deltas of other servers do: a statement replaces what streamed in before it.

Where the server sends deltas, its statements add nothing, and no delta is made twice. If deltas were missed in between, the next statement
that continues the known text makes up for them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...model.entities import Role, TextInfo
from ...model.events import Event, PartDelta, PartUpserted
from ...model.state import Session


class TextGrowth:
    """The texts that grow in one session, while somebody listens."""

    def __init__(self) -> None:
        # By part: the pieces of its text so far.
        self._known: dict[str, list[str]] = {}

    def completed(self, event: Event, session: Session | None) -> Iterator[Event]:
        """The event, after the delta that it stands for, if there is one.

        Args:
            event: of the session, as it was applied.
            session: as it is after the event; None where it is gone.
        """
        if isinstance(event, PartDelta) and event.field == "text":
            self._known.setdefault(event.part_id, []).append(event.text)
        elif isinstance(event, PartUpserted) and (addition := self._addition(event, session)):
            yield PartDelta(
                session_id=event.session_id, message_id=event.message_id, part_id=event.part.id, text=addition
            )
        yield event

    def _addition(self, event: PartUpserted, session: Session | None) -> str:
        part = event.part
        message = session.messages.get(event.message_id) if session is not None else None
        if not isinstance(part, TextInfo) or part.hidden or message is None or message.role is not Role.ASSISTANT:
            return ""
        known = "".join(self._known.get(part.id, ()))
        self._known[part.id] = [part.text]
        return part.text[len(known) :] if part.text.startswith(known) else ""
