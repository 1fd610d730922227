"""The settings of the magics, from a configuration, the environment and `%opencode_config`; and what is refused in one line."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from opencode_widget import load_ipython_extension, unload_ipython_extension
from opencode_widget.magics import OpenCodeMagics


@pytest.fixture
def shell() -> InteractiveShell:
    config = Config()
    config.HistoryManager.enabled = False
    config.OpenCodeMagics.model = "demo/slow"
    config.OpenCodeMagics.agent = "plan"
    return InteractiveShell(config=config)


def magics(shell: InteractiveShell) -> OpenCodeMagics:
    load_ipython_extension(shell)
    found = shell.magics_manager.registry["OpenCodeMagics"]
    assert isinstance(found, OpenCodeMagics)
    return found


def test_the_environment_goes_before_the_configuration(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCODE_WIDGET_MODEL", "demo/fast")
    monkeypatch.setenv("OPENCODE_WIDGET_HEIGHT", "700")
    found = magics(shell)
    assert (found.model, found.agent, found.height, found.policy) == ("demo/fast", "plan", 700, "ask")


def test_settings_are_shown_and_changed(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found = magics(shell)
    found.opencode_config("model=a/b policy=reject height=300")
    assert (found.model, found.policy, found.height) == ("a/b", "reject", 300)
    found.opencode_config("")
    assert "model = 'a/b'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("modle=x/y", "no setting 'modle'. Did you mean model"),
        ("zzz=1", "one of url, directory"),
        ("model", "'model' has no value"),
        ("policy=perhaps", "policy"),
        ("height=tall", "height"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_line(shell: Any, line: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        magics(shell).opencode_config(line)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "cell", "words"),
    [
        ("hello", None, "alone shows the widget"),
        ("", "  \n", "no prompt"),
        ("-o 7up", "Hello", "not '7up'"),
        ("--bogus", "Hello", "bogus"),
    ],
)
def test_a_wrong_cell_is_refused_in_one_line(shell: Any, line: str, cell: str | None, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        magics(shell).opencode(line, cell)


def test_the_call_of_a_cell_is_awaited_and_no_other(shell: Any) -> None:
    load_ipython_extension(shell)
    load_ipython_extension(shell)
    assert shell.transform_cell("%%opencode -o x\nHello\n").startswith("await get_ipython().run_cell_magic('opencode'")
    for other in ("%%time\nx\n", "x = 1\n", "%opencode\n", "%%opencodes\nx\n"):
        assert not shell.transform_cell(other).startswith("await")
    unload_ipython_extension(shell)
    unload_ipython_extension(shell)
    assert not shell.transform_cell("%%opencode\nHello\n").startswith("await")
    assert shell.find_cell_magic("opencode") is None
    assert shell.find_line_magic("opencode_config") is None


def test_a_prompt_is_a_coroutine(shell: Any) -> None:
    coroutine = magics(shell).opencode("", "Hello")
    assert asyncio.iscoroutine(coroutine)
    coroutine.close()
