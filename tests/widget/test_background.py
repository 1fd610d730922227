"""In a real kernel: streaming while a cell blocks, and a notebook without a page."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbclient import NotebookClient

from opencode_widget.page.frames import SLOW

from ..support.kernel import LIMIT, Kernel, texts
from ..support.scripts import bash, say, script, tokens
from ..support.servers.real import RealServer

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def kernel(project: Path) -> Iterator[Kernel]:
    kernel = Kernel(project)
    yield kernel
    kernel.close()


def test_in_the_background_an_answer_streams_while_a_cell_blocks(
    kernel: Kernel, server: RealServer, project: Path
) -> None:
    kernel.run(
        "from opencode_widget import OpenCode\n"
        f"oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r}, background=True)\n"
        "session = await oc.new_session('Background')"
    )
    kernel.greet()
    assert any(message["type"] == "snapshot" for _, message in kernel.custom())
    prompt = script(tokens(100, 0.02))
    request = kernel.client.execute(f"import time\nanswer = session.send({prompt!r})\nawait answer\ntime.sleep(4.5)")
    kernel.finish(request)
    ended = kernel.published[-1][0]
    frames = [(at, texts(message)) for at, message in kernel.custom()]
    came = [at for at, text in frames if "t0000" in text or "t0001" in text]
    assert len([at for at in came if at < ended - 0.5]) > 20, "the words come one by one, long before the cell ends"
    gaps = [after - before for before, after in pairwise(came)]
    assert max(gaps) < 1.0
    assert kernel.run("print(session.status, len(session.messages[-1].text.split()))") == "idle 100\n"
    numbers = [message["seq"] for _, message in kernel.custom() if message["type"] == "frame"]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert server.password not in str(
        [message["content"] for _, message in kernel.published if message["msg_type"] != "execute_input"]
    )


def test_while_a_cell_blocks_the_pace_does_not_fall_though_no_acknowledgement_arrives(
    kernel: Kernel, server: RealServer, project: Path
) -> None:
    kernel.run(
        "import time, opencode_widget.page.frames\nfrom opencode_widget import OpenCode\n"
        f"oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r}, background=True)\n"
        "session = await oc.new_session('Blocked')"
    )
    kernel.greet()
    # The page would acknowledge what it gets, but the kernel's main thread does not listen.
    prompt = script(tokens(200, 0.02))
    kernel.run(f"opencode_widget.page.frames.LAG = 20\nawait session.send({prompt!r})\ntime.sleep(6)")
    came = [at for at, message in kernel.custom() if texts(message).startswith("t0")]
    gaps = sorted(after - before for before, after in pairwise(came[40:]))
    assert len(gaps) > 20
    assert gaps[len(gaps) // 2] < 0.8 * SLOW, "as fast at the end as at the beginning"


def blocked_until_idle(server: RealServer, project: Path) -> str:
    """Blocks a cell until the server has said all."""
    return textwrap.dedent(f"""
        import httpx
        with httpx.Client(
            base_url={server.url!r}, auth=("opencode", {server.password!r}), params={{"directory": {str(project)!r}}}
        ) as client:
            time.sleep(1)
            while client.get("/session/status").json():
                time.sleep(0.1)
    """)


def test_a_backlog_is_on_the_page_soon_after_a_cell_that_blocked(
    kernel: Kernel, server: RealServer, project: Path
) -> None:
    count = int(os.environ.get("BACKLOG", "3000"))
    kernel.run(
        "import time\nfrom opencode_widget import OpenCode\n"
        f"oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r})\n"
        "session = await oc.new_session('Backlog')"
    )
    kernel.greet()
    prompt = script(tokens(count, 0))
    kernel.run(f"await session.send({prompt!r})\n{blocked_until_idle(server, project)}")
    ended = kernel.published[-1][0]
    last = f"t{count:06d}"
    while not any(last in texts(message) for _, message in kernel.custom()):
        kernel.receive()
    took = next(at for at, message in kernel.custom() if last in texts(message)) - ended
    print(f"{count} deltas were there {took:.2f} s after the cell's end")
    # A second is what is wanted of a machine that is at rest.
    assert took < 5
    text = kernel.run("print(session.messages[-1].text.split()[-1], len(session.messages[-1].text.split()))")
    assert text == f"{last} {count}\n"


def test_an_answer_to_a_page_goes_out_while_a_cell_awaits(kernel: Kernel, server: RealServer, project: Path) -> None:
    kernel.run(
        "from opencode_widget import OpenCode\n"
        f"oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r})\n"
        "session = await oc.new_session('Awaited')"
    )
    kernel.greet()
    printed = kernel.run(f"reply = await session.ask({script(tokens(30, 0.01))!r})\nprint(len(reply.text.split()))")
    assert printed == "30\n"
    assert "t000015" in kernel.came(), "the words go out while the cell waits for their end"
    while "t000030" not in kernel.came():
        kernel.receive()


def replied(kernel: Kernel, id: int) -> list[bool]:
    return [message["ok"] for _, message in kernel.custom() if message["type"] == "reply" and message["id"] == id]


@pytest.mark.parametrize("on", ["the main thread", "a subshell's thread"])
@pytest.mark.parametrize("background", [False, True], ids=["own loop", "background"])
def test_messages_of_a_page_are_handled_on_whichever_thread_they_come(
    kernel: Kernel, server: RealServer, project: Path, on: str, background: bool
) -> None:
    kernel.run(
        "import asyncio\nfrom opencode_widget import OpenCode\n"
        f"oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r}, "
        f"background={background})\nawait oc.ready()"
    )
    thread = kernel.subshell() if on == "a subshell's thread" else None
    kernel.greet(thread)
    args = {"instance": "i1", "title": "Said by a page"}
    create = {"type": "command", "page": "p", "name": "new_session", "args": args}
    kernel.say({**create, "id": 1}, thread)
    while not replied(kernel, 1):
        kernel.receive()
    request = kernel.client.execute("print('began')\nawait asyncio.sleep(1)")
    while kernel.receive()["msg_type"] != "stream":
        pass
    kernel.say({**create, "id": 2}, thread)
    kernel.finish(request)
    while not replied(kernel, 2):
        kernel.receive()
    assert replied(kernel, 1) == replied(kernel, 2) == [True]
    assert kernel.run("print([one.title for one in oc.sessions])") == "['Said by a page', 'Said by a page']\n"


def test_a_cell_that_is_run_again_leaves_nothing_of_its_first_run(
    kernel: Kernel, server: RealServer, project: Path
) -> None:
    cell = (
        "from opencode_widget import OpenCode\n"
        "try:\n    old = oc\nexcept NameError:\n    old = None\n"
        f"oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r})\n"
        "await oc.ready()\nprint(old, oc)"
    )
    assert kernel.run(cell) == "None <OpenCode 1 instance: 1 connected>\n"
    assert kernel.run(cell) == "<OpenCode closed> <OpenCode 1 instance: 1 connected>\n"


NOTEBOOK = [
    "from opencode_widget import OpenCode, PartDelta\noc = OpenCode({folder!r})\noc",
    "session = await oc.new_session('Headless')\nreply = await session.ask({hello!r})\nprint(reply.text)",
    "reply",
    "texts = [event.text async for event in session.stream({more!r}) if isinstance(event, PartDelta)]\nprint(''.join(texts))",
    "print(oc, [str(message.role) for message in session.messages])\nprint(oc.instances[0].owned)",
    "print(oc.instances[0]._runtime.endpoint.process.pid)\nawait oc.close()\nprint(oc)",
]


@pytest.mark.parametrize("closes", [True, False], ids=["closed", "left open"])
def test_a_notebook_without_a_page_runs_to_its_end_and_leaves_no_server(
    opencode_binary: Path, project: Path, model: Any, monkeypatch: pytest.MonkeyPatch, closes: bool
) -> None:
    for name, value in model.env.items():
        monkeypatch.setenv(name, value)
    names = {"folder": str(project), "hello": script(say("Hello, notebook")), "more": script(say("In pieces"))}
    cells = [cell.format_map(names) for cell in NOTEBOOK]
    if not closes:
        cells[-1] = cells[-1].partition("\n")[0]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=LIMIT, resources={"metadata": {"path": str(project)}}).execute()
    outputs = [[item for item in cell.outputs if item.get("name") != "stderr"] for cell in notebook.cells]
    assert "application/vnd.jupyter.widget-view+json" in outputs[0][0].data
    printed = ["".join(item.text for item in each if item.output_type == "stream") for each in outputs]
    assert printed[1] == "Hello, notebook\n"
    assert ">Hello, notebook</p></div>" in outputs[2][0].data["text/html"]
    assert printed[3] == "In pieces\n"
    assert printed[4] == "<OpenCode 1 instance: 1 connected> ['user', 'assistant', 'user', 'assistant']\nTrue\n"
    pid = int(printed[5].split()[0])
    if closes:
        assert printed[5].endswith("<OpenCode closed>\n")
    deadline = time.monotonic() + 10
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the server outlived its kernel"
        time.sleep(0.05)


def make_in_background(server: RealServer, project: Path) -> str:
    return (
        "import time\nfrom opencode_widget import OpenCode\n"
        f"oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r}, background=True)\n"
    )


def has(kernel: Kernel, kind: str) -> bool:
    return any(message["type"] == kind for _, message in kernel.custom())


@pytest.mark.parametrize("by_subshell", [True, False], ids=["subshell", "main shell"])
def test_in_the_background_a_page_is_answered_while_a_cell_blocks(
    kernel: Kernel, server: RealServer, project: Path, by_subshell: bool
) -> None:
    kernel.run(f"{make_in_background(server, project)}await oc.ready()")
    if not kernel.hears_during_cells(by_subshell=by_subshell):
        assert kernel.run("print(oc._route.is_ours)") == "False\n"
        return
    thread = kernel.subshell() if by_subshell else None
    request = kernel.client.execute("print('blocks')\ntime.sleep(8)\nprint('ended')")
    while kernel.receive()["content"].get("text") != "blocks\n":
        pass
    for page in (1, 2):  # the second one is the first one after a reload
        kernel.say({"type": "hello", "page": f"p{page}"}, thread)
        while not any(message.get("to") == f"p{page}" for _, message in kernel.custom()):
            assert kernel.receive()["content"].get("text") != "ended\n"
        args = {"instance": "i1", "title": "While it blocks"}
        kernel.say({"type": "command", "page": f"p{page}", "name": "new_session", "args": args, "id": page}, thread)
        while not replied(kernel, page):
            assert kernel.receive()["content"].get("text") != "ended\n"
    kernel.finish(request)
    made = "print([session.title for session in oc.sessions].count('While it blocks'))"
    assert kernel.run(made) == "2\n"
    kernel.run("await __import__('asyncio').sleep(0.5)")
    assert kernel.run(made) == "2\n", "the main shell handles the messages after the cell; none is carried out twice"
    assert replied(kernel, 1) == replied(kernel, 2) == [True]


def test_in_the_background_the_comm_is_opened_anew_for_a_page_that_is_reloaded_while_a_cell_blocks(
    kernel: Kernel, server: RealServer, project: Path
) -> None:
    hears = kernel.hears_during_cells(by_subshell=False)
    kernel.run(f"{make_in_background(server, project)}await oc.ready()")
    kernel.greet()
    request = kernel.client.execute("print('blocks')\ntime.sleep(14)\nprint('ended')")
    while kernel.receive()["content"].get("text") != "blocks\n":
        pass
    kernel.say({"type": "bye", "page": "p"})
    if not hears:
        kernel.finish(request)
        assert kernel.opened() == 1
        return
    while kernel.opened() < 2:
        assert kernel.receive()["content"].get("text") != "ended\n"
    layouts = [item for _, item in kernel.published if item["msg_type"] == "comm_open"]
    assert len(layouts) == 4, "the layout's comm goes before the widget's"
    kernel.say({"type": "hello", "page": "q"})
    while not any(message.get("to") == "q" for _, message in kernel.custom()):
        assert kernel.receive()["content"].get("text") != "ended\n"
    kernel.finish(request)
    assert kernel.opened() == 2, "the page has the widget"


def test_pages_are_heard_after_a_client_has_closed_the_comms(kernel: Kernel, server: RealServer, project: Path) -> None:
    kernel.run(f"{make_in_background(server, project)}await oc.ready()")
    opened = [message["content"]["comm_id"] for _, message in kernel.published if message["msg_type"] == "comm_open"]
    for comm in opened:  # as JupyterLab does where nothing handles the comm's target
        kernel.client.shell_channel.send(kernel.client.session.msg("comm_close", {"comm_id": comm, "data": {}}))
    kernel.run("pass")
    kernel.greet()
    known = kernel.client.comm_info("jupyter.widget", reply=True)["content"]["comms"]
    assert set(opened) <= set(known), "a page that is reloaded finds the layout and the widget"
    kernel.run("await oc.close()")
    closed = [message["content"]["comm_id"] for _, message in kernel.published if message["msg_type"] == "comm_close"]
    assert opened[-1] in closed


def test_with_one_queue_a_page_is_drawn_unasked_while_a_cell_awaits_something_else(
    kernel: Kernel, server: RealServer, project: Path
) -> None:
    prompt = script(tokens(40, 0.02))
    kernel.run(
        "import asyncio\nfrom opencode_widget import OpenCode\n"
        f"oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r})\n"
        f"await oc.ready()\nsession = await oc.new_session('Awaits')\nawait session.send({prompt!r})\n"
        "await asyncio.sleep(5)"
    )
    is_drawn = has(kernel, "snapshot") and "t000040" in str([message for _, message in kernel.custom()])
    one_queue = not kernel.hears_during_cells(by_subshell=True)
    assert is_drawn is one_queue, "ipykernel 7 would have handed over the page's hello, and no page said one"


def test_a_click_is_heard_while_a_cell_awaits_something_else_unless_there_is_one_queue(
    kernel: Kernel, server: RealServer, project: Path
) -> None:
    kernel.run(
        "import asyncio\nfrom opencode_widget import OpenCode\n"
        f"oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r})\nawait oc.ready()"
    )
    one_queue = not kernel.hears_during_cells(by_subshell=True)
    kernel.greet()
    request = kernel.client.execute("print('awaits')\nawait asyncio.sleep(8)\nprint('ended')")
    while kernel.receive()["content"].get("text") != "awaits\n":
        pass
    args = {"instance": "i1", "title": "While it awaits"}
    kernel.say({"type": "command", "page": "p", "name": "new_session", "args": args, "id": 1})
    ended = False
    while not replied(kernel, 1):
        ended |= kernel.receive()["content"].get("text") == "ended\n"
    assert ended is one_queue
    if not ended:
        kernel.finish(request)
    assert kernel.run("print([session.title for session in oc.sessions].count('While it awaits'))") == "1\n"


def test_in_the_background_a_page_that_cannot_be_heard_is_drawn_while_a_cell_blocks(
    kernel: Kernel, server: RealServer, project: Path
) -> None:
    prompt = script(tokens(40, 0.02))
    kernel.run(
        f"{make_in_background(server, project)}await oc.ready()\nsession = await oc.new_session('Unheard')\n"
        f"answer = session.send({prompt!r})\nawait answer\ntime.sleep(7)"
    )
    assert has(kernel, "snapshot"), "nobody said hello, because nobody can be heard"
    assert has(kernel, "frame")
    assert "t000040" in str([message for _, message in kernel.custom()])
    kernel.greet()  # now the page is heard
    kernel.run("await __import__('asyncio').sleep(7)")
    count = sum(message["type"] == "snapshot" for _, message in kernel.custom())
    kernel.run("await __import__('asyncio').sleep(5)")
    assert sum(message["type"] == "snapshot" for _, message in kernel.custom()) == count


@pytest.mark.parametrize("background", [False, True], ids=["own loop", "background"])
def test_a_permission_is_allowed_by_a_click_while_a_cell_awaits_the_answer(
    kernel: Kernel, server: RealServer, project: Path, background: bool
) -> None:
    kernel.run(
        "import asyncio\nfrom opencode_widget import OpenCode\n"
        f"oc = OpenCode(url={server.url!r}, password={server.password!r}, directory={str(project)!r}, "
        f"background={background})\nsession = await oc.new_session('Asked')"
    )
    kernel.greet()
    ask = f"reply = await session.ask({script(bash('true'), say('It was allowed.'))!r}, timeout=40)\nprint(reply.text)"
    request = kernel.client.execute(ask)
    others = [kernel.client.execute(f"print('cell {number}')") for number in range(3)]
    while (id := permission_in(kernel)) is None:
        kernel.receive()
    args = {"instance": "i1", "request": id, "reply": "once"}
    kernel.say({"type": "command", "page": "p", "name": "answer_permission", "args": args, "id": 7})
    assert kernel.finish(request) == "It was allowed.\n"
    assert [kernel.finish(other) for other in others] == ["cell 0\n", "cell 1\n", "cell 2\n"]
    assert replied(kernel, 7) == [True]


def permission_in(kernel: Kernel) -> str | None:
    """The id of the permission that a page was told of."""
    frames = (message for _, message in kernel.custom() if message["type"] == "frame")
    requests = (op["request"] for frame in frames for op in frame["ops"] if op["op"] == "request")
    return next((request["id"] for request in requests if request["kind"] == "permission"), None)
