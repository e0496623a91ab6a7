"""The memory of a program, buffer by buffer, as it was planned before the first step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

from chainrule.array.dtype import DType
from chainrule.array.shape import Shape
from chainrule.build.source import Source
from chainrule.build.tensor import Primitive, Tensor
from chainrule.build.variable import Variable
from chainrule.plan.kernel import (
    Buffer,
    Compute,
    Kernel,
    Map,
    Pack,
    Product,
    Reduce,
    Role,
    Store,
    reads,
    writes,
    written,
)
from chainrule.plan.lower import Lowered
from chainrule.plan.memory import Arena
from chainrule.plan.show import kind_of

# Largest lives first: what belongs to the program for good, what passes through, what is shared.
ORDER = (Role.VARIABLE, Role.CONSTANT, Role.ARGUMENT, Role.RESULT, Role.TEMPORARY, Role.FAULT)


@dataclass(frozen=True, eq=False)
class ProgramBuffer:
    """One stretch of a program's memory.

    `first` and `last` are the numbers of the kernels between which it is in use, `None` where no
    kernel touches it; `offset` is its place in the arena that all temporaries share.
    """

    buffer: Buffer
    name: str
    shape: Shape
    source: Source | None
    first: int | None
    last: int | None
    offset: int | None

    @property
    def role(self) -> Role:
        """What it is for."""
        return self.buffer.role

    @property
    def dtype(self) -> DType:
        """The type of its elements."""
        return self.buffer.dtype

    @property
    def bytes(self) -> int:
        """How many bytes it takes."""
        return self.buffer.size * self.buffer.dtype.itemsize

    def __str__(self) -> str:
        return "  ".join(cell for cell in _row(self) if cell)

    __repr__ = __str__


class Memory(Sequence[ProgramBuffer]):
    """All buffers of a program; printed, a table with a total for each role.

    Temporaries share an arena: two of them overlap if one is dead before the other is written. A
    program that NumPy interprets plans no memory: `reason` says so.
    """

    def __init__(self, buffers: Sequence[ProgramBuffer], arena: int = 0, reason: str = "") -> None:
        self._buffers = tuple(buffers)
        self.arena = arena
        self.reason = reason

    def __len__(self) -> int:
        return len(self._buffers)

    @overload
    def __getitem__(self, place: int) -> ProgramBuffer: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[ProgramBuffer]: ...
    def __getitem__(self, place: int | slice) -> ProgramBuffer | Sequence[ProgramBuffer]:
        return self._buffers[place]

    @property
    def totals(self) -> dict[Role, int]:
        """The bytes for each role; those of the temporaries are the arena's."""
        found: Counter[Role] = Counter()
        for buffer in self:
            found[buffer.role] += 0 if buffer.role is Role.TEMPORARY else buffer.bytes
        found[Role.TEMPORARY] = self.arena
        return {role: found[role] for role in ORDER if found[role]}

    @property
    def peak(self) -> int:
        """The most bytes that the program needs at once, its arguments and results included."""
        return sum(self.totals.values())

    def __str__(self) -> str:
        if self.reason:
            return self.reason
        rows = [HEAD, *map(_row, self)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [_line(row, widths) for row in rows]
        return "\n".join([*lines, "", *self._summary()])

    __repr__ = __str__

    def _summary(self) -> Iterator[str]:
        """The totals; the temporaries one by one say what sharing saves."""
        apart = sum(buffer.bytes for buffer in self if buffer.role is Role.TEMPORARY)
        notes = {Role.TEMPORARY: f", {apart:,} if they shared no memory"}
        for role, size in self.totals.items():
            yield f"{size:>13,} bytes  {role.name.lower()}{notes.get(role, '')}"
        yield f"{self.peak:>13,} bytes  at the peak"


HEAD = ("role", "what", "type", "bytes", "alive", "offset", "line")


def _row(buffer: ProgramBuffer) -> tuple[str, ...]:
    lengths = ", ".join(map(str, buffer.shape))
    alive = "" if buffer.first is None else f"{buffer.first}-{buffer.last}"
    offset = "" if buffer.offset is None else f"{buffer.offset:,}"
    line = "" if buffer.source is None else f"# {buffer.source}"
    spec = f"{buffer.dtype.name}[{lengths}]"
    return (buffer.role.name.lower(), buffer.name, spec, f"{buffer.bytes:,}", alive, offset, line)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    sides = ("<", "<", "<", ">", ">", ">", "<")
    cells = zip(row, sides, widths, strict=True)
    return "  ".join(f"{cell:{side}{width}}" for cell, side, width in cells).rstrip()


class Outside(NamedTuple):
    """What a buffer holds that the program is given or gives back: a name, a shape, a line."""

    name: str
    shape: Shape
    source: Source | None = None


def outside(
    lowered: Lowered, inputs: Sequence[Tensor], variables: Sequence[Variable]
) -> dict[Buffer, Outside]:
    """Return what comes from outside, where `variables` are the last of the program's `inputs`."""
    found: dict[Buffer, Outside] = {}
    arguments = len(inputs) - len(variables)
    names = [f"argument {place}" for place in range(arguments)]
    names += [variable.name for variable in variables]
    for place, (buffer, node, name) in enumerate(zip(lowered.inputs, inputs, names, strict=True)):
        found[buffer] = Outside(name, node.shape, node.source if place >= arguments else None)
    for buffer, value in lowered.constants.items():
        name = str(value.item()) if value.size == 1 else "constant"
        found[buffer] = Outside(name, value.shape)
    return found


def memory_of(
    buffers: Iterable[Buffer],
    given: Mapping[Buffer, Outside],
    kernels: Sequence[Kernel],
    arena: Arena,
) -> Memory:
    """Return the memory of `kernels` over `buffers`, with what they are `given` from outside."""
    uses = _uses(kernels)
    rows = [
        _described(buffer, given.get(buffer), uses.get(buffer, {}), arena)
        for buffer in buffers
        if buffer in uses or buffer in given
    ]
    rows.sort(key=lambda row: (ORDER.index(row.role), -1 if row.first is None else row.first))
    return Memory(rows, arena.size)


def _uses(kernels: Sequence[Kernel]) -> dict[Buffer, dict[int, Kernel]]:
    """The kernels that touch each buffer, by number."""
    found: dict[Buffer, dict[int, Kernel]] = {}
    for number, kernel in enumerate(kernels):
        for buffer in [*(view.buffer for view in reads(kernel)), *writes(kernel)]:
            found.setdefault(buffer, {})[number] = kernel
    return found


def _described(
    buffer: Buffer, given: Outside | None, uses: Mapping[int, Kernel], arena: Arena
) -> ProgramBuffer:
    makers = (kernel for kernel in uses.values() if buffer in writes(kernel))
    held = given or _made(buffer, next(makers, None))
    alive = min(uses, default=None), max(uses, default=None)
    return ProgramBuffer(buffer, *held, *alive, arena.offsets.get(buffer))


def _made(buffer: Buffer, maker: Kernel | None) -> Outside:
    """What the first kernel that writes `buffer` makes there."""
    if maker is None or buffer.role is Role.FAULT:
        return Outside("whether an input was refused", (buffer.size,))
    shapes = (view.shape for view in written(maker) if view.buffer is buffer)
    return Outside(_operation(buffer, maker), next(shapes, (buffer.size,)), maker.source)


def _operation(buffer: Buffer, maker: Kernel) -> str:
    """The operation whose result `buffer` holds."""
    body = maker.body if isinstance(maker, Map | Product) else ()
    names = {s.target: _name(s.primitive) for s in body if isinstance(s, Compute)}
    for s in body:
        if isinstance(s, Reduce) and s.view.buffer is buffer:
            return _name(s.primitive)
        if isinstance(s, Store) and s.view.buffer is buffer:
            return names.get(s.operand, kind_of(maker))
    return "panels" if isinstance(maker, Pack) else kind_of(maker)


def _name(primitive: Primitive) -> str:
    return type(primitive).__name__.lower()
