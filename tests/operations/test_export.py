"""A conversation as a document: what was said is all there, and nothing of it can do anything."""

from __future__ import annotations

import json

import nbformat
import pytest

from opencode_widget.model.entities import FileInfo, NoteInfo, PartInfo, ToolInfo, ToolState
from opencode_widget.model.render.blocks import OUTPUT
from opencode_widget.model.state import Message, Session
from opencode_widget.operations import export as export_formats
from opencode_widget.redaction import KNOWN

from ..hostile.checks import faults
from ..model import builders
from ..support import shapes
from ..support.open_session import OpenSession
from ..support.servers.fake import FakeServer

EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def conversation(*parts: PartInfo) -> Session:
    state = builders.conversation(
        builders.session(title="Über <Schafe>"),
        builders.user(),
        builders.text("Count **sheep**", "ask-text", "ask"),
        builders.answer(agent="build", completed=3),
        *(builders.part(part) for part in parts),
    )
    return builders.the_session(state)


def written(format: str, *parts: PartInfo) -> str:
    session = conversation(*parts)
    return export_formats.document(format, session.info, list(session)).text


RICH = (
    builders.text_info("Thinking\nhard", "r", kind="reasoning", ended=True),
    builders.text_info(EVIL, "t", ended=True),
    ToolInfo("b", "bash", state=ToolState.COMPLETED, title="List", input={"command": "ls"}, output="a\n```\nb"),
    ToolInfo("e", "edit", state=ToolState.ERROR, input={"filePath": "a.py", "n": 1}, error=f"No. {EVIL}"),
    ToolInfo("w", "write", state=ToolState.RUNNING),
    FileInfo("f", "image/png", "dot.png"),
    NoteInfo("n", "retry", f"Again {EVIL}"),
    NoteInfo("h", "snapshot", "not shown", hidden=True),
)


def test_markdown_has_the_whole_conversation() -> None:
    text = written("markdown", *RICH)
    assert text.startswith(
        "# Über &lt;Schafe>\n\n## You\n\nCount **sheep**\n\n## OpenCode (build)\n\n> Thinking\n> hard\n\n"
    )
    assert "**bash** List\n\n```bash\nls\n```\n\n````\na\n```\nb\n````" in text
    assert '**edit** (failed)\n\n```json\n{\n  "filePath": "a.py",' in text
    assert "**write** (not finished)" in text
    assert "**File**: dot.png" in text
    assert "not shown" not in text
    assert "<script" not in text


def test_long_output_is_cut_for_reading_and_whole_in_json() -> None:
    long = ToolInfo("b", "bash", state=ToolState.COMPLETED, output="x" * (OUTPUT + 10))
    assert f"… ({OUTPUT + 10} characters)" in written("markdown", long)
    assert "x" * (OUTPUT + 10) in written("json", long)


def test_html_is_escaped_and_styled_in_place() -> None:
    text = written("html", *RICH)
    assert faults(text) == []
    assert "Über &lt;Schafe&gt;" in text
    assert text.count("&lt;script&gt;") == 3


def test_a_notebook_is_one_by_its_schema() -> None:
    text = written("notebook", *RICH)
    book = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(book)
    assert [cell.cell_type for cell in book.cells] == ["markdown"] * 3
    assert book.cells[1].source == "## You\n\nCount **sheep**"


def test_text_names_who_speaks_and_which_tools_ran() -> None:
    text = written("text", *RICH)
    assert "You:\nCount **sheep**" in text
    assert "OpenCode (build):\nThinking\nhard" in text
    assert "[bash]" in text


def test_json_has_session_and_messages() -> None:
    document = json.loads(written("json", *RICH))
    assert document["session"]["title"] == "Über <Schafe>"
    assert [message["head"]["role"] for message in document["messages"]] == ["user", "assistant"]


def test_an_error_stands_in_every_form() -> None:
    state = builders.conversation(
        builders.user(), builders.text("Hi", "x", "ask"), builders.answer(error=builders.OOPS)
    )
    session = builders.the_session(state)
    for format in export_formats.FORMATS:
        assert "Oops." in export_formats.document(format, session.info, list(session)).text


@pytest.mark.parametrize(
    ("title", "name"), [("a/b: c?", "a-b- c.md"), ("..", "ses.md"), ("", "ses.md"), ("x" * 200, f"{'x' * 80}.md")]
)
def test_the_name_of_the_file_is_one_for_every_system(title: str, name: str) -> None:
    info = builders.session_info(title=title)
    assert export_formats.document("markdown", info, []).filename == name


def test_a_message_without_words_is_left_out() -> None:
    empty: list[Message] = list(builders.the_session(builders.conversation(builders.user(), builders.answer())))
    assert export_formats.markdown(builders.session_info(), empty) == "# A session\n"
    assert empty[0]._repr_html_() == ""


@pytest.mark.parametrize("format", export_formats.FORMATS)
async def test_a_password_that_became_known_since_is_in_no_export(format: str) -> None:
    session = conversation(builders.text_info("It is geheim-1234-wort.", "t", ended=True))
    KNOWN.add("geheim-1234-wort")
    try:
        document = await export_formats.written(format, session.info, list(session))
    finally:
        KNOWN.forget("geheim-1234-wort")
    assert "geheim" not in document.text
    assert "It is" in document.text


async def test_a_document_of_a_session_has_all_messages_and_a_name(fake: OpenSession, fake_server: FakeServer) -> None:
    fake_server.messages["ses_1"].append(
        {"info": shapes.user("msg_1", "ses_1"), "parts": [shapes.text("prt_1", "msg_1", "ses_1", "Count sheep")]}
    )
    await fake.runtime.history.refetch(fake.id)
    document = await export_formats.conversation_document(fake.runtime, fake.id, "text")
    assert (document.filename, document.mime) == ("A session.txt", "text/plain")
    assert "Count sheep" in document.text
