"""The command line, as a user meets it."""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from opencode_widget import cli
from opencode_widget.demo import check, notebook
from opencode_widget.diagnostics import doctor, versions
from opencode_widget.errors import BinaryNotFound, OpenCodeError
from opencode_widget.server.process import install
from opencode_widget.server.process.process import VARIABLE

from .support.servers.real import RealServer
from .support.v2.fake import FakeServerV2

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "opencode_widget.cli"]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with an empty home, no cache, no OpenCode, and a temporary folder of its own."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "bin").mkdir()
    kept = {name: value for name, value in os.environ.items() if name != VARIABLE and not name.startswith("XDG_")}
    ours = {
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path / "tmp"),
        "PATH": str(tmp_path / "bin"),
        "PYTHONPATH": str(ROOT),
    }
    return kept | ours


def run(*words: str, env: dict[str, str], timeout: float = 50) -> subprocess.CompletedProcess[str]:
    """Run a command; whatever happens, no traceback is shown."""
    done = subprocess.run([*COMMAND, *words], env=env, capture_output=True, text=True, timeout=timeout, check=False)
    assert "Traceback" not in done.stdout + done.stderr
    return done


def left_of(env: dict[str, str]) -> list[str]:
    """What a command left in its temporary folder."""
    return os.listdir(env["TMPDIR"])  # noqa: PTH208


# --- install -----------------------------------------------------------------------------------------------------------------------------

RUNS = f"#!/bin/sh\necho {install.OPENCODE_VERSION}\n"
NPM = """#!/bin/sh
while [ "$1" != --prefix ]; do shift; done
mkdir -p "$2/node_modules/opencode-ai/bin" "$2/node_modules/opencode-linux-x64/bin" "$2/node_modules/opencode-linux-x64-baseline/bin"
cd "$2/node_modules"
cat > .package-lock.json <<'END'
LOCK
END
""".replace(
    "LOCK",
    json.dumps({"packages": {f"node_modules/{name}": {"integrity": hash} for name, hash in install.INTEGRITY.items()}}),
)


def fake_npm(env: dict[str, str], script: str) -> None:
    """Put an npm on PATH that does what the script says, in the folder `node_modules`."""
    path = Path(env["PATH"].split(os.pathsep)[0]) / "npm"
    path.write_text(NPM + script)
    path.chmod(0o755)
    env["PATH"] += os.pathsep + os.environ["PATH"]


def program(place: str, text: str = RUNS, mode: str = "755") -> str:
    return f"cat > {place} <<'END'\n{text}END\nchmod {mode} {place}\n"


def cached(env: dict[str, str]) -> Path:
    return Path(env["HOME"]) / ".cache" / "opencode_widget" / "opencode" / install.OPENCODE_VERSION / "bin" / "opencode"


def test_install_says_what_it_does_and_is_quick_the_second_time(home: dict[str, str]) -> None:
    fake_npm(home, program("opencode-linux-x64/bin/opencode"))
    done = run("install", env=home)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        f"Fetching opencode-ai@{install.OPENCODE_VERSION} with npm (about 180 MB) ...",
        "Checking it ...",
        "Trying it ...",
        f"OpenCode {install.OPENCODE_VERSION} is installed: {cached(home)}",
    ]
    assert list(cached(home).parents[2].iterdir()) == [cached(home).parents[1]]
    assert "there already" in run("install", env=home).stdout


def test_install_copes_with_scripts_that_did_not_run(home: dict[str, str]) -> None:
    broken = program("opencode-ai/bin/opencode.exe", "#!/bin/sh\necho run the postinstall script >&2\nexit 1\n")
    wrong_cpu = program("opencode-linux-x64/bin/opencode", "#!/bin/sh\nkill -ILL $$\n")
    fake_npm(home, broken + wrong_cpu + program("opencode-linux-x64-baseline/bin/opencode", mode="644"))
    assert run("install", env=home).returncode == 0
    assert cached(home).read_text() == RUNS


