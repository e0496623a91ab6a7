"""The shape of a network for tables, as a description in a model folder and as layers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from chainrule import nn
from chainrule.array.shape import size_of
from chainrule.table.record import Record

MOST_UNITS = 1 << 20


@dataclass(frozen=True)
class Network:
    """Linear layers with ReLU and dropout behind each but the last."""

    inputs: int
    hidden: tuple[int, ...]
    outputs: int
    dropout: float

    def layers(self) -> nn.Sequential:
        """Return the network itself, its weights still to be drawn."""
        sizes = (self.inputs, *self.hidden)
        inner: list[nn.Module] = []
        for before, after in zip(sizes, self.hidden, strict=False):
            inner += [nn.Linear(before, after), nn.ReLU()]
            inner += [nn.Dropout(self.dropout)] if self.dropout else []
        return nn.Sequential(*inner, nn.Linear(sizes[-1], self.outputs))

    def __str__(self) -> str:
        sizes = " → ".join(map(str, (self.inputs, *self.hidden, self.outputs)))
        dropout = f", dropout {self.dropout:g}" if self.dropout else ""
        return f"{sizes}, {f'ReLU{dropout}' if self.hidden else 'linear'}"

    def to_record(self) -> dict[str, Any]:
        """Return what `from_record` takes."""
        return {**asdict(self), "hidden": list(self.hidden)}

    @classmethod
    def from_record(cls, record: Record) -> Network:
        """Return the network that a record describes; FileError where it is not sound."""
        hidden = tuple(_size(record, number) for number in record.numbers("hidden"))
        inputs = _size(record, record.number("inputs"))
        outputs = _size(record, record.number("outputs"))
        dropout = record.number("dropout")
        record.insist(0 <= dropout < 1, "dropout must lie in [0, 1)")
        record.end()
        return cls(inputs, hidden, outputs, dropout)


def _size(record: Record, number: float) -> int:
    record.insist(number.is_integer() and 0 < number <= MOST_UNITS, f"{number} is no size")
    return int(number)


def parameters(network: nn.Sequential) -> int:
    """Return how many numbers there are to train."""
    return sum(size_of(parameter.shape) for parameter in network.parameters())
