"""The pictures in the repository."""

from __future__ import annotations

import itertools

from .compare import EXPECTED
from .pictures import COMPARED, THEMES
from .states import STATES


def test_there_is_one_for_each_state_width_and_theme() -> None:
    titles = {f"{name}-{size[0]}-{theme}" for name, size, theme in itertools.product(STATES, COMPARED, THEMES)}
    assert {path.stem for path in EXPECTED.iterdir()} == titles
