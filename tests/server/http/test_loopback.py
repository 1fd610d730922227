"""This machine in all its spellings, and no other."""

from __future__ import annotations

import pytest

from opencode_widget.server.http.address import address
from opencode_widget.server.http.client import Http
from opencode_widget.server.http.loopback import is_loopback

HERE = [
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0", "0.0.0.0",
    "localhost", "LOCALHOST", "localhost.", "a.localhost", "A.b.LocalHost.", "localhost.localdomain", "ip6-localhost", "::1", "[::1]", "::",
    "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::FFFF:7f00:1", "::ffff:0.0.0.0", "::1%lo", "\uff11\uff12\uff17.0.0.1",
    "127\u30020\u30020\u30021",
]  # fmt: skip
ELSEWHERE = [
    "", "128.0.0.1", "126.255.255.255", "10.0.0.1", "192.168.0.1", "1.0.0.127", "host", "localhost.example.org", "notlocalhost",
    "127.0.0.1.example.org", "127.0.0.1.nip.io", "::2", "fe80::1", "::ffff:10.0.0.1", "2001:db8::1", "0x80.1", "127.0.0.1.1", "127.0.0.256",
    "opencode", "ip6-allnodes", "1", "99999999999",
]  # fmt: skip


@pytest.mark.parametrize("host", HERE)
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_another_machine(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("host", "asked"), [("127.0.0.2", False), ("localhost.", False), ("[::1]", False), ("10.1.2.3", True)]
)
async def test_no_proxy_is_asked_for_this_machine(host: str, asked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    http = Http(address(f"http://{host}:4096"))
    assert bool(http.client._mounts) == asked
    await http.close()
