"""Bringing OpenCode with npm, which is a script here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from opencode_widget.errors import BinaryNotFound
from opencode_widget.server.process import install
from opencode_widget.server.process.install import OPENCODE_VERSION, cached_binary

Npm = Callable[[str], None]
PACKAGE = "opencode-linux-x64"
GOOD = f"echo {OPENCODE_VERSION}"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(install, "cache_folder", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Npm:
    """Have this script be npm; it works in the folder of the installation."""

    def make(script: str) -> None:
        path = tmp_path / "npm"
        path.write_text(f"#!/bin/sh\nset -e\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setattr(install, "find_program", lambda _name: path)

    return make


def brings(program: str, *, package: str = PACKAGE, integrity: str | None = None, mode: str = "644") -> str:
    """A script that brings a package with a program."""
    stated = install.INTEGRITY.get(package, "") if integrity is None else integrity
    lock = json.dumps({"packages": {f"node_modules/{package}": {"integrity": stated}}})
    folder = f"node_modules/{package}/bin"
    return f"""mkdir -p {folder}
printf '#!/bin/sh\\n{program}\\n' > {folder}/opencode
chmod {mode} {folder}/opencode
echo '{lock}' > node_modules/.package-lock.json"""


def test_what_is_in_the_cache_is_taken(cache: Path) -> None:
    program = cache / OPENCODE_VERSION / "bin" / "opencode"
    program.parent.mkdir(parents=True)
    program.touch()
    words: list[str] = []
    assert install.install(words.append) == program == cached_binary()
    assert "is there already" in words[0]


def test_the_program_alone_is_kept_and_made_executable(npm: Npm, cache: Path) -> None:
    npm(brings(GOOD))
    words: list[str] = []
    path = install.install(words.append)
    assert path == cache / OPENCODE_VERSION / "bin" / "opencode"
    assert [str(item.relative_to(cache)) for item in cache.rglob("*") if item.is_file()] == [
        f"{OPENCODE_VERSION}/bin/opencode"
    ]
    assert words[-1] == f"OpenCode {OPENCODE_VERSION} is installed: {path}"


def test_a_broken_copy_in_the_cache_is_replaced(npm: Npm, cache: Path) -> None:
    (cache / OPENCODE_VERSION / "half").mkdir(parents=True)
    npm(brings(GOOD))
    assert install.install().is_file()


def test_a_cache_that_cannot_be_written_is_reported(npm: Npm, monkeypatch: pytest.MonkeyPatch) -> None:
    npm(brings(GOOD))
    monkeypatch.setattr(Path, "rename", lambda *_words: (_ for _ in ()).throw(OSError("read-only")))
    with pytest.raises(BinaryNotFound, match="cannot be written"):
        install.install()


def test_a_platform_without_a_known_hash_is_reported(npm: Npm) -> None:
    npm(brings(GOOD, package="opencode-plan9-x64"))
    words: list[str] = []
    install.install(words.append)
    assert "No hash of opencode-plan9-x64 is known here: only npm has checked it." in words


@pytest.mark.parametrize("lock", ["", "[]", '{"packages": 7}', '{"packages": {"node_modules/opencode-linux-x64": 7}}'])
def test_a_package_without_a_hash_is_refused(npm: Npm, lock: str) -> None:
    npm(f"{brings(GOOD)}\necho '{lock}' > node_modules/.package-lock.json")
    with pytest.raises(BinaryNotFound, match="its hash is not known"):
        install.install()


def test_another_package_is_refused(npm: Npm) -> None:
    npm(brings(GOOD, integrity="sha512-other"))
    with pytest.raises(BinaryNotFound, match="its hash is sha512-other"):
        install.install()


@pytest.mark.parametrize(
    ("program", "words"), [("echo 1.0.0", "1.0.0"), ("echo bad cpu >&2; exit 4", "exit code 4: bad cpu")]
)
def test_a_program_that_does_not_run_is_reported(npm: Npm, program: str, words: str) -> None:
    npm(brings(program, mode="755"))
    with pytest.raises(BinaryNotFound, match=f"no program in it runs here.*\n.*{words}"):
        install.install()


def test_a_package_without_its_program_is_reported(npm: Npm) -> None:
    npm(f"{brings(GOOD)}\nrm node_modules/{PACKAGE}/bin/opencode")
    with pytest.raises(BinaryNotFound, match="No such file"):
        install.install()


def test_npm_that_fails_shows_its_last_lines(npm: Npm) -> None:
    npm("echo network is down >&2; exit 1")
    with pytest.raises(BinaryNotFound, match="exit code 1\n    network is down"):
        install.install()


NOT_THERE = "npm has no OpenCode 9.9.9. `npm view opencode-ai versions` lists those that it has."
NOT_REACHED = "npm could not reach its registry ({}), so OpenCode 9.9.9 was not installed. "
TRY = "Check the network and npm's configuration: `npm ping` tries both."


@pytest.mark.parametrize(
    ("code", "words"),
    [
        *((code, NOT_THERE) for code in ("ETARGET", "E404")),
        *((code, NOT_REACHED.format(code) + TRY) for code in ("ENOTFOUND", "ECONNREFUSED", "EAI_AGAIN", "ETIMEDOUT")),
    ],
)
@pytest.mark.parametrize("prefix", ["npm error", "npm ERR!"])
def test_a_version_that_npm_lacks_or_cannot_fetch_is_said_in_a_line(
    npm: Npm, prefix: str, code: str, words: str
) -> None:
    npm(f"echo '{prefix} code {code}' >&2; seq 30 >&2; exit 1")
    with pytest.raises(BinaryNotFound) as caught:
        install.install(version="9.9.9")
    assert str(caught.value) == words


def test_a_version_of_which_npm_has_the_program_alone_is_installed(npm: Npm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "package_of_system", lambda: PACKAGE)
    missing = "echo 'npm error code ETARGET' >&2; exit 1"
    npm(f'case "$*" in *opencode-ai@*) {missing};; *{PACKAGE}@9.9.9) ;; esac\n{brings("echo 9.9.9")}')
    words: list[str] = []
    assert install.install(words.append, "9.9.9").is_file()
    assert f"npm has no opencode-ai@9.9.9. Fetching {PACKAGE}@9.9.9 ..." in words


@pytest.mark.parametrize(
    ("system", "machine", "package"),
    [
        ("linux", "x86_64", "opencode-linux-x64"),
        ("linux", "aarch64", "opencode-linux-arm64"),
        ("darwin", "arm64", "opencode-darwin-arm64"),
        ("win32", "AMD64", "opencode-windows-x64"),
        ("linux", "riscv64", None),
        ("emscripten", "wasm32", None),
    ],
)
def test_the_package_of_a_system(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, package: str | None
) -> None:
    monkeypatch.setattr(install.sys, "platform", system)
    monkeypatch.setattr(install.platform, "machine", lambda: machine)
    assert install.package_of_system() == package


def test_where_opencode_has_no_package_for_the_system_the_version_is_said_to_be_missing(
    npm: Npm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "package_of_system", lambda: None)
    npm("echo 'npm error code E404' >&2; exit 1")
    with pytest.raises(BinaryNotFound, match=r"npm has no OpenCode 9\.9\.9"):
        install.install(version="9.9.9")


def test_a_version_without_a_program_for_this_system_is_said_in_a_line(npm: Npm) -> None:
    npm("mkdir -p node_modules/opencode-ai")
    with pytest.raises(BinaryNotFound) as caught:
        install.install(version="1.17.20")
    assert str(caught.value).startswith("npm has no program of OpenCode 1.17.20 for this system. ")


def test_npm_that_takes_too_long_is_given_up(npm: Npm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "NPM_TIMEOUT", 0.1)
    npm("exec sleep 300")
    with pytest.raises(BinaryNotFound, match="timed out"):
        install.install()


def test_without_npm_there_is_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "find_program", lambda _name: None)
    with pytest.raises(BinaryNotFound, match=r"Install Node\.js"):
        install.install()


def test_the_cache_is_the_user_s_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert install.cache_folder().parts[-2:] == ("opencode_widget", "opencode")


# ---- another version --------------------------------------------------------------------------------------------------


def test_another_version_has_a_folder_of_its_own_and_no_known_hash(npm: Npm, cache: Path) -> None:
    npm('case "$*" in *opencode-ai@1.2.27*) ;; *) exit 9;; esac\n' + brings("echo 1.2.27", integrity="sha512-other"))
    words: list[str] = []
    path = install.install(words.append, "1.2.27")
    assert path == cache / "1.2.27" / "bin" / "opencode"
    assert f"No hash of {PACKAGE}@1.2.27 is known here: only npm has checked it." in words
    assert cached_binary("1.2.27") == path
    assert cached_binary() is None, "the tested version is not there"


def test_a_program_that_says_another_version_is_not_kept(npm: Npm, cache: Path) -> None:
    npm(brings("echo 1.2.28"))
    with pytest.raises(BinaryNotFound, match=r"npm installed opencode-ai@1\.2\.27, but no program"):
        install.install(version="1.2.27")
    assert cached_binary("1.2.27") is None


@pytest.mark.parametrize(
    "named", ["latest", "1.2", "../1.2.27", "1.2.27 --foreground-scripts", "file:evil", "", "1.2.27/x"]
)
def test_only_a_version_can_be_named(npm: Npm, named: str) -> None:
    npm("exit 9")
    with pytest.raises(BinaryNotFound, match=r"is no version of OpenCode\. Write it like"):
        install.install(version=named)
