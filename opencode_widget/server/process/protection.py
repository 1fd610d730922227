"""Checks that a server which we started guards itself with the password that we gave it.

OpenCode up to 1.1.11 does not know passwords. Its server then obeys everyone on this machine who finds its port, and it has a shell.
"""

from __future__ import annotations

from ...errors import AuthenticationFailed, OpenCodeError
from ..http.address import Address
from ..http.client import Http, Limits, is_json

# Seconds that the check may take.
LIMITS = Limits(connect=5, hello=5, answer=5)
# A route that every 1.x has, and that tells nothing that matters.
PATH = "/path"
# The status of 2.x, which does not have it, and knows passwords.
NOT_THERE = 404


async def ignores_password(url: str) -> bool:
    """Does a server answer a caller without credentials? False also where it cannot be said: whoever uses it next finds out why."""
    http = Http(Address(url), limits=LIMITS)
    try:
        async with http.answer("GET", PATH, LIMITS.hello) as response:
            refused = http.refusal(response.status_code, b"", PATH)
            answers = is_json(response.headers.get("content-type", ""))
            return answers and not isinstance(refused, AuthenticationFailed) and response.status_code != NOT_THERE
    except OpenCodeError:
        return False
    finally:
        await http.close()
