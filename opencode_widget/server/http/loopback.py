"""Which hosts are this machine: no proxy is used for them, and their folders can be checked here."""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata

# Names that every system resolves to this machine (RFC 6761), and those that Debian and Red Hat write into /etc/hosts.
NAMES = frozenset({"localhost", "localhost.localdomain", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback"})
# An IPv4 address with fewer than four numbers, or with octal or hexadecimal ones, as `inet_aton` reads it.
NUMBERS = re.compile(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}")


def is_loopback(host: str) -> bool:
    """Is this host this machine, in any spelling? Asks no name server.

    Args:
        host: a name or an address of a URL; brackets, a zone and a final dot are ignored.
    """
    # As IDNA reads it: an address may be written in full-width digits.
    name = unicodedata.normalize("NFKC", host).strip().strip("[]").lower().replace("\u3002", ".").removesuffix(".")
    if name in NAMES or name.endswith(".localhost"):
        return True
    address = _address(name)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    # A connection to the unspecified address (0.0.0.0, ::) reaches this machine.
    return address is not None and (address.is_loopback or address.is_unspecified)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        pass
    if not NUMBERS.fullmatch(name):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(name))
    except OSError:
        return None
