"""Arrays: shape, dtype, range and the first values, without a copy of a large one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opencode_widget.context.work import described


@pytest.mark.parametrize(
    ("value", "kind", "first"),
    [
        (np.arange(6).reshape(2, 3), "numpy.ndarray, 2 x 3, dtype int64, from 0 to 5", "0, 1, 2, 3, 4, 5"),
        (np.array(2.5), "numpy.ndarray, scalar, dtype float64, from 2.5 to 2.5", "2.5"),
        (np.array([1.0, np.nan, 3.0]), "numpy.ndarray, 3, dtype float64, 1 NaN, else from 1.0 to 3.0", "1.0, nan, 3.0"),
        (np.array([np.nan]), "numpy.ndarray, 1, dtype float64, 1 NaN", "nan"),
        (np.array([True, False]), "numpy.ndarray, 2, dtype bool, from False to True", "True, False"),
        (np.array(["b", {}], dtype=object), "numpy.ndarray, 2, dtype object", "'b', {}"),
        (np.float32(0.5), "numpy.float32, dtype float32", "0.5"),
    ],
)
def test_an_array_is_described(value: Any, kind: str, first: str) -> None:
    found = described(value, "@var:a")
    assert found.kind == kind
    assert found.text.strip("`").strip().removeprefix("The first values:\n\n```\n") == first


def test_an_empty_array_has_no_values() -> None:
    assert described(np.zeros((0, 3)), "@var:a").markdown == "@var:a: numpy.ndarray, 0 x 3, dtype float64"


def test_records_name_their_fields() -> None:
    assert "fields x, y" in described(np.zeros(3, dtype=[("x", "f8"), ("y", "i4")]), "@var:a").kind


def test_of_an_array_on_a_disk_a_part_is_read(tmp_path: Path) -> None:
    """As large as no memory is: the file is sparse."""
    array = np.memmap(tmp_path / "array", dtype="f8", mode="w+", shape=(200_000, 100_000))
    found = described(array, "@var:a")
    assert "200,000 x 100,000" in found.kind
    assert "the range of all but 5,000,000 of 20,000,000,000 values" in found.omitted


class Tensor:
    """What an array of torch has, as far as it matters: a device, a history of its gradients, and items that are tensors."""

    def __init__(self, content: Any, device: str = "cuda:0", *, tracked: bool = True) -> None:
        self.content, self.device, self.tracked = np.asarray(content), device, tracked
        self.shape, self.dtype = self.content.shape, "torch.float32"

    def detach(self) -> Tensor:
        return Tensor(self.content, self.device, tracked=False)

    def __getitem__(self, key: Any) -> Tensor:
        return self._made(self.content[key])

    def _made(self, content: Any) -> Tensor:
        assert not self.tracked
        return Tensor(content, self.device, tracked=False)

    def reshape(self, shape: int) -> Tensor:
        return self._made(self.content.reshape(shape))

    def __iter__(self) -> Any:
        return map(self._made, self.content)

    def min(self) -> Tensor:
        return self._made(self.content.min())

    def max(self) -> Tensor:
        return self._made(self.content.max())

    def __ne__(self, other: object) -> Any:
        return self._made(self.content != (other.content if isinstance(other, Tensor) else other))

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return bool(self.content)

    def item(self) -> Any:
        return self.content.item()


def test_a_tensor_is_described_where_it_is() -> None:
    from opencode_widget.context.describers.arrays import array

    found = described(Tensor([[1.0, 2.0]]), "@var:t", array)
    assert found.kind.endswith("Tensor, 1 x 2, dtype torch.float32, on cuda:0, from 1.0 to 2.0")
    assert "1.0, 2.0" in found.text
