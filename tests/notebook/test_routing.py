"""The messages of a page are delivered when the kernel receives them, and once, whichever shell they are for."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from opencode_widget.notebook.routing import Route


class Comm:
    """What ipykernel 7.4 has of a comm that last published from a subshell."""

    def _reply_subshell_for(self, data: Any, default: Any) -> Any:
        return f"last published, not {default}"


class OldComm:
    """Before 7.4."""


def custom(content: object) -> dict[str, Any]:
    return {"method": "custom", "content": content}


class Delivered:
    def __init__(self) -> None:
        self.contents: list[object] = []
        self.accepts = True

    def __call__(self, content: object) -> bool:
        if self.accepts:
            self.contents.append(content)
        return self.accepts


def test_a_message_for_the_main_shell_is_delivered_at_once_and_recognised_there_once() -> None:
    delivered, comm = Delivered(), Comm()
    route = Route(comm, delivered)
    messages = [{"type": "command", "id": number} for number in (1, 2, 2)]
    for message in messages:
        assert comm._reply_subshell_for(custom(message), None) is None
    assert delivered.contents == messages
    again = copy.deepcopy(messages)  # the main shell unpacks them anew
    assert [route.was_delivered(message) for message in again] == [True, True, True]
    assert not any(route.was_delivered(message) for message in again)


def test_messages_are_recognised_in_any_order() -> None:
    comm = Comm()
    route = Route(comm, Delivered())
    for number in range(3):
        comm._reply_subshell_for(custom(number), None)
    assert [route.was_delivered(number) for number in (2, 0, 1, 3)] == [True, True, True, False]


def test_a_message_that_the_host_sends_to_a_subshell_goes_there() -> None:
    delivered, comm = Delivered(), Comm()
    route = Route(comm, delivered)
    assert comm._reply_subshell_for(custom("hello"), "subshell") == "subshell"
    assert delivered.contents == []
    assert not route.was_delivered("hello")


def test_a_message_that_nobody_took_is_left_to_the_main_shell() -> None:
    delivered, comm = Delivered(), Comm()
    route = Route(comm, delivered)
    delivered.accepts = False
    comm._reply_subshell_for(custom("hello"), None)
    assert not route.was_delivered("hello")


@pytest.mark.parametrize("data", [{"method": "update", "state": {}}, {"method": "request_state"}, {}, None, "text"])
def test_other_messages_go_where_the_kernel_sends_them(data: object) -> None:
    delivered, comm = Delivered(), Comm()
    requests: list[int] = []
    Route(comm, delivered, lambda: requests.append(1))
    assert comm._reply_subshell_for(data, "subshell") == "last published, not subshell"
    assert delivered.contents == []
    assert requests == ([1] if data == {"method": "request_state"} else [])


def test_without_the_kernels_question_nothing_is_changed() -> None:
    comm = OldComm()
    route = Route(comm, Delivered())
    assert not route.is_ours
    assert vars(comm) == {}
    assert not route.was_delivered("hello")
