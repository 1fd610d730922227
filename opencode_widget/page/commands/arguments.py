"""The arguments of commands, as a page sends them: anything until it was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from ...errors import BadCommand
from ...model.entities import Delivery
from ...model.text import utf16
from ...operations.attachments import checked
from ...server.api import Attachment, Mention, PromptOptions

Args = Mapping[str, Any]


def text(args: Args, key: str) -> str:
    """Words that must be there.

    Raises:
        BadCommand: they are not.
    """
    value = args.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadCommand(f"{key.capitalize()} is missing.", remedy=f"Give a {key}.")
    return value


def maybe(args: Args, key: str) -> str | None:
    """Words, or None."""
    value = args.get(key)
    return value if isinstance(value, str) and value else None


def words(args: Args, key: str) -> str:
    """Words that may be none."""
    return maybe(args, key) or ""


def flag(args: Args, key: str) -> bool:
    """Yes or no.

    Raises:
        BadCommand: it is neither.
    """
    value = args.get(key)
    if not isinstance(value, bool):
        raise BadCommand(f"{key.capitalize()} is neither true nor false.", remedy="Reload the page.")
    return value


def number(args: Args, key: str, default: int, most: int) -> int:
    """A whole number from 0 to `most`; the default where it is none."""
    value = args.get(key)
    given = isinstance(value, int) and not isinstance(value, bool)
    return max(0, min(cast(int, value), most)) if given else default


def one_of(args: Args, key: str, choices: tuple[str, ...]) -> str:
    """One of some words.

    Raises:
        BadCommand: it is none of them.
    """
    value = args.get(key)
    if value not in choices:
        raise BadCommand(f"{key.capitalize()} cannot be {value!r}.", remedy=f"It is one of {', '.join(choices)}.")
    return str(value)


def answers(args: Args) -> list[list[str]] | None:
    """One list of labels or words for each question; None dismisses them.

    Raises:
        BadCommand: it is something else.
    """
    value = args.get("answers")
    if value is None:
        return None
    if isinstance(value, list) and all(
        isinstance(item, list) and all(isinstance(x, str) for x in item) for item in value
    ):
        return value
    raise BadCommand("Answers are a list of lists of words.", remedy="One list for each question.")


# ---- what goes with a prompt ------------------------------------------------------------------------------------------

DELIVERIES = ("steer", "queue")


def options(args: Args, prompt: str | None = None) -> PromptOptions:
    """What the user chose for a prompt or a command.

    Args:
        args: of the command.
        prompt: the text in which the mentions stand; None: it has none.

    Raises:
        BadCommand: a choice is not as it must be.
        BadAttachment: see `attachments.checked`.
    """
    return PromptOptions(
        agent=maybe(args, "agent"),
        model=maybe(args, "model"),
        variant=maybe(args, "variant"),
        files=files(args),
        mentions=() if prompt is None else mentions(args, prompt),
        delivery=None if args.get("delivery") is None else delivery(args),
    )


def delivery(args: Args) -> Delivery:
    """When a prompt has its turn.

    Raises:
        BadCommand: it is neither "steer" nor "queue".
    """
    return cast(Delivery, one_of(args, "delivery", DELIVERIES))


def files(args: Args) -> tuple[Attachment, ...]:
    """The files of a prompt.

    Raises:
        BadCommand: one is not as it must be.
        BadAttachment: see `attachments.checked`.
    """
    return checked(_file(file) for file in _objects(args, "files"))


def _file(item: Mapping[str, Any]) -> Attachment:
    return Attachment(text(item, "mime"), words(item, "filename"), text(item, "url"))


def mentions(args: Args, prompt: str) -> tuple[Mention, ...]:
    """The names in a prompt that stand for something; a page counts places as JavaScript does, in UTF-16 code units.

    Raises:
        BadCommand: one is not as it must be.
    """
    return tuple(_mention(mention, prompt) for mention in _objects(args, "mentions"))


def _mention(item: Mapping[str, Any], prompt: str) -> Mention:
    kind = cast(Literal["file", "agent"], one_of(item, "kind", ("file", "agent")))
    name = text(item, "path" if kind == "file" else "name")
    start, end = (place(prompt, item.get(key)) for key in ("start", "end"))
    if start >= end:
        raise BadCommand(f"The mention of {name!r} stands nowhere in the prompt.", remedy="Write it again.")
    return Mention(kind, name, start, end)


def place(prompt: str, units: Any) -> int:
    """A place in a text, counted in UTF-16 code units, as Python counts it: in characters.

    Raises:
        BadCommand: it is no place in this text.
    """
    if not isinstance(units, int) or isinstance(units, bool) or not 0 <= units <= utf16.units(prompt):
        raise BadCommand(f"{units!r} is no place in the prompt.", remedy="Reload the page.")
    passed = 0
    for at, character in enumerate(prompt):
        if passed >= units:
            return at
        passed += utf16.units(character)
    return len(prompt)


def _objects(args: Args, key: str) -> list[Mapping[str, Any]]:
    value = args.get(key)
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        return value
    raise BadCommand(f"{key.capitalize()} are a list of objects.", remedy="Reload the page.")
