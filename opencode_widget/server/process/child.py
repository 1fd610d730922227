"""A child process that dies with its owner and leaves nothing behind; see `supervisor.py` for how.

Everything that may block (fork, files, waiting) runs on threads, so a `Child` can be used from any event loop and any thread.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO, Self, TypeVar, cast

from ...redaction import KNOWN

SUPERVISOR = Path(__file__).with_name("supervisor.py")
LOG_LINES = 2000  # kept of the log after its file is deleted
LOOK_EVERY = 0.02  # seconds between two reads of the log while waiting for a line

T = TypeVar("T")


class Child:
    """One supervised process.

    Attributes:
        pid: its process id (not the supervisor's).
    """

    def __init__(self, supervisor: subprocess.Popen[bytes], pid: int, folder: Path) -> None:
        """Take over a process that `_spawn` started; use `Child.start`."""
        self.pid = pid
        self._supervisor = supervisor
        self._folder = folder
        self._owner = os.getpid()
        self._last_log: tuple[str, ...] = ()
        self._ended: Future[int | None] = Future()
        self._ended.set_running_or_notify_cancel()  # so that one waiter cannot cancel it for the others
        threading.Thread(target=self._watch, name=f"opencode-widget-child-{pid}", daemon=True).start()
        _living.add(self)

    @classmethod
    async def start(
        cls,
        argv: Sequence[str | os.PathLike[str]],
        *,
        cwd: Path,
        env: Mapping[str, str],
        remove: Sequence[Path] = (),
        insist: bool = False,
        keep_stdin: bool = False,
    ) -> Self:
        """Start `argv` in the folder `cwd` with exactly the environment `env`.

        Args:
            argv: the program and its arguments; visible to all users of the machine, so no secrets.
            cwd: its working folder.
            env: its whole environment.
            remove: folders to delete at the end of our own process, also if it is killed.
            insist: repeat TERM until it ends; for a program that may lose a signal.
            keep_stdin: keep its stdin open until it is ended, or its supervisor is gone; for a program that ends with its stdin.

        Raises:
            OSError: the program could not be started.
        """
        folders = [str(folder) for folder in remove]
        spec = {
            "argv": [os.fspath(word) for word in argv],
            "cwd": str(cwd),
            "remove": folders,
            "insist": insist,
            "keep_stdin": keep_stdin,
        }
        return await in_thread(lambda: cls._spawn(spec, env), discard=cls.kill_now)

    @classmethod
    def _spawn(cls, spec: dict[str, Any], env: Mapping[str, str]) -> Self:
        _folders.update(map(Path, spec["remove"]))
        folder = Path(tempfile.mkdtemp(prefix="opencode-widget-"))
        text = json.dumps(spec | {"owner": os.getpid(), "remove": [str(folder), *spec["remove"]]})
        try:
            with open_log(folder / "log") as log:
                supervisor = subprocess.Popen(
                    [sys.executable, "-I", "-S", str(SUPERVISOR), text],
                    cwd=folder.anchor,
                    env=dict(env),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    bufsize=0,
                    start_new_session=True,
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            return cls(supervisor, _read_pid(supervisor), folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return not self._ended.done()

    @property
    def returncode(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs, or if the supervisor was killed."""
        return self._ended.result() if self._ended.done() else None

    def log_tail(self, lines: int = 20) -> tuple[str, ...]:
        """Return the last lines that it printed, oldest first, without secrets; also after its end."""
        kept = self.lines()[-lines:] if lines > 0 else ()
        # As one text, because a secret may be split over lines.
        return tuple(KNOWN.text("\n".join(kept)).splitlines())

    def lines(self) -> tuple[str, ...]:
        """The lines that it printed, with secrets: for our own parsing, never to be shown."""
        return _tail(self._folder / "log") or self._last_log

    async def find_line(self, pattern: re.Pattern[str], timeout: float) -> re.Match[str] | None:
        """Wait until a line of its output matches; None when it ended, or `timeout` seconds went by, without one."""
        given_up = threading.Event()
        return await in_thread(
            lambda: self._find_line(pattern, timeout, given_up), discard=lambda _: None, stop=given_up
        )

    def _find_line(self, pattern: re.Pattern[str], timeout: float, given_up: threading.Event) -> re.Match[str] | None:
        deadline = time.monotonic() + timeout
        while True:
            over = not self.running or time.monotonic() >= deadline
            for line in self.lines():
                if match := pattern.search(line):
                    return match
            if over or given_up.wait(LOOK_EVERY):
                return None

    async def wait(self) -> int | None:
        """Wait for its end and return its exit code."""
        return await asyncio.wrap_future(self._ended)

    async def stop(self, grace: float = 3.0) -> None:
        """End it and all that it started: TERM, and after `grace` seconds KILL. Returns when nothing of it is left."""
        await in_thread(lambda: self._say_stop(grace), discard=lambda _: None)
        await self.wait()

    def kill_now(self, timeout: float = 3.0) -> None:
        """End it and all that it started at once, from any thread; blocks until that is done, `timeout` seconds at most."""
        if not self._say_stop(0.0):
            return
        try:
            self._ended.result(timeout)
        except TimeoutError:
            _kill_group(self.pid)

    def _say_stop(self, grace: float) -> bool:
        """Tell the supervisor to end the child. False in a fork of the owner, which must not end a child that it does not own."""
        if os.getpid() != self._owner:
            return False
        with contextlib.suppress(
            OSError, ValueError
        ):  # the pipe is closed or the supervisor is gone: the child has ended already
            cast(BinaryIO, self._supervisor.stdin).write(f"stop {grace}\n".encode())
        return True

    def _watch(self) -> None:
        """Wait for the supervisor's last report, clean up, and wake all waiters. Runs on a thread of its own."""
        pipe = cast(BinaryIO, self._supervisor.stdout)
        last = pipe.readline()
        pipe.close()
        if not last:
            _kill_group(self.pid)  # the supervisor was killed: the child must not outlive it
        self._supervisor.wait()
        cast(BinaryIO, self._supervisor.stdin).close()
        self._last_log = self.lines()
        shutil.rmtree(self._folder, ignore_errors=True)
        _living.discard(self)
        self._ended.set_result(json.loads(last)["returncode"] if last else None)


def _read_pid(supervisor: subprocess.Popen[bytes]) -> int:
    """Read the supervisor's first report; reap the supervisor if it is an error."""
    answer = json.loads(cast(BinaryIO, supervisor.stdout).readline() or '{"error": "the supervisor did not start"}')
    if "pid" in answer:
        return int(answer["pid"])
    supervisor.communicate()
    raise OSError(answer["error"])


def _kill_group(pid: int) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(pid, 9)


def open_log(path: Path) -> BinaryIO:
    """Open a new file for appending that only we may read."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600), "ab")


def _tail(path: Path, size: int = 500_000) -> tuple[str, ...]:
    """Return the last lines of a log, without escape sequences for colours."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - size))
            text = file.read().decode(errors="replace")
    except OSError:
        return ()
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    return tuple(deque((line for line in plain.splitlines() if line.strip()), maxlen=LOG_LINES))


async def in_thread(work: Callable[[], T], *, discard: Callable[[T], object], stop: threading.Event | None = None) -> T:
    """Do `work` on a thread; if the caller is cancelled meanwhile, set `stop`, and pass a late result to `discard`.

    `asyncio.to_thread` would lose the late result, and with it a process that nobody would end.
    """
    pool = ThreadPoolExecutor(1, thread_name_prefix="opencode-widget")
    future = pool.submit(work)
    pool.shutdown(wait=False)
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        if stop is not None:
            stop.set()
        future.add_done_callback(lambda late: late.cancelled() or late.exception() or discard(late.result()))
        raise


def remove_at_exit(folder: Path) -> None:
    """Delete a folder at the end of our process, after the children ended."""
    _folders.add(folder)


_living: set[Child] = set()
_folders: set[Path] = set()
_owner = os.getpid()


@atexit.register
def _end_all() -> None:
    """End all children, then delete the folders that only they needed."""
    for child in _living.copy():
        child.kill_now()
    if os.getpid() == _owner:  # a fork of the owner runs this too, and must not delete them
        for folder in _folders:
            shutil.rmtree(folder, ignore_errors=True)
