"""The supervisor of one child process, which ends the child when the owner is gone.

It runs as a script (`python -I -S supervisor.py JSON`) with the standard library alone. The owner (a notebook kernel) may be killed in a
way that lets it do nothing more, so this process keeps the promise "the server dies with its owner":

- it starts the command in a session of its own, which the terminal's Ctrl-C and signals to the kernel's process group do not reach;
- it ends the command, and everything that the command started, when the owner says so, closes our stdin, or is no longer our parent. The
  last is needed because a fork of the owner (`multiprocessing`) inherits the pipe and keeps it open;
- it reports on stdout, one JSON object a line: first `{"pid": n}` or `{"error": text}`, at the end `{"returncode": n}`.

The output of the command, and ours, goes to our stderr, which is a file: there is no reader whose delay could block the command.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

POLL = 0.5  # seconds between two checks of our parent
GRACE = 2.0  # seconds between TERM and KILL when the owner is gone, and has named no time
AGAIN = 0.2  # seconds between two TERMs where they are repeated
ORPHAN_GRACE = 0.5  # seconds between TERM and KILL for processes that outlive the child
LOG_LIMIT = 8_000_000  # bytes; a longer log is truncated, so that a talkative server does not fill the disk
WINDOWS = sys.platform == "win32"
LINUX = sys.platform == "linux"
PR_SET_CHILD_SUBREAPER = 36

# What can happen: ("exit", code): the child ended; ("stop", grace): the owner said so; ("gone", grace): the owner is gone.
Happening = tuple[str, float]


def main(spec: dict[str, Any]) -> None:
    """Start the command, watch it, and end it.

    Args:
        spec: `argv`; `cwd`; `owner`, the process id of our parent; `remove`, folders to delete if the owner is gone at the end;
            `insist`, whether TERM is repeated; `keep_stdin`, whether the command has a stdin, which ends with us.
    """
    happenings: queue.SimpleQueue[Happening] = queue.SimpleQueue()
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if number := getattr(signal, name, None):
            signal.signal(number, lambda *_: happenings.put(("stop", GRACE)))
    adopt_orphans()
    try:
        child = start(spec["argv"], spec["cwd"], keep_stdin=spec["keep_stdin"])
    except OSError as error:
        report({"error": error.strerror or str(error)})
        return
    report({"pid": child.pid})
    threading.Thread(target=listen, args=(happenings,), daemon=True).start()
    threading.Thread(target=watch_child, args=(child, happenings), daemon=True).start()
    what, value = wait_for_end(happenings, spec["owner"])
    code = end(child.pid, happenings, (what, value), again=AGAIN if spec["insist"] else math.inf)
    report({"returncode": code})
    if what == "gone" or owner_is_gone(spec["owner"]):
        remove(spec["remove"])


def start(argv: list[str], cwd: str, *, keep_stdin: bool) -> subprocess.Popen[bytes]:
    flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
    return subprocess.Popen(
        argv,
        cwd=cwd,
        stdin=subprocess.PIPE if keep_stdin else subprocess.DEVNULL,
        stdout=sys.stderr,
        stderr=sys.stderr,
        start_new_session=True,
        creationflags=flags,
    )


def report(message: dict[str, object]) -> None:
    with contextlib.suppress(OSError):  # the owner is gone
        os.write(1, json.dumps(message).encode() + b"\n")


# --- what may happen ---------------------------------------------------------------------------------------------------------------------


def listen(happenings: queue.SimpleQueue[Happening]) -> None:
    """Read `stop SECONDS` from stdin, possibly several times, until it ends."""
    for line in sys.stdin:
        happenings.put(("stop", float(line.split()[1])))
    happenings.put(("gone", GRACE))


def watch_child(child: subprocess.Popen[bytes], happenings: queue.SimpleQueue[Happening]) -> None:
    """Wait for the child. Meanwhile reap the orphans that Linux makes our children."""
    if WINDOWS:
        happenings.put(("exit", child.wait()))
        return
    whom = -1 if LINUX else child.pid
    while True:
        try:
            pid, status = os.waitpid(whom, 0)
        except ChildProcessError:
            return
        if pid == child.pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            happenings.put(("exit", child.returncode))


def wait_for_end(happenings: queue.SimpleQueue[Happening], owner: int) -> Happening:
    """Wait for something that ends the watch, and return it."""
    while True:
        try:
            return happenings.get(timeout=POLL)
        except queue.Empty:
            bound_log()
        if owner_is_gone(owner):
            return "gone", GRACE


def owner_is_gone(owner: int) -> bool:
    return not WINDOWS and os.getppid() != owner


def bound_log() -> None:
    """Truncate the log when it is too long. Its writers append, so they continue at the new end."""
    with contextlib.suppress(OSError):
        if os.fstat(2).st_size > LOG_LIMIT:
            os.ftruncate(2, 0)


# --- the end -----------------------------------------------------------------------------------------------------------------------------


def end(pid: int, happenings: queue.SimpleQueue[Happening], first: Happening, *, again: float) -> int | None:
    """Send TERM to the child every `again` seconds, KILL everything after the grace; return the child's exit code.

    The child gets TERM first, so that it can end its own children, as JupyterLab ends its kernels. Processes that outlive it get TERM when
    it is gone. TERM is repeated for OpenCode: while it waits for a program (git, after each turn), its runtime forwards signals to the
    program, and a TERM is lost.
    """
    ending = Ending(pid)
    ending.note(first)
    due = time.monotonic()
    while ending.patient():
        if ending.code is None and time.monotonic() >= due:
            signal_group(pid)
            due += again
        ending.wait(happenings)
    ending.deadline = time.monotonic() + 2.0  # bounds only our own life, should the system refuse to kill
    while ending.patient():
        signal_all(pid, family_of(pid), "SIGKILL")
        ending.wait(happenings)
    return ending.code


class Ending:
    """The progress of ending the child."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.code: int | None = None
        self.deadline = math.inf

    def patient(self) -> bool:
        """Is something still alive, and its time not over?"""
        return time.monotonic() < self.deadline and (self.code is None or bool(family_of(self.pid)))

    def wait(self, happenings: queue.SimpleQueue[Happening]) -> None:
        """Wait a moment for something to happen."""
        with contextlib.suppress(queue.Empty):
            self.note(happenings.get(timeout=0.05))

    def note(self, happening: Happening) -> None:
        """Take the child's exit code, or a deadline that is earlier than the present one."""
        what, value = happening
        if what == "exit":
            self.code = int(value)
            signal_all(self.pid, family_of(self.pid), "SIGTERM")
        self.deadline = min(self.deadline, time.monotonic() + (ORPHAN_GRACE if what == "exit" else value))


