"""Keep secrets out of the package's log."""

from __future__ import annotations

import logging

from .known import KNOWN

_formatter = logging.Formatter()


class SecretsFilter(logging.Filter):
    """Redacts a record: its message, and its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Accept every record, redacted."""
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
            if clean != trace:  # a formatter would print the exception itself again
                record.exc_text, record.exc_info = clean, None
        return True


def guard_log() -> None:
    """Make the filter process every record of the package's logger."""
    log = logging.getLogger("opencode_widget")
    if not any(isinstance(known, SecretsFilter) for known in log.filters):
        log.addFilter(SecretsFilter())
