"""Each field of each event and answer that was recorded, replaced by each kind of JSON: whatever a server gets wrong, nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

import httpx
import pytest

from opencode_widget import errors
from opencode_widget.ids import make_id
from opencode_widget.model import events as e
from opencode_widget.model.dialects import Decode
from opencode_widget.model.dialects.v1 import events as v1
from opencode_widget.model.dialects.v2 import events as v2
from opencode_widget.model.patch import Patch
from opencode_widget.model.reduce import apply
from opencode_widget.model.requests.view import requests_view
from opencode_widget.model.state import State
from opencode_widget.model.view import oddities_view, sessions_view, transcript_view
from opencode_widget.server.api import Client, Mention, Prompt, PromptOptions
from opencode_widget.server.http.client import Http, address
from opencode_widget.server.v1.client import V1Client
from opencode_widget.server.v2.client import V2Client

from ..model.recorded import RECORDINGS
from ..support.scripts import bash, say, script
from ..support.servers.real import RealServer
from ..support.v2 import events as v2_events
from ..support.v2.fake import FakeServerV2
from ..support.wait import eventually
from .stream_recorder import StreamRecorder

Path = tuple[str | int, ...]
GONE = object()
WRONG = [
    None,
    True,
    0,
    -1.5,
    10**30,
    "",
    "text",
    "\ud800",
    [],
    [1, None, "x", {}],
    {},
    {"\ud800": "http://[x"},
    "http://[x",
    GONE,
]


def places(value: Any, at: Path = ()) -> Iterator[Path]:
    """Where in JSON there is anything; of a list the first entry stands for all."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*at, key))


def replaced(value: Any, at: Path, wrong: Any) -> Any:
    """A copy with something else in one place."""
    if not at:
        return None if wrong is GONE else wrong
    copy = deepcopy(value)
    holder = copy
    for key in at[:-1]:
        holder = holder[key]
    if wrong is GONE:
        del holder[at[-1]]
    else:
        holder[at[-1]] = wrong
    return copy


def one_of_each(events: Iterator[Any], kind: Callable[[Any], object]) -> list[tuple[Any, Path]]:
    """Each place in which a field of some kind of event was seen, once."""
    seen: dict[tuple[object, Path], tuple[Any, Path]] = {}
    for event in events:
        for place in places(event):
            seen.setdefault((kind(event), place), (event, place))
    return list(seen.values())


def kind_of(event: Any) -> tuple[str, str]:
    value = event.get("payload", event)
    properties = value.get("properties") or value.get("data") or {}
    part = properties.get("part") or {}
    return value["type"], f"{part.get('type')} {part.get('tool')} {part.get('state', {}).get('status')}"


def survives(state: State, decode: Decode, events: list[Any]) -> None:
    """The state takes each, twice, and what goes to a page after some of them can be sent."""
    patch = Patch("i", state)
    for number, event in enumerate(events):
        for buffered_event in (*decode(event).events, *decode(event).events):
            patch.add(apply(state, buffered_event))
        if number % 20 == 0 or event is events[-1]:
            patch.show(next(iter(state.sessions), None))
            sendable(state, patch)


def sendable(state: State, patch: Patch) -> None:
    sessions = [transcript_view("i", session) for session in state.sessions.values()]
    for shown in (patch.drain(), sessions, sessions_view(state), requests_view(state), oddities_view(state)):
        json.dumps(shown, ensure_ascii=False, allow_nan=False).encode()


FRAMES = one_of_each((frame for recording in RECORDINGS for frame in recording.frames), kind_of)
LATER = one_of_each((v2_events.event(kind) for kind in (*v2_events.DURABLE, *v2_events.TRANSIENT)), kind_of)
by_wrong = pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: "gone" if wrong is GONE else ascii(wrong))


@by_wrong
def test_no_field_of_an_event_of_1x_has_to_be_right(wrong: Any) -> None:
    assert len(FRAMES) > 500
    state = next(recording.final for recording in RECORDINGS if "tools" in str(recording))
    survives(state, v1.decode, [replaced(event, place, wrong) for event, place in FRAMES])


@by_wrong
def test_no_field_of_an_event_of_2x_has_to_be_right(wrong: Any) -> None:
    assert len(LATER) > 500
    state = State(directory=v2_events.DIRECTORY)
    for event in (e.Connected(), e.Loaded(overview=e.Overview(()))):
        apply(state, event)
    survives(state, v2.decode, [v2_events.event(kind) for kind in v2_events.DURABLE])
    survives(state, v2.decode, [replaced(event, place, wrong) for event, place in LATER])


