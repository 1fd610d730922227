"""What a caller may choose about a turn."""

from __future__ import annotations

from typing import Any, get_args


def check(name: str, value: str, choices: Any) -> None:
    """Check the value of a parameter.

    Args:
        name: of the parameter, for the error.
        value: what the caller gave.
        choices: a `Literal` type with all that may be given.

    Raises:
        ValueError: there is no such choice.
    """
    known = get_args(choices)
    if value not in known:
        raise ValueError(f"{name} is one of {', '.join(map(repr, known))}, not {value!r}.")
