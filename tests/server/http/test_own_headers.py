"""Headers of the user's: what is sent, when it is fetched anew, and that no error and no page shows it."""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from opencode_widget import errors
from opencode_widget.redaction import KNOWN
from opencode_widget.server.http.address import Headers
from opencode_widget.server.http.client import Http, Limits, address

from ...support.servers import faults
from ...support.servers.fake import FakeServer
from ...support.servers.http import Exchange

QUICK = Limits(connect=1, hello=0.3, answer=2, silence=0.5)
TOKEN = "tok-4f5a9c1e77"


async def sent_with(server: FakeServer, headers: Headers | None, **credentials: Any) -> dict[str, str]:
    """The headers of a call that the server accepted."""
    server.always["/x"] = faults.body(b"{}")
    http = Http(address(server.url, headers=headers, **credentials), limits=QUICK)
    try:
        await http.json("GET", "/x")
    finally:
        await http.close()
    return server.requests[-1].headers


async def test_headers_go_with_each_request(fake_server: FakeServer) -> None:
    sent = await sent_with(fake_server, {"X-Team": "data", "Cookie": f"session={TOKEN}"})
    assert (sent["x-team"], sent["cookie"]) == ("data", f"session={TOKEN}")


async def test_basic_authentication_stays_unless_it_is_replaced(fake_server: FakeServer) -> None:
    assert (await sent_with(fake_server, {"X-Team": "data"}, password="secret"))["authorization"].startswith("Basic ")
    bearer = {"authorization": f"Bearer {TOKEN}"}
    assert (await sent_with(fake_server, bearer, password="secret"))["authorization"] == f"Bearer {TOKEN}"


async def test_a_function_gives_them_for_each_request_without_holding_up_the_loop(fake_server: FakeServer) -> None:
    threads: list[threading.Thread] = []

    def fetch() -> dict[str, str]:
        threads.append(threading.current_thread())
        return {"X-Count": str(len(threads))}

    fake_server.always["/x"] = faults.body(b"{}")
    http = Http(address(fake_server.url, headers=fetch), limits=QUICK)
    for _ in range(2):
        await http.json("GET", "/x")
    await http.close()
    assert [request.headers["x-count"] for request in fake_server.requests] == ["1", "2"]
    assert threading.main_thread() not in threads


async def test_a_coroutine_function_may_give_them(fake_server: FakeServer) -> None:
    async def fetch() -> dict[str, str]:
        await asyncio.sleep(0)
        return {"X-Token": TOKEN}

    assert (await sent_with(fake_server, fetch))["x-token"] == TOKEN
    assert (await sent_with(fake_server, lambda: fetch()))["x-token"] == TOKEN  # noqa: PLW0108 - no coroutine function


async def test_a_token_that_expired_on_the_way_is_fetched_again_once(fake_server: FakeServer) -> None:
    tokens = iter(["old", "new", "newer"])

    async def guarded(exchange: Exchange, _normal: object) -> None:
        await exchange.json({}, 200 if exchange.request.headers["x-token"] == "new" else 401)

    fake_server.always["/x"] = guarded
    http = Http(address(fake_server.url, headers=lambda: {"X-Token": next(tokens)}), limits=QUICK)
    assert await http.json("GET", "/x") == {}
    assert len(fake_server.requests) == 2
    await http.close()


async def test_headers_that_are_refused_as_they_were_are_not_sent_twice(fake_server: FakeServer) -> None:
    fake_server.always["/x"] = faults.unauthorized
    http = Http(address(fake_server.url, headers=lambda: {"X-Token": TOKEN}), limits=QUICK)
    with pytest.raises(errors.AuthenticationFailed, match="refused our headers"):
        await http.json("GET", "/x")
    assert len(fake_server.requests) == 1
    await http.close()


def failing() -> dict[str, str]:
    raise RuntimeError(f"no {TOKEN}")


@pytest.mark.parametrize(
    ("given", "kind", "match"),
    [
        (failing, errors.ConnectionFailed, "RuntimeError"),
        (lambda: None, errors.AddressError, "no mapping"),
        (lambda: {"A": 7}, errors.AddressError, "header A is no text"),
        ([("A", "b")], errors.AddressError, "no mapping"),
        ({"A b": TOKEN}, errors.AddressError, "name that HTTP does not allow"),
        ({7: TOKEN}, errors.AddressError, "name that HTTP does not allow"),
        ({"A": f"{TOKEN}\n"}, errors.AddressError, "line break"),
        ({"A": f"{TOKEN}\u20ac"}, errors.AddressError, "cannot have"),
    ],
)
async def test_what_is_no_header_is_reported_without_its_value(
    fake_server: FakeServer, given: Any, kind: type[errors.OpenCodeError], match: str
) -> None:
    with pytest.raises(kind, match=match) as caught:
        await sent_with(fake_server, given)
    assert caught.value.remedy
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert fake_server.requests == []


async def test_an_error_of_ours_in_the_function_is_kept(fake_server: FakeServer) -> None:
    def refuse() -> dict[str, str]:
        raise errors.AuthenticationFailed("Sign in first.")

    with pytest.raises(errors.AuthenticationFailed, match="Sign in first"):
        await sent_with(fake_server, refuse)


@pytest.mark.parametrize("header", ["Bearer {}", "token {}", "{}", "Basic {}"])
async def test_a_credential_is_a_secret_and_a_word_is_none(fake_server: FakeServer, header: str) -> None:
    await sent_with(
        fake_server, {"Authorization": header.format(TOKEN), "X-Team": "data", "User-Agent": "notebook/1.25"}
    )
    assert TOKEN not in KNOWN.text(f"it said {TOKEN}")
    assert KNOWN.text("data of notebook/1.25") == "data of notebook/1.25"


async def test_many_tokens_do_not_stay_for_ever(fake_server: FakeServer) -> None:
    fake_server.always["/x"] = faults.body(b"{}")
    numbers = iter(range(1000))
    http = Http(address(fake_server.url, headers=lambda: {"X-Token": f"tok-{next(numbers):010d}"}), limits=QUICK)
    for _ in range(100):
        await http.json("GET", "/x")
    await http.close()
    assert "tok-0000000000" in KNOWN.text("tok-0000000000")
    assert "tok-0000000099" not in KNOWN.text("tok-0000000099")


async def test_the_parameters_of_the_address_go_with_each_request_and_are_secret(fake_server: FakeServer) -> None:
    fake_server.always["/hub/x"] = faults.body(b"{}")
    http = Http(address(f"{fake_server.url}/hub/?token={TOKEN}"), "/work", limits=QUICK)
    await http.json("GET", "/x")
    await http.close()
    assert fake_server.requests[-1].query == {"token": TOKEN, "directory": "/work"}
    assert TOKEN not in repr(http)
    assert TOKEN not in KNOWN.text(f"token={TOKEN}")


async def test_a_redirect_does_not_carry_the_headers_elsewhere(fake_server: FakeServer) -> None:
    async with FakeServer() as other:

        async def redirect(exchange: Exchange, _normal: object) -> None:
            await exchange.answer(b"", 307, "text/plain", Location=f"{other.url}/x")

        fake_server.always["/x"] = redirect
        http = Http(address(fake_server.url, headers={"X-Token": TOKEN}), limits=QUICK)
        with pytest.raises(errors.RequestFailed, match="sends us on"):
            await http.json("GET", "/x")
        await http.close()
        assert other.requests == []


def test_httpx_calls_what_adds_the_headers() -> None:
    """`RequestHeaders` rests on this method of `httpx.Auth`."""
    method: Callable[..., Any] = httpx.Auth.async_auth_flow
    assert callable(method)
