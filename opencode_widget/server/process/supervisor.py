"""The guard of one child process: it outlives nobody.

Run as a script of its own (`python -I -S supervisor.py JSON`), with nothing but the standard library. The owner (a notebook kernel) may
be killed in a way that lets it do nothing more, so the promise "the server dies with its owner" is kept by this process:

- it starts the command in a session of its own, out of reach of the terminal's Ctrl-C and of the kernel's own process group;
- it ends the command, and all that the command started, when the owner says so, closes our stdin, or is no longer our parent. The last
  is needed because a fork of the owner (`multiprocessing`) inherits the pipe and would hold it open;
- it reports on stdout, one JSON object a line: `{"pid": n}` or `{"error": text}`, at the end `{"returncode": n}`.

The command's output, and ours, goes to our stderr, which the owner has opened as a file: no reader, so nobody can block it.
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

POLL = 0.5  # seconds between two looks at our parent
GRACE = 2.0  # seconds between TERM and KILL when the owner is gone and cannot say
AGAIN = 0.2  # seconds between two TERMs, if one is not enough
ORPHAN_GRACE = 0.5  # GRACE for what outlives the child
LOG_LIMIT = 8_000_000  # bytes; a longer log is begun anew, so that a talkative server fills no disk
WINDOWS = sys.platform == "win32"
LINUX = sys.platform == "linux"
PR_SET_CHILD_SUBREAPER = 36

# What may happen: ("exit", code) of the child, ("stop", grace) by the owner's word, ("gone", grace) without one.
Happening = tuple[str, float]


def main(spec: dict[str, Any]) -> None:
    """Start the command, guard it, end it.

    Args:
        spec: `argv`; `cwd`; `owner`, the process id of our parent; `remove`, folders to delete if the owner is gone at the end;
            `insist`, whether TERM is said again and again; `keep_stdin`, whether the command has a stdin, which ends with us.
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
    with contextlib.suppress(OSError):  # nobody is left to hear it
        os.write(1, json.dumps(message).encode() + b"\n")


# --- what may happen ---------------------------------------------------------------------------------------------------------------------


def listen(happenings: queue.SimpleQueue[Happening]) -> None:
    """Hear `stop SECONDS` on stdin, more than once if need be, and its end."""
    for line in sys.stdin:
        happenings.put(("stop", float(line.split()[1])))
    happenings.put(("gone", GRACE))


def watch_child(child: subprocess.Popen[bytes], happenings: queue.SimpleQueue[Happening]) -> None:
    """Wait for the child; on the way, reap the orphans that the kernel hands to us."""
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
    """Return what ended our watch."""
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
    """Begin the log anew when it grew too long; its writers append, so they go on at the new end."""
    with contextlib.suppress(OSError):
        if os.fstat(2).st_size > LOG_LIMIT:
            os.ftruncate(2, 0)


# --- the end -----------------------------------------------------------------------------------------------------------------------------


def end(pid: int, happenings: queue.SimpleQueue[Happening], first: Happening, *, again: float) -> int | None:
    """TERM the child, every `again` seconds, wait for the grace at most, KILL what is left; return the child's exit code.

    The child comes first, so that one that looks after its own children (JupyterLab after its kernels) can do so. What it leaves behind
    has its TERM when the child is gone. Again and again is for OpenCode: while it runs a program and waits for that (git, after each
    turn), its runtime hands signals on to the program, and a TERM is lost.
    """
    ending = Ending(pid)
    ending.note(first)
    due = time.monotonic()
    while ending.patient():
        if ending.code is None and time.monotonic() >= due:
            signal_group(pid)
            due += again
        ending.hear(happenings)
    ending.deadline = time.monotonic() + 2.0  # this only bounds our own stay, should the kernel refuse
    while ending.patient():
        signal_all(pid, family_of(pid), "SIGKILL")
        ending.hear(happenings)
    return ending.code


class Ending:
    """How far the end has come."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.code: int | None = None
        self.deadline = math.inf

    def patient(self) -> bool:
        """Whether something still lives, and has time."""
        return time.monotonic() < self.deadline and (self.code is None or bool(family_of(self.pid)))

    def hear(self, happenings: queue.SimpleQueue[Happening]) -> None:
        """Wait a little for news."""
        with contextlib.suppress(queue.Empty):
            self.note(happenings.get(timeout=0.05))

    def note(self, happening: Happening) -> None:
        """Take the child's exit code, or a deadline nearer than the one we have."""
        what, value = happening
        if what == "exit":
            self.code = int(value)
            signal_all(self.pid, family_of(self.pid), "SIGTERM")
        self.deadline = min(self.deadline, time.monotonic() + (ORPHAN_GRACE if what == "exit" else value))


def signal_group(pid: int) -> None:
    """TERM the child and what shares its process group; on Windows end the tree, which knows no gentler word."""
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
    own children (`adopt_orphans`), so none can slip away; elsewhere those stay in reach whose parent lives or that share the group.
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
    """Give (process, parent, group) of every process that is not a zombie."""
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
            continue  # it ended while we looked
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
    """Ask Linux to make us the parent of our offspring's orphans."""
    if not LINUX:
        return
    try:
        import ctypes
    except ImportError:
        return  # a Python built without it; the process group and the living tree remain
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def remove(folders: list[str]) -> None:
    """Delete the owner's temporary folders; try again for a while, as a dying process may still write there."""
    for _ in range(10):
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        if not any(os.path.exists(folder) for folder in folders):
            return
        time.sleep(0.3)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
    os._exit(0)  # without a farewell to the thread that still reads stdin, whose lock the interpreter would wait for
