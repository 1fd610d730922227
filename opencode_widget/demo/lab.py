"""Run JupyterLab on the quickstart until the user ends it."""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import os
import re
import secrets
import sys
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import ServerFailed
from ..redaction import KNOWN
from ..server.process.child import Child
from ..server.process.process import free_port, port_is_taken
from .notebook import NAME

SERVING = re.compile(r"Jupyter Server [^\n]{1,60} is running at")
START_LIMIT = 60.0  # seconds
GRACE = 10.0  # seconds that JupyterLab has to end its kernels, and these to end their servers

OPTIONS = (
    "--no-browser",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--ServerApp.answer_yes=True",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--ServerApp.jpserver_extensions=opencode_widget.notebook.server_extension=True",  # an editable install does not enable it
)


async def run_lab(
    folder: Path, env: Mapping[str, str], *, port: int | None, browser: bool, say: Callable[[str], object]
) -> int:
    """Serve a folder with JupyterLab until it ends or this task is cancelled.

    Args:
        folder: holds the notebook.
        env: variables in addition to ours; kernels inherit them.
        port: on loopback; a free one if None.
        browser: open the page.
        say: receives a line for each step.

    Returns:
        JupyterLab's exit code.

    Raises:
        ServerFailed: JupyterLab did not start; the error holds its last lines.
    """
    if port and port_is_taken(port):
        raise ServerFailed(f"Port {port} is taken.", remedy="Name another with --port, or none.")
    chosen = port or free_port()
    token = secrets.token_urlsafe(24)  # as a variable, since every user of the machine can read a command line
    KNOWN.add(token)
    own = await asyncio.to_thread(own_places, folder.parent)
    variables = {**os.environ, **env, **own, "JUPYTER_TOKEN": token}
    child = await Child.start(command(folder, chosen), cwd=folder, env=variables, remove=[folder.parent])
    try:
        if not await child.find_line(SERVING, START_LIMIT) or not await _accepts(child, chosen):
            raise _would_not_start(child)
        url = f"http://127.0.0.1:{chosen}/lab/tree/{NAME}?token={token}"
        say(f"JupyterLab: {url}")
        say("Ctrl-C ends it, and everything that was started.")
        if browser:
            await asyncio.to_thread(open_browser, url, folder.parent)
        return await child.wait() or 0
    finally:
        await asyncio.shield(child.stop(GRACE))


def open_browser(url: str, folder: Path) -> None:
    """Open an address that holds a token, without naming it on the browser's command line, which every user of the machine can read.

    As Jupyter does, this passes the browser a file that only the user may read, and that redirects to the address.
    """
    page = folder / "open.html"
    address = html.escape(url)
    leads = f'<meta http-equiv="refresh" content="0; url={address}"><a href="{address}">JupyterLab</a>'
    with os.fdopen(os.open(page, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(f'<!doctype html><meta charset="utf-8"><title>JupyterLab</title>{leads}\n')
    webbrowser.open(page.as_uri())


def own_places(folder: Path) -> dict[str, str]:
    """Return the variables that give JupyterLab places of the demo's own, which take precedence over the user's.

    They also stop JupyterLab from covering the widget with its question about news.
    """
    page = folder / "jupyter" / "labconfig" / "page_config.json"
    page.parent.mkdir(parents=True)
    page.write_text(json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}))
    configuration = filter(None, (str(folder / "jupyter"), os.environ.get("JUPYTER_CONFIG_PATH")))
    return {
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_CONFIG_PATH": os.pathsep.join(configuration),
    }


def command(folder: Path, port: int) -> list[str]:
    """Return JupyterLab's command line."""
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    places = [f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}"]
    return [sys.executable, "-m", "jupyterlab", *OPTIONS, *root, *places]


async def _accepts(child: Child, port: int) -> bool:
    """Wait until it accepts connections, which is shortly after it prints its address."""
    while child.running:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return True
        await asyncio.sleep(0.05)
    return False


def _would_not_start(child: Child) -> ServerFailed:
    log = child.log_tail()
    text = "\n".join(f"    {line}" for line in log)
    return ServerFailed(f"JupyterLab would not start. Its last lines:\n{text}\n", log=log, code=child.returncode)
