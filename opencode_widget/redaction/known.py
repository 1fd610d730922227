"""The secrets that this process knows: one registry for all servers, as what one server holds may come out of another."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from .environment import HOST_TOKENS, NPM_TOKENS, PROXIES
from .forms import breakable_spellings, spellings
from .redactor import Redactor, Spelling

# Passwords of servers that ended are recognised for a while: a conversation on the disk may still hold them.
RETIRED = 16
# A secret this long, or of this length and of two kinds of characters, is no word of a language.
LONG, MIXED = 12, 8

Secret = tuple[str, str]


class Known:
    """The secrets to star out. From any thread.

    Attributes:
        redactor: for those that are known now.
    """

    def __init__(self) -> None:
        self.redactor = Redactor()
        self._in_use: Counter[Secret] = Counter()
        self._retired: dict[Secret, None] = {}
        self._spelled: dict[Secret, tuple[Spelling, ...]] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Known: {len(self._in_use)} secrets>"

    def add(self, secret: str | None, username: str = "") -> None:
        """Take note of a secret, until `forget` is called as many times.

        Args:
            secret: a password or token; None and "" are none.
            username: whose it is, for a password that is too short to be looked for alone.
        """
        if not secret:
            return
        with self._lock:
            key = (secret, username)
            self._in_use[key] += 1
            if self._in_use[key] == 1:
                self._retired.pop(key, None)
                self._rebuild()

    def retire(self, secret: str, username: str = "") -> None:
        """A secret of ours is used no longer; it is looked for until `RETIRED` others have followed."""
        self.forget(secret, username, keep=True)

    def forget(self, secret: str | None, username: str = "", *, keep: bool = False) -> None:
        """A secret is used no longer by who added it. One that may be a common word is not looked for any more, unless it is to be kept."""
        with self._lock:
            key = (secret or "", username)
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
        """Take note of the secrets in an environment: passwords of proxies, tokens of the notebook's host."""
        for secret, username in secrets_in(environ):
            if not self._in_use[secret, username]:
                self.add(secret, username)

    def text(self, text: str) -> str:
        """A text without the secrets known."""
        return self.redactor.text(text)

    def _rebuild(self) -> None:
        known = [*self._in_use, *self._retired]
        self._spelled = {key: self._spelled.get(key) or _spell(*key) for key in known}
        strong = [spelling for key in known if not is_word(key[0]) for spelling in self._spelled[key]]
        words = [spelling for key in known if is_word(key[0]) for spelling in self._spelled[key]]
        self.redactor = Redactor(strong, words)


def is_word(secret: str) -> bool:
    """May a secret be a word that stands in texts for other reasons?"""
    kinds = {"digit" if sign.isdigit() else "lower" if sign.islower() else "other" for sign in secret}
    return len(secret) < LONG and (len(secret) < MIXED or len(kinds) < 2)


def _spell(secret: str, username: str) -> tuple[Spelling, ...]:
    plain = (Spelling(text, breakable=False) for text in sorted(spellings(secret, username)))
    breakable = (Spelling(text, breakable=True) for text in sorted(breakable_spellings(secret, username)))
    return (*plain, *breakable)


def secrets_in(environ: Mapping[str, str]) -> set[Secret]:
    """The secrets in an environment, each with its user's name."""
    tokens = [value for name, value in environ.items() if HOST_TOKENS.fullmatch(name) or NPM_TOKENS.fullmatch(name)]
    found = {(value, "") for value in tokens if not is_word(value)}
    for name, value in environ.items():
        if name.lower() in PROXIES:
            found |= _in_url(value)
    return found


def _in_url(url: str) -> set[Secret]:
    """The password in a URL, as it is written there and as it is meant."""
    user, colon, password = url.partition("://")[2].rpartition("@")[0].partition(":")
    if not colon or not password:
        return set()
    try:
        meant = urlsplit(url).password or password
    except ValueError:
        meant = password
    return {(secret, unquote(user)) for secret in (password, unquote(password), unquote(meant))}


KNOWN = Known()
