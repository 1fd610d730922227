"""Removes from a recording what nobody else should read.

1. The secrets that the kernel knows (`redaction/`), what looks like a token, and the values of fields that are named like a secret.
2. The home folder, which becomes `~`, and the user's name, which becomes `user`.
3. Of agents, models and commands, what no page draws: the options and keys of providers, the words of system prompts.
4. A delta may cut all of that into pieces. So the last word of a text is held back until the next delta ends it, or the server states the
   whole text: a recording streams word by word.
"""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

from ..redaction import KNOWN, is_secret_name
from ..redaction.redactor import NAMES, STARS

# Tokens of well-known services, JSON web tokens, passwords in addresses, and what follows the names of the header.
SHAPES = re.compile(
    r"\b(?:sk-[\w-]{16,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|hf_\w{20,}"
    r"|AKIA[0-9A-Z]{16}|AIza[\w-]{30,})"
    r"|(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*"
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"
)
HEADER = re.compile(
    r"(?i)\b(authorization[\"']?\s*[:=]\s*[\"']?(?:(?:bearer|basic|token)\s+)?|bearer\s+(?=[\w.~+/=-]{16}))[^\s\"']+"
)
# The end of a text after which a token may follow.
BEFORE_TOKEN = re.compile(r"(?i)(?:authorization\S{0,20}|bearer|basic|token)\s+(?:(?:bearer|basic|token)\s+)?$")
# Fields of agents, models and commands that no page draws, and that may hold keys or words of the user.
PRIVATE = frozenset(
    {"key", "options", "headers", "env", "environment", "mcp", "request", "body", "credentials", "prompt", "system", "permission"}
    | {"permissions", "template", "instructions", "location", "keybinds", "provider_options"}
)  # fmt: skip
# Names of accounts that say nothing about a person, and may be any word of a text.
ANYBODY = frozenset(
    {"root", "user", "admin", "jovyan", "ubuntu", "runner", "nobody", "guest", "test", "home", "data", "src", "build"}
)
# Characters of a word that are held back.
LONGEST = 4_000

HOME, USER = "~", "user"


class Scrubber:
    """Scrubs what one recording writes.

    Args:
        home: the home folder; None: of the user who runs the kernel.
        user: their name; None: as the system says it.
    """

    def __init__(self, home: str | None = None, user: str | None = None) -> None:
        self._home = (home if home is not None else _home()).rstrip("/\\")
        name = user if user is not None else _user()
        self._user = re.compile(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])") if _is_telling(name) else None
        # The words that are held back, by text.
        self._held: dict[Hashable, str] = {}

    def text(self, text: str) -> str:
        """A text without what nobody else should read."""
        return self._own(KNOWN.redactor.text(text))

    def _own(self, text: str) -> str:
        """A text without what is no secret of the kernel's."""
        if len(self._home) > 1 and self._home in text:
            text = text.replace(self._home, HOME)
        if self._user is not None:
            text = self._user.sub(USER, text)
        if "://" in text or len(text) > len("authorization"):
            text = HEADER.sub(rf"\1{STARS}", SHAPES.sub(STARS, text))
        return text

    def value(self, value: Any) -> Any:
        """JSON without that."""
        return self._walk(KNOWN.redactor.value(value), "")

    def _walk(self, value: Any, name: str) -> Any:
        if isinstance(value, str):
            return self._field(value, name)
        if isinstance(value, list):
            return [self._walk(item, name) for item in value]
        if isinstance(value, dict):
            return {self._own(key): self._walk(item, key) for key, item in value.items()}
        return value

    def _field(self, text: str, name: str) -> str:
        if text and name != "key" and is_secret_name(name):
            return STARS
        if name in NAMES and (text == USER or (self._user is not None and self._user.fullmatch(text))):
            return text  # an agent, a role, a kind that is called like the user
        return self._own(text)

    def catalogue(self, value: Any) -> Any:
        """The JSON of agents, models and commands, without their private fields."""
        return self.value(_public(value))

    # ---- texts that stream ----

    def feed(self, key: Hashable, text: str) -> str:
        """What may be written of a text, after a piece more; "" if nothing may yet."""
        pending = self._held.pop(key, "") + text
        end = self._settled(pending)
        if end < len(pending):
            self._held[key] = pending[end:]
        return self.text(pending[:end])

    def _settled(self, text: str) -> int:
        """Up to where a text cannot be the beginning of anything any more."""
        if len(text) > LONGEST:
            return len(text)
        end = max((found.end() for found in re.finditer(r"\s+", text)), default=0)
        end = min(end, KNOWN.redactor.begins_at(text))
        end = min((start for start, stop in KNOWN.redactor.spans(text) if start < end < stop), default=end)
        before = BEFORE_TOKEN.search(text[:end])
        return before.start() if before else end

    def drop(self, key: Hashable) -> None:
        """Forget what is held back of a text that the server stated as a whole."""
        self._held.pop(key, None)

    def release(self, key: Hashable) -> str:
        """What is held back of a text that does not go on."""
        return self.text(self._held.pop(key, ""))


def _public(value: Any) -> Any:
    if isinstance(value, list):
        return [_public(item) for item in value]
    if isinstance(value, dict):
        return {key: _public(item) for key, item in value.items() if key not in PRIVATE}
    return value


def _is_telling(name: str) -> bool:
    return len(name) > 2 and name.lower() not in ANYBODY


def _home() -> str:
    try:
        return str(Path.home())
    except RuntimeError:
        return ""


def _user() -> str:
    try:
        return os.environ.get("USER") or getpass.getuser()
    except (OSError, KeyError, ImportError):  # the account has no name; Pyodide has no accounts
        return ""
