"""Every state of the page looks as it is expected to; `python -m tests.gallery.pictures --accept` makes what is drawn the expected."""

from __future__ import annotations

import itertools

import pytest

from tests.gallery.compare import PIXELS, compare, expected
from tests.gallery.pictures import COMPARED, THEMES, picture
from tests.gallery.states import STATES

from .conftest import ARTIFACTS
from .harness.gallery import GalleryPages

NARROW = COMPARED[-1]
# What a change of the style by mistake may look like.
FAULTS = {
    "a paler colour": ".ocw { --ocw-muted: #9a9a9a !important }",
    "another distance": ".ocw-composer { padding-bottom: 14px !important }",
    "a button less": ".ocw [aria-label='Search conversation'] { display: none !important }",
}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", STATES)
async def test_a_state_looks_as_expected(pages: GalleryPages, name: str) -> None:
    found = {}
    for size, theme in itertools.product(COMPARED, THEMES):
        title = f"{name}-{size[0]}-{theme}"
        png = await picture(pages, STATES[name], size, theme)
        found[title] = compare(png, expected(title), ARTIFACTS / "pictures")
    assert {title: pixels for title, pixels in found.items() if pixels > PIXELS} == {}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_of_the_style_is_seen(pages: GalleryPages, fault: str) -> None:
    png = await picture(pages, STATES["turn"], NARROW, "light", FAULTS[fault])
    assert compare(png, expected(f"turn-{NARROW[0]}-light")) > PIXELS
