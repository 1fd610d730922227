"""All tests and checks, in both languages: `python -m tests`.

Installs what is missing (the pinned OpenCode into the per-user cache, the page's packages, Playwright's Chromium), runs everything, even
after a failure, and reports the results at the end. Without a browser it skips the end-to-end tests and says so prominently; with CI=true
nothing may be missing.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from opencode_widget.errors import OpenCodeError
from opencode_widget.server.process.binary import VARIABLE
from opencode_widget.server.process.install import install

from .e2e.harness.browser import REMEDY, ChromiumNotFound, find_chromium

ROOT = Path(__file__).parent.parent
FRONTEND = ROOT / "opencode_widget" / "frontend"
CLOSING = 200  # closing lines that are searched for the number of tests; vitest prints more after it
COLOUR = r"\x1b\[[0-9;]*m"
COUNTED = r"(=+ )?\d+ (passed|failed|error)|\s*Tests  "
TOGETHER = 2  # steps that run side by side
CI = os.environ.get("CI", "").lower() in ("1", "true")
# The package, and what the tests stand on.
TYPED = ("opencode_widget", "tests.support", "tests.e2e", "tests.faults", "tests.versions", "benchmarks")
PURE = ("--cov=opencode_widget/model", "--cov-branch", "--cov-fail-under=100", "--cov-report=term-missing:skip-covered")

# Thousands of tests wait for browsers, kernels and servers, on machines that others use, too. One that fails is run a second
# time, and named in the report. A fault fails twice; the nightly command runs each test once.
AGAIN = ("--reruns", "1", "--reruns-delay", "1", "-r", "R")


@dataclass(frozen=True)
class Step:
    """A command to run; exit code 0 means success. After `limit` seconds it is ended and counts as failed."""

    name: str
    command: Sequence[str]
    folder: Path = ROOT
    limit: float = 3600
    alone: bool = False  # it uses all processors, or measures times


class Missing(Exception):
    """Something necessary is missing and cannot be installed; the message has the remedy."""


def main() -> int:
    """Prepare, run everything, and report; the exit code is 0 on success."""
    # Hundreds of kernels import the package: without its bytecode on the disk, each would compile it anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        prepare()
    except Missing as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 2
    without = None if chromium() else f"NO BROWSER WAS FOUND: the end-to-end tests are left out.\n{REMEDY}"
    if without and CI:
        print(f"\n{without}\nIn CI nothing may be missing.", file=sys.stderr)
        return 2
    groups = groupby(steps(browser=without is None), lambda step: step.alone)
    return summary([result for alone, group in groups for result in run_all(group, alone=alone)], without)


# ---- what is needed ---------------------------------------------------------------------------------------------------


def prepare() -> None:
    """Install what can be installed.

    Raises:
        Missing: something necessary cannot be installed.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("npm was not found. The page's side is built and tested with it: install Node.js 20 or later.")
    try:
        os.environ[VARIABLE] = os.environ.get(VARIABLE) or str(install(print))
    except OpenCodeError as error:
        raise Missing(str(error)) from None
    bring("npm", [npm, "ci", "--no-audit", "--no-fund"], FRONTEND)
    bring("the page's side", [npm, "run", "--silent", "build"], FRONTEND)


def bring(what: str, command: Sequence[str], folder: Path) -> None:
    print(f"$ {' '.join(command)}", flush=True)
    if subprocess.run(command, cwd=folder, check=False).returncode:
        raise Missing(f"{what} failed; its words are above.")


def chromium() -> bool:
    """Return whether there is a browser. If the machine has none, Playwright's own is downloaded where possible."""
    try:
        find_chromium()
    except ChromiumNotFound:
        print("No Chromium on this machine; trying Playwright's own.", flush=True)
        fetch = [sys.executable, "-m", "playwright", "install", "chromium"]
        return subprocess.run(fetch, check=False, timeout=600).returncode == 0
    return True


# ---- what is run ------------------------------------------------------------------------------------------------------


