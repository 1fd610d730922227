"""Figures are pictures with the words of their axes; whatever displays itself is taken at its word."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import pytest

from opencode_widget.context.description import PICTURE_BYTES
from opencode_widget.context.work import described
from opencode_widget.errors import CannotDescribe

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(autouse=True)
def pyplot() -> Iterator[Any]:
    mpl.use("agg")
    import matplotlib.pyplot as plt

    yield plt
    plt.close("all")


def test_a_figure_is_a_picture_with_words(pyplot: Any) -> None:
    figure, axes = pyplot.subplots()
    axes.plot([1, 2], label="loss")
    axes.set(title="Training", xlabel="step")
    found = described(figure, "@fig")
    assert found.kind == "matplotlib Figure of 1 axes, 640 x 480 pixels"
    assert found.text == "- title: Training, x: step, legend: loss"
    assert [(picture.mime, picture.content[:4]) for picture in found.pictures] == [("image/png", b"\x89PNG")]
    assert described(axes, "@var:ax").pictures == found.pictures


def test_a_closed_and_an_enormous_figure_are_pictures_within_the_bounds(pyplot: Any) -> None:
    figure = pyplot.figure(figsize=(200, 50), dpi=300)
    pyplot.close(figure)
    found = described(figure, "@var:fig")
    assert "1000 x 250 pixels" in found.kind
    assert len(found.pictures[0].content) <= PICTURE_BYTES


class Displayed:
    def __init__(self, **made: Any) -> None:
        self.made, self.calls = made, list[str]()

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was looked up in the object")

    def take(self, name: str) -> Any:
        self.calls.append(name)
        return self.made.get(name)


class Bundle(Displayed):
    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self.take("bundle")

    def _repr_png_(self) -> Any:
        return self.take("png")


class Pictured(Displayed):
    def _repr_png_(self) -> Any:
        return self.take("png")

    def _repr_svg_(self) -> Any:
        return self.take("svg")


class BundledDict(dict[str, int]):
    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return {"text/plain": "my own words"}, {"meta": 1}


def test_a_bundle_is_honoured_and_asked_for_once() -> None:
    value = Bundle(bundle={"text/html": "<b>x</b>", "text/markdown": "**x**", "text/plain": "x"})
    found = described(value, "@var:x")
    assert (found.text, value.calls) == ("**x**", ["bundle"])
    assert found.omitted == ("its display as text/html",)
    assert "my own words" in described(BundledDict(a=1), "@var:x").text


def test_a_picture_of_an_object_is_sent() -> None:
    encoded = base64.b64encode(PNG).decode()
    for value in (
        Pictured(png=PNG),
        Pictured(png=encoded),
        Pictured(png=(PNG, {"width": 1})),
        Bundle(bundle={"image/png": encoded}),
        Bundle(bundle=None, png=PNG),
    ):
        found = described(value, "@var:x")
        assert [picture.content for picture in found.pictures] == [PNG]


def test_svg_is_sent_as_text_which_models_read() -> None:
    found = described(Pictured(svg="<svg/>"), "@var:x")
    assert found.text == "```svg\n<svg/>\n```"
    assert found.pictures == ()


def test_a_picture_that_is_too_large_is_left_out_in_words() -> None:
    found = described(Pictured(png=b"\x89PNG" + bytes(PICTURE_BYTES)), "@var:x")
    assert found.pictures == ()
    assert "1 picture of more than 1 MB" in found.omitted


def test_json_in_a_bundle_is_written_out() -> None:
    assert '"a": 1' in described(Bundle(bundle={"application/json": {"a": 1}}), "@var:x").text


def test_an_object_that_displays_nothing_has_its_repr() -> None:
    assert "Pictured object" in described(Pictured(), "@var:x").text


def test_a_display_that_raises_is_refused_in_words() -> None:
    class Broken:
        def _repr_png_(self) -> bytes:
            raise OSError("no ink")

    with pytest.raises(CannotDescribe, match="OSError: no ink"):
        described(Broken(), "@var:x")
