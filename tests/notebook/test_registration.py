"""A comm that a client closes is still the kernel's."""

from __future__ import annotations

import gc
import weakref

import comm
import pytest
from comm.base_comm import CommManager

from opencode_widget.notebook.registration import keep_registered

from ..support.page import RecordingComm


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> CommManager:
    manager = CommManager()
    monkeypatch.setattr(comm, "get_comm_manager", lambda: manager)
    return manager


def close_by_client(manager: CommManager, closed: RecordingComm) -> None:
    manager.comm_close(None, "", {"content": {"comm_id": closed.comm_id, "data": {}}})  # type: ignore[arg-type]


def test_a_comm_that_clients_close_still_receives_and_is_closed_by_the_kernel_alone(manager: CommManager) -> None:
    ours, received = RecordingComm(target_name="jupyter.widget"), []
    ours.on_msg(lambda message: received.append(message["content"]["data"]))
    keep_registered(ours)
    for number in range(3):
        close_by_client(manager, ours)
        message = {"content": {"comm_id": ours.comm_id, "data": number}}
        manager.comm_msg(None, "", message)  # type: ignore[arg-type]
    assert received == [0, 1, 2]
    ours.close()
    assert [kind for kind, _ in ours.sent] == ["comm_open", "comm_close"]
    close_by_client(manager, ours)
    assert manager.comms == {}


def test_without_it_the_kernel_forgets_a_comm(manager: CommManager) -> None:
    other = RecordingComm(target_name="jupyter.widget")
    close_by_client(manager, other)
    assert manager.comms == {}


def test_a_comm_that_nobody_holds_any_longer_goes(manager: CommManager) -> None:
    ours = RecordingComm(target_name="jupyter.widget")
    keep_registered(ours)
    reference = weakref.ref(ours)
    manager.unregister_comm(ours)
    del ours
    gc.collect()
    assert reference() is None


def test_a_comm_of_another_kind_is_left_alone() -> None:
    class Other:
        comm_id = "1"

    keep_registered(Other())
    keep_registered(None)
