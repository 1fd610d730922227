"""The command line: `opencode-widget demo | install | doctor`."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import __version__
from .errors import BinaryNotFound, OpenCodeError


def main(words: Sequence[str] | None = None) -> int:
    """Run a command. Ordinary errors print a sentence and return exit code 1; Ctrl-C returns 130.

    Args:
        words: the command line without the program's name; that of the process if None.
    """
    options = parser().parse_args(words)
    try:
        return int(options.run(options))
    except OpenCodeError as error:
        print(f"opencode-widget: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `opencode-widget doctor | head`
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # so that the interpreter's last flush does not fail
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("Ended.", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    root = argparse.ArgumentParser(prog="opencode-widget", description="OpenCode in a notebook.")
    root.add_argument("--version", action="version", version=f"opencode-widget {__version__}")
    commands = root.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="open the quickstart in JupyterLab, against a real OpenCode server")
    demo.add_argument("--check", action="store_true", help="run it without a browser, and report whether it works")
    demo.add_argument("--own", action="store_true", help="use your own OpenCode, here, instead of a scripted model")
    demo.add_argument("--no-browser", action="store_true", help="do not open a browser")
    demo.add_argument("--port", type=int, help="JupyterLab's port; a free one by default")
    demo.set_defaults(run=run_demo)

    install = commands.add_parser("install", help="install the tested OpenCode version, with npm, into your cache")
    install.add_argument(
        "--version", dest="wanted", metavar="VERSION", help="another version; name its program to use it (binary=...)"
    )
    install.set_defaults(run=run_install)

    doctor = commands.add_parser("doctor", help="report what was found, what is missing, and what to do about it")
    doctor.add_argument("--url", help="also check this running server; $OPENCODE_PASSWORD is its password")
    doctor.set_defaults(run=run_doctor)
    return root


def run_install(options: argparse.Namespace) -> int:
    """Install the tested OpenCode version, or the one that was named."""
    from .server.process.install import OPENCODE_VERSION, install

    path = install(_print, options.wanted or OPENCODE_VERSION)
    if options.wanted not in (None, OPENCODE_VERSION):
        _print(f'To use it: OpenCode(binary="{path}"), or OPENCODE_WIDGET_BINARY={path}')
    return 0


def run_doctor(options: argparse.Namespace) -> int:
    """Print what the doctor found; return 0 if the widget can work."""
    from .diagnostics.doctor import examine, table

    findings = asyncio.run(examine(options.url))
    print(table(findings))
    missing = [finding for finding in findings if finding.missing]
    print("\nEverything needed is there." if not missing else f"\n{len(missing)} thing(s) to mend.")
    return 1 if missing else 0


def run_demo(options: argparse.Namespace) -> int:
    """Open the quickstart in JupyterLab, or check it."""
    from .diagnostics import versions

    if absent := [name for name in versions.DEMO if versions.installed(name) is None]:
        raise OpenCodeError(
            f"The demo needs {', '.join(absent)}.", remedy="Install what it needs: pip install 'opencode_widget[demo]'"
        )
    binary = own_binary() if options.own else demo_binary()
    # Both signals end the demo as cleanly as Ctrl-C, even if a shell started it in the background, where SIGINT is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    with tempfile.TemporaryDirectory(prefix="opencode-widget-demo-", ignore_cleanup_errors=True) as name:
        return asyncio.run(_demo(Path(name).resolve(), binary, options))


async def _demo(folder: Path, binary: Path, options: argparse.Namespace) -> int:
    from .demo.notebook import copy_notebook, write_kernelspec
    from .server.process.process import VARIABLE

    work = folder / "notebooks"
    work.mkdir()
    notebook = copy_notebook(work, Path.cwd() if options.own else None)
    env = write_kernelspec(folder) | {VARIABLE: str(binary), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    if options.check:
        from .demo.check import run_check

        os.environ |= env  # nbclient looks for the kernel in our own environment
        seen = await run_check(work, notebook, env, scripted=not options.own, write=_write)
        _print(f"\nIt works: {seen}")
        return 0
    from .demo.lab import run_lab

    return await run_lab(work, env, port=options.port, browser=not options.no_browser, say=_print)


def own_binary() -> Path:
    """Return the user's own OpenCode program.

    Raises:
        BinaryNotFound: there is none.
    """
    from .server.process.process import find_binary

    return find_binary().path


def demo_binary() -> Path:
    """Return the tested OpenCode program: the one that a variable names, or the one in our cache, installed if necessary.

    Raises:
        BinaryNotFound: there is none and it cannot be installed.
    """
    from .server.process.install import OPENCODE_VERSION, install
    from .server.process.process import VARIABLE, find_binary
    from .server.process.programs import find_program

    if os.environ.get(VARIABLE):
        return find_binary().path
    try:
        return install(_print_quietly)
    except BinaryNotFound as error:
        if not (other := find_program("opencode")):
            raise
        _print(f"{error}\nInstead of the tested version {OPENCODE_VERSION} this uses {other}.")
        return other


def _print_quietly(text: str) -> None:
    """Print the text, unless it only says that nothing was to be done."""
    if "there already" not in text:
        _print(text)


def _print(text: str) -> None:
    print(text, flush=True)


def _write(text: str) -> None:
    print(text, end="", flush=True)


if __name__ == "__main__":
    sys.exit(main())
