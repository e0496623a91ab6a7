"""What is trained: what all workloads have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]

LEARNING_RATE = 1e-3


@dataclass(frozen=True)
class Workload(ABC):
    """One training step on `batch` rows; the data are `batches` of them."""

    name: str
    batch: int
    batches: int

    @property
    @abstractmethod
    def flops(self) -> int:
        """The multiplications and additions in the matrix products of one step."""

    @abstractmethod
    def data(self) -> tuple[Array, Array]:
        """Return the rows x and their labels, the same for everyone."""
