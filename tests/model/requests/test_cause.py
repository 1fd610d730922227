"""Which prompt makes a conversation fail: the one whose file the model or its provider refuses."""

from __future__ import annotations

import pytest

from opencode_widget.model import events as e
from opencode_widget.model import view
from opencode_widget.model.entities import FileInfo, Problem
from opencode_widget.model.requests.cause import Cause, cause_of
from opencode_widget.model.state import State

from .. import builders

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNSUPPORTED = f"'file part media type {XLSX}' functionality not supported."


def prompt(at: int, words: str, *files: FileInfo) -> list[e.Event]:
    id = f"p{at}"
    parts = [builders.text(words, f"t{at}", id, ended=True)] if words else []
    return [builders.user(id, at=at), *parts, *(builders.part(file, id) for file in files)]


def answer(at: int, message: str = "", details: str = "") -> list[e.Event]:
    """The answer to the prompt of the same number; with `message` one that failed."""
    error = Problem("UnknownError", message, details=details) if message else None
    return [builders.answer(f"a{at}", at=at + 0.5, parent=f"p{at}", completed=at + 0.6, error=error)]


def file(name: str, mime: str) -> FileInfo:
    return FileInfo(f"f-{name}", mime, name)


def session(*events: list[e.Event]) -> State:
    return builders.conversation(*[event for some in events for event in some])


def blamed(state: State, id: str) -> Cause | None:
    return cause_of(state.sessions["ses"], builders.the_message(state, id))


SHEET, PHOTO = file("sheet.xlsx", XLSX), file("photo.png", "image/png")


def test_the_oldest_prompt_with_the_file_that_the_error_names() -> None:
    state = session(
        prompt(1, "Fine", PHOTO), answer(1),
        prompt(2, "Look at\n this", SHEET, PHOTO), answer(2, UNSUPPORTED),
        prompt(3, "hi", SHEET), answer(3, UNSUPPORTED),
        prompt(4, "hello?"), answer(4, UNSUPPORTED),
    )  # fmt: skip
    cause = Cause("p2", "Look at this", ("sheet.xlsx",))
    assert [blamed(state, id) for id in ("a1", "a2", "a3", "a4")] == [None, cause, cause, cause]
    assert "“sheet.xlsx” in the prompt “Look at this” goes to the model" in cause.words


def test_a_file_is_found_by_its_name_too_and_in_the_details() -> None:
    state = session(prompt(1, "", file("Q3.PDF", "application/pdf")), answer(1, "Bad request", "cannot read q3.pdf"))
    cause = blamed(state, "a1")
    assert cause == Cause("p1", "", ("Q3.PDF",))
    assert "a prompt without words" in cause.words


def test_the_first_of_those_that_failed_with_the_same_words() -> None:
    state = session(
        prompt(1, "Before", PHOTO), answer(1),
        prompt(2, "See", PHOTO, file("b.jpg", "image/jpeg")), answer(2, "messages.4.content.1: invalid value"),
        prompt(3, "hi"), answer(3, "messages.4.content.1: invalid value"),
    )  # fmt: skip
    assert blamed(state, "a3") == Cause("p2", "See", ("photo.png", "b.jpg"))
    assert blamed(state, "a2") is None, "once may be for another reason"
    cause = blamed(state, "a3")
    assert cause is not None
    assert "photo.png”, “b.jpg” in the prompt “See” go to" in cause.words


@pytest.mark.parametrize(
    ("words", "is_blamed"),
    [
        ("Could not process image", True),
        ("The PDF has too many pages", True),
        ("rate limit", False),
        ("profile", False),
    ],
)
def test_a_single_failure_counts_if_its_words_are_about_files(words: str, is_blamed: bool) -> None:
    state = session(prompt(1, "See", PHOTO), answer(1, words))
    assert (blamed(state, "a1") is not None) is is_blamed


def test_text_is_no_cause_nor_is_what_is_hidden_by_a_revert() -> None:
    text = file("notes.txt", "text/plain")
    assert blamed(session(prompt(1, "See", text), answer(1, "notes.txt: no such file")), "a1") is None
    state = session(prompt(1, "See", SHEET), answer(1, UNSUPPORTED), prompt(2, "hi"), answer(2, UNSUPPORTED))
    info = builders.session_info(revert="p1")
    builders.play(state, e.SessionUpserted(session_id="ses", info=info))
    assert blamed(state, "a2") is None


def test_an_answer_that_was_stopped_has_no_cause_nor_one_before_any_prompt() -> None:
    stopped = builders.answer("a1", at=1.5, parent="p1", completed=2, error=builders.ABORTED)
    assert blamed(session(prompt(1, "See", PHOTO), [stopped]), "a1") is None
    assert blamed(session(answer(1, "Could not process image")), "a1") is None


def test_the_page_is_told() -> None:
    state = session(prompt(1, "Look", SHEET), answer(1, UNSUPPORTED))
    head = view.head_view(builders.the_message(state, "a1"), state.sessions["ses"])
    assert head["cause"] == {"message": "p1", "prompt": "Look", "files": ["sheet.xlsx"]}
