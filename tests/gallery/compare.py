"""Compares pictures of the page with those in the repository, `expected/`.

A picture is compared at half its size, so that the edges of letters, which browsers draw differently, count for little. A pixel
differs where a channel is further than CHANNEL from what it was; a picture differs where more than PIXELS do. Measured on one
state at three widths: the same page drawn twice, or without hinting or LCD smoothing of letters, has none that differ; without
one button 80 to 256; with another distance below the prompt, or a paler colour, more than 1,000. `tests/e2e/test_pictures.py`
holds that.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops

EXPECTED = Path(__file__).parent / "expected"
# Of 255; and how many pixels of a picture may differ.
CHANNEL = 24
PIXELS = 60


def expected(title: str) -> Path:
    """The file of a picture in the repository."""
    return EXPECTED / f"{title}.webp"


def small(png: bytes) -> Image.Image:
    """A picture at half its size."""
    return Image.open(BytesIO(png)).convert("RGB").reduce(2)


def accept(png: bytes, path: Path) -> None:
    """Make a picture the one that is expected."""
    path.parent.mkdir(parents=True, exist_ok=True)
    small(png).save(path, lossless=True, quality=100, method=6)


def difference(wanted: Image.Image, actual: Image.Image) -> Image.Image:
    """A picture that is white where the two differ, black elsewhere. Where their sizes differ, all of it is white."""
    if wanted.size != actual.size:
        return Image.new("L", actual.size, 255)
    red, green, blue = ImageChops.difference(wanted.convert("RGB"), actual).split()
    largest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return largest.point([255 if value > CHANNEL else 0 for value in range(256)])


def compare(png: bytes, wanted: Path, failed: Path | None = None) -> int:
    """How many pixels differ from the expected picture; all where there is none.

    Args:
        png: what was drawn.
        wanted: the file of the picture in the repository.
        failed: the folder for what was drawn, and for the difference, where too many pixels differ.
    """
    actual = small(png)
    if wanted.is_file():
        with Image.open(wanted) as image:
            found = difference(image, actual)
    else:
        found = Image.new("L", actual.size, 255)
    pixels = found.histogram()[255]
    if pixels > PIXELS and failed is not None:
        failed.mkdir(parents=True, exist_ok=True)
        actual.save(failed / f"{wanted.stem}.png")
        found.save(failed / f"{wanted.stem}-difference.png")
    return pixels
