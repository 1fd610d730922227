"""The registry of secrets: registrations are counted, and whoever ends them can do so at any moment."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from opencode_widget.redaction import KNOWN
from opencode_widget.redaction.known import RETIRED, Known, secrets_given
from opencode_widget.server.endpoints import environment

pytestmark = pytest.mark.timeout(20)

LONG = "a-long-Passw0rd-{}"


def test_a_secret_is_known_until_its_last_registration_is_withdrawn() -> None:
    known = Known()
    known.add("short")
    known.add("short")
    known.withdraw("short")
    assert known.text("is it short?") != "is it short?"
    known.forget("short")
    assert known.text("is it short?") == "is it short?"


def test_no_common_word_is_known_for_longer_than_it_is_used() -> None:
    known = Known()
    for number in range(RETIRED + 1):
        known.add(LONG.format(number))
        known.forget(LONG.format(number))
    assert LONG.format(0) in known.text(LONG.format(0)), "the oldest is no longer known"
    assert LONG.format(1) not in known.text(LONG.format(1))


def test_the_garbage_collector_may_withdraw_a_secret_in_the_middle_of_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    class Owner:
        pass

    known = Known()
    known.add("short")
    owner = Owner()
    owner.itself = owner  # type: ignore[attr-defined]
    weakref.finalize(owner, known.withdraw, "short")
    rebuild = known._rebuild

    def collect_and_rebuild() -> None:
        gc.collect()
        rebuild()

    monkeypatch.setattr(known, "_rebuild", collect_and_rebuild)
    del owner
    known.add(LONG)
    assert repr(known) == "<Known: 1 secrets>"
    assert known.text("is it short?") == "is it short?"


def test_a_secret_that_is_withdrawn_while_another_thread_changes_the_registry_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = Known()
    known.add("short")
    rebuild, entered, leave = known._rebuild, threading.Event(), threading.Event()

    def slow_rebuild() -> None:
        entered.set()
        leave.wait(10)
        rebuild()

    monkeypatch.setattr(known, "_rebuild", slow_rebuild)
    other = threading.Thread(target=known.add, args=(LONG,))
    other.start()
    assert entered.wait(10)
    known.withdraw("short")  # does not wait for the other thread
    leave.set()
    other.join(10)
    assert known.text("is it short?") == "is it short?"


CONTENT = '{"provider": {"own": {"options": {"apiKey": "sk-own-42", "headers": {"X-Api-Key": "hk-77x"}, "baseURL": "http://h/v1"}}}}'


@pytest.mark.parametrize(
    ("name", "value", "secrets"),
    [
        ("OPENAI_API_KEY", "sk-abc-123", {"sk-abc-123"}),
        ("github_token", "ghp_x1", {"ghp_x1"}),
        ("DB_PASSWORD", "pässw0rd!", {"pässw0rd!"}),
        ("PGPASSWORD", "p4ss w0rd", {"p4ss w0rd"}),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7", {"wJalrXUtnFEMI/K7"}),
        ("KEY_2", "k-22-k", {"k-22-k"}),
        ("DATABASE_URL", "postgres://joe:s3cr3t@db/x", {"s3cr3t"}),
        ("OPENCODE_CONFIG_CONTENT", CONTENT, {"sk-own-42", "hk-77x"}),
        ("OPENCODE_AUTH_CONTENT", '{"anthropic": {"type": "api", "key": "sk-ant-1"}}', {"sk-ant-1"}),
        ("USE_AUTH", "true", set()),
        ("MAX_TOKENS", "4096", set()),
        ("PRIVATE_KEY", "/home/joe/.ssh/id", set()),
        ("PRIVATE_KEY_FILE", "id-rsa-2048", set()),
        ("API_KEY", "{env:OTHER_KEY}", set()),
        ("MONKEY", "see-no-3vil", set()),
        ("BROKEN", "{not json", set()),
        ("LANG", "de_DE.UTF-8", set()),
    ],
)
def test_secrets_among_the_variables_that_a_user_gives_a_server(name: str, value: str, secrets: set[str]) -> None:
    assert {secret for secret, _ in secrets_given({name: value})} == secrets


def test_a_variable_that_a_server_is_given_is_starred_out() -> None:
    environment({"MY_PROVIDER_KEY": "mpk-0815-abc"})
    assert KNOWN.text("the key is mpk-0815-abc.") == "the key is ***."
    KNOWN.forget("mpk-0815-abc")
