"""The secrets that this process knows: one registry for all servers, as one server may reveal what another holds."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from .environment import HOST_TOKENS, NPM_TOKENS, PROXIES, SECRET_NAMES
from .forms import SHORTEST, breakable_spellings, spellings
from .redactor import Redactor, Spelling

# Passwords of stopped servers stay known for a while, as a conversation on the disk may still hold them.
RETIRED = 16
# A secret this long, or of this length with two kinds of characters, is not a common word.
LONG, MIXED = 12, 8

Secret = tuple[str, str]


class Known:
    """The secrets to redact. Safe to use from any thread.

    Attributes:
        redactor: redacts the secrets known at present.
    """

    def __init__(self) -> None:
        self.redactor = Redactor()
        self._in_use: Counter[Secret] = Counter()
        self._retired: dict[Secret, None] = {}
        self._spelled: dict[Secret, tuple[Spelling, ...]] = {}
        self._withdrawn: deque[Secret] = deque()
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Known: {len(self._in_use)} secrets>"

    def add(self, secret: str | None, username: str = "") -> None:
        """Register a secret, until `forget` is called as many times.

        Args:
            secret: a password or token; None and "" are none.
            username: its user, for a password that is too short to be searched for alone.
        """
        if not secret:
            return
        with self._lock:
            key = (secret, username)
            self._in_use[key] += 1
            if self._in_use[key] == 1:
                self._retired.pop(key, None)
                self._rebuild()
        self._settle()

    def retire(self, secret: str, username: str = "") -> None:
        """Stop using a secret of ours; it stays known until `RETIRED` others have followed."""
        self.forget(secret, username, keep=True)

    def forget(self, secret: str | None, username: str = "", *, keep: bool = False) -> None:
        """Withdraw one registration of a secret. A possible common word is then no longer redacted, unless `keep` is set."""
        with self._lock:
            self._forget((secret or "", username), keep=keep)
        self._settle()

    def withdraw(self, secret: str | None, username: str = "") -> None:
        """Forget a secret from a finalizer.

        The garbage collector runs finalizers on any thread, in the middle of anything, also of a method of this class that holds the
        lock. So this never waits for the lock: whoever holds it withdraws the secret before it is done.
        """
        self._withdrawn.append((secret or "", username))
        self._settle()

    def _settle(self) -> None:
        while self._withdrawn and self._lock.acquire(blocking=False):
            try:
                while self._withdrawn:
                    self._forget(self._withdrawn.popleft(), keep=False)
            finally:
                self._lock.release()

    def _forget(self, key: Secret, *, keep: bool) -> None:
        if not self._in_use[key]:
            del self._in_use[key]
            return
        self._in_use[key] -= 1
        if self._in_use[key]:
            return
        del self._in_use[key]
        if keep or not is_word(key[0]):
            self._retired[key] = None
            for oldest in list(self._retired)[:-RETIRED]:
                del self._retired[oldest]
        self._rebuild()

    def learn(self, environ: Mapping[str, str]) -> None:
        """Register the secrets in an environment: passwords of proxies, tokens of the notebook's host."""
        for secret, username in secrets_in(environ):
            if not self._in_use[secret, username]:
                self.add(secret, username)

    def learn_given(self, env: Mapping[str, str]) -> None:
        """Register the secrets among variables that the user gives a server, such as keys of model providers."""
        for secret, username in secrets_given(env):
            if not self._in_use[secret, username]:
                self.add(secret, username)

    def text(self, text: str) -> str:
        """Return a text without the known secrets."""
        return self.redactor.text(text)

    def _rebuild(self) -> None:
        known = [*self._in_use, *self._retired]
        self._spelled = {key: self._spelled.get(key) or _spell(*key) for key in known}
        strong = [spelling for key in known if not is_word(key[0]) for spelling in self._spelled[key]]
        words = [spelling for key in known if is_word(key[0]) for spelling in self._spelled[key]]
        self.redactor = Redactor(strong, words)


def is_word(secret: str) -> bool:
    """Return whether a secret may be a word that occurs in texts for other reasons."""
    kinds = {"digit" if sign.isdigit() else "lower" if sign.islower() else "other" for sign in secret}
    return len(secret) < LONG and (len(secret) < MIXED or len(kinds) < 2)


def _spell(secret: str, username: str) -> tuple[Spelling, ...]:
    plain = (Spelling(text, breakable=False) for text in sorted(spellings(secret, username)))
    breakable = (Spelling(text, breakable=True) for text in sorted(breakable_spellings(secret, username)))
    return (*plain, *breakable)


def secrets_in(environ: Mapping[str, str]) -> set[Secret]:
    """Return the secrets in an environment, each with its user name."""
    tokens = [value for name, value in environ.items() if HOST_TOKENS.fullmatch(name) or NPM_TOKENS.fullmatch(name)]
    found = {(value, "") for value in tokens if not is_word(value)}
    for name, value in environ.items():
        if name.lower() in PROXIES:
            found |= _in_url(value)
    return found


def secrets_given(env: Mapping[str, str]) -> set[Secret]:
    """Return the secrets among variables that the user gives a server: by their names, and in JSON, such as a configuration, by its keys.

    What may be a common word, a number or a reference such as "{env:KEY}" is none.
    """
    named = (value for key, value in _pairs(env) if is_secret_name(key))
    found = {(value, "") for value in named if not _is_harmless(value)}
    for value in env.values():
        found |= _in_url(value)
    return found


def is_secret_name(name: str) -> bool:
    """Return whether a variable or field of this name holds a secret, such as "apiKey" or "X-Auth-Token"."""
    return SECRET_NAMES.search(_with_underscores(name)) is not None


def _pairs(env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in env.items():
        yield name, value
        if value.lstrip().startswith("{"):
            with suppress(ValueError, RecursionError):
                yield from _texts_in(json.loads(value))


def _texts_in(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """The texts in JSON, each with the key under which it stands."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts_in(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item, key)


def _with_underscores(name: str) -> str:
    """A name of several words, such as "apiKey" or "X-Api-Key", as a variable spells it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").upper()


def _is_harmless(value: str) -> bool:
    is_plain = len(value) < LONG and (value.isalpha() or value.isdigit())
    return len(value) < SHORTEST or is_plain or value.startswith(("{", "/", "~"))


def _in_url(url: str) -> set[Secret]:
    """Return the password in a URL, as written and as decoded."""
    user, colon, password = url.partition("://")[2].rpartition("@")[0].partition(":")
    if not colon or not password:
        return set()
    try:
        meant = urlsplit(url).password or password
    except ValueError:
        meant = password
    return {(secret, unquote(user)) for secret in (password, unquote(password), unquote(meant))}


KNOWN = Known()
