"""What a prompt would send, or what would be sent for an object."""

from __future__ import annotations

from collections.abc import Iterable

from ..model.render.blocks import Block, Code, Heading, Picture, Prose, Tone, Words
from ..model.render.rich import Rich
from ..model.text.brief import counted
from ..server.api import Attachment
from .description import Description
from .sending import attachments


class Preview(Rich):
    """What would be sent, exactly: the prompt's own words, then a description of each object. Nothing is sent for it.

    Attributes:
        text: the prompt; "" where only objects were given.
        descriptions: what follows it.
    """

    __slots__ = ("descriptions", "text")

    def __init__(self, text: str, descriptions: Iterable[Description]) -> None:
        self.text = text
        self.descriptions = tuple(descriptions)

    @property
    def files(self) -> tuple[Attachment, ...]:
        """The files that go with the prompt."""
        return tuple(file for item in self.descriptions for file in attachments(item))

    @property
    def tokens(self) -> int:
        """About how many tokens the descriptions are, without their pictures."""
        return sum(item.tokens for item in self.descriptions)

    @property
    def size(self) -> int:
        """The bytes of the descriptions, with their pictures."""
        return sum(item.size for item in self.descriptions)

    def __repr__(self) -> str:
        pieces = [self.text] if self.text else []
        for item in self.descriptions:
            pictures = [f"[{picture.mime}, {counted(len(picture.content), 'byte')}]" for picture in item.pictures]
            pieces += ["\n".join([item.markdown, *pictures])]
        return "\n\n".join([*pieces, f"({self._summary()})"])

    def _summary(self) -> str:
        what = "the prompt and " if self.text else ""
        described = counted(len(self.descriptions), "description")
        return f"{what}{described}: about {counted(self.tokens, 'token')}, {counted(self.size, 'byte')}"

    def _blocks(self) -> Iterable[Block]:
        if self.text:
            yield Heading("The prompt")
            yield Prose(self.text, by_user=True)
        for item in self.descriptions:
            yield Heading(item.title, detail=f"about {counted(item.tokens, 'token')}, {counted(item.size, 'byte')}")
            yield Code(item.markdown, "markdown")
        yield Words(f"Would be sent: {self._summary()}.", Tone.QUIET)

    def _pictures(self) -> Iterable[tuple[str, Picture]]:
        return ((f"A picture of {item.title}", picture) for item in self.descriptions for picture in item.pictures)
