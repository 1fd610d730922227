"""Starts, watches and ends one `opencode serve`; see `child.py` for how it dies with us."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import socket
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from ...errors import DirectoryError, ServerFailed, ServerUnprotected
from ...redaction import KNOWN, without_host
from .binary import VARIABLE, Binary, find_binary
from .child import Child, in_thread
from .disk import PLACES, REMEDY, disk_trouble
from .paths import local_path, path_text, shown_path
from .programs import without_working_folder
from .protection import ignores_password

__all__ = ["VARIABLE", "Binary", "ServerProcess", "binary_version", "check_directory", "find_binary"]

USERNAME = "opencode"
# 1.x prints this line with the first word, 2.x without it, and 2.x with `--stdio` as JSON.
LISTENING = re.compile(
    r"""^(?:(?P<first>opencode\ )?server\ listening\ on\ (?P<said>https?://\S+?)/?
    |\{.*"url":\s*"(?P<json>https?://[^"\s]+?)/?".*\})\s*$""",
    re.VERBOSE,
)
ATTEMPTS = 3  # to find a port that is still free when the server binds it


async def binary_version(path: str | os.PathLike[str], *, timeout: float = 20.0) -> str:
    """Return what `opencode --version` prints, such as `1.18.33`.

    Raises:
        ServerFailed: the program cannot be run, fails, is silent for `timeout` seconds, or names no version.
    """
    name, elsewhere = await asyncio.to_thread(lambda: (str(Path(path).absolute()), Path(tempfile.gettempdir())))
    env = without_working_folder(without_host(os.environ))
    child = await _run([name, "--version"], elsewhere, env)
    try:
        async with asyncio.timeout(timeout):
            code = await child.wait()
    except TimeoutError:
        await child.stop(grace=0)
        raise _not_opencode(f"{name} --version printed nothing for {timeout:g} s.", child, None) from None
    for line in child.lines()[-20:]:
        if match := re.search(r"\bv?(\d+\.\d+\.\d+\S*)", line):
            return match[1]
    raise _not_opencode(f"{name} --version named no version (exit code {code}).", child, code)


def check_directory(path: str | os.PathLike[str]) -> Path:
    """Return the folder as an absolute path without `~` and links.

    Raises:
        DirectoryError: it is missing, is a file, or may not be read.
    """
    try:
        folder = local_path(path).expanduser().resolve()
        is_folder, exists = folder.is_dir(), folder.exists()
    except (
        OSError,
        RuntimeError,
        ValueError,
    ) as error:  # no permission for a parent, a loop of links, an unknown home, a NUL
        raise DirectoryError(
            f"The folder {shown_path(path)!r} cannot be used: {error}.", remedy="Name another folder."
        ) from None
    name = path_text(folder)
    if name is None:
        raise DirectoryError(
            f"The name of the folder {shown_path(folder)} is not UTF-8, and OpenCode takes no other.",
            remedy="Rename it, or name another folder.",
        )
    if not exists:
        raise DirectoryError(f"The folder {name} does not exist.", remedy="Create it, or name another one.")
    if not is_folder:
        raise DirectoryError(f"{name} is a file.", remedy="Name the folder that it is in.")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise DirectoryError(
            f"The folder {name} may not be read.", remedy="Change its permissions, or name another one."
        )
    return folder


