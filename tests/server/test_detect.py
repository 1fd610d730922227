"""What answers at an address: found out with few requests, and said in words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from opencode_widget import errors
from opencode_widget.model.entities import Feature
from opencode_widget.server.classic import ClassicClient
from opencode_widget.server.detect import detect
from opencode_widget.server.http.client import Address, Http, Limits, address
from opencode_widget.server.v1.client import V1Client
from opencode_widget.server.v1.early import EarlyClient
from opencode_widget.server.v2.client import V2Client

from ..support.servers import faults
from ..support.servers.classic import ClassicServer
from ..support.servers.early import EarlyServer
from ..support.servers.fake import FakeServer
from ..support.servers.real import RealServer

# What a server is asked, until one of the answers says what it is.
PATHS = ("/global/health", "/events", "/api/info", "/api/health", "/path", "/doc")
QUICK = Limits(connect=1, hello=0.3, answer=0.5, silence=1)


async def refusal(url: str, password: str | None = None) -> errors.OpenCodeError:
    """The error that tells why nothing is detected."""
    http = Http(address(url, password=password), limits=QUICK)
    try:
        with pytest.raises(errors.OpenCodeError) as caught:
            await detect(http)
    finally:
        await http.close()
    return caught.value


async def test_a_real_server_is_detected_with_its_version(server: RealServer) -> None:
    http = Http(address(server.url, password=server.password))
    client = await detect(http)
    await client.close()
    assert isinstance(client, V1Client)
    assert client.version == "OpenCode 1.18.33"
    assert server.password not in repr(client)


async def test_1x_needs_one_request(fake_server: FakeServer) -> None:
    client = await detect(Http(address(fake_server.url), limits=QUICK))
    await client.close()
    assert (type(client), client.version, client.dialect) == (V1Client, "OpenCode 1.18.33", "OpenCode 1.x")
    assert [request.path for request in fake_server.requests] == ["/global/health"]


async def test_a_version_that_is_missing_is_no_obstacle(fake_server: FakeServer) -> None:
    fake_server.always["/global/health"] = faults.body(b'{"healthy": true}')
    client = await detect(Http(address(fake_server.url), limits=QUICK))
    await client.close()
    assert client.version == "OpenCode 1.x"


async def test_the_classic_dialect_is_known_by_its_stream(classic_server: ClassicServer) -> None:
    client = await detect(Http(address(classic_server.url), limits=QUICK))
    await client.close()
    assert isinstance(client, ClassicClient)
    assert client.dialect == "classic"
    assert len(classic_server.requests) == 2


async def test_2x_is_known_by_its_info(fake_server: FakeServer) -> None:
    fake_server.always |= {
        "/global/health": faults.html_page,
        "/events": faults.html_page,
        "/api/info": faults.body(b'{"version": "2.0.12", "pid": 4711, "urls": []}'),
    }
    client = await detect(Http(address(fake_server.url), limits=QUICK))
    await client.close()
    assert (type(client), client.version, client.dialect) == (V2Client, "OpenCode 2.0.12", "OpenCode 2.x")
    assert len(fake_server.requests) == 3


@pytest.mark.parametrize(
    ("greeting", "version"), [(b'{"pid": 1}', "2.x"), (b'{"pid": 1, "version": "local"}', "local")]
)
async def test_an_early_2x_is_known_by_its_health(fake_server: FakeServer, greeting: bytes, version: str) -> None:
    for path in ("/global/health", "/events", "/api/info"):
        fake_server.always[path] = faults.html_page
    fake_server.always["/api/health"] = faults.body(greeting)
    client = await detect(Http(address(fake_server.url), limits=QUICK))
    await client.close()
    assert (type(client), client.version) == (V2Client, f"OpenCode {version}")


async def test_what_it_was_is_asked_first_the_next_time_and_what_it_is_counts(fake_server: FakeServer) -> None:
    async def detected() -> tuple[type, int]:
        before = len(fake_server.requests)
        client = await detect(Http(address(fake_server.url), limits=QUICK))
        await client.close()
        return type(client), len(fake_server.requests) - before

    two = {
        "/global/health": faults.html_page,
        "/events": faults.html_page,
        "/api/info": faults.body(b'{"version": "2.1.0", "pid": 4711}'),
    }
    assert await detected() == (V1Client, 1)
    fake_server.always |= two  # it comes back upgraded
    assert await detected() == (V2Client, 3)
    assert await detected() == (V2Client, 1)
    for path in two:
        del fake_server.always[path]  # and as it was
    fake_server.always["/api/info"] = faults.html_page
    assert await detected() == (V1Client, 2)
    assert await detected() == (V1Client, 1)


async def test_the_same_runtime_inside_1x_is_not_taken_for_2x(server: RealServer) -> None:
    """1.18 answers `/api/health` too, without a process id; and where its own health is hidden, it is no server that we speak to."""
    http = Http(address(server.url, password=server.password))
    client = await detect(http)
    await client.close()
    assert type(client) is V1Client


async def test_a_later_generation_is_refused_with_what_is_spoken(fake_server: FakeServer) -> None:
    fake_server.always |= {
        "/global/health": faults.html_page,
        "/api/info": faults.body(b'{"version": "3.1.0", "pid": 4711}'),
    }
    error = await refusal(fake_server.url)
    assert isinstance(error, errors.NotOpenCode)
    assert "is OpenCode 3.1.0" in error.message
    assert "speaks OpenCode 1.x and 2.x" in error.message
    assert "opencode-widget install" in error.remedy


async def test_a_web_server_is_not_opencode(fake_server: FakeServer) -> None:
    for path in PATHS:
        fake_server.always[path] = faults.html_page
    error = await refusal(fake_server.url)
    assert isinstance(error, errors.NotOpenCode)
    assert error.message.startswith(f"What answers at {fake_server.url} is not an OpenCode server: it shows a web page")
    assert "Check the address and the port." in error.remedy
    assert len(fake_server.requests) <= len(PATHS)


@pytest.mark.parametrize(
    "greeting", [b'{"status": "UP"}', b"[]", b"null", b'"healthy"', b'{"healthy": false}', b"{oops", b"[" * 99_999]
)
async def test_json_of_another_service_is_not_opencode(fake_server: FakeServer, greeting: bytes) -> None:
    for path in PATHS:
        fake_server.always[path] = faults.body(greeting)
    error = await refusal(fake_server.url)
    assert isinstance(error, errors.NotOpenCode)
    assert "is not an OpenCode server" in error.message
    assert len(fake_server.requests) <= len(PATHS)


@pytest.mark.parametrize("unknown", [faults.html_page, faults.body(b'{"error": "not found"}', status=404), None])
async def test_1_0_has_no_health_route_and_is_known_by_its_folders(unknown: faults.Fault | None) -> None:
    """Unknown paths are sent on to the web app, and without a network they fail."""
    async with EarlyServer() as server:
        server.always = dict.fromkeys(PATHS[:-2], unknown) if unknown else {}
        client = await detect(Http(address(server.url), limits=QUICK))
        await client.close()
        assert (type(client), client.version, client.dialect) == (EarlyClient, "OpenCode 1.0.x", "OpenCode 1.x")
        assert Feature.REJECT_MESSAGE not in client.features
        assert len(server.requests) == len(PATHS)
        await (await detect(Http(address(server.url), limits=QUICK))).close()
        assert len(server.requests) == len(PATHS) + 2, "what it was is asked first"


@pytest.mark.parametrize(
    ("paths", "is_spoken"),
    [
        (["/session/{id}/message", "/session/{id}/prompt_async"], True),
        (["/session/{id}/message"], False),
        (None, True),
    ],
)
async def test_a_1_0_that_takes_no_prompt_is_too_old(paths: list[str] | None, *, is_spoken: bool) -> None:
    """1.0.98 names its version nowhere. Its document of its routes has no `prompt_async`."""
    async with EarlyServer() as server:
        document = {} if paths is None else {"paths": {path: {} for path in paths}}
        server.always["/doc"] = faults.body(json.dumps(document).encode())
        if is_spoken:
            await (await detect(Http(address(server.url), limits=QUICK))).close()
            return
        error = await refusal(server.url)
        assert isinstance(error, errors.NotOpenCode)
        assert "is OpenCode 1.0.x, which is too old" in error.message


async def test_a_1_0_of_our_own_that_is_too_old_is_named() -> None:
    async with EarlyServer() as server:
        with pytest.raises(errors.NotOpenCode, match=r"OpenCode 1\.0\.98, which is too old"):
            await detect(Http(Address(server.url, version="1.0.98"), limits=QUICK))


async def test_a_1_0_of_our_own_has_the_version_of_its_program() -> None:
    async with EarlyServer() as server:
        client = await detect(Http(Address(server.url, version="1.0.185"), limits=QUICK))
        await client.close()
        assert [request.path for request in server.requests] == ["/path"], "other paths may take long"
        assert client.version == "OpenCode 1.0.185"


async def test_the_version_of_our_own_program_counts_for_more_than_what_was_at_its_port() -> None:
    """The system gives a port again."""
    async with EarlyServer() as server:
        server.always["/global/health"] = faults.body(b'{"healthy": true, "version": "1.18.33"}')
        await (await detect(Http(address(server.url), limits=QUICK))).close()
        del server.always["/global/health"]
        before = len(server.requests)
        await (await detect(Http(Address(server.url, version="1.0.185"), limits=QUICK))).close()
        assert [request.path for request in server.requests[before:]] == ["/path"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            b'{"name": "BunInstallFailedError", "data": {"pkg": "opencode-copilot-auth"}}',
            'BunInstallFailedError {"pkg": "opencode-copilot-auth"}',
        ),
        (b'{"name": "ConfigInvalidError", "data": {"message": "Bad config."}}', "ConfigInvalidError: Bad config"),
        (b'{"name": "ConfigJsonError", "data": {}}', "ConfigJsonError"),
    ],
)
async def test_an_error_of_opencodes_own_is_repeated(body: bytes, words: str) -> None:
    """1.0.185 without a package registry answers so to every call."""
    async with EarlyServer() as server:
        server.always = dict.fromkeys(PATHS, faults.body(body, status=500))
        error = await refusal(server.url)
        assert isinstance(error, errors.RequestFailed)
        assert error.message == f"OpenCode at {server.url} cannot work: it answers with {words}."
        assert error.remedy


@pytest.mark.parametrize("version", ["0.15.31", "0.1.0"])
async def test_a_version_that_is_too_old_is_refused_with_what_is_spoken(version: str) -> None:
    async with EarlyServer(health=True, version=version) as server:
        error = await refusal(server.url)
        assert isinstance(error, errors.NotOpenCode)
        assert f"is OpenCode {version}, which is too old" in error.message
        assert "opencode-widget install" in error.remedy


async def test_a_later_1x_than_the_tested_one_is_taken(fake_server: FakeServer) -> None:
    fake_server.version = "1.99.0"
    client = await detect(Http(address(fake_server.url), limits=QUICK))
    await client.close()
    assert (type(client), client.version) == (V1Client, "OpenCode 1.99.0")


async def test_without_the_password_it_is_asked_for(fake_server: FakeServer) -> None:
    fake_server.password = "right"
    error = await refusal(fake_server.url)
    assert isinstance(error, errors.AuthenticationFailed)
    assert "wants a password" in error.message
    assert "OPENCODE_SERVER_PASSWORD" in error.remedy
    assert len(fake_server.requests) == 1


async def test_a_wrong_password_is_refused_and_not_repeated(server: RealServer) -> None:
    error = await refusal(server.url, "wr0ng-one")
    assert isinstance(error, errors.AuthenticationFailed)
    assert "refused our password" in error.message
    assert "wr0ng-one" not in str(error)


async def test_a_gateway_without_its_server_is_worth_another_try(fake_server: FakeServer) -> None:
    fake_server.always["/global/health"] = faults.unavailable
    error = await refusal(fake_server.url)
    assert isinstance(error, errors.ConnectionFailed)
    assert "503" in error.message
    assert "try later" not in error.message or error.message.endswith(".")


async def test_a_server_that_is_starting_is_worth_another_try(fake_server: FakeServer) -> None:
    fake_server.always["/global/health"] = faults.never_answer
    error = await refusal(fake_server.url)
    assert isinstance(error, errors.ConnectionFailed)
    assert "did not answer in time" in error.message


async def test_nobody_there(fake_server: FakeServer) -> None:
    await fake_server.stop()
    error = await refusal(fake_server.url)
    assert isinstance(error, errors.ConnectionFailed)
    assert "Nothing answers" in error.message


# ---- services that are no web servers ---------------------------------------------------------------------------------


class Greeter:
    """Says something to whoever connects; then waits, or hangs up."""

    def __init__(self, greeting: bytes, *, stays: bool) -> None:
        self.greeting, self.stays = greeting, stays
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(self.greeting)
        if self.stays:
            await reader.read(-1)
        writer.close()


@pytest.fixture(params=[True, False], ids=["stays", "hangs up"])
async def ssh(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Greeter, str]]:
    greeter = Greeter(b"SSH-2.0-OpenSSH_9.2\r\n", stays=request.param)
    service = await asyncio.start_server(greeter.serve, "127.0.0.1", 0)
    yield greeter, f"http://127.0.0.1:{service.sockets[0].getsockname()[1]}"
    service.close()
    await service.wait_closed()


async def test_a_service_that_speaks_first_is_named_by_its_greeting(ssh: tuple[Greeter, str]) -> None:
    greeter, url = ssh
    error = await refusal(url)
    assert isinstance(error, errors.NotOpenCode)
    assert error.message == f"What answers at {url} does not speak HTTP: it says 'SSH-2.0-OpenSSH_9.2'."
    assert greeter.connections <= 2
