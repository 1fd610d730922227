"""What is shipped: the wheel, the sdist, and the wheel of the sdist."""

from __future__ import annotations

import ast
import gzip
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
STATIC = {f"opencode_widget/static/{name}" for name in ("widget.js", "widget.css", "mermaid.js.gz")}

pytestmark = pytest.mark.timeout(300)


def run(command: list[str], folder: Path, **variables: str) -> str:
    """Run a command and return what it printed; fail with that if it fails."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")}
    done = subprocess.run(command, cwd=folder, env=env | variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout as git has it, without what was built here."""
    folder = tmp_path_factory.mktemp("checkout")
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist and the wheel made of the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--sdist", "--wheel", "-o", str(folder), "."], checkout)
    return folder


@pytest.fixture(scope="module")
def without_node(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH with a shell, and without Node.js."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "sh").symlink_to(shutil.which("sh") or "/bin/sh")
    assert shutil.which("npm", path=str(folder)) is None
    return str(folder)


def names_in_wheel(folder: Path) -> set[str]:
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def names_in_sdist(folder: Path) -> set[str]:
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def test_the_wheel_holds_the_package_and_its_javascript(built: Path) -> None:
    names = names_in_wheel(built)
    assert names > STATIC | {
        "opencode_widget/py.typed",
        "opencode_widget/demo/quickstart.ipynb",
        "opencode_widget/cli.py",
    }
    assert {f"opencode_widget/demo/sample/{name}" for name in ("README.md", "gitignore", "parser.py")} < names
    assert not [name for name in names if "/frontend/" in name or "node_modules" in name or "__pycache__" in name]
    version = "opencode_widget-0.1.0"
    assert {name.partition("/")[0] for name in names} == {"opencode_widget", f"{version}.dist-info", f"{version}.data"}
    assert f"{version}.data/data/etc/jupyter/jupyter_server_config.d/opencode_widget.json" in names
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "opencode_widget").rglob("*.py") if path.is_file()}
    absent = {name for name in modules - names if "/frontend/" not in name}
    assert absent == set()


def test_the_wheel_holds_mermaid_with_the_licences_of_all_its_parts(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    program = gzip.decompress(zipfile.ZipFile(wheel).read("opencode_widget/static/mermaid.js.gz")).decode()
    assert program.startswith("/* Mermaid\n\nThe MIT License (MIT)")
    for owner in ("Knut Sveidqvist", "cure53/DOMPurify", "Lodash"):
        assert owner in program


def test_the_sdist_holds_the_sources_and_what_was_built_of_them(built: Path) -> None:
    names = names_in_sdist(built)
    assert names > STATIC | {
        "LICENSE",
        "PKG-INFO",
        "README.md",
        "notebooks/quickstart.ipynb",
        "opencode_widget/frontend/hatch_build.py",
        "opencode_widget/frontend/package.json",
        "opencode_widget/frontend/package-lock.json",
        "pyproject.toml",
        "tests/test_packaging.py",
    }
    assert not [name for name in names if "node_modules" in name or "__pycache__" in name]


def test_the_sdist_needs_no_node(built: Path, without_node: str, tmp_path: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o", str(tmp_path / "dist"), "."]
    run(command, source, PATH=without_node)
    assert names_in_wheel(tmp_path / "dist") == names_in_wheel(built)
    assert not (source / "opencode_widget" / "frontend" / "node_modules").exists()


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment with the wheel in it, and what it depends on."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    (wheel,) = built.glob("*.whl")
    run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)], folder)
    return python


IMPORT = """
import os, sys, threading, time
before = time.perf_counter()
import opencode_widget
took = time.perf_counter() - before
assert threading.active_count() == 1, threading.enumerate()
assert not os.path.exists(f"/proc/{os.getpid()}/task/{os.getpid()}/children") or not open(
    f"/proc/{os.getpid()}/task/{os.getpid()}/children").read(), "a process was started"
sys.stderr.write(str(took))
"""


def test_importing_it_is_quick_and_starts_and_prints_nothing(installed: Path, tmp_path: Path) -> None:
    times = []
    for _ in range(3):  # the first compiles
        done = subprocess.run([installed, "-c", IMPORT], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stdout == ""
        times.append(float(done.stderr))
    assert min(times) < 0.4


def test_the_installed_widget_has_its_javascript(installed: Path, tmp_path: Path) -> None:
    code = "from opencode_widget import OpenCode; print(len(str(OpenCode._esm)) > 1000, len(str(OpenCode._css)) > 1000)"
    assert run([str(installed), "-c", code], tmp_path) == "True True\n"


def test_the_command_line_is_installed(installed: Path, tmp_path: Path) -> None:
    command = str(installed.with_name("opencode-widget"))
    assert run([command, "--version"], tmp_path) == "opencode-widget 0.1.0\n"
    done = subprocess.run([command, "demo"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install 'opencode_widget[demo]'" in done.stderr
    assert "Traceback" not in done.stderr


# --- the build hook ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "hatch_build", ROOT / "opencode_widget" / "frontend" / "hatch_build.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_build_without_node_asks_for_one(hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = hook.FrontendHook(str(tmp_path), {}, None, None, "", "wheel")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert asking.dependencies() == [hook.NODE]
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/npm")
    assert asking.dependencies() == []
    (tmp_path / hook.STATIC).mkdir(parents=True)
    for name in hook.FILES:
        (tmp_path / hook.STATIC / name).touch()
    (tmp_path / "PKG-INFO").touch()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert asking.dependencies() == []


def test_a_build_that_fails_repeats_the_words_of_npm(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho npm error something is wrong\nexit 9\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(SystemExit, match=r"(?s)npm install.*exit code 9.*something is wrong"):
        hook.build(tmp_path)


# --- metadata ----------------------------------------------------------------------------------------------------------------------------


def test_the_version_stands_in_one_place(built: Path) -> None:
    import opencode_widget

    names = {path.name for path in built.iterdir()}
    version = opencode_widget.__version__
    assert names == {f"opencode_widget-{version}-py3-none-any.whl", f"opencode_widget-{version}.tar.gz"}
    for name in ("pyproject.toml", "docs/mkdocs.yml", "opencode_widget/frontend/package.json"):
        assert f'"{version}"' not in (ROOT / name).read_text(), name


def test_every_package_that_is_imported_is_a_dependency() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["demo"], *extras["files"]]
    named = {word.split(">")[0].replace("-", "_") for word in wanted}
    # The second and third come with ipywidgets and nbclient; the last are how `markdown-it-py` and `python-docx` are imported.
    ours = {"opencode_widget", "IPython", "jupyter_client", "markdown_it", "docx"}
    for path in (ROOT / "opencode_widget").rglob("*.py"):
        if {"frontend", "sample"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            tops = {name.partition(".")[0] for name in names}
            assert tops <= named | ours | sys.stdlib_module_names, f"{path} imports {tops}"