class ServerProcess:
    """An `opencode serve` on loopback that we own.

    Attributes:
        url: its address, without a slash at the end.
        username: for basic authentication.
        password: for basic authentication; never shown.
        directory: the folder that it was started in.
        binary: the program that was started.
        version: of the program, where it had to be asked for.
    """

    def __init__(
        self, child: Child, url: str, password: str, directory: Path, binary: Binary, env: Mapping[str, str]
    ) -> None:
        """Take over a server that listens; use `ServerProcess.start`."""
        self.url = url
        self.username = USERNAME
        self.password = password
        self.directory = directory
        self.binary = binary
        self.version: str | None = None
        self._child = child
        self._env = {name: value for name, value in env.items() if name in PLACES}
        self._retired = False

    @classmethod
    async def start(
        cls,
        directory: str | os.PathLike[str],
        *,
        binary: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        password: str | None = None,
        port: int | None = None,
        timeout: float = 30.0,
        allow_unprotected: bool = False,
    ) -> Self:
        """Start a server in a folder and wait until it listens.

        Args:
            directory: the folder.
            binary: the program; looked for if None, see `find_binary`.
            env: variables in addition to our own environment.
            password: for basic authentication; a random one if None.
            port: the port on loopback; a free one if None.
            timeout: seconds until it must listen.
            allow_unprotected: use it even if it ignores the password.

        Raises:
            ServerUnprotected: it ignores the password. It has been ended.
            DirectoryError: the folder cannot be used.
            BinaryNotFound: there is no such program.
            ServerFailed: it ended at once, did not listen in time, or is not OpenCode; with its last lines.
        """
        folder, program = await asyncio.to_thread(lambda: (check_directory(directory), find_binary(binary)))
        secret = password or secrets.token_urlsafe(32)
        KNOWN.learn(os.environ)
        # OpenCode uses PWD, if it is set, as its working folder.
        variables = environment(secret, env) | {"PWD": str(folder)}
        KNOWN.add(secret, USERNAME)
        try:
            child, url = await cls._start_on_a_port(program, folder, variables, port, timeout)
        except BaseException:
            KNOWN.forget(secret, USERNAME)
            raise
        process = cls(child, url, secret, folder, program, variables)
        try:
            await process._check_protection(allow=allow_unprotected)
        except BaseException:
            await in_thread(process.kill_now, discard=lambda _: None)
            raise
        return process

    async def _check_protection(self, *, allow: bool) -> None:
        if not await ignores_password(self.url):
            return
        with suppress(ServerFailed):  # its version is for the words alone
            self.version = await binary_version(self.binary.path)
        if not allow:
            raise ServerUnprotected(
                f"OpenCode {self.version or 'of an unknown version'} ({self.binary.path}) ignores its password: "
                "everyone on this machine could use its server, and the server runs commands.",
                remedy="Update OpenCode (`opencode-widget install`), or accept this: OpenCode(..., allow_unprotected=True).",
            )

    @staticmethod
    async def _start_on_a_port(
        program: Binary, folder: Path, variables: Mapping[str, str], port: int | None, timeout: float
    ) -> tuple[Child, str]:
        for attempt in range(1, ATTEMPTS + 1):
            # We choose the port, because `--port 0` takes 4096 if that is free. Other OpenCode clients look for their own server there,
            # and would find one that wants a password. Another process may take our port before the server does: hence the attempts.
            chosen = port or free_port()
            try:
                return await _serve(program, chosen, folder, variables, timeout)
            except ServerFailed:
                if port or attempt == ATTEMPTS or not port_is_taken(chosen):
                    raise
        raise AssertionError("unreachable")

    @property
    def pid(self) -> int:
        """The process id of OpenCode itself."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._child.running

    @property
    def returncode(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs, or where it is not known."""
        return self._child.returncode

    def log_tail(self, lines: int = 20) -> tuple[str, ...]:
        """Return the last lines that it printed, oldest first. While it runs, this reads a small file."""
        return self._child.log_tail(lines)

    async def wait(self) -> int | None:
        """Wait for its end, whatever the cause, and return its exit code."""
        return await self._child.wait()

    async def stop(self, grace: float = 3.0) -> None:
        """End it and all that it started: TERM, and after `grace` seconds KILL. Returns when nothing of it is left."""
        await self._child.stop(grace)
        self._retire()

    def kill_now(self) -> None:
        """End it at once and wait for its end, without an event loop; for the end of the interpreter."""
        self._child.kill_now()
        self._retire()

    def _retire(self) -> None:
        """The password is no longer used. It is still starred out for a while, because the log and late errors may contain it."""
        if not self._retired:
            self._retired = True
            KNOWN.retire(self.password, self.username)

    def disk_trouble(self) -> str | None:
        """Describe what is wrong with the disk that it writes to; None where nothing is. Reads the disk."""
        return disk_trouble(self._env)

    def __repr__(self) -> str:
        state = "running" if self.running else f"ended with {self.returncode}"
        return f"<ServerProcess {self.url} in {self.directory}: {state}>"


