"""Installs a version of OpenCode with npm into a cache of our own, the tested one if none is named, and finds the tested one there."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ...errors import BinaryNotFound, OpenCodeError
from ...redaction import KNOWN
from .programs import find_program, without_working_folder

OPENCODE_VERSION = "1.18.33"
# What may be named: a version, and no tag, path or option of npm.
VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){2}(-[0-9A-Za-z.-]{1,60})?")
PACKAGE = "opencode-ai"
# How npm names why it failed, and the names for a version that does not exist, and for a registry that cannot be reached.
NPM_CODE = re.compile(r"^npm (?:error|ERR!) code (\w+)", re.MULTILINE)
NO_VERSION = frozenset({"ETARGET", "E404"})
NO_NETWORK = frozenset(
    {
        *("EAI_AGAIN", "ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND"),
        *("ENOTCACHED", "ERR_SOCKET_TIMEOUT", "ETIMEDOUT"),
    }
)
# How OpenCode's packages name systems and processors, by Python's names.
SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "windows"}
PROCESSORS = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
EXECUTABLE = "opencode.exe" if sys.platform == "win32" else "opencode"
# The hashes of the tested version's packages, as npm states them. Those for other platforms, and of other versions, are not known here: for
# these npm's own check against its registry has to do, and the installer says so.
INTEGRITY = {
    "opencode-linux-x64": "sha512-q/t/3p2CTxOT9y2kvjesb/LZab2+1eqlhhWA02Be6mjTtmYtNBcBsrI5yDo4Fw7ZSPBW2oyMIGMNRqiKQjiAWw==",
    "opencode-linux-x64-baseline": "sha512-1KQGBiiDDeL/VHHbHkOvvFo8Jr97WT5+C1tear+p7IcDTnXgVHXqIjU4O4jM4mHQzykTP2i884FCnW5LDa+zCA==",
}
NPM_TIMEOUT = 900.0  # seconds; the package is about 180 MB


class _NoSuchVersion(LookupError):
    """npm has no such version of a package; `fetch` alone meets it."""


def cache_folder() -> Path:
    """Return the folder of the cache, which has a folder for each version."""
    from platformdirs import user_cache_path  # when no program is on the PATH

    return user_cache_path("opencode_widget", appauthor=False) / "opencode"


def cached_binary(version: str = OPENCODE_VERSION) -> Path | None:
    """Return the program of a version in our cache, or None."""
    path = _finished(cache_folder() / version)
    return path if path.is_file() else None


def install(say: Callable[[str], object] = lambda _: None, version: str = OPENCODE_VERSION) -> Path:
    """Install a version of OpenCode into our cache, if it is not there, and return its program.

    Blocks while npm runs. Two installations at once are safe: each works in a folder of its own, and the first to finish wins.

    Args:
        say: called with a line about each step.
        version: such as "1.18.33".

    Raises:
        BinaryNotFound: it is no version, npm is missing or fails, or the installed program does not run.
    """
    if not VERSION.fullmatch(version):
        raise BinaryNotFound(f"{version!r} is no version of OpenCode.", remedy=f"Write it like {OPENCODE_VERSION}.")
    if found := cached_binary(version):
        say(f"OpenCode {version} is there already: {found}")
        return found
    npm = find_npm()
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder, ignore_cleanup_errors=True) as name:
        work = Path(name)
        fetch(npm, work, version, say)
        say("Checking it ...")
        check_integrity(work, say, version)
        say("Trying it ...")
        program = working_program(work, version)
        _keep(program, work, folder / version)
    path = _finished(folder / version)
    say(f"OpenCode {version} is installed: {path}")
    return path


def find_npm() -> Path:
    """Return the path of npm.

    Raises:
        BinaryNotFound: there is none.
    """
    if npm := find_program("npm"):
        return npm
    raise BinaryNotFound(
        "npm was not found on PATH, and OpenCode is installed with it.",
        remedy="Install Node.js from https://nodejs.org, or OpenCode itself as https://opencode.ai says.",
    )


def fetch(npm: Path, folder: Path, version: str, say: Callable[[str], object]) -> None:
    """Install OpenCode's package, or this system's alone: npm has some releases' programs and lacks the package that names them.

    Raises:
        BinaryNotFound: npm has neither, or failed.
    """
    say(f"Fetching {PACKAGE}@{version} with npm (about 180 MB) ...")
    try:
        run_npm(npm, folder, version)
        return
    except _NoSuchVersion:
        package = package_of_system()
    if package is not None:
        say(f"npm has no {PACKAGE}@{version}. Fetching {package}@{version} ...")
        with contextlib.suppress(_NoSuchVersion):
            run_npm(npm, folder, version, package)
            return
    raise BinaryNotFound(
        f"npm has no OpenCode {version}.", remedy=f"`npm view {PACKAGE} versions` lists those that it has."
    )


def package_of_system() -> str | None:
    """Return the name of the package with the program for this system; None where OpenCode has none."""
    system, processor = SYSTEMS.get(sys.platform), PROCESSORS.get(platform.machine().lower())
    return f"opencode-{system}-{processor}" if system and processor else None


def run_npm(npm: Path, folder: Path, version: str = OPENCODE_VERSION, package: str = PACKAGE) -> None:
    """Install a package into a folder, without running scripts of packages: the program does not need them.

    Raises:
        _NoSuchVersion: npm has no such version.
        BinaryNotFound: npm failed, with its last lines.
    """
    KNOWN.learn(os.environ)  # npm may print the URL of a proxy or registry with its password
    words = ["install", "--prefix", str(folder), "--no-audit", "--no-fund", "--no-save", "--loglevel=error"]
    command = [str(npm), *words, "--ignore-scripts", f"{package}@{version}"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,  # so that no package.json or .npmrc of the user counts
            env=without_working_folder(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=NPM_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _npm_failed(str(error), version) from None
    if done.returncode == 0:
        return
    code = found[1] if (found := NPM_CODE.search(done.stderr)) else ""
    if code in NO_VERSION:
        raise _NoSuchVersion(package)
    if code in NO_NETWORK:
        raise BinaryNotFound(
            f"npm could not reach its registry ({code}), so OpenCode {version} was not installed.",
            remedy="Check the network and npm's configuration: `npm ping` tries both.",
        )
    raise _npm_failed(_ending(done), version)


def _ending(done: subprocess.CompletedProcess[str]) -> str:
    """The exit code and the last lines."""
    lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    tail = "\n".join(f"    {line}" for line in lines[-15:])
    return f"exit code {done.returncode}\n{tail}"


def _npm_failed(what: str, version: str) -> OpenCodeError:
    return BinaryNotFound(
        f"npm could not install {PACKAGE}@{version}: {what}\n",
        remedy="Check the network and npm's configuration, or install OpenCode as https://opencode.ai says.",
    )


def candidates(folder: Path) -> Iterator[Path]:
    """Yield the programs that npm may have installed. There may be several packages for a platform."""
    for package in _packages(folder):
        yield package / "bin" / EXECUTABLE


def _packages(folder: Path) -> list[Path]:
    return sorted((folder / "node_modules").glob("opencode-*-*"))


def check_integrity(
    folder: Path, say: Callable[[str], object] = lambda _: None, version: str = OPENCODE_VERSION
) -> None:
    """Compare the hashes of the installed packages with the known ones, which are those of the tested version.

    npm checks a download against the hash that its registry states, and records that hash. Comparing it with ours detects a registry, or a
    mirror, that serves another package than the tested one.

    Raises:
        BinaryNotFound: a hash differs, or npm recorded none.
    """
    stated = _stated(folder / "node_modules" / ".package-lock.json")
    for name in (package.name for package in _packages(folder)):
        known = INTEGRITY.get(name) if version == OPENCODE_VERSION else None
        if known is None:
            say(
                f"No hash of {name if version == OPENCODE_VERSION else f'{name}@{version}'} is known here: only npm has checked it."
            )
        elif stated.get(name) != known:
            raise BinaryNotFound(
                f"{name}@{OPENCODE_VERSION} is not the package that this version of opencode_widget was tested with: "
                f"its hash is {stated.get(name, 'not known')}, not {known}.",
                remedy="Check npm's registry, or install OpenCode as https://opencode.ai says.",
            )


def _stated(lock: Path) -> dict[str, str]:
    """The hashes that npm recorded, by package."""
    try:
        packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
        return {
            str(place).rpartition("node_modules/")[2]: str(item.get("integrity")) for place, item in packages.items()
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):  # missing, or not as npm writes it
        return {}


def working_program(folder: Path, version: str = OPENCODE_VERSION) -> Path:
    """Return the first installed program that runs and is this version.

    Raises:
        BinaryNotFound: none does.
    """
    problems = []
    for path in candidates(folder):
        text = _version_of(path)
        if text == version:
            return path
        problems.append(f"    {path.relative_to(folder)}: {text}")
    if not problems:  # npm leaves out what its registry does not have, and says nothing
        raise BinaryNotFound(
            f"npm has no program of OpenCode {version} for this system.",
            remedy="Take another version, or install OpenCode as https://opencode.ai says.",
        )
    raise BinaryNotFound(
        f"npm installed {PACKAGE}@{version}, but no program in it runs here:\n" + "\n".join(problems) + "\n",
        remedy="Install OpenCode as https://opencode.ai says; your system may not be supported.",
    )


def _version_of(path: Path) -> str:
    """Return the version that a program prints, or the reason why it prints none."""
    try:
        if path.is_file() and not os.access(path, os.X_OK):
            path.chmod(0o755)
        done = subprocess.run(
            [path, "--version"],
            cwd=path.parent,
            env=without_working_folder(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stdout.strip() or f"exit code {done.returncode}: {done.stderr.strip()[-200:]}"


def _finished(folder: Path) -> Path:
    return folder / "bin" / EXECUTABLE


def _keep(program: Path, work: Path, target: Path) -> None:
    """Move the program to its final place in one step. The rest of what npm installed is not needed."""
    ready = work / "ready"
    _finished(ready).parent.mkdir(parents=True)
    program.replace(_finished(ready))
    if target.exists() and not _finished(target).is_file():
        shutil.rmtree(target, ignore_errors=True)  # a broken installation, which would be in the way
    with contextlib.suppress(OSError):  # another process was first; its copy is the same
        ready.rename(target)
    if not _finished(target).is_file():
        raise BinaryNotFound(f"{target} cannot be written.", remedy="Check the permissions of that folder.")
