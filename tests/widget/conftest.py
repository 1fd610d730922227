"""The fixtures that tests of an instance share; see `tests/support/runtimes.py`."""

from ..support.runtimes import comms, connect, fake_proxy, folder, no_blocking_calls, proxy

__all__ = ["comms", "connect", "fake_proxy", "folder", "no_blocking_calls", "proxy"]
