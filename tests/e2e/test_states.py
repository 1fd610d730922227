"""Every state that `python -m tests.gallery.pictures` pictures can still be reached, logs no error, and keeps nobody out."""

from __future__ import annotations

import itertools

import pytest

from tests.gallery.pictures import shown
from tests.gallery.states import STATES

from .conftest import ARTIFACTS
from .harness.axe import serious_faults
from .harness.gallery import GalleryPages

HEIGHT = 600
# Each state once: every other one wide and light, or narrow and dark.
LOOKS = [(name, *look) for name, look in zip(STATES, itertools.cycle([(900, "light"), (420, "dark")]), strict=False)]


@pytest.mark.parametrize(("name", "width", "theme"), LOOKS)
async def test_a_state(pages: GalleryPages, name: str, width: int, theme: str) -> None:
    async with shown(pages, STATES[name], (width, HEIGHT), f"&theme={theme}") as seat:
        ARTIFACTS.mkdir(exist_ok=True)
        await seat.page.screenshot(path=ARTIFACTS / f"state-{name}.png", animations="disabled")
        assert await serious_faults(seat.page.locator("#here")) == []
        assert seat.monitor.errors == []
