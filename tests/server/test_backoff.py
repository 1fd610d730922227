"""When a lost server is tried again, and which failure is worth it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode_widget import errors
from opencode_widget.server.backoff import Backoff, is_worth_a_try

sound = st.builds(
    Backoff,
    initial=st.floats(0, 100),
    factor=st.floats(1, 10),
    maximum=st.floats(0, 1000),
    jitter=st.floats(0, 1),
    attempts=st.none() | st.integers(0, 1000),
)
chances = st.floats(0, 1)


def test_by_default_the_delays_double_from_one_second_to_thirty() -> None:
    backoff = Backoff()
    assert [backoff.delay(attempt, 0) for attempt in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]


def test_by_default_there_are_five_attempts() -> None:
    assert [attempt for attempt in range(1, 10) if Backoff().allows(attempt)] == [1, 2, 3, 4, 5]


def test_jitter_shortens_a_delay_by_its_share_at_most() -> None:
    assert Backoff(jitter=0.5).delay(2, 1) == 1
    assert Backoff(jitter=0).delay(2, 1) == 2


def test_without_a_number_there_is_no_end() -> None:
    assert Backoff(attempts=None).allows(10**9)


def test_no_attempts_means_none() -> None:
    assert not Backoff(attempts=0).allows(1)


@given(sound, st.integers(1, 10**9), chances)
def test_no_delay_is_negative_or_longer_than_the_maximum(backoff: Backoff, attempt: int, chance: float) -> None:
    assert 0 <= backoff.delay(attempt, chance) <= backoff.maximum


@given(sound, st.integers(1, 10**6))
def test_without_chance_no_delay_is_shorter_than_the_one_before(backoff: Backoff, attempt: int) -> None:
    assert backoff.delay(attempt, 0) <= backoff.delay(attempt + 1, 0)


@given(sound, st.integers(1, 100), chances)
def test_jitter_only_ever_shortens(backoff: Backoff, attempt: int, chance: float) -> None:
    full = backoff.delay(attempt, 0)
    assert full * (1 - backoff.jitter) <= backoff.delay(attempt, chance) * (1 + 1e-9)
    assert backoff.delay(attempt, chance) <= full


@given(sound, st.integers(1, 2000))
def test_attempts_are_allowed_up_to_their_number(backoff: Backoff, attempt: int) -> None:
    assert backoff.allows(attempt) == (backoff.attempts is None or attempt <= backoff.attempts)


@pytest.mark.parametrize(
    "wrong", [{"initial": -1}, {"maximum": -1}, {"factor": 0.5}, {"jitter": -0.1}, {"jitter": 1.1}, {"attempts": -1}]
)
def test_values_without_sense_are_refused_in_words(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Backoff(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "error",
    [
        errors.ConnectionFailed("x"),
        errors.ServerFailed("x"),
        errors.RequestFailed("x", status=500),
        errors.Silence("x"),
    ],
)
def test_a_server_that_is_away_is_worth_another_try(error: Exception) -> None:
    assert is_worth_a_try(error)


@pytest.mark.parametrize(
    "error",
    [
        errors.AuthenticationFailed("x"),
        errors.NotOpenCode("x"),
        errors.AddressError("x"),
        errors.DirectoryError("x"),
        errors.BinaryNotFound("x"),
        errors.NotFound("x"),
        errors.RequestFailed("x", status=400),
    ],
)
def test_what_only_the_user_can_mend_is_not(error: Exception) -> None:
    assert not is_worth_a_try(error)
