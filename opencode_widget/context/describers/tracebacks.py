"""Exceptions: their words, and the frames of the user's own code with the lines around; those of libraries are counted."""

from __future__ import annotations

import linecache
import site
import sys
import sysconfig
import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ..description import Description, code, counted, shortened
from ..registry import describes
from ..work import in_words, type_name

# Lines before and after the one that failed.
AROUND = 2
# Frames of the user's code, and exceptions of a chain.
FRAMES, CHAIN = 12, 5
MESSAGE_BYTES = 4_000


@describes(BaseException)
def exception(value: BaseException) -> Description:
    """An exception with those that led to it, the first cause first."""
    chain = list(_chain(value))
    texts, left = [], 0
    for link in reversed(chain[:CHAIN]):
        text, libraries = _one(link)
        texts.append(text)
        left += libraries
    omitted = [f"{counted(left, 'frame')} of libraries"] if left else []
    if len(chain) > CHAIN:
        omitted.append(f"{len(chain) - CHAIN} earlier exceptions")
    if isinstance(value, BaseExceptionGroup):
        texts.append("\n".join(f"contains {in_words(item)}" for item in value.exceptions[:20]))
    text, cut = code("\n\nThat led to:\n\n".join(texts))
    return Description(f"{type_name(type(value))} (an exception)", text, omitted=(*omitted, *cut))


def _chain(value: BaseException) -> Iterator[BaseException]:
    """The exception, its cause, the cause of that, and so on."""
    seen: set[int] = set()
    link: BaseException | None = value
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _one(value: BaseException) -> tuple[str, int]:
    """An exception with its frames, and how many frames of libraries are left out."""
    frames = list(traceback.walk_tb(value.__traceback__))
    places = [(frame.f_code.co_filename, line, frame.f_code.co_qualname) for frame, line in frames]
    own = [place for place in places if is_own(place[0])]
    shown = [_frame(*place) for place in own[-FRAMES:]]
    if places and not is_own(places[-1][0]):
        file, line, name = places[-1]
        shown.append(f"raised in {name}, {Path(file).name} line {line}, of a library")
    return "\n".join([*shown, _message(value)]), len(places) - len(own)


def _message(value: BaseException) -> str:
    """The message; of a syntax error also the line that it is about."""
    try:
        words = "".join(traceback.format_exception_only(value)).rstrip()
    except Exception:  # noqa: BLE001 - its own text raises
        words = in_words(value)
    return shortened(words, MESSAGE_BYTES)[0]


def _frame(file: str, line: int, name: str) -> str:
    lines = linecache.getlines(file)
    around = range(max(1, line - AROUND), min(len(lines), line + AROUND) + 1)
    source = [f"{'->' if number == line else '  '} {number:>4} {lines[number - 1].rstrip()}" for number in around]
    return "\n".join([f"{_place(file)}, line {line}, in {name}", *source])


def _place(file: str) -> str:
    """A file as the user knows it: a cell by its number, where IPython tells it."""
    number = getattr(_cell_names(), "get", lambda name: None)(file)
    return f"Cell [{number}]" if number is not None else file


def _cell_names() -> object:
    """The numbers of cells by the file names that IPython compiles them under."""
    from ...notebook.cell import current_shell

    return getattr(getattr(current_shell(), "compile", None), "_filename_map", None)


# ---- whose code it is ---------------------------------------------------------------------------------------------------


def is_own(file: str) -> bool:
    """Does a file hold the user's own code? A cell does, and every file that is neither installed nor Python's."""
    return not file.startswith(("<frozen", *_installed()))


@cache
def _installed() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    found = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")} | set(site.getsitepackages())
    found |= {site.getusersitepackages(), str(Path(sys.base_prefix) / "lib" / "python")}
    return tuple(f"{folder}" for folder in found if folder)
