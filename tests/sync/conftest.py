"""The fixtures that tests of an instance share; see `tests/support/runtimes.py`."""

from ..support.runtimes import connect, fake_proxy, folder, no_blocking_calls, proxy, wires

__all__ = ["connect", "fake_proxy", "folder", "no_blocking_calls", "proxy", "wires"]
