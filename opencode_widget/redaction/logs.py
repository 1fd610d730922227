"""Keeps secrets out of the package's log."""

from __future__ import annotations

import logging

from .known import KNOWN

_formatter = logging.Formatter()


class SecretsFilter(logging.Filter):
    """Stars known secrets out of a record: its words, and the traceback that it brings."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without secrets."""
        try:
            words = record.getMessage()
        except Exception:  # noqa: BLE001 - arguments that do not fit: the handler reports that
            return True
        clean = KNOWN.text(words)
        if clean != words:
            record.msg, record.args = clean, ()
        if record.exc_info and record.exc_info[0] is not None:
            trace = record.exc_text or _formatter.formatException(record.exc_info)
            clean = KNOWN.text(trace)
            if clean != trace:  # the exception itself would bring it back
                record.exc_text, record.exc_info = clean, None
        return True


def guard_log() -> None:
    """Have the filter look at every record of the package's logger."""
    log = logging.getLogger("opencode_widget")
    if not any(isinstance(known, SecretsFilter) for known in log.filters):
        log.addFilter(SecretsFilter())