def signal_group(pid: int) -> None:
    """Send TERM to the child and its process group; on Windows end the tree, for which there is no gentler way."""
    if WINDOWS:
        signal_all(pid, set(), "SIGTERM")
        return
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGTERM)


def signal_all(pid: int, family: set[int], name: str) -> None:
    """Signal each of the child's family; on Windows end the tree."""
    if WINDOWS:
        command = ["taskkill", "/F", "/T", "/PID", str(pid)]
        subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        )
        return
    number = getattr(signal, name)
    for member in family:
        with contextlib.suppress(OSError):
            os.kill(member, number)


def family_of(pid: int) -> set[int]:
    """Every living process that descends from the child, the child included.

    OpenCode starts each shell command in a session of its own, so the process group alone would miss them. On Linux orphans become our
    own children (`adopt_orphans`), so all are found; elsewhere only those whose parent lives, or that share the group.
    """
    if WINDOWS:
        return set()
    members = {pid, os.getpid()} if LINUX else {pid}
    table = list(processes())
    found = True
    while found:
        found = False
        for member, parent, group in table:
            if member not in members and (parent in members or group == pid):
                members.add(member)
                found = True
    return (members & {member for member, _, _ in table}) - {os.getpid()}


def processes() -> Iterator[tuple[int, int, int]]:
    """Yield (process, parent, group) of every process that is not a zombie."""
    if not os.path.isdir("/proc/self"):
        yield from processes_by_ps()
        return
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                state, parent, group = file.read().rpartition(b")")[2].split()[:3]
        except OSError:
            continue  # it ended meanwhile
        if state not in b"ZX":
            yield int(name), int(parent), int(group)


def processes_by_ps() -> Iterator[tuple[int, int, int]]:
    listing = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,pgid=,stat="], capture_output=True, text=True, check=False
    ).stdout
    for line in listing.splitlines():
        member, parent, group, state = line.split(None, 3)
        if not state.startswith("Z"):
            yield int(member), int(parent), int(group)


def adopt_orphans() -> None:
    """Ask Linux to make us the parent of orphaned descendants."""
    if not LINUX:
        return
    try:
        import ctypes
    except ImportError:
        return  # a Python without ctypes; the process group and the living tree are still found
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def remove(folders: list[str]) -> None:
    """Delete the owner's temporary folders. Repeats for a while, because a dying process may still write there."""
    for _ in range(10):
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        if not any(os.path.exists(folder) for folder in folders):
            return
        time.sleep(0.3)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
    os._exit(0)  # skips the interpreter's end, which would wait for the lock of the thread that reads stdin
