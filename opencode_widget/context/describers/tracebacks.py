"""Exceptions: their words, and the frames of the user's own code with the lines around; those of libraries are counted."""

from __future__ import annotations

import linecache
import site
import sysconfig
import traceback
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ...model.text.brief import counted
from ..description import Description, code, shortened
from ..registry import describes
from ..work import in_words, type_name
from .brief import LINE, cut

# Lines before and after the one that failed.
AROUND = 2
# Frames of the user's code, the first of them, and exceptions of a chain.
FRAMES, FIRST, CHAIN = 12, 3, 5
MESSAGE_BYTES = 4_000


@describes(BaseException)
def exception(value: BaseException) -> Description:
    """An exception with those that led to it, the first cause first."""
    chain = list(_chain(value))
    links = [_one(link) for link in reversed(chain[:CHAIN])]
    texts = [link.text for link in links]
    if isinstance(value, BaseExceptionGroup):
        texts[-1] += "".join(f"\ncontains {in_words(item)}" for item in value.exceptions[:20])
    text, left = code("\n\nThat led to:\n\n".join(texts))
    own, libraries = sum(link.own for link in links), sum(link.libraries for link in links)
    omitted = [
        *([f"{counted(own, 'frame')} in the middle"] if own else ()),
        *([f"{counted(libraries, 'frame')} of libraries"] if libraries else ()),
        *([f"{len(chain) - CHAIN} earlier exceptions"] if len(chain) > CHAIN else ()),
    ]
    return Description(f"{type_name(type(value))} (an exception)", text, omitted=(*omitted, *left))


class _Link(NamedTuple):
    """An exception of a chain: its frames and words, and how many frames are left out."""

    text: str
    own: int
    libraries: int


def _chain(value: BaseException) -> Iterator[BaseException]:
    """The exception, its cause, the cause of that, and so on."""
    seen: set[int] = set()
    link: BaseException | None = value
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _one(value: BaseException) -> _Link:
    frames = list(traceback.walk_tb(value.__traceback__))
    places = [(frame.f_code.co_filename, line, frame.f_code.co_qualname) for frame, line in frames]
    own = [place for place in places if is_own(place[0])]
    # Where it began, and where it failed.
    kept = own if len(own) <= FRAMES else [*own[:FIRST], *own[FIRST - FRAMES :]]
    shown = [_frame(*place) for place in kept]
    if places and not is_own(places[-1][0]):
        file, line, name = places[-1]
        shown.append(f"raised in {name}, {Path(file).name} line {line}, of a library")
    return _Link("\n".join([*shown, _message(value)]), len(own) - len(kept), len(places) - len(own))


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
    source = [
        f"{'->' if number == line else '  '} {number:>4} {cut(lines[number - 1].rstrip(), LINE)}" for number in around
    ]
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
    return tuple(str(Path(folder) / "_")[:-1] for folder in (*found, site.getusersitepackages()))
