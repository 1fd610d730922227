"""The errors of this package, one class for each kind of remedy.

    OpenCodeError
    ├── BinaryNotFound       no `opencode` program was found
    ├── ServerFailed         `opencode serve` would not start, or ended
    ├── ServerUnprotected    the server that we started ignores its password
    ├── DirectoryError       the folder is missing, is a file, or may not be read
    ├── AddressError         the URL that was given cannot be used
    ├── ConnectionFailed     the server cannot be reached, fell silent or cut us off; worth another try
    │   ├── NotConnected     the connection is away, and nothing was sent
    │   └── Silence          the stream stood, and nothing came for too long
    ├── CertificateFailed    the certificate of the server, or of what stands before it, is not trusted
    ├── AuthenticationFailed the server, or a gateway before it, wants other credentials (401, 403)
    ├── NotOpenCode          what answers is not an OpenCode server that this version speaks to
    ├── RequestFailed        the server refused a request; `.status` has the HTTP status
    │   ├── NotFound         the server knows no such session, message or request (404)
    │   └── BadAttachment    a file cannot go with a prompt
    ├── NotSupported         this server's protocol, or this kernel, has no such thing
    ├── NotAllowed           the widget is restricted, or a replay, and refuses this
    ├── PromptNotSent        a prompt was to be sent again, and is in the session no more; `.text` has it
    ├── UnknownName          a name in a prompt, such as `@var:df`, stands for nothing; `.near` has similar ones
    ├── CannotDescribe       what a prompt names cannot be described within the bounds
    ├── BadBatch             what was given to `batch` or `compare` cannot be run; nothing was sent
    ├── RecordingFailed      a recording cannot be written, or not be read
    ├── SchemaMismatch       an answer does not fit the schema that was asked for; `.text` has it
    ├── SessionFailed        a turn ended without an answer: `session.error`, aborted, session deleted
    ├── NobodyAnswers        a turn waits for a permission or an answer, and nobody can see that
    ├── AnswerTimeout        no answer within the time that the caller gave
    ├── BadCommand           a page sent a command that makes no sense
    ├── BadVerdict           a policy for permissions or questions returned something that is no answer
    ├── PolicyFailed         a policy for permissions or questions raised
    └── Closed               the instance or the widget is closed

Every message says what failed, where, and what to do; `remedy` repeats the last of these on its own.
No message contains a secret that is known: these are starred out, whatever a message is made of.
"""

from __future__ import annotations

from .redaction import KNOWN


