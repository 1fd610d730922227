"""Every hostile text, wherever a text can stand, comes out as letters: in HTML, and in the HTML that others make of our Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from opencode_widget.model.render import cards, conversation, markdown, plain
from opencode_widget.model.render.blocks import Block, Prose, Words
from opencode_widget.model.render.html import document, output
from opencode_widget.model.render.prose import tree as p
from opencode_widget.model.render.prose.address import host_of, is_misleading
from opencode_widget.model.render.prose.allowance import Allowance
from opencode_widget.model.render.prose.parser import read
from opencode_widget.model.render.prose.tree import Node
from opencode_widget.model.render.visible import visible

from ...hostile import CORPUS, TEXTS
from ...hostile.checks import UNSEEN, faults, formulas, live
from ...hostile.conversation import parts, reply, requests, session

# A reader of Markdown that lets all HTML pass.
GULLIBLE = MarkdownIt("js-default", {"html": True, "linkify": False})
hostile = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())


def blocks(text: str) -> list[Block]:
    """All that is drawn of a session with this text in each place, and of what is asked in it."""
    value = session(text)
    drawn = [
        *conversation.titled(text, value.todos),
        *(block for message in value for block in conversation.message(message)),
    ]
    for request in requests(text):
        drawn += cards.request(request, text, waits=True)
    return [*drawn, *cards.instance(text, text, {text: text}, [(value.info, value.status)])]


def is_harmless_html(html: str) -> bool:
    assert faults(html) == []
    assert formulas(html) == []
    assert UNSEEN.search(html) is None
    return True


def is_harmless_markdown(written: str) -> bool:
    html = GULLIBLE.render(written)
    assert live(html) == [], written
    assert formulas(html) == [], written
    assert UNSEEN.search(written) is None
    return True


@hostile
def test_it_is_letters_in_html(text: str) -> None:
    assert is_harmless_html(output(blocks(text)))
    assert is_harmless_html(document(text, blocks(text), Allowance()))


@hostile
def test_it_is_letters_in_markdown(text: str) -> None:
    assert is_harmless_markdown(markdown.written(blocks(text), Allowance()))


@hostile
def test_nothing_in_text_is_unseen(text: str) -> None:
    assert UNSEEN.search(plain.written(blocks(text))) is None


@hostile
def test_a_message_and_each_of_its_parts_are_harmless_alone(text: str) -> None:
    message = reply(text)
    for drawn in (message, *message.parts):
        bundle = drawn._repr_mimebundle_()
        assert set(bundle) <= {"text/html", "text/plain"}
        assert is_harmless_html(bundle.get("text/html", ""))
        assert UNSEEN.search(bundle["text/plain"]) is None


def test_the_checks_see_what_is_not_harmless() -> None:
    assert faults("<p><img src=x onerror=alert(1)></p>") == ["<img>", "img src=x", "img onerror=alert(1)"]
    assert faults('<a href="javascript:alert(1)">x</a>') == ["a href=javascript:alert(1)"]
    assert faults('<a href="https://a.example/">x</a>') == ["a href=https://a.example/"], "a link without rel"
    assert faults('<p class="jp-Dialog" style="position:fixed">x</p>') != []
    assert live('<a href="https://a.example/" onclick="x">y</a><iframe></iframe>') == ["a onclick=x", "<iframe>"]
    assert formulas("<p>$x$</p><p>\\(x\\)</p><p>a<br>$y$</p><code>$z$</code><p>$<b>a</b>$</p>") == [
        "$x$",
        "\\(x\\)",
        "$y$",
    ]
    assert all(any("evil.example" in text for text in CORPUS[name]) for name in ("links", "audit", "markdown"))


# ---- by chance --------------------------------------------------------------------------------------------------------

# What Markdown, HTML, TeX and hosts take for more than letters.
PIECES = (
    "<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "![a](https://evil.example/p.png)",
    "[a](javascript:alert(1))", "](", "![", "[r]: https://evil.example/", "[r]", "<", ">", "&lt;", "&#33;", "&#91;",
    "&#36;", "&#92;", "`", "``", "```", "```\n", "~~~", "~~", "*", "**", "_", "$", "$$", "\\(", "\\)", "\\\\[",
    "\\\\]", "\\begin{a}", "\\end{a}", "\\", "\n", "\n\n", "\n> ", "\n- ", "\n1. ", "\n    ", "\n  ", "\n# ",
    "\n---\n", "\n===\n", "\n| a | b |\n|---|---|\n", "|", "<br>", "{", "}", "{raw}", "@@0@@", "https://",
    "https://evil.example", "www.evil.example", "mailto:", "a@b.example", "javascript:", "data:text/html,", "!", "#",
    "+", "-", "=", ":", "%", "\u202e", "\u200b", "\x00", "\r", "\t", " ", "\ud800", "a", "1", "\u05d0", "-->", "<!--",
    "]]>", "</pre>", "</details>", "[ ] ", "[x] ", "[^1]", "[^1]: ",
)  # fmt: skip
ANY = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=40).map("".join)
CHANCE = settings(derandomize=True, deadline=None, print_blob=True, database=None, max_examples=100)


@CHANCE
@given(ANY)
def test_any_text_is_letters(text: str) -> None:
    events = [Prose(text), Words(text, name=text), Prose(f"Behind {text} it")]
    assert is_harmless_html(output(events))
    assert is_harmless_markdown(markdown.written(events, Allowance()))


@CHANCE
@given(ANY)
def test_any_text_is_letters_in_every_kind_of_part(text: str) -> None:
    events = [block for message in session(text) for block in conversation.message(message)]
    assert is_harmless_html(output(events))
    assert is_harmless_markdown(markdown.written(events, Allowance()))
    assert len(parts(text)) > 5


@CHANCE
@given(ANY)
def test_markdown_says_the_same_letters_as_the_tree(text: str) -> None:
    """What may differ are signs: an emphasis that cannot stand where it does shows its stars, a space stands in a formula."""
    tree = read(text, Allowance())
    again = read(markdown.nodes(tree), Allowance())
    assert letters(again, beside=False) == letters(tree, beside=True)


def letters(tree: tuple[Node, ...], *, beside: bool) -> str:
    """The letters and digits of a tree; `beside`: with the host that Markdown writes beside a link whose words mislead."""
    return "".join(letter for node in tree for letter in visible(text_of(node, beside=beside)) if letter.isalnum())


def text_of(node: Node, *, beside: bool) -> str:
    match node:
        case p.CodeBlock(text):
            return text
        case p.Paragraph(inside) | p.Headline(_, inside):
            return line(inside, beside=beside)
        case p.Quote(inside):
            return "".join(text_of(item, beside=beside) for item in inside)
        case p.ListOf(_, _, items):
            return "".join(text_of(entry, beside=beside) for item in items for entry in item)
        case p.Table(_, rows):
            return "".join(line(cell, beside=beside) for row in rows for cell in row)
        case p.Rule():
            return ""


def line(inside: tuple[p.Inline, ...], *, beside: bool) -> str:
    reported = ""
    for item in inside:
        if isinstance(item, p.Link):
            reported += line(item.inside, beside=beside)
            if beside and is_misleading(p.words_of(item.inside), item.address):
                reported += host_of(item.address)
        else:
            reported += line(item.inside, beside=beside) if isinstance(item, p.Marked) else p.words_of((item,))
    return reported
