"""What is drawn of sessions, messages, requests and instances, format by format, and what is left out where there is no room."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from opencode_widget.model.entities import (
    Activity,
    MessageInfo,
    NoteInfo,
    PermissionRequest,
    Problem,
    Question,
    QuestionOption,
    QuestionRequest,
    Role,
    SessionInfo,
    Status,
    TextInfo,
    Todo,
    ToolInfo,
    ToolState,
)
from opencode_widget.model.render import cards, conversation, html, markdown, plain, sanitize
from opencode_widget.model.render.blocks import (
    ENTRIES,
    Block,
    Cell,
    Code,
    Heading,
    Item,
    Items,
    Prose,
    Reasoning,
    Span,
    Table,
    Tone,
    Tool,
    Words,
    listed,
    within,
)
from opencode_widget.model.render.elements import Html
from opencode_widget.model.render.output_budget import OUTPUT, fitted, weight_of
from opencode_widget.model.render.prose.allowance import LONGEST, Allowance
from opencode_widget.model.render.rich import Rich
from opencode_widget.model.render.visible import escaped, terminal, visible
from opencode_widget.model.state import Message, Part

from ...hostile.checks import faults, words


def message(*parts: TextInfo | ToolInfo | NoteInfo, error: Problem | None = None, agent: str | None = None) -> Message:
    made = Message(MessageInfo("m", "s", Role.ASSISTANT, 1, agent=agent, error=error))
    for part in parts:
        made.by_id[part.id] = Part(part)
    return made


def text(words: str, **more: bool) -> TextInfo:
    return TextInfo("t", text=words, ended=True, **more)


def text_of(*blocks: Block) -> str:
    """What is read of the HTML."""
    return words(html.output(blocks))


def markdown_of(*blocks: Block) -> str:
    return markdown.written(blocks, Allowance())


# ---- Markdown in a message --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ("# Title\n\n*a* **b** ~~c~~ `d`", ["h3", "em", "strong", "s", "code"]),
        ("- a\n- b\n\n3. c\n\n> d\n\n---", ["ul", "li", "ol", "blockquote", "hr"]),
        ("| a | b |\n|:--|--:|\n| c | d |", ["table", "thead", "tbody", "th", "td"]),
        ("```python\nx = 1\n```\n\n    indented", ["pre"]),
        ("[words](https://a.example/) and https://b.example/.", ["a"]),
        ("a<br>b  \nc", ["br"]),
    ],
)
def test_markdown_is_drawn(written: str, tags: list[str]) -> None:
    drawn = html.output([Prose(written)])
    assert [tag for tag in tags if f"<{tag}" not in drawn] == []
    assert faults(drawn) == []


def test_markdown_goes_through_markdown_as_it_is() -> None:
    written = (
        "### A\n\n*b* **c** ~~d~~ `e`\n\n- f\n  - g\n\n\n* h\n\n2. i\n3. j\n\n> k\n\n***\n\n"
        "```python\nl\n```\n\n| m | n |\n| :--- | :---: |\n| o | p |\n\n[q](https://r.example/)\\\ns"
    )
    assert markdown_of(Prose(written)) == written.replace("### A", "##### A").replace("\n\n\n* h", "\n\n* h")


def test_a_link_says_where_it_leads() -> None:
    assert text_of(Prose("[here](https://evil.example/)")) == "here (https://evil.example/)"
    assert markdown_of(Prose("[good.example](https://evil.example/)")).endswith("(evil.example)")
    assert text_of(Prose("[here](javascript:alert(1))")) == "here (javascript:alert(1))"
    assert text_of(Prose("https://a.example/" + "x" * 2_000)).startswith("https://a.example/xxx")


def test_a_link_without_words_and_address_is_nothing() -> None:
    assert text_of(Prose("[]()")) == ""
    assert text_of(Prose("[a $b$](https://b.example/)")) == "a $b$ (https://b.example/)"


def test_a_picture_is_a_link() -> None:
    assert text_of(Prose("![a cat](https://evil.example/c.png)")) == "Image: a cat (https://evil.example/c.png)"
    assert "![" not in markdown_of(Prose("![a cat](https://evil.example/c.png)"))
    assert text_of(Prose("[![a](https://b.example/)](https://c.example/)")) == "Image: a (https://c.example/)"
    assert text_of(Prose("![](https://b.example/)")) == "Image (https://b.example/)"


def test_a_box_of_a_task_is_a_letter() -> None:
    assert text_of(Prose("- [ ] a\n- [x] b\n- [y] c")) == "☐ a☑ b[y] c"


def test_a_list_keeps_its_shape() -> None:
    loose = "- a\n\n  b\n\n- $$c$$ d"
    assert markdown_of(Prose(loose)).startswith("- a\n\n  b\n\n- ")
    assert "```" in markdown_of(Prose("- x $$y$$ z")), "a formula that cannot stand in a line stands alone"
    assert 'start="7"' in html.output([Prose("7. a\n8. b")])
    assert markdown_of(Prose("1. a\n\n\n1) b")) == "1. a\n\n1) b"


def test_a_headline_keeps_its_signs() -> None:
    assert markdown_of(Heading("C#", 1)) == "# C\\#"
    assert markdown_of(Heading("", 1), Words("x")) == "x"


# ---- what is too large ------------------------------------------------------------------------------------------------


def test_what_costs_too_much_is_shown_as_it_was_written() -> None:
    assert "<pre" in html.output([Prose("*a* " * LONGEST)], room=100_000_000)
    assert "<em" not in html.output([Prose("*a*\n" * 5_000)])
    few = Allowance(steps=4)
    assert (
        words(html.output([Prose("*a* *b* *c* [d](https://e.example/)")], few))
        .strip()
        .endswith("[d](https://e.example/)")
    )
    assert "<em" not in html.output([Prose("*a*")], few), "nothing is left for the next"


def test_no_more_is_drawn_than_there_is_room_for() -> None:
    drawn = html.output([Prose(f"{number} " + "word " * 100) for number in range(10)], room=2_000)
    assert words(drawn).startswith("What came before is left out here")
    assert "9 word" in drawn
    assert "1 word" not in drawn
    assert len(drawn) < 4_000
    assert list(within(5, ["abc", "def", "g"], "…")) == ["abc", "…"]


def test_a_long_text_keeps_its_beginning() -> None:
    shown = text_of(Prose("<" * 1_000_000))
    assert shown.startswith("<" * (OUTPUT // 61 - 100))
    assert shown.rstrip().endswith("… (1000000 characters)")


def test_the_answer_behind_many_calls_is_shown_whole() -> None:
    calls = [Tool(f"tool-{number}", "title", "", (Code("x = 1\n" * 3_000),)) for number in range(60)]
    shown = text_of(Prose("Before."), *calls, Prose("The answer."))
    assert shown.startswith("Before.")
    assert shown.strip().endswith("The answer.")
    assert "tool-0" in shown
    assert shown.count("x = 1") < OUTPUT / 6
    assert shown.index("x = 1") > shown.index("tool-1"), "the latest calls keep what is folded away in them"


def test_each_kind_of_block_is_cut_where_there_is_no_room() -> None:
    long = "word " * 2_000
    blocks: list[Block] = [
        Heading(long, detail=long),
        Words(long, Tone.FAULT, long),
        Items(tuple(Item(long, detail=long) for _ in range(9))),
        Reasoning(long),
        Code(long),
        Tool(long, long, "", (Code(long[:5_000]), Items((Item(long),))), long),
        Table(("One", "Two"), ((Cell((Span(long), Span(long, differs=True)), long), Cell((Span(long),))),) * 6),
    ]
    for block in blocks:
        assert weight_of([block]) > len(long)
        for room in (300, 1_000):
            (cut,) = fitted([block], room)
            assert len(text_of(cut)) < room + 300
            assert "…" in text_of(cut)
        assert fitted([block], 300_000) == [block]


def test_a_list_says_what_it_leaves_out() -> None:
    long = listed(Item(str(number)) for number in range(ENTRIES + 7))
    assert text_of(long).endswith("… 7 more")


@pytest.mark.parametrize(
    "written",
    [
        "> " * 100 + "word",
        "- " * 100 + "word",
        "\n".join("  " * depth + f"- {depth}" for depth in range(60)) + "\n\nword",
        "> " * 40 + "a\n\nword",
        "- " * 30 + "> a\n  b\nword",
        "*" * 100 + "word" + "*" * 100,
        "[a" * 40 + "](https://b.example/)" * 40 + "word",
    ],
)
def test_what_is_nested_too_deep_is_still_there(written: str) -> None:
    for shown in (text_of(Prose(written)), markdown_of(Prose(written))):
        assert "word" in shown
        assert [str(depth) for depth in range(60) if written[0] == " " and str(depth) not in shown] == []


def test_a_wide_table_is_text() -> None:
    row = "|" + "a|" * 200
    assert "<table" not in html.output([Prose(f"{row}\n|{'-|' * 200}\n{row}")])


def _nested(sign: str) -> Callable[[int], str]:
    return lambda size: sign * (size // len(sign))


SHAPES: dict[str, Callable[[int], str]] = {
    "brackets": _nested("["),
    "pictures": _nested("![a]("),
    "stars": _nested("*a "),
    "underscores": _nested("_a__b "),
    "ticks": lambda size: " ".join("`" * number for number in range(1, int((2 * size) ** 0.5))),
    "quotes": lambda size: "> " * (size // 2) + "x",
    "items": lambda size: "- " * (size // 2) + "x",
    "definitions": lambda size: "".join(f"[a{number}]: http://x/\n[a{number}]\n" for number in range(size // 24)),
    "formulas": _nested("$a$ \\(b"),
    "entities": _nested("&amp;&#36;"),
    "addresses": _nested("<http://a.b>"),
    "cells": _nested("|"),
    "rows": lambda size: "|a|b|\n|-|-|\n" + "|c|d|\n" * (size // 6),
    "unseen": _nested("\u202e"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_megabyte_of_anything_is_drawn_soon(shape: str) -> None:
    for size in (LONGEST - 10_000, 1_000_000):
        value = Prose(SHAPES[shape](size))
        # In one step of the kernel: a tenth of a second on a machine that is free, and without the tracer that measures the coverage.
        assert cost(lambda value=value: html.output([value])) < 1.5
        # On a thread; a quadratic cost would be minutes.
        assert _seconds(lambda value=value: markdown_of(value)) < 10


def cost(work: Callable[[], object]) -> float:
    """Seconds of the processor, the least of three."""
    return min(_seconds(work) for _ in range(3))


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    assert work()
    return time.process_time() - began


@pytest.mark.parametrize("count", [2_000, 20_000])
def test_a_message_of_very_many_parts_is_drawn_soon(count: int) -> None:
    calls = [Tool("bash", "ls & ls", "", (Code("$ <&> " * 200),)) for _ in range(count)]
    assert cost(lambda: html.output([*calls, Prose("a & b")])) < 1.5


# ---- other blocks -----------------------------------------------------------------------------------------------------


EVERY = (
    Heading("Title", 1),
    Heading("OpenCode", detail="build"),
    Prose("*Hello*", by_user=True),
    Reasoning("Hm"),
    Words("quiet", Tone.QUIET),
    Words("two\nlines", Tone.FAULT, "Oops"),
    Code("x = 1", "python"),
    Items((Item("a", "☐", "detail"), Item("b"))),
    Tool("bash", "List", "(failed)", (Code("ls"),), "No."),
    Tool("glob", "Find"),
)


def test_every_block_has_all_three_formats() -> None:
    for shown in (text_of(*EVERY), markdown_of(*EVERY), plain.written(EVERY)):
        for value in (
            "Title",
            "OpenCode",
            "build",
            "Hello",
            "Hm",
            "quiet",
            "lines",
            "Oops",
            "x = 1",
            "detail",
            "List",
            "ls",
            "No.",
        ):
            assert value in shown
    assert plain.written([Heading("", 2)]) == ""


def test_what_differs_in_a_cell_is_marked() -> None:
    table = Table(("One", "Two"), ((Cell((Span("a | b\n"), Span("c", differs=True)), "1 s"), Cell((Span("d"),))),))
    drawn = html.output([table])
    assert "<strong>c</strong>" in drawn
    assert (words(drawn), drawn.count("<td"), drawn.count("<th")) == ("OneTwoa | bc1 sd", 2, 3)
    assert markdown_of(table).splitlines()[2] == r"| a \| b **c** *1 s* | d |"
    assert plain.written([table]) == "One:\na | b\nc\n1 s\n\nTwo:\nd"


def test_a_message_is_drawn_with_what_went_wrong() -> None:
    oops = Problem("APIError", "Overloaded", "Try again.", details="a\x1b[31mb\x1b[0m\rc")
    shown = text_of(*conversation.message(message(text("Hello"), error=oops, agent="build")))
    assert shown == "OpenCode · buildHelloAPIError: Overloaded Try again.ab\nc"
    assert conversation.message(message()) == ()
    assert conversation.message(message(text("x", hidden=True))) == ()


def test_a_tool_shows_what_it_was_given_and_gave() -> None:
    todo = ToolInfo(
        "a", "todowrite", state=ToolState.COMPLETED, input={"todos": [{"content": "Rest", "status": "odd"}, 1]}
    )
    edit = ToolInfo("b", "edit", state=ToolState.RUNNING, input={"filePath": "a.py"}, metadata={"diff": "+x"})
    bash = ToolInfo("c", "bash", state=ToolState.ERROR, input={"command": "ls"}, output="out" * 10_000, error="No.")
    shown = text_of(*conversation.message(message(todo, edit, bash, NoteInfo("n", "k", "A note", {}))))
    for value in (
        "☐ Rest",
        "(not finished)",
        '"filePath": "a.py"',
        "+x",
        "(failed)",
        "ls",
        "(30000 characters)",
        "No.",
        "A note",
    ):
        assert value in shown
    assert conversation.message(message(NoteInfo("n", "k", "", {}), text("  "))) == ()


def test_a_session_shows_its_latest_messages() -> None:
    many = [message(text(f"number {number}.")) for number in range(conversation.MESSAGES + 3)]
    shown = plain.written(conversation.latest(many))
    assert shown.startswith("3 earlier messages are not shown here")
    assert "number 2." not in shown
    assert shown.endswith(f"number {len(many) - 1}.")
    large = [message(text(f"{name}{'x' * 200_000}")) for name in "abc"]
    assert plain.written(conversation.latest(large)).startswith("2 earlier messages")
    assert "earlier" not in plain.written(conversation.latest(large[:1]))


def test_a_session_has_its_title_and_todos() -> None:
    assert plain.written(conversation.titled("", [Todo("a", "completed")])) == "A session\n\n☑ a"
    assert plain.written(conversation.titled(" A \n title ")) == "A title"


def test_a_permission_shows_all_that_is_allowed() -> None:
    asked = PermissionRequest("p", "s", "edit", ("a.py",), ("*.py",), {"diff": "+x", "n": 1}, message="Why")
    shown = plain.written(cards.request(asked, "A title", waits=True))
    for value in ("permission: edit", "A title", "a.py", "*.py", "+x", '"n": 1', "Why", "request.allow()"):
        assert value in shown
    bare = PermissionRequest("p", "s", "bash", ("l" * (cards.REQUEST + 9),), (), {})
    shown = plain.written(cards.request(bare, "", waits=False))
    assert "Not whole: 9 characters more" in shown
    assert shown.endswith(cards.ANSWERED)


def test_a_question_shows_its_options() -> None:
    options = (QuestionOption("Yes", "at once"), QuestionOption("No"))
    asked = QuestionRequest("q", "s", (Question("Go?", "Start", options), Question("Why?", "", (), multiple=True)))
    shown = plain.written(cards.request(asked, "", waits=True))
    for value in ("OpenCode asks", "Start: Go?", "○ Yes · at once", "Why?", 'request.answer("...", "...")'):
        assert value in shown
    boxes = QuestionRequest("q", "s", (Question("Go?", "", options, multiple=True),), title="Choose")
    assert "☐ Yes" in plain.written(cards.request(boxes, "", waits=True))
    assert plain.written(cards.request(boxes, "", waits=False)).endswith(cards.ANSWERED)


def test_an_instance_names_its_sessions() -> None:
    sessions = [
        (SessionInfo(str(number), title=f"S{number}"), Status(Activity.BUSY)) for number in range(cards.SESSIONS + 2)
    ]
    shown = plain.written(cards.instance("work", "connected", {"Folder": "/work", "Server": None}, sessions))
    assert shown.startswith("work (connected):\nFolder: /work\n\nSessions:\n\n● S0 · busy")
    assert shown.endswith("… and 2 more")
    idle = [(SessionInfo("s"), Status())]
    assert plain.written(cards.instance("work", "connected", {}, idle)).endswith("○ New session")
    assert plain.written(cards.instance("work", "connected", {}, [])) == "work (connected):"


# ---- what cannot be seen ----------------------------------------------------------------------------------------------


def test_what_cannot_be_seen_is_drawn() -> None:
    assert visible("a\u202eb\x00c\x7fd\u200de") == "a⟨U+202E⟩b␀c␡d⟨U+200D⟩e"
    assert visible("👩\u200d💻 ❤\ufe0f 1\ufe0f\u20e3") == "👩\u200d💻 ❤\ufe0f 1\ufe0f\u20e3", "emoji are as they were"
    assert terminal("a\x1b[1mb\r\nc\rd") == "ab\nc\nd"
    assert escaped('"\u202e \U000e0041"\n') == '"\\u202e \\udb40\\udc41"\n'


# ---- the sanitiser ----------------------------------------------------------------------------------------------------


def test_the_sanitiser_lets_only_ours_pass() -> None:
    evil = Html(
        '<script>a</script><style>b</style><img src=x><p style="position:fixed" onclick="x" class="y" dir="rtl">c</p>'
        '<a href="javascript:d">d</a><a href="/e">e</a><ol start="x"><li>f</ol><div class="jp-Dialog">g</div><iframe>h</iframe>'
    )
    clean = sanitize.sanitized(evil)
    assert faults(clean.replace("<a ", "<s ").replace("</a>", "</s>").replace(' rel="noopener noreferrer"', "")) == []
    assert words(clean) == "cdefgh"


# ---- rich -------------------------------------------------------------------------------------------------------------


class Shown(Rich):
    def __init__(self, *blocks: Block) -> None:
        self.blocks = blocks

    def __repr__(self) -> str:
        return "<Shown \u202e>"

    def _blocks(self) -> Iterator[Block]:
        yield from self.blocks


def test_an_object_is_drawn_beside_its_repr() -> None:
    assert Shown()._repr_mimebundle_() == {"text/plain": "<Shown ⟨U+202E⟩>"}
    bundle = Shown(Words("a"))._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert words(bundle["text/html"]) == "a"
    assert not hasattr(Shown(), "_repr_markdown_")