def test_install_says_so_when_nothing_runs(home: dict[str, str]) -> None:
    fake_npm(home, program("opencode-linux-x64/bin/opencode", "#!/bin/sh\necho no such luck >&2\nexit 1\n"))
    done = run("install", env=home)
    assert done.returncode == 1
    assert "no program in it runs here" in done.stderr
    assert "no such luck" in done.stderr
    assert not cached(home).exists()


@pytest.mark.parametrize(
    "lock", ['{"packages": {"node_modules/opencode-linux-x64": {"integrity": "sha512-other"}}}', "[]", "", "{"]
)
def test_install_refuses_a_package_with_another_hash(home: dict[str, str], lock: str) -> None:
    fake_npm(home, program("opencode-linux-x64/bin/opencode") + f"cat > .package-lock.json <<'END'\n{lock}\nEND\n")
    done = run("install", env=home)
    assert done.returncode == 1
    assert "is not the package that this version of opencode_widget was tested with" in done.stderr
    assert not cached(home).exists()


def test_install_says_that_a_hash_is_not_known(home: dict[str, str]) -> None:
    fake_npm(home, program("opencode-linux-x64/bin/opencode") + "mkdir -p opencode-plan9-mips/bin\n")
    done = run("install", env=home)
    assert "No hash of opencode-plan9-mips is known here" in done.stdout
    assert done.returncode == 0


def test_install_runs_no_script_of_a_package(home: dict[str, str]) -> None:
    words = Path(home["HOME"]) / "words"
    path = Path(home["PATH"]) / "npm"
    path.write_text(f'#!/bin/sh\necho "$@" > {words}\nexit 1\n')
    path.chmod(0o755)
    home["PATH"] += os.pathsep + os.environ["PATH"]
    run("install", env=home)
    assert "--ignore-scripts" in words.read_text().split()


