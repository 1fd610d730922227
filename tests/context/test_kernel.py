"""In a real kernel: cells by their numbers, the last error with the user's frames, functions and classes of cells, closed figures."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..support.kernel import Kernel

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    kernel = Kernel(tmp_path)
    # Nothing listens there: a preview needs no server.
    kernel.run(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from opencode_widget import OpenCode; oc = OpenCode(url='http://127.0.0.1:9')"
    )
    yield kernel
    kernel.close()


def run(kernel: Kernel, code: str) -> str:
    return kernel.run(textwrap.dedent(code))


def fail(kernel: Kernel, code: str) -> None:
    # Otherwise the kernel would abort what is sent right after it.
    request = kernel.client.execute(code, stop_on_error=False)
    with pytest.raises(AssertionError):
        kernel.finish(request)


def test_what_a_notebook_has_is_described_by_its_name(kernel: Kernel) -> None:
    run(kernel, "def halve(x):\n    return x / 0\n\nclass Model:\n    def fit(self):\n        return halve(1)")
    run(kernel, "%time value = {'depth': 3}\nvalue")
    fail(kernel, "Model().fit()")
    shown = run(kernel, "print(oc.preview('@error @cell:3 @var:halve @var:Model @var:value'))")
    error, cell, function, model, value = shown.split("@error: ")[1].split("\n\n@")
    assert "ZeroDivisionError: division by zero" in error
    assert "Cell [2], line 2, in halve\n      1 def halve(x):\n->    2     return x / 0" in error
    assert "Cell [4], line 1, in <module>" in error
    assert cell.startswith("cell:3")
    assert "%time value = {'depth': 3}" in cell
    assert "Its value: dict, 1 entry" in cell
    assert "return x / 0" in function
    assert "class Model:\n    def fit(self):" in model
    assert "'depth': 3" in value


def test_names_that_stand_for_nothing_are_errors_in_words(kernel: Kernel) -> None:
    for name, words in {
        "@var:In_": "no variable",
        "@cell:77": "no cell [77]",
        "@error": "No cell has failed",
        "@fig": "no open figure",
    }.items():
        shown = run(
            kernel,
            f"""
            from opencode_widget import UnknownName
            try:
                oc.preview("See {name}")
            except UnknownName as error:
                print(error)
            """,
        )
        assert words in shown
    assert "@var:near" in run(
        kernel, "near = 1\ntry:\n    oc.preview('@var:nera')\nexcept UnknownName as e:\n    print(e.near)"
    )


def test_the_figure_of_an_earlier_cell_is_found_though_the_notebook_has_closed_it(kernel: Kernel) -> None:
    run(
        kernel,
        "%matplotlib inline\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.set_title('Loss'); ax.plot([1])",
    )
    assert run(kernel, "print(plt.get_fignums())") == "[]\n"
    shown = run(kernel, "print(oc.preview('@fig'))")
    assert "title: Loss" in shown
    assert "[image/png, " in shown
