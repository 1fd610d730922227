"""Addresses of servers, with and without credentials."""

from __future__ import annotations

import traceback
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode_widget import errors
from opencode_widget.server.http.address import Address, address, scrubbed
from opencode_widget.server.http.client import Http, Limits

QUICK = Limits(connect=1, hello=0.3, answer=0.3, silence=0.5)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://127.0.0.1:4096", "http://127.0.0.1:4096"),
        ("http://127.0.0.1:4096/", "http://127.0.0.1:4096"),
        ("  http://host:80/  ", "http://host:80"),
        ("HTTPS://Example.COM", "https://example.com"),
        ("http://host/behind/a/proxy/", "http://host/behind/a/proxy"),
        ("http://[::1]:4096", "http://[::1]:4096"),
        ("http://host:4096/?auth_token=c2VjcmV0#top", "http://host:4096"),
    ],
)
def test_an_url_is_tidied(given: str, url: str) -> None:
    assert address(given).url == url


def test_the_host_of_an_ipv6_address_has_no_brackets() -> None:
    assert address("http://[::1]:4096").host == "::1"


def test_credentials_in_the_url_count_and_do_not_stay_in_it() -> None:
    found = address("http://ann:s%3Acr%2Fet%C3%BC@host:4096", "opencode", "other")
    assert (found.url, found.username, found.password) == ("http://host:4096", "ann", "s:cr/etü")


def test_credentials_beside_the_url_count_where_it_has_none() -> None:
    found = address("http://host:4096", "ann", "secret")
    assert (found.username, found.password) == ("ann", "secret")


JUNK = [
    "",
    "localhost",
    "localhost:4096",
    "127.0.0.1:4096",
    "//host:4096",
    "ftp://host",
    "file:///etc/passwd",
    "http://",
    "http://:4096",
    "http://host:port",
    "http://host:99999",
    "http://[::1",
    "javascript:alert(1)",
    "http://a b:4096",
    "http://ho\nst",
    "http://ho\x00st",
    "http://xn--\udcff",
    "http://" + "a" * 300,
    "http://.",
]


async def reach(given: str) -> None:
    http = Http(address(given), limits=QUICK)
    try:
        await http.json("GET", "/global/health")
    finally:
        await http.close()


@pytest.mark.parametrize("given", JUNK)
async def test_junk_is_no_address_or_nothing_answers_there(given: str) -> None:
    """What is no URL is said at once; what only the resolver can know ends as a failed connection. Nothing else may come out."""
    with pytest.raises((errors.AddressError, errors.ConnectionFailed)):
        await reach(given)


@pytest.mark.parametrize("given", ["localhost:4096", "127.0.0.1:4096", "host", "ftp://host:21"])
def test_a_url_without_its_scheme_is_refused_with_what_to_write(given: str) -> None:
    with pytest.raises(
        errors.AddressError, match=r"does not begin with http://.*Write it like http://127\.0\.0\.1:4096"
    ):
        address(given)


SECRET = "hunter2-swordfish"


@pytest.mark.parametrize(
    "given",
    [
        f"ann:{SECRET}@host:4096",
        f"ftp://ann:{SECRET}@host:4096",
        f"http://ann:{SECRET}@host:port",
        f"http://ann:{SECRET}/more@host:4096",
        f"http://ann:more/{SECRET}@host:4096",
        f"http://ann:1/{SECRET}@host:4096",
        f"http://ann:{SECRET}?more@host:4096",
        f"http://ann:1#{SECRET}@host:4096",
        f"http://ann:1/2@{SECRET}@host:4096",
        f"http://ann:{SECRET}://x@host:4096",
        f"ftp://host:4096/?auth_token={SECRET}",
        f"http://host:port/?auth_token={SECRET}",
        f"localhost:4096?auth_token={SECRET}#{SECRET}",
    ],
)
def test_a_password_in_a_wrong_url_is_not_repeated(given: str) -> None:
    assert SECRET not in scrubbed(given)
    with pytest.raises(errors.AddressError) as caught:
        address(given)
    assert SECRET not in f"{caught.value} {caught.value!r}"
    assert SECRET not in "".join(traceback.format_exception(caught.value)).replace(given, "").replace(repr(given), "")


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_an_address_error(given: str) -> None:
    scrubbed(given)
    with suppress(errors.AddressError):
        assert address(given).url.startswith("http")


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=30))
def test_no_repr_shows_a_password(more: str) -> None:
    where = Address("http://host", "ann", f"{SECRET}{more}")
    assert SECRET not in repr(where)
    assert SECRET not in repr(Http(where))


@pytest.mark.parametrize(
    "given",
    [
        {"password": f"{SECRET}\udce4"},
        {"username": f"{SECRET}\udce4", "password": "x"},
        {"url": f"http://ann:{SECRET}%E4@host"},
        {"url": f"http://{SECRET}%E4:x@host"},
        {"url": f"http://ann:{SECRET}\udce4@host"},
    ],
)
def test_credentials_that_are_no_utf8_are_refused_and_not_repeated(given: dict[str, str]) -> None:
    with pytest.raises(errors.AddressError) as caught:
        address(**({"url": "http://host"} | given))
    assert SECRET not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__