def test_nothing_is_started_from_the_working_folder(home: dict[str, str], tmp_path: Path) -> None:
    trap = tmp_path / "repository"
    trap.mkdir()
    for name in ("npm", "node", "git", "opencode", "python3"):
        (trap / name).write_text(f"#!/bin/sh\ntouch {trap}/sprung\n")
        (trap / name).chmod(0o755)
    home["PATH"] = f".:{os.pathsep}{home['PATH']}:repository:./:"
    for words in (["install"], ["doctor"]):
        done = subprocess.run([*COMMAND, *words], env=home, cwd=trap, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert str(trap) not in done.stdout
    assert not (trap / "sprung").exists()


def test_install_without_npm(home: dict[str, str]) -> None:
    done = run("install", env=home)
    assert done.returncode == 1
    assert "npm was not found" in done.stderr
    assert "https://nodejs.org" in done.stderr


def test_install_shows_the_words_of_npm(home: dict[str, str]) -> None:
    fake_npm(home, "echo npm error network is down >&2; exit 7\n")
    done = run("install", env=home)
    assert done.returncode == 1
    assert "exit code 7" in done.stderr
    assert "npm error network is down" in done.stderr
    assert list(cached(home).parents[2].iterdir()) == []


def test_two_installs_at_once(home: dict[str, str]) -> None:
    fake_npm(home, program("opencode-linux-x64/bin/opencode"))
    both = [subprocess.Popen([*COMMAND, "install"], env=home, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(30) for process in both] == [0, 0]
    assert cached(home).read_text() == RUNS


def test_install_replaces_what_is_broken(home: dict[str, str]) -> None:
    cached(home).parents[1].mkdir(parents=True)
    (cached(home).parents[1] / "half").touch()
    fake_npm(home, program("opencode-linux-x64/bin/opencode"))
    assert run("install", env=home).returncode == 0
    assert cached(home).is_file()


# --- doctor ------------------------------------------------------------------------------------------------------------------------------


def test_doctor_without_opencode_says_what_to_do(home: dict[str, str]) -> None:
    done = run("doctor", env=home)
    assert done.returncode == 1
    assert re.search(r"!! OpenCode +No `opencode` program was found", done.stdout)
    assert "opencode-widget install" in done.stdout
    assert re.search(r"ok anywidget +\d", done.stdout)
    assert re.search(r" - npm +missing", done.stdout)


def test_doctor_finds_the_program(opencode_binary: Path, home: dict[str, str]) -> None:
    home[VARIABLE] = str(opencode_binary)
    done = run("doctor", env=home)
    found = f"{install.OPENCODE_VERSION} (dialect OpenCode 1.x), by $OPENCODE_WIDGET_BINARY: {opencode_binary}"
    assert f"ok OpenCode {found}" in re.sub(r" +", " ", done.stdout)
    assert done.returncode == ("front end " not in done.stdout and "!!" in done.stdout)


def test_doctor_with_a_program_that_is_not_opencode(home: dict[str, str]) -> None:
    home[VARIABLE] = "/bin/true"
    done = run("doctor", env=home)
    assert done.returncode == 1
    assert "named no version" in done.stdout


@pytest.mark.parametrize(("version", "dialect"), [("1.17.0", "OpenCode 1.x"), ("2.1.0", "OpenCode 2.x")])
async def test_another_version_is_a_hint_and_no_mistake(
    version: str, dialect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = await found_as(version, tmp_path, monkeypatch)
    assert not finding.missing
    assert finding.found.startswith(f"{version} (dialect {dialect}), ")
    assert f"tested with {install.OPENCODE_VERSION}" in finding.remedy


async def test_a_version_that_is_not_spoken_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = await found_as("9.9.9", tmp_path, monkeypatch)
    assert finding.missing
    assert "speaks OpenCode 1.x and 2.x" in finding.remedy


@pytest.mark.parametrize(
    ("version", "words"),
    [("1.1.11", "lacks a password for the server"), ("1.99.0", "newer than"), ("1.2.15", "pages of older messages")],
)
async def test_a_version_that_lacks_something_is_told_with_it(
    version: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = await found_as(version, tmp_path, monkeypatch)
    assert not finding.missing
    assert words in finding.remedy


@pytest.mark.parametrize(("version", "how"), [("0.15.31", "too old"), ("1.0.98", "too old"), ("3.0.0", "too new")])
async def test_too_old_and_too_new_are_told_apart(
    version: str, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = await found_as(version, tmp_path, monkeypatch)
    assert finding.missing
    assert how in finding.remedy


async def found_as(version: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> doctor.Finding:
    path = folder / "opencode"
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(path))
    return await doctor.opencode()


async def test_a_server_that_runs_is_asked_what_it_is(server: RealServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await doctor.server(server.url)).missing, "without its password"
    monkeypatch.setenv("OPENCODE_SERVER_PASSWORD", server.password)
    finding = await doctor.server(server.url)
    assert finding.found == f"OpenCode {install.OPENCODE_VERSION} (dialect OpenCode 1.x): {server.url}"
    async with FakeServerV2() as fake:
        assert (await doctor.server(fake.url)).found == f"OpenCode 2.1.0 (dialect OpenCode 2.x): {fake.url}"
    async with FakeServerV2(version="3.0.1") as later:
        assert "speaks OpenCode 1.x and 2.x" in (await doctor.server(later.url)).found


@pytest.mark.parametrize(("version", "warned"), [("6.31.0", False), ("7.2.0", True), ("7.4.0", False)])
def test_doctor_warns_of_kernels_that_stand_still(version: str, warned: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "installed", lambda name: version)
    (finding,) = [finding for finding in doctor.packages() if finding.name == "ipykernel"]
    assert ("stand still" in finding.remedy) is warned
    assert not finding.missing


def test_doctor_misses_what_was_not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "__file__", str(tmp_path / "diagnostics" / "doctor.py"))
    assert doctor.static().missing
    (tmp_path / "static").mkdir()
    for name in doctor.STATIC:
        (tmp_path / "static" / name).touch()
    assert not doctor.static().missing


def test_a_package_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "NEEDED", ("no-such-package",))
    (finding,) = doctor.packages()
    assert finding == doctor.Finding("no-such-package", "missing", "pip install no-such-package", missing=True)


def test_doctor_into_a_pipe_that_closes(home: dict[str, str]) -> None:
    done = subprocess.run(
        f"{sys.executable} -m opencode_widget.cli doctor | head -1",
        shell=True,
        env=home | {"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    )
    assert "Traceback" not in done.stderr


# --- demo: mistakes ----------------------------------------------------------------------------------------------------------------------


def test_the_demo_needs_its_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(versions, "DEMO", ("no-such-package",))
    assert cli.main(["demo"]) == 1
    text = capsys.readouterr().err
    assert text == (
        "opencode-widget: The demo needs no-such-package. Install what it needs: pip install 'opencode_widget[demo]'\n"
    )


def test_a_port_that_is_taken(home: dict[str, str]) -> None:
    home[VARIABLE] = "/bin/true"
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = run("demo", "--no-browser", "--port", str(server.getsockname()[1]), env=home)
    assert done.returncode == 1
    assert "is taken" in done.stderr
    assert left_of(home) == []


def test_your_own_opencode_must_be_there(home: dict[str, str]) -> None:
    done = run("demo", "--own", env=home)
    assert done.returncode == 1
    assert "opencode-widget install" in done.stderr


def test_without_npm_the_demo_takes_an_opencode_on_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(say: object) -> Path:
        raise BinaryNotFound("npm was not found.")

    monkeypatch.setattr(install, "install", fail)
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BinaryNotFound):
        cli.demo_binary()
    (tmp_path / "opencode").write_text("#!/bin/sh\n")
    (tmp_path / "opencode").chmod(0o755)
    assert cli.demo_binary() == tmp_path / "opencode"
    assert "Instead of the tested version" in capsys.readouterr().out


def test_unknown_words_are_explained(home: dict[str, str]) -> None:
    done = run("dmeo", env=home)
    assert done.returncode == 2
    assert "invalid choice" in done.stderr
    assert run("--version", env=home).stdout.startswith("opencode-widget 0.")


# --- the notebook ------------------------------------------------------------------------------------------------------------------------


def test_the_notebook_is_saved_without_outputs_and_is_short() -> None:
    document = json.loads((ROOT / "notebooks" / "quickstart.ipynb").read_text())
    code = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert len(document["cells"]) < 20
    assert "".join(code[0]["source"]).endswith("oc")


def test_own_takes_the_place_of_the_demo(tmp_path: Path) -> None:
    own = tmp_path / "a 'b'"
    copy = notebook.copy_notebook(tmp_path, own)
    source = "".join(json.loads(copy.read_text())["cells"][1]["source"])
    compile(source, "cell", "exec")
    assert "OpenCode.demo()" not in source
    assert f"OpenCode({str(own)!r})" in source


GOOD = {
    "version": "OpenCode 1",
    "url": "http://127.0.0.1:1",
    "instances": 2,
    "answers": [["hello", ""]],
    "prompts": 4,
    "tools": ["edit"],
    "children": 1,
}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"version": None}, "no server reported its version"),
        ({"instances": 1}, "fewer than two instances"),
        ({"prompts": 1}, "not all prompts"),
        ({"answers": [["", ""]]}, "no answer has any text"),
        ({"answers": [["a", "it broke"]]}, "an answer failed: it broke"),
        ({"tools": []}, "did not fix the parser"),
        ({"children": 0}, "no subagent"),
    ],
)
def test_a_check_is_not_content_with_less(change: dict[str, object], problem: str) -> None:
    assert "OpenCode 1" in check.verdict(GOOD, scripted=True)
    with pytest.raises(OpenCodeError, match=problem):
        check.verdict(GOOD | change, scripted=True)


