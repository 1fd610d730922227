"""What is sent in the place of an object: Markdown and pictures within bounds, and what was left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ..model.render.blocks import Picture
from ..model.text.well_formed import well_formed
from ..redaction import KNOWN

__all__ = ["Description", "Picture", "bounded", "code", "shortened"]

# The largest text of one object, in bytes of UTF-8: about 4,000 tokens.
TEXT_BYTES = 16_000
# The largest picture, in bytes.
PICTURE_BYTES = 1_000_000
# Pictures of one object.
PICTURES = 4
# Models count tokens differently; four bytes each is near enough to all of them for a bound.
BYTES_OF_A_TOKEN = 4
_TICKS = re.compile("`+")


@dataclass(frozen=True, slots=True)
class Description:
    """What is sent in the place of an object.

    Attributes:
        kind: what it is, such as "pandas DataFrame, 100 rows x 5 columns".
        text: more about it, in Markdown.
        pictures: its pictures.
        omitted: what was left out, such as "95 of 100 rows".
        title: how the prompt names it, such as "@var:df"; set by the caller of a describer.
    """

    kind: str
    text: str = ""
    pictures: tuple[Picture, ...] = ()
    omitted: tuple[str, ...] = ()
    title: str = ""

    @property
    def markdown(self) -> str:
        """The whole text, as it is sent."""
        head = f"{self.title}: {self.kind}" if self.title else self.kind
        left_out = f"Left out: {'; '.join(self.omitted)}." if self.omitted else ""
        return "\n\n".join(piece for piece in (head, self.text, left_out) if piece)

    @property
    def tokens(self) -> int:
        """About how many tokens the text is; pictures, which each model counts in its own way, are not counted."""
        return -(-len(self.markdown.encode()) // BYTES_OF_A_TOKEN)

    @property
    def size(self) -> int:
        """The bytes of the text and of the pictures together."""
        return len(self.markdown.encode()) + sum(len(picture.content) for picture in self.pictures)


def bounded(description: Description) -> Description:
    """The same within the bounds, without known secrets and without what UTF-8 cannot say."""
    text, cut = shortened(_clean(description.text), TEXT_BYTES)
    small = [picture for picture in description.pictures if len(picture.content) <= PICTURE_BYTES]
    omitted = [*map(_clean, description.omitted), *cut]
    if too_large := len(description.pictures) - len(small):
        omitted.append(f"{too_large} {'picture' if too_large == 1 else 'pictures'} of more than 1 MB")
    if len(small) > PICTURES:
        omitted.append(f"{len(small) - PICTURES} of {len(small)} pictures")
    return replace(
        description,
        kind=shortened(_clean(" ".join(description.kind.split())), 500)[0],
        text=_closed(text) if cut else text,
        pictures=tuple(small[:PICTURES]),
        omitted=tuple(omitted),
    )


def _clean(text: str) -> str:
    # A text with a NUL is taken for a binary file.
    return KNOWN.text(well_formed(text)).replace("\0", "\u2400")


def _closed(text: str) -> str:
    """A text that was cut, with its last block of code closed."""
    fence = ""
    for line in text.splitlines():
        marks = line[: len(line) - len(line.lstrip("`"))]
        if len(marks) < 3:
            continue
        if not fence:
            fence = marks
        elif line.strip() == marks and len(marks) >= len(fence):
            fence = ""
    return f"{text}\n{fence}" if fence else text


def shortened(text: str, room: int) -> tuple[str, tuple[str, ...]]:
    """A text within so many bytes, cut at the end of a line where that is near; and what was left out."""
    content = text.encode("utf-8", "replace")
    if len(content) <= room:
        return text, ()
    kept = content[:room].decode(errors="ignore")
    line = kept.rfind("\n")
    if line > len(kept) // 2:
        kept = kept[:line]
    return kept, (f"the last {len(text) - len(kept):,} of {len(text):,} characters",)


def code(text: str, language: str = "", room: int = TEXT_BYTES - 500) -> tuple[str, tuple[str, ...]]:
    """A text as a block of code within so many bytes; and what was left out."""
    kept, omitted = shortened(well_formed(text), room)
    longest = max((len(run) for run in _TICKS.findall(kept)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{kept}\n{fence}", omitted
