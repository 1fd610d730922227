"""The package's log, and the words for exceptions of others."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from opencode_widget.errors import ServerFailed
from opencode_widget.redaction import KNOWN, innermost, safe_cause, words_of
from opencode_widget.redaction.logs import SecretsFilter

SECRET = "hunter2-swordfish"
log = logging.getLogger("opencode_widget")


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    KNOWN.add(SECRET)
    yield
    KNOWN.forget(SECRET)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    log.addHandler(handler)
    yield stream
    log.removeHandler(handler)


def test_the_log_has_no_secret(written: io.StringIO) -> None:
    log.warning("connecting with %s to %d", SECRET, 4096)
    log.warning(f"connecting with {SECRET}")  # noqa: G004 - as careless code does
    log.warning("nothing secret in %s", "this")
    assert written.getvalue() == "connecting with *** to 4096\nconnecting with ***\nnothing secret in this\n"


def test_the_log_has_no_secret_in_a_traceback(written: io.StringIO, caplog: pytest.LogCaptureFixture) -> None:
    for words in (SECRET, "harmless"):
        try:
            raise KeyError(words)
        except KeyError:
            log.exception("a fault")
    reported = written.getvalue()
    assert SECRET not in reported
    assert SECRET not in caplog.text
    assert "KeyError: '***'" in reported
    assert "KeyError: 'harmless'" in reported


def test_a_log_call_with_the_wrong_arguments_is_left_to_the_handler() -> None:
    record = logging.LogRecord("opencode_widget", logging.WARNING, __file__, 1, "%d", ("no number",), None)
    assert SecretsFilter().filter(record)
    assert record.args == ("no number",)


def test_no_error_has_a_secret() -> None:
    error = ServerFailed(f"It printed {SECRET}.", remedy=f"Not {SECRET}.", log=(f"a {SECRET}",))
    assert (error.message, error.remedy, error.log) == ("It printed ***.", "Not ***.", ("a ***",))
    assert SECRET not in f"{error} {error!r} {error.args}"


def fault() -> Exception:
    try:
        raise LookupError(SECRET)
    except LookupError as error:
        return error


def test_a_fault_is_named_by_its_type_and_place() -> None:
    error = fault()
    line = error.__traceback__.tb_lineno if error.__traceback__ else 0
    assert words_of(error) == f"LookupError in {__name__}:{line}"
    assert innermost(error) == f"LookupError in fault, line {line}"
    assert (words_of(KeyError(SECRET)), innermost(KeyError(SECRET))) == ("KeyError", "KeyError")


def test_a_cause_that_shows_a_secret_is_left_out() -> None:
    assert safe_cause(fault()) is None
    harmless = ValueError("no secret")
    assert safe_cause(harmless) is harmless
