"""What runs all tests does not wait for ever."""

from __future__ import annotations

import sys
import time

import pytest

from tests.__main__ import Step, run, run_all

# What it starts holds the pipe open, as a worker of vitest does.
ENDLESS = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"


def test_a_step_that_never_ends_is_ended_with_all_that_it_started(capfd: pytest.CaptureFixture[str]) -> None:
    start = time.monotonic()
    result = run(Step("endless", [sys.executable, "-c", ENDLESS], limit=1))
    assert time.monotonic() - start < 10
    assert not result.good
    assert "endless is not done after 1 s" in capfd.readouterr().out


def test_a_step_that_ends_is_as_good_as_its_exit_code() -> None:
    assert run(Step("good", [sys.executable, "-c", "print('3 passed')"], limit=30)).passed == 3
    assert not run(Step("bad", [sys.executable, "-c", "raise SystemExit(1)"], limit=30)).good


def test_steps_side_by_side_speak_one_after_another_and_none_is_lost(capfd: pytest.CaptureFixture[str]) -> None:
    talk = "import time\nfor each in '123':\n    print('{name}', each, flush=True)\n    time.sleep(0.1)"
    names = ("one", "two", "three")
    steps = [Step(name, [sys.executable, "-c", talk.format(name=name)], limit=30) for name in names]
    bad = Step("bad", [sys.executable, "-c", "raise SystemExit(1)"], limit=30)
    results = run_all(iter([*steps, bad]), alone=False)
    assert [(each.name, each.good) for each in results] == [*((name, True) for name in names), ("bad", False)]
    said = capfd.readouterr().out
    assert all(f"{name} 1\n{name} 2\n{name} 3\n" in said for name in names)
