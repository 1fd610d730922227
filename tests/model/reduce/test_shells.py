"""Shell commands of the user: a session is busy while one runs, whatever its turn does."""

from __future__ import annotations

from opencode_widget.model import events as e
from opencode_widget.model.entities import BUSY, IDLE, Activity, Status
from opencode_widget.model.reduce import apply
from opencode_widget.model.reduce.changes import SessionChanged
from opencode_widget.model.state import MessageState, State

from .. import builders
from ..builders import SES

RETRY = Status(Activity.RETRY, "Busy", 1, 2)


def shell(*, running: bool = True, id: str = "sh") -> e.ShellChanged:
    return e.ShellChanged(session_id=SES, shell_id=id, running=running)


def with_shell(*events: e.Event) -> State:
    """A session in which a command runs."""
    return builders.conversation(builders.answer("sh", parent=None), shell(), *events)


def test_a_command_that_runs_makes_its_session_busy_until_it_ends() -> None:
    state = with_shell()
    session = builders.the_session(state)
    assert (session.status, builders.the_message(state, "sh").state) == (BUSY, MessageState.STREAMING)
    changes = apply(state, shell(running=False))
    assert builders.reported(changes, SessionChanged(SES))
    assert (session.status, builders.the_message(state, "sh").state) == (IDLE, MessageState.INTERRUPTED)


def test_a_turn_beside_it_begins_tries_again_and_ends() -> None:
    state = with_shell(builders.busy())
    session = builders.the_session(state)
    apply(state, builders.status(RETRY))
    assert session.status == RETRY
    assert apply(state, builders.idle()) == [SessionChanged(SES)]
    assert session.status == BUSY
    apply(state, shell(running=False))
    assert session.status == IDLE


def test_the_turn_outlasts_the_command() -> None:
    state = with_shell(builders.busy(), shell(running=False))
    assert builders.the_session(state).status == BUSY


def test_it_runs_though_an_answer_follows_it() -> None:
    state = with_shell(builders.busy(), builders.answer("next", at=5, completed=6, parent=None), builders.idle())
    assert builders.the_message(state, "sh").state is MessageState.STREAMING


def test_one_of_two_goes_on() -> None:
    state = with_shell(shell(id="other"), shell(running=False))
    assert builders.the_session(state).status == BUSY


def test_a_load_says_which_run() -> None:
    for shells, status, state_of_message in (
        (frozenset({"sh", "of a tool"}), BUSY, MessageState.STREAMING),
        (frozenset({"of a tool"}), IDLE, MessageState.INTERRUPTED),
    ):
        state = with_shell(builders.LOST, builders.CONNECTED)
        known = builders.fetched(builders.answer_info("sh", parent=None))
        apply(state, builders.loaded(builders.history(known), shells=shells))
        session = builders.the_session(state)
        assert (session.status, session.messages["sh"].state) == (status, state_of_message)


def test_one_that_began_while_the_stream_was_away_is_found_in_the_history_or_the_log() -> None:
    known = builders.fetched(builders.answer_info("sh", parent=None))
    replay = e.Replay(SES, (builders.answer("sh", parent=None), shell()))
    for found in ({"histories": (builders.history(known),)}, {"histories": (), "replays": (replay,)}):
        for runs in (True, False):
            state = builders.conversation(builders.LOST, builders.CONNECTED)
            shells = frozenset({"sh"}) if runs else frozenset()
            apply(state, e.Loaded(overview=e.Overview((builders.session_info(),), shells=shells, **found)))
            assert builders.the_session(state).busy is runs


def test_one_in_a_session_whose_messages_are_fetched_later_is_found_there() -> None:
    known = builders.fetched(builders.answer_info("sh", parent=None))
    for ended in (False, True):
        state = builders.empty()
        apply(state, builders.loaded(shells=frozenset({"sh", "of a tool"})))
        assert not builders.the_session(state).busy
        if ended:
            apply(state, e.ShellChanged(session_id="nowhere", shell_id="sh", running=False))
        builders.play(state, builders.loading(), builders.history_loaded(known))
        assert builders.the_session(state).busy is not ended
        builders.play(state, builders.loading(), shell(running=False), builders.history_loaded(known))
        assert not builders.the_session(state).busy


def test_the_log_of_one_that_ended_meanwhile_ends_it() -> None:
    state = with_shell(builders.LOST, builders.CONNECTED)
    apply(state, builders.loaded(replays=(e.Replay(SES, (shell(running=False),)),), shells=frozenset({"sh"})))
    assert not builders.the_session(state).busy


def test_a_session_that_is_not_known_runs_none() -> None:
    assert apply(builders.empty(), shell()) == []