def steps(*, browser: bool) -> Iterator[Step]:
    """Return all steps: those that run side by side, long ones first, then those that run alone."""
    python, npm = sys.executable, shutil.which("npm") or "npm"
    # An endless loop in a page's test stops even the test's own timeout.
    yield Step("npm test", [npm, "test", "--silent"], FRONTEND, limit=900)
    # By these tests alone: the pure model can be tested completely without a server.
    cost = "tests/model/test_cost.py"
    yield Step("model", [python, "-m", "pytest", "-q", "tests/model", f"--ignore={cost}", *PURE])
    yield Step("mypy", [python, "-m", "mypy", *(word for package in TYPED for word in ("-p", package))])
    yield Step("docs", [python, "-m", "mkdocs", "build", "-q", "--strict", "-f", "docs/mkdocs.yml"])
    yield Step("npm run check", [npm, "run", "--silent", "check"], FRONTEND)
    yield Step("regular expressions", [python, "-m", "tests.regexes"], limit=900)
    yield Step("ruff", [python, "-m", "ruff", "check", "."])
    yield Step("ruff format", [python, "-m", "ruff", "format", "--check", "opencode_widget", "tests", "benchmarks"])
    # Without the coverage tracer, which costs more than what is measured.
    yield Step("cost", [python, "-m", "pytest", "-q", cost], alone=True)
    rest = ["--ignore=tests/model", *(() if browser else ("--ignore=tests/e2e",))]
    # Two at a time, as they mostly wait for servers and browsers: three browsers on two processors starve one another. A file stays in one
    # process, in which its tests share servers.
    # Long files come first (`tests/conftest.py`), so that none is left for the end, when one process would run it alone.
    many = ["-q", "--durations=10", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    yield Step("pytest", [python, "-m", "pytest", *many, *AGAIN, *rest, "tests"], limit=4500, alone=True)


@dataclass(frozen=True)
class Result:
    """The result of a step: its success, its duration, and the number of tests."""

    name: str
    good: bool
    seconds: float
    passed: int
    failed: int


ALOUD = partial(print, end="", flush=True)
RUNNING: set[subprocess.Popen[str]] = set()


def run_all(steps: Iterator[Step], *, alone: bool) -> list[Result]:
    """Run steps one after another with their output on ours, or side by side, each with its output in one piece at its end."""
    if alone:
        return [run(step) for step in steps]
    with ThreadPoolExecutor(TOGETHER) as pool:
        waiting = [pool.submit(run_quietly, step) for step in steps]
        try:
            return [each.result() for each in waiting]
        except BaseException:  # Ctrl-C reaches this thread only
            pool.shutdown(wait=False, cancel_futures=True)
            for child in list(RUNNING):
                end_group(child)
            raise


def run_quietly(step: Step) -> Result:
    said: list[str] = []
    try:
        return run(step, said.append)
    finally:
        print("".join(said), end="", flush=True)


def run(step: Step, say: Callable[[str], object] = ALOUD) -> Result:
    """Run a step, and say its output."""
    say(f"\n=== {step.name}: {' '.join(step.command)}\n")
    start = time.monotonic()
    lines: deque[str] = deque(maxlen=CLOSING)
    with running(step) as child:
        assert child.stdout is not None
        for line in child.stdout:
            say(line)
            lines.append(re.sub(COLOUR, "", line))
    closing = next((line for line in reversed(lines) if re.match(COUNTED, line)), "")
    return Result(
        step.name,
        child.returncode == 0,
        time.monotonic() - start,
        count("passed", closing),
        count("(?:failed|error|errors)", closing),
    )


@contextmanager
def running(step: Step) -> Iterator[subprocess.Popen[str]]:
    """Yield the step's process, in a process group of its own; none of it outlives the limit, or us."""
    child = subprocess.Popen(
        step.command,
        cwd=step.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    clock = threading.Timer(step.limit, stop, (child, step))
    clock.start()
    RUNNING.add(child)
    with child:
        try:
            yield child
        except BaseException:
            end_group(child)
            raise
        finally:
            clock.cancel()
            RUNNING.discard(child)


def stop(child: subprocess.Popen[str], step: Step) -> None:
    print(f"\n{step.name} is not done after {step.limit:.0f} s. It is ended, and counts as failed.", flush=True)
    end_group(child)


def end_group(child: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def count(what: str, closing: str) -> int:
    """Return the number of tests in a closing line, such as "4 failed, 523 passed in 60 s" of pytest or "Tests  255 passed (255)" of
    vitest.
    """
    return sum(int(number) for number in re.findall(rf"(\d+) {what}\b", closing))


def summary(results: list[Result], without: str | None) -> int:
    """Report the results; a step that counts no tests counts as one."""
    print("\n=== summary", flush=True)
    for result in results:
        tests = f", {result.passed} tests passed, {result.failed} failed" if result.passed or result.failed else ""
        print(f"{'passed' if result.good else 'FAILED'}  {result.name}  ({result.seconds:.0f} s{tests})")
    if without:
        print(f"\n{without}")
    passed = sum(result.passed or result.good for result in results)
    failed = sum(result.failed or not result.good for result in results)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
