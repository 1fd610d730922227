"""When to connect again: the delays, and which failures are worth another attempt. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ConnectionFailed, RequestFailed, ServerFailed


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential backoff.

    Attributes:
        initial: seconds before the first new attempt.
        factor: by how much each delay is longer than the one before.
        maximum: the longest delay, in seconds.
        jitter: each delay is shortened at random by up to this share, so that many clients do not come back at once.
        attempts: how many attempts are made before giving up; None for no end.

    Raises:
        ValueError: a value makes no sense.
    """

    initial: float = 1.0
    factor: float = 2.0
    maximum: float = 30.0
    jitter: float = 0.2
    attempts: int | None = 5

    def __post_init__(self) -> None:
        if self.initial < 0 or self.maximum < 0 or self.factor < 1:
            raise ValueError("Backoff: initial and maximum must not be negative, and factor must be at least 1.")
        if not 0 <= self.jitter <= 1:
            raise ValueError("Backoff: jitter must be between 0 and 1.")
        if self.attempts is not None and self.attempts < 0:
            raise ValueError("Backoff: attempts must not be negative; None means no end.")

    def delay(self, attempt: int, chance: float) -> float:
        """Seconds before an attempt.

        Args:
            attempt: its number, from 1.
            chance: a random number from 0 to 1.
        """
        # The exponent is bounded, because a float overflows in an endless backoff.
        full = min(self.maximum, self.initial * self.factor ** min(attempt - 1, 64))
        return full * (1 - self.jitter * chance)

    def allows(self, attempt: int) -> bool:
        """Is there an attempt of this number, from 1?"""
        return self.attempts is None or attempt <= self.attempts


def is_worth_a_try(error: Exception) -> bool:
    """May the same thing work later, without the user doing anything?"""
    if isinstance(error, RequestFailed):
        return error.status >= 500  # a call failed inside the server while we connected
    return isinstance(error, ConnectionFailed | ServerFailed)
