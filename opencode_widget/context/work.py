"""A describer at work: on a thread of its own, once, and not for longer than an object is worth."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import replace
from typing import Any

from ..errors import CannotDescribe
from ..redaction import KNOWN
from .description import Description, bounded, shortened
from .registry import Describer, describer_of

# Seconds that a describer has.
LIMIT = 2.0

# The ids of objects whose describers still run after their time. Their threads hold the objects, so that no other one gets an id.
_late: set[int] = set()


def described(value: object, title: str, describer: Describer | None = None, *, limit: float = LIMIT) -> Description:
    """Describe an object. This blocks for up to `limit` seconds, so call it on a thread.

    Args:
        value: the object.
        title: how the prompt names it.
        describer: what describes it; None: the one that is registered for its type.
        limit: seconds.

    Raises:
        CannotDescribe: the describer raised, returned something else than a description, or takes too long.
    """
    if id(value) in _late:
        raise CannotDescribe(
            f"{title} cannot be described: an earlier attempt, which took too long, still runs.",
            remedy="Name a smaller piece of it.",
        )
    work = _Work(value, lambda: (describer or _describer(value))(value))
    if not work.wait(limit):
        raise CannotDescribe(
            f"{title} ({_type(value)}) cannot be described within {limit:g} s.",
            remedy="Name a smaller piece of it, or register a describer with @describes.",
        )
    if work.fault is not None:
        raise CannotDescribe(
            f"{title} ({_type(value)}) cannot be described: {in_words(work.fault)}.",
            remedy="Name a part of it, or register a describer with @describes.",
        ) from (work.fault if isinstance(work.fault, Exception) else None)
    return _checked(work.outcome, value, title)


def _describer(value: object) -> Describer:
    from . import describers  # registers those of this package

    return describer_of(value) or describers.anything


def _checked(outcome: object, value: object, title: str) -> Description:
    if isinstance(outcome, str):
        outcome = Description(_type(value), outcome)
    if not isinstance(outcome, Description):
        raise CannotDescribe(
            f"{title} cannot be described: its describer returned {type(outcome).__name__}.",
            remedy="A describer returns a Description, or a str of Markdown.",
        )
    return bounded(replace(outcome, title=title))


class _Work:
    """A call on a thread that does not keep the interpreter from ending.

    Attributes:
        outcome: what the call returned.
        fault: what it raised.
    """

    def __init__(self, value: object, call: Callable[[], object]) -> None:
        self.outcome: object = None
        self.fault: BaseException | None = None
        self._value: Any = value
        self._call = call
        self._done = threading.Event()
        context = copy_context()
        threading.Thread(target=context.run, args=(self._run,), daemon=True, name="opencode-describe").start()

    def _run(self) -> None:
        try:
            self.outcome = self._call()
        except BaseException as fault:  # noqa: BLE001 - code of the object, which may raise anything
            self.fault = fault
        finally:
            self._done.set()
            _late.discard(id(self._value))

    def wait(self, seconds: float) -> bool:
        """Is it done within so many seconds?"""
        if self._done.wait(seconds):
            return True
        _late.add(id(self._value))
        if not self._done.is_set():
            return False
        _late.discard(id(self._value))  # it ended in this moment
        return True


def in_words(fault: BaseException) -> str:
    """An exception on one line, whatever its own text does."""
    try:
        text = " ".join(str(fault).split())
    except Exception:  # noqa: BLE001 - code of the object, which may raise anything
        text = "its message cannot be read"
    return KNOWN.text(f"{type(fault).__name__}: {shortened(text, 300)[0]}" if text else type(fault).__name__).rstrip(
        "."
    )


def _type(value: object) -> str:
    return type_name(type(value))


# The descriptors of `type` itself: a metaclass may have its own attributes of these names, which are the user's code.
_MODULE, _QUALNAME = type.__dict__["__module__"], type.__dict__["__qualname__"]


def type_name(kind: type) -> str:
    """The name of a type as its user writes it: without the private modules within its package. No code of the type's runs."""
    module, name = _MODULE.__get__(kind), str(_QUALNAME.__get__(kind))
    package = module.partition(".")[0] if type(module) is str else ""
    return name if package in ("", "builtins", "__main__") else f"{package}.{name}"
