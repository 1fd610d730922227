"""What agents ask the user for, as Python objects: permissions and questions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Generic, TypeVar

from ..model.entities import JSON, AnsweredBy, PermissionRequest, Question, QuestionRequest, Request
from ..model.render.rich import Rich
from ..model.render.visible import one_line
from ..model.text.brief import beginning
from ..operations import replies
from ..operations.replies import Reply

if TYPE_CHECKING:
    from ..model.render.blocks import Block
    from .session import Session

R = TypeVar("R", PermissionRequest, QuestionRequest)


class _Pending(Rich, Generic[R]):
    """A request of an agent. It may be answered in Python, in the widget or by another program; the first answer counts.

    Args:
        session: the session whose agent asks.
        request: the request.
    """

    def __init__(self, session: Session, request: R) -> None:
        self._session: Session = session
        self._runtime = session._runtime
        self._request: R = request

    def _blocks(self) -> Iterable[Block]:
        from ..model.render import cards  # when something is drawn

        known = self._runtime.state.sessions.get(self._request.session_id)
        return cards.request(self._request, known.info.title if known is not None else "", waits=self.waits)

    @property
    def id(self) -> str:
        """The server's id, such as "per_..." or "que_..."."""
        return self._request.id

    @property
    def session(self) -> Session:
        """The session whose agent asks; it may be a sub-agent's."""
        return self._session

    @property
    def waits(self) -> bool:
        """True until it is answered, or its turn ends."""
        return self._request.id in self._runtime.state.requests

    @property
    def answered_by(self) -> AnsweredBy | None:
        """Who answered it; None while it waits, and if its session was stopped or deleted.

        "kernel": a click in a widget of this kernel, a policy, or Python here; "another program"; "unknown": it was answered while the
        connection was lost.
        """
        return self._runtime.attribution.by(self.id)


class Permission(_Pending[PermissionRequest]):
    """A tool of an agent waits for the user's permission."""

    def __repr__(self) -> str:
        answered = "" if self.waits else " (answered)"
        return f"<Permission {one_line(self.permission)}: {', '.join(self.patterns)!r}{answered}>"

    @property
    def permission(self) -> str:
        """The kind of action: "bash", "edit", "external_directory", ..."""
        return self._request.permission

    @property
    def patterns(self) -> tuple[str, ...]:
        """The actions themselves: commands, files, addresses."""
        return self._request.patterns

    @property
    def always(self) -> tuple[str, ...]:
        """The patterns that `allow(always=True)` would cover."""
        return self._request.always

    @property
    def metadata(self) -> JSON:
        """What the tool states about the action, for example a diff."""
        return self._request.metadata

    async def allow(self, *, always: bool = False) -> None:
        """Allow it (`POST /permission/{id}/reply`). If it was answered before, nothing happens.

        Args:
            always: also allow all that `self.always` covers, as long as the server runs.

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        await self._reply("always" if always else "once")

    async def reject(self, message: str | None = None) -> None:
        """Reject it (`POST /permission/{id}/reply`). If it was answered before, nothing happens.

        Args:
            message: words to the model, which then continues; None: the turn ends.

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        await self._reply("reject", message)

    async def _reply(self, reply: Reply, message: str | None = None) -> None:
        answer = replies.answer_permission(self._runtime, self.id, reply, message)
        await self._runtime.loop.run(answer)


class Questions(_Pending[QuestionRequest]):
    """An agent waits for the user's answers."""

    def __repr__(self) -> str:
        asked = " ".join(question.question for question in self.questions)
        return f"<Questions {beginning(asked, 80)!r}{'' if self.waits else ' (answered)'}>"

    @property
    def questions(self) -> tuple[Question, ...]:
        """The questions, each with its options."""
        return self._request.questions

    async def answer(self, *answers: str | list[str]) -> None:
        """Answer the questions (`POST /question/{id}/reply`). If they were answered before, nothing happens.

        Args:
            answers: one for each question: the label of an option, words of your own, or a list of these.

        Raises:
            ValueError: there are more or fewer answers than questions.
            OpenCodeError: the server cannot be reached, or refuses.
        """
        if len(answers) != len(self.questions):
            raise ValueError(f"There are {len(self.questions)} questions and {len(answers)} answers.")
        lists = [[answer] if isinstance(answer, str) else list(answer) for answer in answers]
        await self._runtime.loop.run(replies.answer_question(self._runtime, self.id, lists))

    async def dismiss(self) -> None:
        """Dismiss the questions (`POST /question/{id}/reject`); the turn ends.

        Raises:
            OpenCodeError: the server cannot be reached, or refuses.
        """
        await self._runtime.loop.run(replies.answer_question(self._runtime, self.id, None))


Pending = Permission | Questions


def handle(session: Session, request: Request) -> Pending:
    """A request of a session as a Python object."""
    if isinstance(request, PermissionRequest):
        return Permission(session, request)
    return Questions(session, request)
