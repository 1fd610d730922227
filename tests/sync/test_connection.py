"""The state of a connection in words, and as the JSON that a page draws."""

from __future__ import annotations

from opencode_widget.errors import ConnectionFailed, ServerFailed
from opencode_widget.server.backoff import Backoff
from opencode_widget.sync.connection import Connection, ConnectionState, problem_of

from ..support.runtimes import Connect
from ..support.servers.fake import FakeServer
from ..support.wait import eventually

CONNECTING, CONNECTED, RECONNECTING, DISCONNECTED = ConnectionState


async def test_a_state_tells_a_page_the_number_and_the_delay(fake_server: FakeServer, connect: Connect) -> None:
    runtime = connect(fake_server.url, backoff=Backoff(initial=4, jitter=0, attempts=5))
    await runtime.ready()
    await fake_server.stop()
    await eventually(lambda: runtime.connection.state is RECONNECTING)
    view = runtime.connection.view(runtime.loop.loop.time())
    assert (view["state"], view["attempt"], view["attempts"]) == ("reconnecting", 1, 5)
    assert 3000 < view["retryIn"] <= 4000
    assert view["problem"]["name"] == "ConnectionFailed"
    assert runtime.connection.words(runtime.loop.loop.time()) == "reconnecting in 4 s"


def test_an_attempt_that_is_under_way_has_no_delay() -> None:
    under_way = Connection(RECONNECTING, attempt=2, attempts=None, at=0)
    assert under_way.words(10) == "reconnecting"
    view = under_way.view(10)
    assert (view["retryIn"], view["attempt"]) == (0, 2)
    assert "attempts" not in view


def test_only_a_connection_that_is_taken_up_again_counts_attempts() -> None:
    view = Connection(CONNECTED, "OpenCode 1.0", attempt=3, attempts=5, at=20, since=1.5).view(10)
    assert view == {"state": "connected", "detail": "OpenCode 1.0", "since": 1500}
    assert Connection(CONNECTED).words(0) == "connected"


def test_an_error_of_ours_is_shown_with_what_to_do_and_the_last_lines_of_the_server() -> None:
    assert problem_of(None) is None
    lost = problem_of(ConnectionFailed("It is away.", remedy="Start it."))
    assert lost is not None
    assert (lost.name, lost.message, lost.remedy, lost.details) == ("ConnectionFailed", "It is away.", "Start it.", "")
    ended = problem_of(ServerFailed("It ended.", log=("one", "two")))
    assert ended is not None
    assert ended.details == "one\ntwo"


def test_the_words_of_a_foreign_error_are_not_shown() -> None:
    problem = problem_of(KeyError("sk-secret"))
    assert problem is not None
    assert problem.name == "KeyError"
    assert "sk-secret" not in problem.message
