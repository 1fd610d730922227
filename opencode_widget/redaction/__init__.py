"""Secrets stay in the kernel: known secrets are replaced by stars in everything that a user, a page, a log or a file gets.

`server/` redacts what a server sends as it arrives (JSON of responses and of the stream), `errors.py` every error message, and `logs.py`
the log. What these cannot see whole is redacted where it is whole: texts that arrive as deltas (`sync/stream/`), a prompt that is shown
before the server has it, an export and a report.
"""

from .deltas import Deltas
from .environment import without_host
from .faults import innermost, safe_cause, words_of
from .known import KNOWN, Known, is_secret_name
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
    "is_secret_name",
    "safe_cause",
    "without_host",
    "words_of",
]

guard_log()
