"""Fixtures of the end-to-end tests. They all run on one event loop, the browser's."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support.servers.classic import ClassicServer
from tests.support.servers.fake import FakeServer
from tests.support.servers.proxy import Proxy
from tests.support.servers.real import RealServer
from tests.support.v2_preview import live as v2_preview_live

from .harness.browser import launch
from .harness.context_pool import TURNS, SharedContext
from .harness.gallery import GalleryPages, serve_gallery
from .harness.lab import Lab
from .harness.lab_browser import ONE, TWO, LabBrowser

if TYPE_CHECKING:
    from opencode_widget.demo import Demo

HERE = Path(__file__).parent
ARTIFACTS = HERE.parent / "artifacts"
LIMIT = 120  # seconds a test
PATIENCE = 20_000  # milliseconds for what should appear soon
# Which tests run over 2.x, too: those that are marked so; in the nightly run ("marked") also those marked for the night; with "all" each.
OVER_TWO = os.environ.get("OVER_TWO", "few")
FAILED = pytest.StashKey[bool]()

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(LIMIT))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`over_two` runs a test over 1.x and over 2.x, as far as the 2.x runtime inside 1.18 supports it."""
    mark = metafunc.definition.get_closest_marker("over_two")
    is_wanted = mark is not None and (OVER_TWO == "marked" or not mark.kwargs.get("at_night"))
    if is_wanted or OVER_TWO == "all":
        metafunc.parametrize("spoken", [ONE, TWO], indirect=True)


@pytest.fixture
def spoken(request: pytest.FixtureRequest) -> str:
    """The protocol that the widget speaks with the server."""
    name: str = getattr(request, "param", ONE)
    if name == TWO:
        v2_preview_live.prepare(request.getfixturevalue("project"), request.getfixturevalue("model"))
    return name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed  # type: ignore[attr-defined]
    return report


@pytest.fixture(autouse=True)
def no_blocking_calls() -> None:
    """Switched off here: our code runs in kernels, and the harness may block."""


@pytest.fixture(scope="session")
def lab(opencode_binary: Path, model: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for all tests; servers that its kernels start use the scripted model."""
    lab = Lab(tmp_path_factory.mktemp("lab"), dict(model.env))
    lab.start()
    yield lab
    lab.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await launch(playwright.chromium)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    """The address of the page without a kernel, see `tests/gallery`."""
    with serve_gallery() as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pages(browser: Browser, gallery: str) -> AsyncIterator[GalleryPages]:
    """The browser's pages for the gallery, which the tests of a file hand on."""
    pages = GalleryPages(browser, gallery)
    yield pages
    await pages.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def seats() -> AsyncIterator[list[SharedContext]]:
    """The browser context of the test before, if it is clean."""
    seats: list[SharedContext] = []
    yield seats
    for context in seats:
        await context.context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def lab_browser(
    request: pytest.FixtureRequest, lab: Lab, browser: Browser, seats: list[SharedContext], spoken: str
) -> AsyncIterator[LabBrowser]:
    """A browser in front of JupyterLab; with `fresh_browser` one that nobody has used.

    At the end no page may have said an error on its console, or asked anybody but Jupyter for anything.
    """
    fresh = request.node.get_closest_marker("fresh_browser") is not None
    context = seats.pop() if seats and not fresh else await SharedContext.new(browser, lab)
    good = False
    try:
        yield LabBrowser(context, lab, spoken)
        if request.node.stash.get(FAILED, False):
            await keep_pictures(request.node.name, context.context.pages)
        else:
            await context.tidy()
            good = context.turns < TURNS and not fresh
    finally:
        if good:
            seats.append(context)
        else:
            await context.context.close()
        await asyncio.to_thread(lab.end_kernels)
    errors, strangers = context.watch.take()
    assert errors == [], "errors on the console"
    assert strangers == [], "requests to others than Jupyter"


@pytest.fixture(scope="module")
def rich_server(opencode_binary: Path, model: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """A real server with more to show: a second model, an MCP server that fails, a formatter, commands of the project."""
    home = tmp_path_factory.mktemp("rich-server")
    (home / "cwd").mkdir()
    server = RealServer(opencode_binary, {**model.env, **richer(model.env)}, home, home / "cwd")
    server.start()
    yield server
    server.stop()


def richer(env: Mapping[str, str]) -> dict[str, str]:
    configuration = json.loads(env["OPENCODE_CONFIG_CONTENT"])
    models = configuration["provider"]["demo"]["models"]
    models["second"] = {**models["scripted"], "name": "Second model"}
    configuration["mcp"] = {"meadow": {"type": "local", "command": ["false"]}}
    configuration["permission"]["edit"] = "ask"
    configuration["formatter"] = {"shears": {"command": ["true"], "extensions": [".sheep"]}}
    return {"OPENCODE_CONFIG_CONTENT": json.dumps(configuration), "OPENCODE_DISABLE_PROJECT_CONFIG": ""}


async def keep_pictures(name: str, pages: list[Page]) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    for number, page in enumerate(pages):
        file = re.sub(r"\W+", "-", name) + (f"-{number}" if number else "")
        await page.screenshot(path=ARTIFACTS / f"{file}.png")


@pytest_asyncio.fixture(loop_scope="session")
async def proxy(server: RealServer) -> AsyncIterator[Proxy]:
    """A proxy that fails on demand, before the file's real server, which knows nothing of the faults."""
    async with Proxy(server.url) as proxy:
        yield proxy


@pytest_asyncio.fixture(loop_scope="session")
async def fake_server() -> AsyncIterator[FakeServer]:
    async with FakeServer() as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def classic_server() -> AsyncIterator[ClassicServer]:
    async with ClassicServer(pace=0.1) as server:
        yield server
