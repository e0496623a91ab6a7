"""The kernels of a program as a person wants to see them: what each does, costs and took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from chainrule.build.source import Source, Step
from chainrule.plan.cost import Peak, estimate, flops, traffic
from chainrule.plan.kernel import Kernel, Role, writes
from chainrule.plan.show import describe, operations
from chainrule.run.quantity import count, seconds, share

HEAD = ("", "step", "flops", "bytes", "estimate", "measured", "of peak", "kernel")
GAP = "  "


@dataclass(frozen=True, eq=False)
class ProgramKernel:
    """One kernel of a program: `number` is its place.

    `measured` is its time in seconds on one thread, `None` before `step.profile()`.
    """

    number: int
    kernel: Kernel
    peak: Peak
    measured: float | None = None

    @property
    def step(self) -> Step:
        """Which of the four steps it belongs to, most of all."""
        return self.kernel.source.step

    @property
    def updates(self) -> bool:
        """Whether it also writes new contents of variables."""
        return any(buffer.role is Role.VARIABLE for buffer in writes(self.kernel))

    @property
    def source(self) -> Source:
        """The line of the user's code that it comes from."""
        return self.kernel.source

    @property
    def operations(self) -> list[str]:
        """What it computes of each element, in order."""
        return operations(self.kernel)

    @property
    def flops(self) -> int:
        """How many operations on numbers it takes."""
        return flops(self.kernel)

    @property
    def bytes(self) -> int:
        """How many bytes it reads and writes, each element once."""
        return traffic(self.kernel)

    @property
    def estimate(self) -> float:
        """How long it should take on one thread, in seconds."""
        return estimate(self.kernel, self.peak)

    @property
    def time(self) -> float:
        """How long it takes, in seconds: measured where that was done, else estimated."""
        return self.estimate if self.measured is None else self.measured

    @property
    def share(self) -> float | None:
        """The share of the machine's peak of operations that it reached; `None` if not measured."""
        return None if self.measured is None else self.flops / self.measured / self.peak.flops

    def __str__(self) -> str:
        return f"{self.number:3}  {describe(self.kernel)}  # {self.source}"

    __repr__ = __str__


class Kernels(Sequence[ProgramKernel]):
    """The kernels of a program, in order; printed, a table.

    A program that NumPy interprets has none: `reason` says why.
    """

    def __init__(self, kernels: Sequence[ProgramKernel], arena: int = 0, reason: str = "") -> None:
        self._kernels = tuple(kernels)
        self.arena = arena
        self.reason = reason

    def __len__(self) -> int:
        return len(self._kernels)

    @overload
    def __getitem__(self, place: int) -> ProgramKernel: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[ProgramKernel]: ...
    def __getitem__(self, place: int | slice) -> ProgramKernel | Sequence[ProgramKernel]:
        return self._kernels[place]

    @property
    def flops(self) -> int:
        """How many operations on numbers all kernels take."""
        return sum(kernel.flops for kernel in self)

    @property
    def bytes(self) -> int:
        """How many bytes the kernels move, one after the other."""
        return sum(kernel.bytes for kernel in self)

    @property
    def time(self) -> float:
        """How long they take on one thread, in seconds: measured where that was done."""
        return sum(kernel.time for kernel in self)

    @property
    def is_measured(self) -> bool:
        """Whether times were measured; otherwise they are estimates."""
        return bool(self) and all(kernel.measured is not None for kernel in self)

    def __str__(self) -> str:
        if self.reason:
            return self.reason
        rows = [HEAD, *map(_row, self), self._total()]
        lines = [_line(row, _widths(rows)) for row in rows]
        return "\n".join([*lines, f"     {self.arena:,} bytes for all temporaries"])

    __repr__ = __str__

    def _total(self) -> tuple[str, ...]:
        expected = seconds(sum(kernel.estimate for kernel in self))
        if not self.is_measured:
            return ("", "all", count(self.flops), count(self.bytes, "B"), expected, "", "", "")
        reached = share(self.flops / self.time / self[0].peak.flops)
        took = seconds(self.time)
        return ("", "all", count(self.flops), count(self.bytes, "B"), expected, took, reached, "")


def _row(kernel: ProgramKernel) -> tuple[str, ...]:
    took = "" if kernel.measured is None else seconds(kernel.measured)
    reached = share(kernel.share) if kernel.share else ""
    text = f"{describe(kernel.kernel)}  # {kernel.source}"
    costs = count(kernel.flops), count(kernel.bytes, "B"), seconds(kernel.estimate)
    return (str(kernel.number), kernel.step, *costs, took, reached, text)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """The widths of the columns; one in which nothing stands below the head has none."""
    return [max(map(len, column)) if any(column[1:]) else 0 for column in zip(*rows, strict=True)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    number, step, *costs, text = (
        cell if width else "" for cell, width in zip(row, widths, strict=True)
    )
    aligned = [f"{cell:>{width}}" for cell, width in zip(costs, widths[2:], strict=False) if width]
    first = f"{number:>3}", f"{step:<{widths[1]}}"
    return GAP.join([*first, *aligned, text]).rstrip()
