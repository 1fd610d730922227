"""Arrays and tensors: shape, type, range and the first values. None is copied, moved to another device, or computed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..description import Description, code
from ..registry import describes
from ..work import type_name
from .brief import brief, by

# Values among which the least and the greatest are looked for; an array on a disk may have billions.
LOOKED = 5_000_000
FIRST = 10


@describes("numpy.ndarray", "torch.Tensor", "jax.Array", "tensorflow.Tensor", "cupy.ndarray")
def array(value: Any) -> Description:
    """An array of any library that has a shape and a dtype."""
    value = value.detach() if hasattr(value, "detach") else value
    facts = [f"{type_name(type(value))}, {by(value.shape)}", f"dtype {value.dtype}", *_place(value)]
    size = _size(value)
    if size == 0:
        return Description(", ".join(facts))
    part = _leading(value)
    omitted = []
    if (seen := _size(part)) < size:
        omitted.append(f"the range of all but {seen:,} of {size:,} values")
    if size > FIRST:
        omitted.append(f"{size - FIRST:,} of {size:,} values")
    first, _ = code(", ".join(brief(item) for item in _first(part)))
    return Description(", ".join((*facts, *_range(part))), f"The first values:\n\n{first}", omitted=tuple(omitted))


@describes("numpy.generic")
def scalar(value: Any) -> Description:
    """A number of numpy."""
    return Description(f"{type_name(type(value))}, dtype {value.dtype}", code(brief(value.item()))[0])


def _size(value: Any) -> int:
    """The number of values; a shape is the same in all libraries, and `size` is not."""
    size = 1
    for length in value.shape:
        size *= int(length)
    return size


def _place(value: Any) -> Iterator[str]:
    if (device := getattr(value, "device", None)) is not None and str(device) != "cpu":
        yield f"on {device}"
    if (names := getattr(value.dtype, "names", None)) is not None:
        yield f"fields {', '.join(names)}"


def _leading(value: Any) -> Any:
    """The leading part of an array, as a view, that has few enough values to look at."""
    while (size := _size(value)) > LOOKED:
        row = size // int(value.shape[0])
        value = value[: LOOKED // row] if row <= LOOKED else value[0]
    return value


def _first(value: Any) -> list[Any]:
    """The first values, in the order of the axes."""
    while len(value.shape) > 1:
        width = _size(value) // int(value.shape[0])
        value = value[: -(-FIRST // width)].reshape(-1) if width < FIRST else value[0]
    return [item.item() if hasattr(item, "item") else item for item in (value[:FIRST] if value.shape else [value])]


def _range(value: Any) -> Iterator[str]:
    """The least and the greatest value, and whether there are some that are no numbers. Objects and records have no order."""
    try:
        least, greatest = value.min(), value.max()
        if bool(least != least):  # NaN alone differs from itself
            yield from _without_nan(value)
            return
        yield f"from {_scalar(least)} to {_scalar(greatest)}"
    except Exception:  # noqa: BLE001 - code of the object, which may raise anything
        return


def _without_nan(value: Any) -> Iterator[str]:
    missing = value != value
    count = int(missing.sum())
    yield f"{count:,} NaN"
    if count < _size(value):
        real = value[~missing]
        yield f"else from {_scalar(real.min())} to {_scalar(real.max())}"


def _scalar(value: Any) -> str:
    return brief(value.item() if hasattr(value, "item") else value)
