"""The errors for what can go wrong on the way to a server, and for its refusals: each says what stands there, and what to do.

1. A certificate that is not trusted will not be trusted a moment later: that is no lost connection, and not worth another try.
2. A proxy of the environment is named wherever it may be the reason.
3. 401 is how OpenCode asks for a password. It answers neither 403 nor a redirect to another address: these come from a gateway before it,
   which is named by where it leads, or by the `Server` header.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from ...errors import (
    AuthenticationFailed,
    CertificateFailed,
    ConnectionFailed,
    NotFound,
    NotOpenCode,
    NotSupported,
    OpenCodeError,
    RequestFailed,
)
from ...model.text.trace import without_trace
from ...redaction import KNOWN
from .address import Address, scrubbed
from .limits import Limits, parsed
from .surroundings import Proxy, proxy_for

E = TypeVar("E", bound=BaseException)

NOT_IMPLEMENTED = frozenset({405, 501})
# What a 404 may mean.
MISSING = "Check the id: it may have been deleted. A server of another version may also lack this call."
# Characters of an answer that an error message repeats, and bytes of a refusal that are decoded for them.
EXCERPT, REFUSAL = 200, 65_536
# Characters of a header that are repeated.
HEADER = 60
CHECK_ADDRESS = "Check the address and the port."
START = "Start the server there (`opencode serve`), or check the address and the port."
TRUST = (
    "If you trust it, name the file with its authority in SSL_CERT_FILE, or give OpenCode(url=..., verify=file). "
    "The kernel reads the variable when it connects."
)
SIGN_IN = (
    "Give what the gateway wants, as OpenCode(url=..., headers={...}), or use an address that reaches OpenCode itself."
)
UNLOCK = (
    "Give the password that the server was started with (OPENCODE_SERVER_PASSWORD): OpenCode(url=..., password=...)."
)
NAME = "Check the name of the host in the address: this machine's resolver does not know it."
NO_HEADERS: Mapping[str, str] = {}


# ---- no answer --------------------------------------------------------------------------------------------------------


def failure(problem: Exception, path: str, address: Address, limits: Limits) -> OpenCodeError:
    """The error for an exception of httpx: no answer arrived, or not all of it."""
    where = address.url
    if isinstance(problem, httpx.ProxyError):
        return _refused_by_proxy(problem, where)
    if isinstance(problem, httpx.ConnectError | httpx.ConnectTimeout):
        return _unreached(problem, address, limits)
    if isinstance(problem, httpx.TimeoutException | TimeoutError):
        return ConnectionFailed(f"{where} accepted {path} and did not answer in time.", remedy="Try again.")
    if isinstance(problem, httpx.RemoteProtocolError) and not _was_cut(problem):
        return NotOpenCode(f"What answers at {where} does not speak HTTP.", remedy=CHECK_ADDRESS)
    if isinstance(problem, httpx.TransportError):
        return ConnectionFailed(f"The connection to {where} broke ({_reason(problem)}).", remedy="Try again.")
    return NotOpenCode(f"{where} gave an answer that cannot be read ({_reason(problem)}).", remedy=CHECK_ADDRESS)


def _unreached(problem: Exception, address: Address, limits: Limits) -> OpenCodeError:
    """No connection came about."""
    where, proxy = address.url, proxy_for(address.url)
    if (fault := _tls_fault(problem)) is not None:
        return _untrusted(fault, address, proxy)
    through = f" through {proxy.words}" if proxy else ""
    remedy = f"{proxy.advice} Is the server running?" if proxy else START
    if isinstance(problem, httpx.ConnectTimeout):
        return ConnectionFailed(f"{where} did not accept a connection{through} in {limits.connect:g} s.", remedy=remedy)
    if proxy is None and _caused_by(problem, socket.gaierror) is not None:
        return ConnectionFailed(f"No address is known for the host of {where} ({_reason(problem)}).", remedy=NAME)
    return ConnectionFailed(f"Nothing answers at {where}{through} ({_reason(problem)}).", remedy=remedy)


def _refused_by_proxy(problem: Exception, where: str) -> ConnectionFailed:
    proxy = proxy_for(where)
    words, advice = (proxy.words, proxy.advice) if proxy else ("the proxy", "Check the proxy.")
    return ConnectionFailed(f"{where} is not reached: {words} refuses ({_reason(problem)}).", remedy=advice)


def _tls_fault(problem: BaseException) -> ssl.SSLError | None:
    """The fault of TLS that an exception was caused by."""
    # The two that are left out mean that the other side sent nothing, which the timeout says better.
    return _caused_by(problem, ssl.SSLError, (ssl.SSLWantReadError, ssl.SSLWantWriteError))


def _caused_by(problem: BaseException | None, kind: type[E], but: tuple[type[BaseException], ...] = ()) -> E | None:
    """The exception of a kind that an exception was caused by."""
    seen = 0
    while problem is not None and seen < 10:
        if isinstance(problem, kind) and not isinstance(problem, but):
            return problem
        problem, seen = problem.__cause__ or problem.__context__, seen + 1
    return None


def _untrusted(fault: ssl.SSLError, address: Address, proxy: Proxy | None) -> OpenCodeError:
    where, through = address.url, f" Between us stands {proxy.words}." if proxy else ""
    if isinstance(fault, ssl.SSLCertVerificationError):
        why = fault.verify_message or fault.reason or "it cannot be verified"
        remedy = _mend(fault, address)
        return CertificateFailed(
            f"The certificate of {where} is not trusted: {why.rstrip('.')}.{through}", remedy=remedy
        )
    if fault.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNEXPECTED_MESSAGE", "RECORD_LAYER_FAILURE"):
        return NotOpenCode(
            f"What answers at {where} does not speak TLS ({fault.reason}).{through}",
            remedy=f"Write the address with http:// if it is a server without TLS: {where.replace('https://', 'http://', 1)}.",
        )
    return ConnectionFailed(f"TLS with {where} failed ({fault.reason or fault}).{through}", remedy="Try again.")


def _mend(fault: ssl.SSLCertVerificationError, address: Address) -> str:
    """What to do about a certificate. X509_V_ERR_CERT_NOT_YET_VALID is 9, ..._HAS_EXPIRED 10, ..._HOSTNAME_MISMATCH 62, ..._IP_... 64."""
    if fault.verify_code in (9, 10):
        return "Renew it on the server; if it is valid, correct the clock of this machine."
    if fault.verify_code in (62, 64):
        return f"Use a name that the certificate has in place of {address.host!r}, or another certificate."
    return TRUST


# ---- refusals ---------------------------------------------------------------------------------------------------------


def refusal(
    status: int, body: bytes, path: str, address: Address, headers: Mapping[str, str] = NO_HEADERS
) -> OpenCodeError | None:
    """The error for a status; None for a success. Only the beginning of the body is decoded."""
    if status < 300:
        return None
    if status == 401:
        return _unauthorized(address, headers)
    words = refusal_words(body[:REFUSAL].decode("utf-8", "replace")).rstrip(".")
    said = f": {words}" if words else ""
    if status == 403:
        return AuthenticationFailed(
            f"{address.url} forbids {path} (status 403{said}). OpenCode itself does not answer so, but {_gateway(headers)} may.",
            remedy=SIGN_IN,
        )
    if status < 400 and (target := redirect_target(address, path, headers)):
        text, remedy = redirected(address, status, target)
        return RequestFailed(text, remedy=remedy, status=status)
    return _refused(status, words, path, address, headers)


def _refused(status: int, words: str, path: str, address: Address, headers: Mapping[str, str]) -> OpenCodeError:
    text = f"{address.url} refused {path} with status {status}{f': {words}' if words else ''}."
    if status == 404:
        return NotFound(text, remedy=MISSING, status=status, reason=words)
    if status in NOT_IMPLEMENTED:
        return NotSupported(text, remedy="This server does not have this call; another version may.")
    proxy = proxy_for(address.url)
    if status == 407 and proxy is not None:
        return ConnectionFailed(f"{text} It was {proxy.words} that refused.", remedy=proxy.advice)
    if status == 407:
        return AuthenticationFailed(
            f"{text} OpenCode itself does not answer so, but a proxy before it may.", remedy=SIGN_IN
        )
    if status == 429:
        return ConnectionFailed(
            f"{text} OpenCode itself does not answer so, but {_gateway(headers)} may.", remedy=_later(headers)
        )
    if status in (502, 503, 504):
        between = f"{proxy.words} may be at fault. {proxy.advice}" if proxy else ""
        return ConnectionFailed(text, remedy=f"Try again. {between[:1].upper()}{between[1:]}".rstrip())
    return RequestFailed(text, remedy="", status=status, reason=words)


def _later(headers: Mapping[str, str]) -> str:
    """What to do about a server that wants fewer requests (RFC 9110, 10.2.3)."""
    seconds = headers.get("retry-after", "")
    return f"Try again in {seconds[:HEADER]} s." if seconds.isdecimal() else "Try again a little later."


def _unauthorized(address: Address, headers: Mapping[str, str]) -> AuthenticationFailed:
    """401: from OpenCode, which wants a password; or from a gateway that names another way to authenticate."""
    where = address.url
    scheme = headers.get("www-authenticate", "").split(" ")[0].strip(",")[:HEADER]
    if scheme and scheme.lower() != "basic":
        return AuthenticationFailed(
            f"{where} wants {scheme} authentication (status 401): that is not OpenCode, but {_gateway(headers)}.",
            remedy=SIGN_IN,
        )
    has = address.password is not None
    text = "refused our password" if has else "wants a password"
    if address.headers is not None:
        text = "refused our headers and password" if has else "refused our headers"
    return AuthenticationFailed(f"{where} {text} (status 401, user {address.username!r}).", remedy=UNLOCK)


def _gateway(headers: Mapping[str, str]) -> str:
    name = KNOWN.text(headers.get("server", ""))[:HEADER]
    return f"a gateway before it ({name})" if name else "a gateway before it"


def redirect_target(address: Address, path: str, headers: Mapping[str, str]) -> str:
    """Where a redirect leads, without what may be secret; "" where it does not say."""
    location = headers.get("location", "")
    try:
        return scrubbed(urljoin(f"{address.url}{path}", location))[:EXCERPT] if location else ""
    except ValueError:
        return ""


def redirected(address: Address, status: int, target: str) -> tuple[str, str]:
    """A redirect in words, and what to do: write the address as the server wants it, or sign in."""
    text = f"{address.url} sends us on to {target} (status {status})"
    here, there = urlsplit(address.url), urlsplit(target)
    if here.hostname == there.hostname and here.scheme != there.scheme:
        port = f":{there.port}" if there.port else ""
        host = f"[{there.hostname}]" if ":" in (there.hostname or "") else there.hostname
        return f"{text}.", f"Use the address {there.scheme}://{host}{port}{here.path}."
    return f"{text}: {_kind_of(here.hostname, there.hostname)}.", SIGN_IN


def _kind_of(here: str | None, there: str | None) -> str:
    return (
        "a gateway before it wants a login"
        if here == there
        else "a gateway before it, or another service, leads elsewhere"
    )


def strange(content_type: str, path: str, address: Address) -> NotOpenCode:
    """The error for a content type that an OpenCode server does not send."""
    kind = content_type.partition(";")[0] or "something without a type"
    text = "a web page" if kind == WEB_PAGE else kind
    return NotOpenCode(
        f"{address.url} answered {path} with {text}: it is not an OpenCode server that this package speaks to.",
        remedy=CHECK_ADDRESS,
    )


WEB_PAGE = "text/html"


def refusal_words(text: str) -> str:
    """The message in the body of a refusal: `{name, data: {message}}`, `{_tag, message}`, or the text itself."""
    try:
        body = KNOWN.redactor.parsed(parsed(text), text)
    except ValueError:
        return "" if "<" in text else without_trace(KNOWN.text(text)).strip()[:EXCERPT]
    if not isinstance(body, dict):
        return without_trace(str(body))[:EXCERPT]
    data = body.get("data")
    words = data.get("message") if isinstance(data, dict) else None
    return without_trace(str(words or body.get("message") or body.get("name") or body.get("_tag") or ""))[:EXCERPT]


def _was_cut(problem: Exception) -> bool:
    """Did the server close the connection, rather than send invalid HTTP? httpx has one exception for both, with different messages."""
    return "disconnected" in str(problem) or "closed connection" in str(problem)


def _reason(problem: Exception) -> str:
    return str(problem) or type(problem).__name__
