"""The memory of a program, buffer by buffer, as it was planned before the first step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

from chainrule.array.dtype import DType
from chainrule.array.shape import Shape
from chainrule.build.source import Source
from chainrule.build.tensor import Primitive
from chainrule.plan.kernel import (
    Buffer,
    Compute,
    Convolution,
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
from chainrule.plan.memory import Arena
from chainrule.plan.show import kind_of
from chainrule.run.border import SMALL
from chainrule.run.planning import Plan

# Largest lives first: what belongs to the program for good, what passes through, what is shared.
ORDER = (Role.VARIABLE, Role.CONSTANT, Role.ARGUMENT, Role.RESULT, Role.TEMPORARY, Role.FAULT)
PASSING = (Role.ARGUMENT, Role.RESULT)


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

    Temporaries share an `arena` of so many bytes: two of them overlap if one is dead before the
    other is written. Small arguments and results are copied at the `border`, so many bytes. A
    program that NumPy interprets plans no memory: `reason` says so.
    """

    def __init__(
        self,
        buffers: Sequence[ProgramBuffer],
        arena: int = 0,
        border: int = 0,
        reason: str = "",
    ) -> None:
        self._buffers = tuple(buffers)
        self.arena, self.border = arena, border
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
        return sum(self.totals.values()) + self.border

    def __str__(self) -> str:
        if self.reason:
            return self.reason
        rows = [HEAD, *_rows(self)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [_line(row, widths) for row in rows]
        return "\n".join([*lines, "─" * len(lines[0]), *self._summary()])

    __repr__ = __str__

    def _summary(self) -> Iterator[str]:
        """The totals; the temporaries one by one say what sharing saves."""
        apart = sum(buffer.bytes for buffer in self if buffer.role is Role.TEMPORARY)
        notes = {Role.TEMPORARY: f", {apart:,} if they shared no memory"}
        for role, size in self.totals.items():
            yield f"{size:>13,} bytes  {role.name.lower()}{notes.get(role, '')}"
        yield f"{self.border:>13,} bytes  copies of small arguments and results"
        yield f"{self.peak:>13,} bytes  at the peak"


HEAD = ("role", "what", "type", "bytes", "alive", "offset", "line")


def _rows(buffers: Sequence[ProgramBuffer]) -> Iterator[tuple[str, ...]]:
    """A row a buffer; the constants that are single numbers share one."""
    numbers = [b for b in buffers if b.role is Role.CONSTANT and b.buffer.size == 1]
    for buffer in buffers:
        if buffer not in numbers:
            yield _row(buffer)
        elif buffer is numbers[0]:
            size = sum(number.bytes for number in numbers)
            yield ("constant", f"{len(numbers)} numbers", "", f"{size:,}", "", "", "")


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


def memory_of(plan: Plan) -> Memory:
    """Return the memory of a program."""
    kernels, given = plan.schedule.kernels, _outside(plan)
    uses = _uses(kernels)
    rows = [
        _described(buffer, given.get(buffer), uses.get(buffer, {}), plan.arena)
        for buffer in plan.lowered.buffers
        if buffer in uses or buffer in given
    ]
    rows.sort(key=lambda row: (ORDER.index(row.role), -1 if row.first is None else row.first))
    border = sum(row.bytes for row in rows if row.role in PASSING and row.bytes <= SMALL)
    return Memory(rows, plan.arena.size, border)


def _outside(plan: Plan) -> dict[Buffer, Outside]:
    """What the program is given: arguments, variables and constants."""
    found: dict[Buffer, Outside] = {}
    for place, (buffer, node) in enumerate(plan.given):
        found[buffer] = Outside(f"argument {place}", node.shape)
    reads = plan.graph.inputs[len(plan.given) :]
    for (buffer, variable), read in zip(plan.held, reads, strict=True):
        found[buffer] = Outside(variable.name, variable.shape, read.source)
    for buffer, value in plan.lowered.constants.items():
        name = str(value.item()) if value.size == 1 else "constant"
        found[buffer] = Outside(name, value.shape)
    return found


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
    body = maker.body if isinstance(maker, Map | Product | Convolution) else ()
    names = {s.target: _name(s.primitive) for s in body if isinstance(s, Compute)}
    for s in body:
        if isinstance(s, Reduce) and s.view.buffer is buffer:
            return _name(s.primitive)
        if isinstance(s, Store) and s.view.buffer is buffer:
            return names.get(s.operand, kind_of(maker))
    return "panels" if isinstance(maker, Pack) else kind_of(maker)


def _name(primitive: Primitive) -> str:
    return type(primitive).__name__.lower()
