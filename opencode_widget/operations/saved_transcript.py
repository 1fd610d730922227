"""The conversations of a widget as a cell's output: what the saved notebook shows where no widget is.

The output is HTML, Markdown and a line of text, so that each reader has one that it draws. It is bounded, since it is saved with the
notebook: the newest turns stand whole, their tools' outputs shortened; of each earlier one a line is left, and a note says where
the rest is. A turn is a prompt with what follows it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ..model.entities import FileInfo, Role
from ..model.render import conversation
from ..model.render.blocks import Block, Code, Heading, Item, Items, Picture, Prose, Tone, Tool, Words
from ..model.render.visible import one_line
from ..model.state import Message
from ..redaction import KNOWN

# Bytes of all formats together in the notebook's file, and how many of them are for what is not a whole turn.
BYTES, REST = 200_000, 40_000
# Messages of a conversation that are looked at; lines of a tool's output; earlier turns that have a line, and its letters.
MESSAGES, TOOL_LINES, LINES, LINE = 400, 20, 100, 100
# Letters of the newest turn, tried one after the other until it fits.
ROOMS = (60_000, 30_000, 12_000, 4_000)
# Bytes of a picture that is drawn; a larger one is named.
PICTURE = 60_000
RASTER = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8", "image/webp": b"RIFF"}
# What the Markdown of one turn may cost: characters, lines, steps of the parser.
ALLOWANCE = (100_000, 1_500, 4_000)
# Letters of a title.
TITLE = 200
# While JupyterLab loads the widget ("Loading widget..." stands alone in the output above), the transcript is not shown below it. After some
# seconds it is, since a notebook without a kernel loads for ever. A reader that drops the style shows it at once.
WAITS = (
    "<style>@keyframes opencode-waits{from,to{max-height:0;overflow:hidden;visibility:hidden}}"
    ".jp-OutputArea-child:has(>.jp-OutputArea-output.lm-Panel:not(.jupyter-widgets)):not(:has(.ocw))"
    "~.jp-OutputArea-child .opencode-transcript{animation:opencode-waits 8s}</style>"
)


class Turn(NamedTuple):
    """A prompt with what follows it.

    Attributes:
        blocks: the first is the speaker's name.
        pictures: the small ones that the user attached, with their names.
    """

    blocks: tuple[Block, ...]
    pictures: tuple[tuple[str, Picture], ...] = ()


class Conversation(NamedTuple):
    """A copy of what is drawn of a session.

    Attributes:
        title: of the session.
        place: its folder and id, for those who look for the rest.
        turns: the oldest first.
    """

    title: str
    place: str
    turns: tuple[Turn, ...]


class SavedTranscript(NamedTuple):
    """The formats of the output."""

    html: str
    markdown: str
    text: str

    @property
    def data(self) -> dict[str, str]:
        """The formats by their types."""
        return {"text/html": self.html, "text/markdown": self.markdown, "text/plain": self.text}


def copied(title: str, place: str, messages: Iterable[Message]) -> Conversation:
    """Copy the latest messages of a session as they are now."""
    turns: list[Turn] = []
    for message in list(messages)[-MESSAGES:]:
        is_users = message.info.role is Role.USER
        turn = Turn(
            tuple(_brief(block) for block in conversation.message(message)),
            tuple(_pictures(message)) if is_users else (),
        )
        if is_users or not turns:
            turns.append(turn)
        else:
            turns[-1] = Turn(turns[-1].blocks + turn.blocks, turns[-1].pictures)
    return Conversation(one_line(title)[:TITLE] or "A session", place, tuple(turns))


def _pictures(message: Message) -> Iterator[tuple[str, Picture]]:
    """The small pictures of a prompt, such as that of a figure. Those of an agent are named alone."""
    for part in message.parts:
        if isinstance(part.info, FileInfo) and not part.info.hidden and (picture := _picture(part.info)) is not None:
            yield part.info.filename or picture.mime, picture


def _picture(file: FileInfo) -> Picture | None:
    """A file that is a small picture of a kind in which nothing can be run, by its type and by its first bytes."""
    head, _, content = file.url.partition(",")
    mime = head.removeprefix("data:").removesuffix(";base64")
    if mime not in RASTER or len(content) > PICTURE * 3 // 2:
        return None
    decoded = _decoded(content)
    return Picture(mime, decoded) if decoded.startswith(RASTER[mime]) and len(decoded) <= PICTURE else None


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:
        return b""


def _brief(block: Block) -> Block:
    """A block with few lines of what a tool got and returned."""
    if not isinstance(block, Tool):
        return block
    return replace(block, inside=tuple(_first_lines(item) for item in block.inside))


def _first_lines(item: Code | Items) -> Code | Items:
    if isinstance(item, Items):
        return Items(item.items[:TOOL_LINES])
    lines = item.text.splitlines()
    kept = "\n".join(line[:500] for line in lines[:TOOL_LINES])
    left = len(lines) - TOOL_LINES
    return replace(item, text=f"{kept}\n… ({left} more lines)" if left > 0 else kept)


# ---- drawing ----------------------------------------------------------------------------------------------------------
# This takes up to some hundred milliseconds: call it on a thread.


def drawn(conversations: Sequence[Conversation], name: str, empty: str) -> SavedTranscript:
    """Draw the output.

    Args:
        conversations: the latest last.
        name: a class of the HTML by which a page finds it: letters, digits, "-" and "_".
        empty: a line for a widget in which nobody has talked yet.
    """
    from ..model.render.html import enclosed

    pieces = [*_pieces(conversations)] or [_piece(Turn((Words(empty, Tone.QUIET),)))]
    html = enclosed(name, (piece.html for piece in pieces)) + WAITS
    markdown = "\n\n".join(piece.markdown for piece in pieces)
    turns = sum(len(item.turns) for item in conversations)
    text = f"<OpenCode transcript, {turns} turn{'' if turns == 1 else 's'}>" if turns else f"<{empty}>"
    return SavedTranscript(KNOWN.text(html), KNOWN.text(markdown), text)


class _Piece(NamedTuple):
    html: str
    markdown: str

    @property
    def size(self) -> int:
        """Bytes in the file of a notebook."""
        return sum(len(json.dumps(text, ensure_ascii=False).encode()) for text in self)


def _pieces(conversations: Sequence[Conversation]) -> Iterator[_Piece]:
    room = BYTES - REST
    drawn: list[list[_Piece]] = []
    for item in reversed(conversations):
        pieces, room = _newest(item, room, is_first=not drawn)
        drawn.append(pieces)
    lines = LINES // max(1, len(conversations))
    for item, pieces in zip(conversations, reversed(drawn), strict=True):
        earlier = _earlier(item.turns[: len(item.turns) - len(pieces)], lines)
        yield _piece(Turn((Heading(item.title, level=1), *earlier)))
        yield from pieces
        if len(pieces) < len(item.turns):
            rest = Words(f"Earlier turns are shortened here. All of it: OpenCode, {item.place}.", Tone.QUIET)
            yield _piece(Turn((rest,)))


def _newest(item: Conversation, room: int, *, is_first: bool) -> tuple[list[_Piece], int]:
    """The newest turns that there is room for, the oldest of them first, and the room that is left."""
    pieces: list[_Piece] = []
    for turn in reversed(item.turns):
        piece = _fitted(turn, room) if is_first and not pieces else _with_pictures(turn, room)
        if piece.size > room:
            return pieces[::-1], 0  # an earlier one must not stand where a later one is left out
        room -= piece.size
        pieces.append(piece)
    return pieces[::-1], room


def _fitted(turn: Turn, room: int) -> _Piece:
    """The newest turn, as much of it as there is room for."""
    from ..model.render.output_budget import fitted

    piece = _with_pictures(turn, room)
    for letters in ROOMS:
        if piece.size <= room:
            break
        piece = _piece(Turn(tuple(fitted(turn.blocks, letters))))
    return piece


def _with_pictures(turn: Turn, room: int) -> _Piece:
    """A turn, with its pictures if there is room for them: their names stand in it anyway."""
    piece = _piece(turn)
    return piece if piece.size <= room or not turn.pictures else _piece(Turn(turn.blocks))


def _earlier(turns: Sequence[Turn], most: int) -> Iterator[Block]:
    """A line for each turn that is not drawn."""
    shown = turns[max(0, len(turns) - most) :]
    if left := len(turns) - len(shown):
        yield Words(f"{left} earlier turns are not shown.", Tone.QUIET)
    if shown:
        yield Items(tuple(Item(_line(turn)) for turn in shown))


def _line(turn: Turn) -> str:
    """The beginning of the first words of a turn."""
    said = next((block.text for block in turn.blocks if isinstance(block, Prose) and block.text.strip()), "…")
    line = one_line(said[: 4 * LINE])
    return line if len(line) <= LINE else f"{line[:LINE]}…"


def _piece(turn: Turn) -> _Piece:
    from ..model.render.elements import glued, images
    from ..model.render.html import output
    from ..model.render.markdown import written
    from ..model.render.prose.allowance import Allowance

    html = glued(output(turn.blocks, Allowance(*ALLOWANCE)), images(turn.pictures))
    return _Piece(html, written(turn.blocks, Allowance(*ALLOWANCE)))