# ---- answers ----------------------------------------------------------------------------------------------------------


class Tape(Http):
    """Keeps what a server answers; then answers itself, with one place of one answer replaced.

    Attributes:
        answers: by method and path.
        spoilt: what is said in place of one of them.
    """

    def __init__(self, url: str, password: str | None = None, directory: str | None = None) -> None:
        super().__init__(address(url, password=password), directory)
        self.answers: dict[tuple[str, str], Any] = {}
        self.asked: set[tuple[str, str]] = set()
        self.spoilt: dict[tuple[str, str], Any] | None = None

    async def _request(self, method: str, path: str, limit: float, **options: Any) -> httpx.Response:
        key = (method, path)
        self.asked.add(key)
        if self.spoilt is not None:
            text = json.dumps(self.spoilt.get(key, self.answers.get(key)))
            return httpx.Response(200, content=text, headers={"Content-Type": "application/json"})
        response = await super()._request(method, path, limit, **options)
        if response.content and response.headers.get("content-type") == "application/json":
            self.answers[key] = response.json()
        return response


def calls(client: Client, session: str, prompt: Prompt) -> dict[str, Callable[[], Awaitable[Any]]]:
    """All that reads an answer."""
    model = "demo/scripted"
    return {
        "overview": lambda: client.overview(5),
        "latest_sessions": lambda: client.latest_sessions(5),
        "history": lambda: client.history(session, 5),
        "directory": client.directory,
        "catalogue": client.catalogue,
        "create_session": client.create_session,
        "fork": lambda: client.fork(session),
        "find": lambda: client.find("sheep", 5),
        "diff": lambda: client.diff(session),
        "services": client.services,
        "edit_prompt": lambda: client.edit_prompt(session, prompt.message_id, "Better"),
        "prompt": lambda: client.prompt(
            replace(prompt, options=PromptOptions(model=model, mentions=(Mention("file", "sheep.py", 0, 1),)))
        ),
    }


async def check_answers(tape: Tape, client: Client, session: str, prompt: Prompt) -> int:
    """Every call gets every answer that it asks for with every place replaced: it makes the best of it, or says what is wrong."""
    tried, broke = 0, {}
    for name, call in calls(client, session, prompt).items():
        tape.spoilt = None
        tape.asked.clear()
        with suppress(errors.OpenCodeError):
            await call()
        for key in tape.asked & tape.answers.keys():
            for place in places(tape.answers[key]):
                for wrong in WRONG:
                    tape.spoilt = {key: replaced(tape.answers[key], place, wrong)}
                    try:
                        await call()
                    except errors.OpenCodeError:
                        pass
                    except Exception as fault:  # noqa: BLE001 - all of them are told together
                        broke[f"{name}: {key} {place}"] = f"{wrong!r}: {fault!r}"
                    tried += 1
    assert broke == {}
    return tried


@pytest.mark.timeout(240)
async def test_no_field_of_an_answer_of_1x_has_to_be_right(server: RealServer, repository: FilePath) -> None:
    tape = Tape(server.url, server.password, str(repository))
    client = V1Client(tape, "OpenCode")
    session = (await client.create_session("Wrong")).id
    prompt = Prompt(session, script(say("Hello"), bash("ls")), make_id("msg"), make_id("prt"))
    recorder = StreamRecorder(client)
    await recorder.wait_for(lambda event: isinstance(event, e.Greeted))
    await client.prompt(prompt)
    await recorder.wait_for(lambda event: isinstance(event, e.Asked))
    assert await check_answers(tape, client, session, prompt) > 2000
    tape.spoilt = None
    await client.abort(session)
    await recorder.close()
    await client.close()


@pytest.mark.timeout(240)
async def test_no_field_of_an_answer_of_2x_has_to_be_right() -> None:
    async with FakeServerV2() as fake:
        tape = Tape(fake.url, directory=v2_events.DIRECTORY)
        client = V2Client(tape, "OpenCode")
        session = (await client.create_session("Wrong")).id
        prompt = Prompt(session, script(say("Hello"), bash("ls")), make_id("msg"), make_id("prt"))
        await client.prompt(prompt)
        await eventually(lambda: fake.permissions)
        assert await check_answers(tape, client, session, prompt) > 2000
        await client.close()
