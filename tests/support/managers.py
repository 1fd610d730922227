"""A manager without a page, for tests of the Python handles."""

from __future__ import annotations

from opencode_widget.page.manager import Manager
from opencode_widget.server.http.client import Limits
from opencode_widget.sync.event_loop import HomeLoop

from .runtimes import EAGER, PATIENT, REAL


def manage(loop: HomeLoop | None = None, *, limits: Limits = REAL, endless: bool = True) -> Manager:
    return Manager(loop or HomeLoop(), lambda _: None, lambda *, now: None, PATIENT if endless else EAGER, limits)
