"""Reads the arguments of commands. A page may send anything, so each reader checks what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from ...errors import BadCommand
from ...model.entities import Delivery
from ...model.text import utf16
from ...operations.files.attachments import checked
from ...server.api import Attachment, Mention, PromptOptions
from ...server.http import own_headers

Args = Mapping[str, Any]


def text(args: Args, key: str) -> str:
    """A text that must not be blank.

    Raises:
        BadCommand: it is missing, blank or no text.
    """
    value = args.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadCommand(f"{key.capitalize()} is missing.", remedy=f"Give a {key}.")
    return value


def maybe(args: Args, key: str) -> str | None:
    """A text; None if it is missing, empty or no text."""
    value = args.get(key)
    return value if isinstance(value, str) and value else None


def words(args: Args, key: str) -> str:
    """A text; "" if it is missing or no text."""
    return maybe(args, key) or ""


def flag(args: Args, key: str) -> bool:
    """True or false.

    Raises:
        BadCommand: it is neither.
    """
    value = args.get(key)
    if not isinstance(value, bool):
        raise BadCommand(f"{key.capitalize()} is neither true nor false.", remedy="Reload the page.")
    return value


def number(args: Args, key: str, default: int, most: int) -> int:
    """An integer, moved into the range from 0 to `most`; the default if it is missing or no integer."""
    value = args.get(key)
    given = isinstance(value, int) and not isinstance(value, bool)
    return max(0, min(cast(int, value), most)) if given else default


def headers(args: Args) -> dict[str, str] | None:
    """Headers for a server, a line for each; None if there are none. No error repeats a value.

    Raises:
        BadCommand: a line is no header, or names one a second time.
        AddressError: HTTP does not allow a name or a value.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(words(args, "headers").splitlines(), 1):
        if not line.strip():
            continue
        name, colon, value = (piece.strip() for piece in line.partition(":"))
        if not colon or not name:
            raise BadCommand(f"Line {number} of the headers is no header.", remedy="Write a line for each: Name: value")
        if name.casefold() in map(str.casefold, found):
            raise BadCommand(f"The headers name {name} twice.", remedy="Write one line for it.")
        found[name] = value
    return own_headers.checked(found) if found else None


def one_of(args: Args, key: str, choices: tuple[str, ...]) -> str:
    """One of the choices.

    Raises:
        BadCommand: it is none of them.
    """
    value = args.get(key)
    if value not in choices:
        raise BadCommand(f"{key.capitalize()} cannot be {value!r}.", remedy=f"It is one of {', '.join(choices)}.")
    return str(value)


def answers(args: Args) -> list[list[str]] | None:
    """A list of labels or free answers for each question; None dismisses the request.

    Raises:
        BadCommand: it is anything else.
    """
    value = args.get("answers")
    if value is None:
        return None
    if isinstance(value, list) and all(
        isinstance(item, list) and all(isinstance(x, str) for x in item) for item in value
    ):
        return value
    raise BadCommand("Answers are a list of lists of words.", remedy="One list for each question.")


# ---- options of a prompt ----------------------------------------------------------------------------------------------

DELIVERIES = ("steer", "queue")


def options(args: Args, prompt: str | None = None) -> PromptOptions:
    """What the user chose for a prompt or a slash command.

    Args:
        args: of the command.
        prompt: the text that contains the mentions; None if mentions are not allowed.

    Raises:
        BadCommand: an option is malformed.
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
    """When the agent gets a prompt that is sent during a turn: in this turn, or after it.

    Raises:
        BadCommand: it is neither "steer" nor "queue".
    """
    return cast(Delivery, one_of(args, "delivery", DELIVERIES))


def files(args: Args) -> tuple[Attachment, ...]:
    """The files of a prompt.

    Raises:
        BadCommand: a file is malformed.
        BadAttachment: see `attachments.checked`.
    """
    return checked(file(item) for item in _objects(args, "files"))


def file(item: Args) -> Attachment:
    """One file, not checked yet.

    Raises:
        BadCommand: it is malformed.
    """
    return Attachment(text(item, "mime"), words(item, "filename"), text(item, "url"))


def mentions(args: Args, prompt: str) -> tuple[Mention, ...]:
    """The files and agents that a prompt mentions. A page counts positions as JavaScript does, in UTF-16 code units.

    Raises:
        BadCommand: a mention is malformed.
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
    """Convert a position in a text from UTF-16 code units to characters. Within a character, the position after it.

    Raises:
        BadCommand: the text has no such position.
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