# Programs that turned out to be 2.x.
_second: set[Path] = set()


async def _serve(program: Binary, port: int, folder: Path, env: Mapping[str, str], timeout: float) -> tuple[Child, str]:
    """Start a server and wait for its address. 2.x, recognised by its first line, is started again so that it ends with its stdin."""
    stdio = program.path in _second
    command = serve_command(program.path, port, stdio=stdio)
    child = await _run(command, folder, env, keep_stdin=stdio)
    try:
        line = await _listening(child, program, timeout, env)
    except ServerFailed:
        if not stdio:
            raise
        _second.discard(program.path)  # the program is another version now
        return await _serve(program, port, folder, env, timeout)
    if stdio or line["first"]:
        return child, line["said"] or line["json"]
    _second.add(program.path)
    await child.stop(grace=1.0)
    return await _serve(program, port, folder, env, timeout)


def serve_command(binary: Path, port: int, *, stdio: bool = False) -> list[str]:
    """Return the command line of a server, which all users of the machine can see. `stdio`: 2.x, to end with its stdin."""
    return [str(binary), "serve", *(["--stdio"] if stdio else []), "--hostname", "127.0.0.1", "--port", str(port)]


def environment(password: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return a server's environment: ours without the notebook host's secrets, `extra`, and the password as 1.x and 2.x name it.

    A server to which `extra` gives a data folder of its own must not use the database that our environment names.
    """
    ours = without_working_folder(without_host(os.environ))
    if "XDG_DATA_HOME" in (extra or {}):
        ours.pop("OPENCODE_DB", None)
    secret = {"OPENCODE_SERVER_USERNAME": USERNAME, "OPENCODE_SERVER_PASSWORD": password, "OPENCODE_PASSWORD": password}
    return ours | dict(extra or {}) | secret


def free_port() -> int:
    """Return a port that is free on loopback now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_taken(port: int) -> bool:
    """Return whether another process holds the port."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


async def _run(argv: list[str], folder: Path, env: Mapping[str, str], *, keep_stdin: bool = False) -> Child:
    try:
        return await Child.start(argv, cwd=folder, env=env, insist=True, keep_stdin=keep_stdin)
    except OSError as error:
        trouble = await asyncio.to_thread(disk_trouble, env)
        raise ServerFailed(
            f"{argv[0]} cannot be started: {error}.{f' {trouble}' if trouble else ''}",
            remedy=REMEDY if trouble else "Name another program, or run `opencode-widget install`.",
        ) from None


async def _listening(child: Child, program: Binary, timeout: float, env: Mapping[str, str]) -> re.Match[str]:
    """Wait until the server prints its address; end it if it does not.

    Not until the port accepts connections: 1.x accepts them before it can answer, and never answers a request of that time.
    """
    try:
        line = await child.find_line(LISTENING, timeout)
    except BaseException:
        await in_thread(child.kill_now, discard=lambda _: None)
        raise
    if line:
        return line
    ended = not child.running
    await child.stop(grace=1.0)
    what = (
        f"ended at once with exit code {child.returncode}"
        if ended
        else f"did not say within {timeout:g} s that it listens"
    )
    trouble = await asyncio.to_thread(disk_trouble, env)
    raise _not_opencode(f"{program.path} serve {what}.", child, child.returncode if ended else None, trouble)


def _not_opencode(message: str, child: Child, code: int | None, trouble: str | None = None) -> ServerFailed:
    log = child.log_tail()
    text = "\n".join(f"    {line}" for line in log) or "    (it printed nothing)"
    remedy = "Check that this is OpenCode, with `opencode-widget doctor`, or run `opencode-widget install`."
    return ServerFailed(
        f"{message}{f' {trouble}' if trouble else ''} Its last lines:\n{text}\n",
        remedy=REMEDY if trouble else remedy,
        log=log,
        code=code,
    )
