"""Identifiers in OpenCode's form, for messages and parts that begin here.

`prefix_`, 12 hexadecimal digits (the low 48 bits of milliseconds * 4096 + a counter), 14 characters from 0-9A-Za-z. The digits wrap around
every 795 days; nothing may be read from them but identity.
"""

from __future__ import annotations

import itertools
import secrets
import string
import time

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_counter = itertools.count(1)


def make_id(prefix: str) -> str:
    """A new identifier, such as "msg_019b2c3d4e5fAbCdEfGhIjKlMn"."""
    stamp = (time.time_ns() // 1_000_000 * 0x1000 + next(_counter) % 0x1000) & (2**48 - 1)
    return f"{prefix}_{stamp:012x}{''.join(secrets.choice(ALPHABET) for _ in range(14))}"
