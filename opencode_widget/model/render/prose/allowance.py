"""What reading the Markdown of a document may cost."""

from __future__ import annotations

from dataclasses import dataclass

# Characters of one text.
LONGEST = 200_000
# What may begin a link, and the steps that it counts for.
LINKING = "<["
COSTLY = 8


@dataclass(slots=True)
class Allowance:
    """What a document may still cost: characters and lines that are read as Markdown, and steps through them."""

    characters: int = 300_000
    lines: int = 4_000
    steps: int = 20_000

    def takes(self, text: str) -> bool:
        """Is there enough left for this text? Then it is taken off."""
        lines = text.count("\n") + 1
        if len(text) > min(LONGEST, self.characters) or lines > self.lines or self.steps <= 0:
            return False
        self.characters -= len(text)
        self.lines -= lines
        return True

    def step(self, letter: str) -> bool:
        """Is there a step left, at this letter of a paragraph? Then it is taken off."""
        self.steps -= COSTLY if letter in LINKING else 1
        return self.steps > 0

    def link(self) -> bool:
        """May a bare address become a link? Then its steps are taken off."""
        self.steps -= COSTLY
        return self.steps > 0
