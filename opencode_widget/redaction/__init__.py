"""Secrets stay in the kernel: what is known to be one is starred out of all that a person, a page, a log or a file gets.

Where it happens: `server/` cleans what a server says, as it comes in (JSON of answers and of the stream); `errors.py` cleans every message;
`logs.py` cleans the log. So nothing above has to think of it.
"""

from .deltas import Deltas
from .environment import without_host
from .faults import innermost, safe_cause, words_of
from .known import KNOWN, Known
from .logs import guard_log
from .redactor import STARS, Redactor

__all__ = [
    "KNOWN",
    "STARS",
    "Deltas",
    "Known",
    "Redactor",
    "guard_log",
    "innermost",
    "safe_cause",
    "without_host",
    "words_of",
]

guard_log()
