"""What stands between us and a server, as the environment and the user name it: certificates and proxies.

1. `SSL_CERT_FILE` and `SSL_CERT_DIR` count for every host, also for this machine: a development proxy with its own authority runs here.
2. A proxy of the environment does not count for this machine, nor for the hosts in `NO_PROXY`.
3. A proxy is named by its variable in every error that it may have caused. Its password is never shown.
"""

from __future__ import annotations

import importlib.util
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from ...errors import AddressError
from .address import Verify, scrubbed
from .loopback import is_loopback

CERT_FILE, CERT_DIR = "SSL_CERT_FILE", "SSL_CERT_DIR"
# What httpx speaks to a proxy.
SOCKS, SCHEMES = ("socks5", "socks5h"), ("http", "https", "socks5", "socks5h")


# ---- certificates -----------------------------------------------------------------------------------------------------


def tls_context(verify: Verify) -> ssl.SSLContext:
    """How the certificate of a server is checked. Reads the disk.

    Raises:
        AddressError: the file or folder with the authorities cannot be used.
    """
    if isinstance(verify, ssl.SSLContext):
        return verify
    if not isinstance(verify, bool):
        return _context_of(verify, "verify=")
    if not verify:
        return httpx.create_ssl_context(verify=False)
    for name in (CERT_FILE, CERT_DIR):
        if value := os.environ.get(name):
            return _context_of(value, name)
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()  # the system's, where an organisation installs its own
    return context


def _context_of(path: str | os.PathLike[str], giver: str) -> ssl.SSLContext:
    """A context that trusts the authorities in a file or folder."""
    place = Path(path).expanduser()
    try:
        if place.is_dir():
            return ssl.create_default_context(capath=str(place))
        return ssl.create_default_context(cafile=str(place))
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        why = (
            "does not exist" if not place.exists() else f"holds no certificates in PEM format ({type(error).__name__})"
        )
        raise AddressError(
            f"The certificates that {giver} names cannot be read: {place} {why}.", remedy=f"Correct or remove {giver}."
        ) from None


# ---- proxies ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that the environment names.

    Attributes:
        variable: the name of its variable.
        url: its address, without credentials.
        fault: why it cannot be used; "" where it can. `remedy`: what to do about it.
    """

    variable: str
    url: str
    fault: str = ""
    remedy: str = ""

    @property
    def words(self) -> str:
        """For errors."""
        return f"the proxy {self.url} that {self.variable} names"

    @property
    def advice(self) -> str:
        """What to do if it is at fault."""
        return f"Correct or unset {self.variable}, or name the host in NO_PROXY."


def proxy_for(url: str) -> Proxy | None:
    """The proxy by which a server is reached; None where it is reached without."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host):
        return None
    named = getproxies()
    key = next((key for key in (parts.scheme, "all") if named.get(key)), None)
    if key is None or proxy_bypass(f"{host}:{parts.port}" if parts.port else host):
        return None
    return _judged(_variable(key, os.environ), named[key])


def _variable(key: str, environ: Mapping[str, str]) -> str:
    """The variable for a scheme, as it is written in the environment."""
    names = (f"{key}_proxy", f"{key}_PROXY".upper())
    return next((name for name in names if environ.get(name)), names[1])


def _judged(variable: str, value: str) -> Proxy:
    """A proxy, with what speaks against it. A value without a scheme is that of an HTTP proxy, as everywhere."""
    shown = scrubbed(value)
    scheme, mark, _ = value.partition("://")
    if not mark or scheme.lower() in ("http", "https"):
        return Proxy(variable, shown)
    advice = Proxy(variable, shown).advice
    if scheme.lower() in SOCKS:
        if _speaks_socks():
            return Proxy(variable, shown)
        fault = "a SOCKS proxy needs the package socksio, which is not installed"
        return Proxy(
            variable, shown, fault, f"Install it with pip install 'httpx[socks]', and restart the kernel. {advice}"
        )
    known = ", ".join(f"{scheme}://" for scheme in SCHEMES)
    rest = shown.partition("://")[2]
    hint = f"Write socks5://{rest} if it is a SOCKS proxy. " if scheme.lower().startswith("socks") else ""
    return Proxy(variable, shown, f"its address must begin with one of {known}", f"{hint}{advice}")


def _speaks_socks() -> bool:
    return importlib.util.find_spec("socksio") is not None
