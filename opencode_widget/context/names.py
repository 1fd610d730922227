"""The names in a prompt: `@var:df`, `@cell:12`, `@error`, `@fig`, and what they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..errors import UnknownName
from .namespace import Namespace

if TYPE_CHECKING:
    from .registry import Describer

Kind = Literal["var", "cell", "error", "fig"]

# Not within a word such as an address of mail, and not where a backslash stands before it. `@error.log` and `@fig/a.png` name files.
_NAME = re.compile(
    r"(?<![\w\\@/.])@(?:"
    r"var:(?P<var>[^\W\d]\w*)"
    r"|cell:(?P<cell>\d{1,9})(?!\w)"
    r"|(?P<plain>error|fig)(?![\w/:-]|\.\w)"
    r")"
)
NEAR = 3


class Name(NamedTuple):
    """A name in a prompt."""

    kind: Kind
    value: str = ""

    @property
    def text(self) -> str:
        """As it stands in the prompt."""
        return f"@{self.kind}:{self.value}" if self.value else f"@{self.kind}"


class Target(NamedTuple):
    """What a name stands for; `describer` is None where the type of the value says which one it has."""

    title: str
    value: object
    describer: Describer | None = None


def mentioned(text: str) -> list[Name]:
    """The names in a prompt, in order, each one once."""
    return list(dict.fromkeys(map(_name, _NAME.finditer(text))))


def _name(found: re.Match[str]) -> Name:
    if (variable := found["var"]) is not None:
        return Name("var", variable)
    if (cell := found["cell"]) is not None:
        return Name("cell", str(int(cell)))
    return Name("error" if found["plain"] == "error" else "fig")


def target(name: Name, namespace: Namespace) -> Target:
    """What a name stands for. Only what is named is read.

    Raises:
        UnknownName: there is no such variable, the cell was not run, or there is no error or figure.
    """
    match name.kind:
        case "var":
            return Target(name.text, _variable(name, namespace))
        case "cell":
            from .describers.cells import describe_cell  # with all describers, which a start need not wait for

            return Target(name.text, _cell(name, namespace), describe_cell)
        case "error":
            return Target(name.text, _error(name, namespace))
        case "fig":
            return Target(name.text, _figure(name, namespace))


def _variable(name: Name, namespace: Namespace) -> object:
    if name.value in namespace.variables:
        return namespace.variables[name.value]
    similar = near(name.value, namespace.names())
    raise UnknownName(
        f"There is no variable {name.value!r}, which the prompt names by {name.text}.",
        remedy=_did_you_mean([f"@var:{item}" for item in similar]) or "Run the cell that makes it, or mend the name.",
        name=name.text,
        near=tuple(f"@var:{item}" for item in similar),
    )


def near(name: str, known: Iterable[str]) -> list[str]:
    """The names that this one may be meant for: those that differ in case alone before others."""
    import difflib  # after a slip alone

    by_folded: dict[str, list[str]] = {}
    for item in known:
        by_folded.setdefault(item.casefold(), []).append(item)
    found = difflib.get_close_matches(name.casefold(), by_folded, NEAR, 0.6)
    return [item for folded in found for item in by_folded[folded]][:NEAR]


def _did_you_mean(names: list[str]) -> str:
    return f"Did you mean {' or '.join(names)}?" if names else ""


def _cell(name: Name, namespace: Namespace) -> object:
    number = int(name.value)
    if (cell := namespace.cell(number)) is not None:
        return cell
    last = namespace.last_cell
    remedy = (
        f"The last one is [{last}]." if last else "Numbers of cells are known in IPython alone, such as in Jupyter."
    )
    latest = (f"@cell:{last}",) if last else ()
    raise UnknownName(
        f"This kernel has run no cell [{number}], which the prompt names by {name.text}.",
        remedy=remedy,
        name=name.text,
        near=latest,
    )


def _error(name: Name, namespace: Namespace) -> BaseException:
    if (error := namespace.error()) is not None:
        return error
    raise UnknownName(
        f"No cell has failed in this kernel, so that {name.text} stands for nothing.",
        remedy="Name an exception that you keep in a variable by @var:, or take the name out.",
        name=name.text,
    )


def _figure(name: Name, namespace: Namespace) -> object:
    if (figure := namespace.figure()) is not None:
        return figure
    raise UnknownName(
        f"There is no open figure of matplotlib that {name.text} could stand for.",
        remedy="Notebooks close figures at the end of their cell: keep one in a variable, and name it by @var:.",
        name=name.text,
    )