class OpenCodeError(Exception):
    """The root of all errors that this package raises on purpose.

    Args:
        message: what failed, and where; one sentence.
        remedy: what the user can do about it; one sentence, may be empty.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        message, remedy = _sendable(message), _sendable(remedy)
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy


def _sendable(words: str) -> str:
    """Words without secrets, and without lone surrogates: a kernel cannot send a traceback that has one, and the user would see nothing."""
    return KNOWN.text(words).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class BinaryNotFound(OpenCodeError):
    """No `opencode` program was found."""


class ServerFailed(OpenCodeError):
    """`opencode serve` would not start, or ended.

    Attributes:
        log: the last lines that it printed, oldest first.
        code: its exit code; None while it runs or where it is not known.
    """

    def __init__(self, message: str, *, remedy: str = "", log: tuple[str, ...] = (), code: int | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.log = tuple(KNOWN.text(line) for line in log)
        self.code = code


class ServerUnprotected(OpenCodeError):
    """The server that we started ignores its password, so that everyone on this machine could use it; we have ended it.

    OpenCode up to 1.1.11 does. `OpenCode(..., allow_unprotected=True)` accepts it.
    """


class DirectoryError(OpenCodeError):
    """The folder is missing, is a file, or may not be read."""


class AddressError(OpenCodeError):
    """The URL that was given cannot be used."""


class ConnectionFailed(OpenCodeError):
    """The server cannot be reached, fell silent or cut us off. Another try may succeed."""


class NotConnected(ConnectionFailed):
    """The connection is away, and nothing was sent. What was asked can be asked again when it is back."""


class Silence(ConnectionFailed):
    """The stream stood, and nothing came for too long.

    Attributes:
        expected: this server promises no sign of life, so silence may mean that nothing happens.
        after_heartbeats: it had sent heartbeats on this stream.
    """

    expected = False
    after_heartbeats = False


class CertificateFailed(OpenCodeError):
    """The certificate of the server, or of what stands before it, is not trusted. `SSL_CERT_FILE` or `verify=` can name its authority."""


class AuthenticationFailed(OpenCodeError):
    """The server, or a gateway before it, wants other credentials (401, 403)."""


class NotOpenCode(OpenCodeError):
    """What answers is not an OpenCode server, or speaks a protocol that this version does not know."""


class RequestFailed(OpenCodeError):
    """The server refused a request.

    Attributes:
        status: the HTTP status; 0 where the answer was not HTTP as we know it.
        reason: the server's own words; "" where it gave none.
    """

    def __init__(self, message: str, *, remedy: str = "", status: int = 0, reason: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.status = status
        self.reason = reason


class NotFound(RequestFailed):
    """The server knows no such session, message or request (404)."""


class BadAttachment(RequestFailed):
    """A file cannot go with a prompt: it cannot be read, is too large, or has no type or content that a server takes."""


class NotSupported(OpenCodeError):
    """This server, its protocol or this kernel has no such thing."""


class NotAllowed(OpenCodeError):
    """The widget refuses this: it is restricted, see `OpenCode(restricted=True)`, or it is a replay, see `OpenCode.replay`."""


class PromptNotSent(OpenCodeError):
    """A prompt was removed from its session in order to be sent again, and the server did not take it.

    Attributes:
        text: of the prompt.
    """

    def __init__(self, message: str, *, remedy: str = "", text: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.text = text


class UnknownName(OpenCodeError):
    """A name in a prompt, such as `@var:df`, stands for nothing, or the server has no such agent or model. Nothing was sent.

    Attributes:
        name: as it stands in the prompt.
        near: names that it may be meant for, the most similar first.
    """

    def __init__(self, message: str, *, remedy: str = "", name: str = "", near: tuple[str, ...] = ()) -> None:
        super().__init__(message, remedy=remedy)
        self.name = name
        self.near = near


class CannotDescribe(OpenCodeError):
    """What a prompt names, or `attach` has, cannot be described, or not within the bounds. Nothing was sent."""


class BadBatch(OpenCodeError, ValueError):
    """What was given to `OpenCode.batch` or `OpenCode.compare` cannot be run, such as an unknown model. Nothing was sent."""


class RecordingFailed(OpenCodeError):
    """A recording cannot be written where it was wanted, or what was given to `OpenCode.replay` is none that can be read."""


class SchemaMismatch(OpenCodeError):
    """An answer does not fit the schema that was asked for, and neither did the one before it.

    Attributes:
        text: of the last answer.
    """

    def __init__(self, message: str, *, remedy: str = "", text: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.text = text


class SessionFailed(OpenCodeError):
    """A turn ended without an answer: `session.error`, aborted, session deleted."""


class NobodyAnswers(OpenCodeError):
    """A turn waits for a permission or an answer, and nobody can see that: see `unattended` of `Session.ask`."""


class AnswerTimeout(OpenCodeError, TimeoutError):
    """No answer within the time that the caller gave."""


class BadCommand(OpenCodeError):
    """A page sent a command that makes no sense, such as one of another version of the package."""


class BadVerdict(OpenCodeError):
    """A policy for permissions or questions returned something that is no answer."""


class PolicyFailed(OpenCodeError):
    """A policy for permissions or questions raised."""


class Closed(OpenCodeError):
    """The instance or the widget is closed."""