def test_a_check_without_a_last_word_fails() -> None:
    with pytest.raises(OpenCodeError, match="printed no result"):
        check.verdict(None, scripted=False)


# --- demo: the real thing ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ready(home: dict[str, str], opencode_binary: Path) -> Iterator[dict[str, str]]:
    """The same environment with OpenCode and the usual programs; nothing is left in it at the end."""
    env = home | {VARIABLE: str(opencode_binary), "PATH": os.environ["PATH"]}
    yield env
    deadline = time.monotonic() + 15  # what was killed is tidied up by its supervisor, a little later
    while left_of(env) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left_of(env) == []


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_check_tells_the_conversation_as_it_streams(ready: dict[str, str]) -> None:
    reported: list[tuple[float, str]] = []
    with subprocess.Popen([*COMMAND, "demo", "--check"], env=ready, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout is not None
        while piece := process.stdout.read(4096):
            reported.append((time.monotonic(), piece.decode()))
        assert process.wait(30) == 0
    text = "".join(piece for _, piece in reported)
    for words in ("never ends", "quoted = not quoted", "The subagent is back", "It works: OpenCode 1."):
        assert words in text
    live = [moment for moment, piece in reported if re.search(r"quote|subagent|turning|session of its own|line", piece)]
    assert live[-1] - live[0] > 1, "the answers came all at once"
    assert len(reported) > 15


def test_check_fails_when_the_server_does(ready: dict[str, str]) -> None:
    done = run("demo", "--check", env=ready | {VARIABLE: "/bin/false"})
    assert done.returncode == 1
    assert "A cell of the quickstart failed: ServerFailed" in done.stderr
    assert "exit code 1" in done.stderr


def command_lines(family: list[psutil.Process]) -> list[str]:
    lines = []
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            lines.append(" ".join(member.cmdline()))
    return lines


@pytest.mark.timeout(120)
def test_no_token_stands_on_the_browsers_command_line(ready: dict[str, str], tmp_path: Path) -> None:
    browser, reported = tmp_path / "browser", tmp_path / "told"
    browser.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" > {reported}.part && mv {reported}.part {reported}\n')
    browser.chmod(0o755)
    process = subprocess.Popen(
        [*COMMAND, "demo"], env=ready | {"BROWSER": str(browser)}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    url, token = re.findall(r"(http://\S+token=(\S+))", process.stdout.readline())[0]
    deadline = time.monotonic() + 60
    while not reported.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    opened = reported.read_text().strip()
    assert token not in opened
    page = Path(urllib.request.url2pathname(urllib.parse.urlsplit(opened).path))
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert html.escape(url) in page.read_text()
    process.send_signal(signal.SIGINT)
    process.wait(30)
    process.stdout.close()
    assert not page.exists()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_jupyterlab_opens_on_the_quickstart_and_leaves_nothing(ready: dict[str, str], end: signal.Signals) -> None:
    # As a script's shell starts it with "&", which ignores SIGINT.
    command = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", *COMMAND, "demo", "--no-browser"]
    process = subprocess.Popen(command, env=ready, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    address, token = re.findall(r"(http://\S+?)/lab/tree/quickstart.ipynb\?token=(\S+)", process.stdout.readline())[0]
    call = urllib.request.Request(
        f"{address}/api/contents/quickstart.ipynb", headers={"Authorization": f"token {token}"}
    )
    with urllib.request.urlopen(call, timeout=20) as answer:
        assert "OpenCode.demo()" in answer.read().decode()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{address}/api/contents", timeout=20)
    family = psutil.Process(process.pid).children(recursive=True)
    assert not [line for line in command_lines(family) if token in line]
    process.send_signal(end)
    assert process.wait(30) == (130 if end != signal.SIGKILL else -signal.SIGKILL)
    process.stdout.close()
    assert psutil.wait_procs(family, timeout=15)[1] == []


def test_a_check_that_is_interrupted_leaves_nothing(ready: dict[str, str]) -> None:
    process = subprocess.Popen(
        [*COMMAND, "demo", "--check"], env=ready, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    while "session.ask" not in process.stdout.readline():
        assert process.poll() is None
    family = psutil.Process(process.pid).children(recursive=True)
    drain = threading.Thread(target=process.stdout.read)
    drain.start()
    process.send_signal(signal.SIGINT)
    assert process.wait(40) == 130
    drain.join(10)
    assert process.stderr is not None
    assert process.stderr.read().splitlines()[-1] == "Ended."
    process.stdout.close()
    process.stderr.close()
    assert psutil.wait_procs(family, timeout=15)[1] == []


def test_the_loop_is_not_needed_to_say_what_was_found() -> None:
    table = doctor.table(asyncio.run(doctor.examine()))
    assert table.count("\n") > 10
