"""What stands between us and a server: certificates, proxies, gateways. Each is named when it is at fault."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from opencode_widget import errors
from opencode_widget.server.backoff import is_worth_a_try
from opencode_widget.server.detect import detect
from opencode_widget.server.http.address import Verify
from opencode_widget.server.http.client import Http, Limits, address
from opencode_widget.server.http.surroundings import proxy_for

from ...support.servers import faults
from ...support.servers.fake import FakeServer
from ...support.servers.http import Exchange

QUICK = Limits(connect=2, hello=2, answer=2, silence=0.5)
SECRET = "hunter2-swordfish"
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


async def greet(url: str, **more: Any) -> str:
    """What answers at an address, as a connection begins."""
    http = Http(address(url, **more), limits=QUICK)
    try:
        return (await detect(http)).version
    finally:
        await http.close()


# ---- certificates -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@asynccontextmanager
async def serving(cert: trustme.LeafCert) -> AsyncIterator[FakeServer]:
    """A server with a certificate."""
    server = FakeServer()
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert.configure_cert(server.tls)
    async with server:
        yield server


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_certificate_that_is_not_trusted_is_named_at_once(authority: trustme.CA, host: str) -> None:
    async with serving(authority.issue_cert("127.0.0.1", "localhost")) as server:
        url = f"https://{host}:{server.port}"
        with pytest.raises(errors.CertificateFailed, match=f"certificate of {url} is not trusted") as caught:
            await greet(url)
        assert not is_worth_a_try(caught.value)
        assert "SSL_CERT_FILE" in caught.value.remedy
        assert "verify=" in caught.value.remedy
        assert "opencode serve" not in str(caught.value)


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
async def test_the_environment_names_an_authority_for_this_machine_too(
    authority: trustme.CA, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv(name, str(file if name == "SSL_CERT_FILE" else with_hashes(tmp_path, file)))
    async with serving(authority.issue_cert("127.0.0.1")) as server:
        assert await greet(server.url) == "OpenCode 1.18.33"


def with_hashes(folder: Path, file: Path) -> Path:
    """A folder of authorities as OpenSSL wants it: each file is named by the hash of its subject."""
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(file)]
    name = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    place = folder / "authorities"
    place.mkdir()
    (place / f"{name}.0").write_bytes(file.read_bytes())
    return place


async def test_the_user_names_an_authority_or_does_without(authority: trustme.CA, tmp_path: Path) -> None:
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    own = ssl.create_default_context(cafile=str(file))
    given: tuple[Verify, ...] = (file, str(file), own, False)
    async with serving(authority.issue_cert("127.0.0.1")) as server:
        for verify in given:
            assert await greet(server.url, verify=verify) == "OpenCode 1.18.33"


@pytest.mark.parametrize("content", [None, b"no certificate", b""], ids=["missing", "strange", "empty"])
@pytest.mark.parametrize("giver", ["SSL_CERT_FILE", "verify="])
async def test_a_file_that_holds_no_authority_is_named(
    content: bytes | None, giver: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_bytes(content)
    more = {"verify": file} if giver == "verify=" else {}
    if not more:
        monkeypatch.setenv(giver, str(file))
    with pytest.raises(errors.AddressError, match=giver) as caught:
        await greet("https://127.0.0.1:9", **more)
    assert str(file) in str(caught.value)


async def test_the_name_and_the_time_of_a_certificate_have_their_own_advice(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    async with serving(authority.issue_cert("opencode.example")) as server:
        with pytest.raises(errors.CertificateFailed, match="Use a name that the certificate has"):
            await greet(server.url)
    past = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    async with serving(authority.issue_cert("127.0.0.1", not_after=past)) as server:
        with pytest.raises(errors.CertificateFailed, match=r"expired.*Renew it"):
            await greet(server.url)


async def test_https_to_a_server_without_tls_has_the_address_to_write() -> None:
    async def complain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(complain, "127.0.0.1") as plain:
        where = f"127.0.0.1:{plain.sockets[0].getsockname()[1]}"
        with pytest.raises(errors.NotOpenCode, match="does not speak TLS") as caught:
            await greet(f"https://{where}")
    assert f"http://{where}" in caught.value.remedy


# ---- proxies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variable", "value", "match", "remedy"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1080", "package socksio", r"httpx\[socks\]"),
        ("all_proxy", "socks5h://me:{}@127.0.0.1:1080", "package socksio", "unset all_proxy"),
        ("ALL_PROXY", "socks://127.0.0.1:7890", "must begin with", "socks5://127.0.0.1:7890"),
        ("HTTP_PROXY", "socks4://me:{}@proxy:1", "must begin with", "socks5://proxy:1"),
        ("HTTP_PROXY", "ftp://proxy", "must begin with", "NO_PROXY"),
    ],
)
async def test_a_proxy_that_cannot_be_used_is_named(
    variable: str, value: str, match: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value.format(SECRET))
    with pytest.raises(errors.AddressError, match=match) as caught:
        await greet("http://host.example:4096")
    assert variable in str(caught.value)
    assert SECRET not in str(caught.value)
    assert re.search(remedy, caught.value.remedy)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_a_proxy_that_does_not_answer_is_named(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, f"http://me:{SECRET}@127.0.0.1:9")
    with pytest.raises(
        errors.ConnectionFailed, match=f"through the proxy http://127.0.0.1:9 that {variable}"
    ) as caught:
        await greet("http://host.example:4096")
    assert variable in caught.value.remedy
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("status", [403, 407, 502])
async def test_a_proxy_that_refuses_a_tunnel_is_named(
    fake_server: FakeServer, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = f"HTTP/1.1 {status} No way\r\nContent-Length: 0\r\n\r\n".encode()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
        with pytest.raises(errors.ConnectionFailed, match=f"proxy .* HTTPS_PROXY names refuses .{status}"):
            await greet("https://host.example")


@pytest.mark.parametrize("status", [407, 502, 503])
async def test_a_proxy_that_answers_in_place_of_the_server_is_named(
    fake_server: FakeServer, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy of plain HTTP gets the whole request, and its answer looks like the server's."""

    async def refuse(exchange: Exchange) -> None:
        await exchange.answer(b"", status)

    monkeypatch.setattr(fake_server, "handle", refuse)
    monkeypatch.setenv("HTTP_PROXY", fake_server.url)
    with pytest.raises(errors.ConnectionFailed, match="HTTP_PROXY"):
        await greet("http://host.example:4096")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://[::1]", "http://skipped.example:80", "https://host.example"]
)
def test_no_proxy_is_named_where_none_is_used(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:3128")
    monkeypatch.setenv("NO_PROXY", "skipped.example")
    assert proxy_for(url) is None
    assert proxy_for("http://host.example") is not None


# ---- gateways ---------------------------------------------------------------------------------------------------------


def answer_all(
    server: FakeServer, status: int, monkeypatch: pytest.MonkeyPatch, body: bytes = b"", **headers: str
) -> None:
    kind = headers.pop("Content_Type", "text/plain")

    async def gateway(exchange: Exchange) -> None:
        await exchange.answer(body, status, kind, **headers)

    monkeypatch.setattr(server, "handle", gateway)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("password", [None, SECRET])
async def test_a_redirect_says_where_it_leads(
    fake_server: FakeServer, status: int, password: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(fake_server, status, monkeypatch, Location=f"https://login.example/start?next=/&ticket={SECRET}")
    with pytest.raises(errors.NotOpenCode, match=r"https://login\.example/start \(status") as caught:
        await greet(fake_server.url, password=password)
    assert str(status) in str(caught.value)
    assert "headers=" in caught.value.remedy
    assert "password" not in str(caught.value)
    assert SECRET not in str(caught.value)


async def test_a_redirect_to_https_has_the_address_to_write(
    fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(fake_server, 308, monkeypatch, Location="https://127.0.0.1/hub/global/health")
    with pytest.raises(errors.NotOpenCode, match="sends us on") as caught:
        await greet(f"{fake_server.url}/hub")
    assert "Use the address https://127.0.0.1/hub." in caught.value.remedy


async def test_a_redirect_on_the_same_host_is_a_login(fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_all(fake_server, 302, monkeypatch, Location="/hub/login")
    with pytest.raises(errors.NotOpenCode, match=f"{fake_server.url}/hub/login .*login"):
        await greet(fake_server.url)


@pytest.mark.parametrize("location", ["http://[", "", "//"])
async def test_a_redirect_that_leads_nowhere_is_no_opencode(
    fake_server: FakeServer, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(fake_server, 302, monkeypatch, Location=location)
    with pytest.raises(errors.NotOpenCode, match="is not an OpenCode server"):
        await greet(fake_server.url)


@pytest.mark.parametrize("password", [None, SECRET])
async def test_a_403_is_a_gateways_and_no_wrong_password(
    fake_server: FakeServer, password: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(fake_server, 403, monkeypatch, Server="cloudgate/2")
    with pytest.raises(errors.AuthenticationFailed, match=r"status 403.*gateway before it \(cloudgate/2\)") as caught:
        await greet(fake_server.url, password=password)
    assert "password" not in str(caught.value)
    assert "headers=" in caught.value.remedy


@pytest.mark.parametrize("scheme", ["Bearer realm=x", "Negotiate"])
async def test_a_401_that_wants_another_kind_of_credential_is_a_gateways(
    fake_server: FakeServer, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(fake_server, 401, monkeypatch, WWW_Authenticate=scheme)
    with pytest.raises(
        errors.AuthenticationFailed, match=f"wants {scheme.split(maxsplit=1)[0]} authentication"
    ) as caught:
        await greet(fake_server.url, password=SECRET)
    assert "headers=" in caught.value.remedy


@pytest.mark.parametrize("more", [{}, {"WWW_Authenticate": 'Basic realm="x"'}])
async def test_any_other_401_wants_the_password(
    fake_server: FakeServer, more: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(fake_server, 401, monkeypatch, **more)
    with pytest.raises(errors.AuthenticationFailed, match=r"wants a password.*OPENCODE_SERVER_PASSWORD"):
        await greet(fake_server.url)
    with pytest.raises(errors.AuthenticationFailed, match="refused our password"):
        await greet(fake_server.url, password=SECRET)


async def test_a_web_page_may_be_a_login(fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_all(fake_server, 200, monkeypatch, b"<html>Sign in</html>", Content_Type="text/html")
    with pytest.raises(errors.NotOpenCode, match=r"shows a web page.*login") as caught:
        await greet(fake_server.url)
    assert "headers=" in caught.value.remedy


@pytest.mark.parametrize(("more", "remedy"), [({}, "a little later"), ({"Retry_After": "7"}, "in 7 s")])
async def test_a_gateway_that_wants_fewer_requests_is_asked_again_later(
    fake_server: FakeServer, more: dict[str, str], remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(fake_server, 429, monkeypatch, **more)
    with pytest.raises(errors.ConnectionFailed, match=r"status 429.*gateway before it") as caught:
        await greet(fake_server.url)
    assert remedy in caught.value.remedy


async def test_a_407_without_a_proxy_of_ours_is_a_gateways(
    fake_server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_all(fake_server, 407, monkeypatch)
    with pytest.raises(errors.AuthenticationFailed, match=r"status 407.*a proxy before it") as caught:
        await greet(fake_server.url, password=SECRET)
    assert "headers=" in caught.value.remedy


@pytest.mark.parametrize("status", [304, 400, 418, 451, 500])
async def test_another_status_is_named(fake_server: FakeServer, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_all(fake_server, status, monkeypatch)
    with pytest.raises(errors.NotOpenCode, match=f"answers /global/health with status {status}"):
        await greet(fake_server.url)


async def test_a_host_without_an_address_is_no_server_that_is_not_running() -> None:
    with pytest.raises(errors.ConnectionFailed, match="No address is known for the host") as caught:
        await greet("http://no-such-host.invalid:4096")
    assert "name of the host" in caught.value.remedy
    assert "opencode serve" not in caught.value.remedy


async def test_a_call_that_is_forbidden_later_says_why(fake_server: FakeServer) -> None:
    fake_server.always["/session"] = faults.body(b'{"message": "Quota of the team"}', status=403)
    http = Http(address(fake_server.url), limits=QUICK)
    with pytest.raises(errors.AuthenticationFailed, match=r"forbids /session.*Quota of the team"):
        await http.json("GET", "/session")
    await http.close()
