"""The table that a batch returns: rows, frames, what is drawn, and the plot."""

from __future__ import annotations

import time
from typing import Any

import pandas as pd
import polars as pl
import pytest

from opencode_widget import BatchTable, NotSupported
from opencode_widget.batch.answers import Answer
from opencode_widget.batch.given import read
from opencode_widget.batch.jobs import jobs
from opencode_widget.batch.result import plot
from opencode_widget.batch.result.differences import marked
from opencode_widget.batch.result.drawing import PROMPTS

from ..hostile import TEXTS
from ..hostile.checks import faults


def table(*answers: Answer, prompts: object = ("a",), models: tuple[str | None, ...] = (None,)) -> BatchTable:
    given = read(prompts)
    every = jobs(given, models, (None,), 1, [None] * len(given.rows))
    return BatchTable(every, answers, [row.extra for row in given.rows], given.library)


COLUMNS = "prompt model agent folder repeat text tokens input output cost seconds tools error session"
ONE = Answer(0, "The answer is 42.", "m/1", "build", 10, 20, 0.25, 1.5, "bash", None, "ses_1")
TWO = Answer(1, "The answer is 43.", "m/2", "build", 5, 5, None, 0.5)


def compared() -> BatchTable:
    return table(ONE, TWO, models=("m/1", "m/2"))


def test_a_table_is_a_sequence_of_rows() -> None:
    found = compared()
    assert len(found) == 2
    assert [row.model for row in found] == ["m/1", "m/2"]
    assert (found[0].tokens, found[1].cost, found[-1].text) == (30, None, "The answer is 43.")
    assert (found.cost, found.tokens, found.failed) == (0.25, 40, ())
    assert repr(found) == "<BatchTable of 2 rows: 0.0 s, 40 tokens, $0.2500>"
    failed = table(Answer(0, error="No."))
    assert repr(failed) == "<BatchTable of 1 row, 1 failed: 0.0 s, 0 tokens>"
    assert failed.failed == (failed[0],)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_it_is_a_table_of_either_library(library: Any) -> None:
    frame = compared().to_frame(library)
    assert type(frame).__module__.startswith(library)
    assert " ".join(frame.columns) == COLUMNS
    assert list(frame["tokens"]) == [30, 10]


def test_the_columns_that_were_given_are_kept() -> None:
    given = {"prompt": ["a"], "city": ["Ulm"], "text": ["own"]}
    for source, library in ((pd.DataFrame(given), "pandas"), (pl.DataFrame(given), "polars")):
        frame = table(ONE, prompts=source).to_frame()
        assert type(frame).__module__.startswith(library)
        assert list(frame.columns)[:4] == ["prompt", "city", "text_given", "model"]
        assert [next(iter(frame[name])) for name in ("city", "text_given", "text")] == [
            "Ulm",
            "own",
            "The answer is 42.",
        ]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_dictionaries_need_not_have_the_same_keys(library: Any) -> None:
    rows = [{"prompt": "a", "x": 1}, {"prompt": "b", "y": "two"}, {"prompt": "c", "x": "mixed"}]
    frame = table(ONE, TWO, Answer(2), prompts=rows).to_frame(library)
    assert frame.shape[0] == 3
    assert list(frame["y"])[1] == "two"


# ---- differences ------------------------------------------------------------------------------------------------------


def differing(*texts: str) -> list[list[str]]:
    return [[span.text for span in spans if span.differs] for spans in marked(texts)]


def test_what_differs_is_marked_word_by_word() -> None:
    assert differing("The answer is 42.", "The answer is 43.") == [["42."], ["43."]]
    assert differing("same", "same") == [[], []]
    assert differing("alone") == [[]]
    assert differing("a b c", "a b d", "a x c") == [["b", "c"], ["d"], ["x"]]
    assert differing("", "new words") == [[], ["new", "words"]]


def test_texts_come_out_whole() -> None:
    texts = ["one two\n  three", "", "\n\n one\tTWO ", "x " * 5_000, "line\n" * 2_000]
    assert ["".join(span.text for span in spans) for spans in marked(texts)] == texts


@pytest.mark.parametrize("unit", ["a ", "ab ", "x\n", "same line\n"])
def test_long_and_repeated_texts_are_compared_soon(unit: str) -> None:
    texts = [unit * 200_000, "b" + unit * 200_000, unit * 150 + "c", "d " + unit * 149]
    began = time.process_time()
    marked(texts)
    assert time.process_time() - began < 5


# ---- drawn ------------------------------------------------------------------------------------------------------------


def test_answers_stand_side_by_side_with_their_differences_marked() -> None:
    html = compared()._repr_html_()
    for words in (
        "m/1",
        "m/2",
        "<strong>42.</strong>",
        "<strong>43.</strong>",
        "$</span>0.2500",
        "1.5 s",
        "30 tokens",
        "bash",
    ):
        assert words in html
    assert html.count("<tr>") == 2
    assert faults(html) == []


def test_each_prompt_has_a_line() -> None:
    html = table(ONE, TWO, prompts=["first", "second"])._repr_html_()
    assert html.count("<tr>") == 3
    assert "first" in html
    assert "<strong>42.</strong>" not in html  # answers to different prompts are not compared


def test_an_error_is_shown() -> None:
    assert "Failed: No." in table(Answer(0, error="No."))._repr_html_()


def test_a_large_batch_is_cut_and_says_so() -> None:
    count = PROMPTS + 5
    html = table(
        *(Answer(number, "word " * 5_000) for number in range(count)), prompts=["p " * 900] * count
    )._repr_html_()
    assert len(html) < 1_000_000
    assert html.count("<tr>") <= PROMPTS + 2
    assert "table.to_frame() has all rows" in html


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_hostile_answers_are_letters(text: str) -> None:
    rows = [Answer(0, text, text, error=text, tools=text), Answer(1, f"{text} more", "m/2")]
    assert faults(table(*rows, prompts=[f"p {text}"], models=("m/1", "m/2"))._repr_html_()) == []


# ---- the plot ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    import matplotlib as mpl

    mpl.use("agg")


@pytest.mark.usefixtures("no_window")
def test_a_plot_has_a_bar_a_model() -> None:
    from matplotlib import pyplot as plt

    axes = compared().plot()
    assert [axis.get_xlabel() for axis in axes] == ["Cost in $", "Seconds", "Tokens"]
    assert [[bar.get_width() for bar in axis.patches] for axis in axes] == [[0.25, 0.0], [1.5, 0.5], [30.0, 10.0]]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["m/1", "m/2"]
    plt.close(axes[0].figure)


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plot, "find_spec", lambda name: None)
    with pytest.raises(NotSupported, match=r"pip install 'opencode_widget\[data\]'"):
        compared().plot()
